/* SPDX-License-Identifier: MIT */
/*
 * hello2: gives sys_hello2 a structure and gets another one back.
 *
 *	hello2 NAME VALUE
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYS_HELLO2 401

struct hello2_in {
	char *name;
	unsigned int len;
	unsigned int val;
};

struct hello2_out {
	unsigned int nr_calls;
	unsigned int rand_data[4];
};

int main(int argc, char *argv[])
{
	struct hello2_in in;
	struct hello2_out out = { 0 };

	if (argc != 3) {
		dprintf(STDERR_FILENO, "usage: hello2 NAME VALUE\n");
		return 2;
	}

	in.name = argv[1];
	in.len = strlen(argv[1]);
	in.val = strtoul(argv[2], NULL, 0);

	if (syscall(SYS_HELLO2, &in, &out) < 0) {
		printf("hello2: %s (errno %d)\n", strerror(errno), errno);
		return 1;
	}

	printf("nr_calls  %u\n", out.nr_calls);
	printf("rand_data %08x %08x %08x %08x\n", out.rand_data[0],
	       out.rand_data[1], out.rand_data[2], out.rand_data[3]);
	return 0;
}
