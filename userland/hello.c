/* SPDX-License-Identifier: MIT */
/*
 * hello: calls sys_hello by its number, since no C library knows it.
 *
 *	hello [LEN]	LEN: how many bytes to say that the buffer has
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYS_HELLO 400

int main(int argc, char *argv[])
{
	char buf[64];
	unsigned int len = argc > 1 ? strtoul(argv[1], NULL, 0) : sizeof(buf);

	if (syscall(SYS_HELLO, buf, len) < 0) {
		printf("hello: %s (errno %d)\n", strerror(errno), errno);
		return 1;
	}
	printf("%s\n", buf);
	return 0;
}
