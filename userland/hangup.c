/* SPDX-License-Identifier: MIT */
/*
 * hangup: asks for its thread's number and sends that thread SIGHUP, both by
 * syscall(2) and by number. Dies of it.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGHUP 1

int main(void)
{
	long pid = syscall(SYS_getpid);
	long tid = syscall(SYS_gettid);

	printf("thread %ld of process %ld sends itself SIGHUP\n", tid, pid);
	syscall(SYS_tgkill, pid, tid, SIGHUP);
	printf("still alive\n");
	return 1;
}
