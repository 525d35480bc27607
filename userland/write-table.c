/* SPDX-License-Identifier: MIT */
/*
 * write-table: has the kernel write to its own table of system calls, as a
 * module with a call of its own would have to. Needs a kernel with LKDTM.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char request[] = "WRITE_TABLE";
	int file = open("/proc/provoke-crash", O_WRONLY);

	if (file < 0) {
		perror("/proc/provoke-crash");
		return 1;
	}
	printf("getpid: %d\n", getpid());
	write(file, request, strlen(request));
	printf("still alive: getpid: %d\n", getpid());
	return 1;
}
