/* Pipes between processes: order, ends, SIGPIPE, capacity, poll and select. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static char block[4096];

int main(void)
{
	struct timeval soon = { 0, 10000 };
	struct pollfd fds[2];
	int ends[2], back[2], status, total = 0, got, n;
	fd_set set;

	by_lines();
	SAY(pipe(ends));
	SAY(pipe(back));
	if (!fork()) {
		close(ends[0]);
		for (n = 0; n < 50; n++) {
			memset(block, 'a' + n % 26, sizeof(block));
			if (write(ends[1], block, 3000) != 3000)
				_exit(1);
		}
		_exit(42);
	}
	close(ends[1]);
	while ((got = read(ends[0], block, sizeof(block))) > 0) {
		for (n = 0; n < got; n++, total++) {
			if (block[n] != 'a' + total / 3000 % 26)
				return 1;
		}
	}
	wait(&status);
	printf("total %d, child %d\n", total, WEXITSTATUS(status));
	close(ends[0]);
	fds[0] = (struct pollfd){ back[0], POLLIN, 0 };
	fds[1] = (struct pollfd){ back[1], POLLOUT, 0 };
	SAY(poll(fds, 2, 0));
	printf("%x %x\n", fds[0].revents, fds[1].revents);
	SAY(poll(fds, 1, 20));
	SAY(write(back[1], "hello", 5));
	SAY(poll(fds, 2, -1));
	printf("%x %x\n", fds[0].revents, fds[1].revents);
	FD_ZERO(&set);
	FD_SET(back[0], &set);
	SAY(select(back[0] + 1, &set, NULL, NULL, NULL));
	printf("set %d\n", FD_ISSET(back[0], &set) != 0);
	SAY(read(back[0], block, 5));
	SAY(select(back[0] + 1, &set, NULL, NULL, &soon));
	printf("set %d\n", FD_ISSET(back[0], &set) != 0);
	FD_SET(30, &set);
	SAY(select(31, &set, NULL, NULL, &soon));
	SAY(select(-1, NULL, NULL, NULL, &soon));
	SAY(fcntl(back[1], F_SETFL, O_NONBLOCK));
	for (total = 0; (got = write(back[1], block, 4096)) > 0; total += got)
		;
	say("write when full", got);
	printf("capacity %d\n", total);
	fds[1].revents = 0;
	SAY(poll(fds + 1, 1, 0));
	close(back[1]);
	fds[0].revents = 0;
	while (read(back[0], block, sizeof(block)) > 0)
		;
	SAY(poll(fds, 1, -1));
	printf("%x\n", fds[0].revents);
	SAY(read(back[0], block, 1));
	close(back[0]);
	fds[0].fd = 77;
	SAY(poll(fds, 1, 0));
	printf("%x\n", fds[0].revents);
	SAY(pipe(ends));
	close(ends[0]);
	if (!fork()) {
		write(ends[1], "x", 1);
		_exit(0);
	}
	wait(&status);
	printf("signal %d\n", WTERMSIG(status));
	signal(SIGPIPE, SIG_IGN);
	SAY(write(ends[1], "x", 1));
	return 0;
}
