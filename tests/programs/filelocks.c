/* Locks of files, by flock(): an open file has them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

#define NAME "/tmp/filelocks"

static void flocks(int fd)
{
	int other = open(NAME, O_RDWR), same = dup(fd);

	SAY(flock(fd, LOCK_SH));
	SAY(flock(other, LOCK_SH | LOCK_NB));
	SAY(flock(other, LOCK_EX | LOCK_NB));
	SAY(flock(other, LOCK_UN));
	SAY(flock(same, LOCK_EX | LOCK_NB));
	SAY(flock(other, LOCK_SH | LOCK_NB));
	SAY(close(fd));
	SAY(flock(other, LOCK_SH | LOCK_NB));
	SAY(close(same));
	SAY(flock(other, LOCK_EX | LOCK_NB));
	SAY(flock(other, LOCK_SH | LOCK_EX));
	SAY(flock(-1, LOCK_SH));
	close(other);
}

static void nothing(int sig)
{
	(void)sig;
}

/* The child waits until the parent lets go; then for ever, but for a signal. */
static void waiting(int fd)
{
	struct sigaction action = { .sa_handler = nothing };
	int go[2], status;
	char byte;

	pipe(go);
	SAY(flock(fd, LOCK_EX));
	if (!fork()) {
		int own = open(NAME, O_RDWR);

		write(go[1], "x", 1);
		SAY(flock(own, LOCK_EX));
		SAY(flock(own, LOCK_UN));
		sigaction(SIGALRM, &action, NULL);
		write(go[1], "y", 1);
		usleep(50000);
		alarm(1);
		SAY(flock(own, LOCK_EX));
		exit(0);
	}
	read(go[0], &byte, 1);
	usleep(20000);
	printf("parent lets go\n");
	flock(fd, LOCK_UN);
	read(go[0], &byte, 1);
	flock(fd, LOCK_EX);
	wait(&status);
}

int main(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	by_lines();
	flocks(dup(fd) >= 0 ? fd : -1);
	unlink(NAME);
	fd = open(NAME, O_RDWR | O_CREAT, 0600);
	waiting(fd);
	unlink(NAME);
	return 0;
}
