/* SPDX-License-Identifier: MIT */
/*
 * segv [ADDRESS [w]]: reads, or writes, one word where it may not, by default
 * the first word of the kernel's half of the address space. Dies of SIGSEGV.
 */
#include <stdio.h>
#include <stdlib.h>

#define PAGE_OFFSET 0xc0000000

int main(int argc, char *argv[])
{
	volatile unsigned int *forbidden =
		(void *)(argc > 1 ? strtoul(argv[1], NULL, 0) : PAGE_OFFSET);

	printf("touching %p\n", forbidden);
	if (argc > 2)
		*forbidden = 1;
	else
		*forbidden;
	printf("still alive\n");
	return 1;
}
