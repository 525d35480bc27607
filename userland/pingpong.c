/* SPDX-License-Identifier: MIT */
/*
 * pingpong: two processes hand one byte to and fro through two pipes, so that
 * each turn is a switch of processes; then one call that needs no switch.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TURNS 3

static int to_child[2], to_parent[2];

static void child(void)
{
	char ball;

	while (read(to_child[0], &ball, 1) == 1)
		write(to_parent[1], &ball, 1);
	_exit(0);
}

int main(void)
{
	char ball = 'o';
	int turn;
	long pid;

	if (syscall(SYS_pipe, to_child) < 0 ||
	    syscall(SYS_pipe, to_parent) < 0) {
		perror("pipe");
		return 1;
	}
	pid = syscall(SYS_fork);
	if (pid == 0) {
		close(to_child[1]);
		child();
	}
	for (turn = 0; turn < TURNS; turn++) {
		write(to_child[1], &ball, 1);
		if (read(to_parent[0], &ball, 1) != 1)
			return 1;
	}
	syscall(SYS_getppid);
	close(to_child[1]);
	if (syscall(SYS_wait4, pid, NULL, 0, NULL) != pid)
		return 1;
	printf("%d turns there and back\n", turn);
	return 0;
}
