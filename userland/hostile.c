/* SPDX-License-Identifier: MIT */
/*
 * A program that means ill, towards every system call.
 *
 *	hostile table [-q]	each call with each kind of wrong argument: the
 *				error must be the one that Linux documents
 *				(-q: leave out what qemu-arm does otherwise)
 *	hostile list		the calls that the table has
 *	hostile random SEED N	N calls with arguments drawn at random, each
 *				error one that the manual page has
 *
 * What the kernel writes for a program must not hold anything of its own: it
 * is searched for kernel addresses, and for the bytes that CONFIG_DEBUG_POISON
 * fills memory with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hostile/hostile.h"

int main(int argc, char *argv[])
{
	unsigned int i;

	map_tally();
	syscall(SYS_setpgid, 0, 0);
	if (argc == 4 && !strcmp(argv[1], "random"))
		return try_at_random(atoi(argv[2]), atoi(argv[3]));
	if (argc > 1 && !strcmp(argv[1], "table"))
		return try_table(argc > 2 && !strcmp(argv[2], "-q"));
	for (i = 0; i < nr_calls; i++)
		printf("%s\n", calls[i].name);
	return 0;
}
