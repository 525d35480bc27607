/* SPDX-License-Identifier: MIT */
/* Calls whose C face differs from the kernel's; the rest are plain stubs. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_SHIFT 12
#define PAGE_MASK ((1 << PAGE_SHIFT) - 1)

/* The kernel answers brk() with the end that is in force, never an error. */
static char *set_end(void *end)
{
	return (char *)syscall(__NR_brk, end);
}

int brk(void *end)
{
	if (set_end(end) == end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(ptrdiff_t increment)
{
	char *end = set_end(NULL);

	if (increment && brk(end + increment))
		return (void *)-1;
	return end;
}

/* The plain names belong to calls with 16-bit numbers, long out of use. */
uid_t getuid(void)
{
	return syscall(__NR_getuid32);
}

int setuid(uid_t uid)
{
	return syscall(__NR_setuid32, uid);
}

/* mmap2() takes the offset in pages, so that it fits a register. */
void *mmap(void *address, size_t length, int protection, int flags, int fd,
	   off_t offset)
{
	if (offset & PAGE_MASK) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)syscall(__NR_mmap2, address, length, protection, flags,
			       fd, (uint32_t)offset >> PAGE_SHIFT);
}
