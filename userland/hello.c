/* SPDX-License-Identifier: MIT */
/*
 * hello: calls sys_hello by its number, since no C library knows it.
 *
 *	hello [LEN [ADDRESS]]
 *
 * LEN: how many bytes to say that the buffer has; ADDRESS: where to say that it
 * is, instead of where it is.
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
	char *to = argc > 2 ? (char *)strtoul(argv[2], NULL, 0) : buf;

	if (syscall(SYS_HELLO, to, len) < 0) {
		printf("hello: %s (errno %d)\n", strerror(errno), errno);
		return 1;
	}
	printf("%s\n", buf);
	return 0;
}
