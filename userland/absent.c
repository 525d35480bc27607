/* SPDX-License-Identifier: MIT */
/*
 * absent: asks the kernel to fill a structure that lies across the border of
 * two pages, first with the second page promised but never touched, then with
 * no second page at all.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	4096
#define BEFORE	100	/* bytes of the structure in the first page */

/* uname() with its 390 bytes across the border between both pages. */
static void ask(const char *what, char *pages)
{
	char *name = pages + PAGE - BEFORE;

	pages[0] = 1;	/* the first page is here */
	if (syscall(SYS_uname, name) < 0)
		printf("%s: %s (errno %d)\n", what, strerror(errno), errno);
	else
		printf("%s: %s\n", what, name);
}

int main(void)
{
	char *promised = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *missing = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(missing + PAGE, PAGE);
	ask("promised", promised);
	ask("missing", missing);
	return 0;
}
