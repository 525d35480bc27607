/* File descriptors: copies, flags, limits, what a child keeps over exec. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static int lowest(void)
{
	int fd = dup(1);

	close(fd);
	return fd;
}

int main(int argc, char *argv[])
{
	char name[] = "/tmp/fdXXXXXX", text[8], number[12];
	struct rlimit limit = { 12, 12 };
	int base, fd, ends[2], status, last;

	by_lines();
	if (argc > 2) {
		SAY(write(atoi(argv[2]), "x", 1));
		SAY(write(atoi(argv[2]) + 1, "x", 1));
		return 3;
	}
	base = lowest();
	fd = mkstemp(name);
	printf("lowest first %d\n", fd == base);
	SAY(dup2(fd, fd) == fd);
	SAY(dup2(99, 5));
	SAY(dup2(fd, -1));
	SAY(dup3(fd, fd, 0));
	SAY(dup3(fd, base + 3, O_CLOEXEC) - base);
	SAY(fcntl(base + 3, F_GETFD));
	SAY(fcntl(fd, F_GETFD));
	SAY(fcntl(fd, F_DUPFD, base + 1) - base);
	SAY(fcntl(fd, F_DUPFD_CLOEXEC, base + 7) - base);
	SAY(fcntl(fd, F_DUPFD, -1));
	SAY(fcntl(fd, F_SETFD, FD_CLOEXEC));
	SAY(fcntl(fd, F_GETFD));
	SAY(fcntl(fd, 12345));
	SAY(fcntl(98, F_GETFD));
	SAY(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	SAY(fcntl(fd, F_SETFL, O_APPEND));
	SAY(fcntl(base + 1, F_GETFL) & O_APPEND);
	SAY(write(fd, "abc", 3));
	SAY(lseek(base + 1, 0, SEEK_CUR));
	SAY(lseek(base + 1, 0, SEEK_SET));
	SAY(write(fd, "def", 3));
	SAY(lseek(fd, 0, SEEK_CUR));
	SAY(close(base + 3));
	SAY(close(base + 3));
	SAY(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	SAY(read(ends[0], text, 1));
	SAY(lseek(ends[0], 0, SEEK_SET));
	SAY(pread(ends[0], text, 1, 0));
	SAY(write(ends[0], text, 1));
	SAY(read(ends[1], text, 1));
	SAY(ftruncate(ends[1], 0));
	SAY(pipe2(ends, 0x12345));
	last = open(name, O_RDONLY | O_CLOEXEC);
	SAY(write(last, "x", 1));
	fd = open(name, O_WRONLY);
	SAY(read(fd, text, 1));
	if (!fork()) {
		dup2(fd, 20);
		dup3(fd, 21, O_CLOEXEC);
		snprintf(number, sizeof(number), "%d", 20);
		execl(self_name(), argv[0], "child", number, NULL);
		_exit(9);
	}
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	SAY(setrlimit(RLIMIT_NOFILE, &limit));
	while ((last = dup(1)) >= 0)
		;
	printf("no more: %s\n", strerror(errno));
	SAY(dup2(1, 12));
	SAY(fcntl(1, F_DUPFD, 12));
	SAY(unlink(name));
	return 0;
}
