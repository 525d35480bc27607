/* Locks of files: flock() by open file, fcntl() by process and range. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

#define NAME "/tmp/filelocks"

static int record(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len,
	};

	return fcntl(fd, cmd, &lock);
}

/* What stands in the way of a lock of that kind, as the asking process. */
static void who(int fd, const char *what, short type, off_t start, off_t len)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len,
	};
	int ret = fcntl(fd, F_GETLK, &lock);

	printf("%s: %d type %d from %ld for %ld, parent %d\n", what, ret,
	       lock.l_type, (long)lock.l_start, (long)lock.l_len,
	       lock.l_type == F_UNLCK ? -1 : lock.l_pid == getppid());
}

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

static void child_asks(void)
{
	int fd = open(NAME, O_RDWR), once;

	who(fd, "all", F_WRLCK, 0, 0);
	who(fd, "read all", F_RDLCK, 0, 0);
	who(fd, "the hole", F_WRLCK, 40, 10);
	who(fd, "behind", F_WRLCK, 1000, 1);
	SAY(record(fd, F_SETLK, F_WRLCK, 40, 10));
	SAY(record(fd, F_SETLK, F_WRLCK, 39, 1));
	SAY(record(fd, F_SETLK, F_RDLCK, 10, 5));
	SAY(record(fd, F_SETLK, F_RDLCK, 200, 1));
	/* flock() does not see these */
	SAY(flock(fd, LOCK_EX | LOCK_NB));
	once = open(NAME, O_RDONLY);
	SAY(record(once, F_SETLK, F_WRLCK, 500, 1));
	close(once);
	exit(0);
}

static void records(int fd)
{
	int status;

	SAY(record(fd, F_SETLK, F_WRLCK, 0, 20));
	SAY(record(fd, F_SETLK, F_WRLCK, 20, 80));
	SAY(record(fd, F_SETLK, F_UNLCK, 40, 10));
	SAY(record(fd, F_SETLK, F_RDLCK, 200, 0));
	SAY(record(fd, F_SETLK, F_WRLCK, -1, 1));
	SAY(record(fd, F_SETLK, 7, 0, 1));
	SAY(record(fd, F_GETLK, F_UNLCK, 0, 1));
	if (!fork())
		child_asks();
	wait(&status);
	/* one close of any descriptor of the file, and they are gone */
	close(open(NAME, O_RDONLY));
	if (!fork()) {
		SAY(record(fd, F_SETLK, F_WRLCK, 0, 0));
		exit(0);
	}
	wait(&status);
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
	SAY(record(fd, F_SETLK, F_WRLCK, 0, 0));
	if (!fork()) {
		int own = open(NAME, O_RDWR);

		write(go[1], "x", 1);
		SAY(record(own, F_SETLKW, F_WRLCK, 5, 1));
		SAY(record(own, F_SETLK, F_UNLCK, 5, 1));
		sigaction(SIGALRM, &action, NULL);
		write(go[1], "y", 1);
		usleep(50000);
		alarm(1);
		SAY(record(own, F_SETLKW, F_WRLCK, 5, 1));
		exit(0);
	}
	read(go[0], &byte, 1);
	usleep(20000);
	printf("parent lets go\n");
	record(fd, F_SETLK, F_UNLCK, 0, 0);
	read(go[0], &byte, 1);
	record(fd, F_SETLK, F_WRLCK, 0, 0);
	wait(&status);
}

int main(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	by_lines();
	flocks(dup(fd) >= 0 ? fd : -1);
	fd = open(NAME, O_RDWR);
	records(fd);
	waiting(fd);
	unlink(NAME);
	return 0;
}
