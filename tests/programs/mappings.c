/* mmap and its relatives: private, shared, fixed, files, growth, refusals. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

int main(void)
{
	char name[] = "/tmp/mapXXXXXX", byte;
	char *a, *b, *c;
	int fd = mkstemp(name), i, status;

	by_lines();
	a = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
	for (i = 0; i < 4 * PAGE; i++) {
		if (a[i])
			return 1;
	}
	memset(a, 'a', 4 * PAGE);
	SAY(munmap(a + PAGE, PAGE));
	SAY(munmap(a + PAGE, PAGE));
	SAY(munmap(a + 1, PAGE));
	SAY(munmap(a, 0));
	printf("%c%c\n", a[0], a[2 * PAGE]);
	b = mmap(a + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
	printf("fixed %d, %d\n", b == a + PAGE, b[0]);
	SAY((long)mmap(a + 5, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	SAY((long)mmap(NULL, 0, RW, ANON, -1, 0));
	SAY((long)mmap(NULL, PAGE, RW, MAP_PRIVATE, 99, 0));
	SAY((long)mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0));
	SAY((long)mmap(NULL, 0xf0000000, RW, ANON, -1, 0));
	for (i = 0; i < 3 * PAGE; i++)
		write(fd, "0123456789abcdef" + i / PAGE, 1);
	a = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
	b = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	printf("%c%c%c %c%c\n", a[0], a[PAGE], a[2 * PAGE], b[0], b[PAGE]);
	a[0] = 'X';
	pread(fd, &byte, 1, 0);
	printf("private %c %c\n", a[0], byte);
	SAY(munmap(a, 3 * PAGE));
	SAY((long)mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 100));
	c = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	a = mmap(NULL, PAGE, RW, ANON, -1, 0);
	if (!fork()) {
		c[0] = 's';
		a[0] = 'p';
		_exit(0);
	}
	wait(&status);
	printf("shared %c, private %d\n", c[0], a[0]);
	b = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0);
	SAY(mprotect(b, PAGE, PROT_READ));
	SAY(mprotect(b + 1, PAGE, PROT_READ));
	a = (char *)syscall(SYS_brk, 0);
	SAY((char *)syscall(SYS_brk, a + 3 * PAGE) == a + 3 * PAGE);
	memset(a, 1, 3 * PAGE);
	SAY((char *)syscall(SYS_brk, a) == a);
	SAY((char *)syscall(SYS_brk, 1) == a);
	unlink(name);
	return 0;
}
