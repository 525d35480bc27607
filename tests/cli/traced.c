/* Calls whose strace lines are known: test_strace.py compares them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* as the call of that number takes it, whatever the C library's is */
struct old_timespec {
	int sec, nsec;
};

static char bytes[4096];
static long long offset;
static int parent, child;

static void handler(int sig)
{
	(void)sig;
}

int main(int argc, char *argv[])
{
	struct old_timespec pause_time = { 0, 5000000 }, left = { 7, 7 };
	struct iovec parts[2] = { { "one", 3 }, { "two", 3 } };
	struct pollfd fds[1];
	char buffer[16], name[] = "/tmp/none", quick[] = "a\n\"b\x01";
	int ends[2], fd, status;
	struct sigaction action;

	if (argc > 1) {
		*(volatile int *)0x44 = 1;
		return 1;
	}
	syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
	fd = syscall(SYS_openat, AT_FDCWD, "/tmp/new", O_RDWR | O_CREAT, 0640);
	syscall(SYS_write, fd, quick, 5);
	syscall(SYS_writev, fd, parts, 2);
	syscall(SYS_lseek, fd, 0, SEEK_SET);
	syscall(SYS_read, fd, buffer, 5);
	syscall(SYS_read, fd, (void *)0xc0008000, 5);
	syscall(SYS_fcntl64, fd, F_SETFL, O_APPEND);
	syscall(SYS_fcntl64, fd, F_GETFL);
	syscall(SYS_close, fd);
	fd = syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	syscall(SYS_getdents64, fd, bytes, sizeof(bytes));
	syscall(SYS_getdents64, fd, bytes, sizeof(bytes));
	syscall(SYS__llseek, fd, 0, 0, &offset, SEEK_SET);
	syscall(SYS__llseek, fd, -1, -5, &offset, SEEK_SET);
	syscall(SYS__llseek, 1, 1, 2, &offset, 7);
	syscall(SYS_close, fd);
	syscall(SYS_sched_getaffinity, 0, 128, bytes);
	syscall(SYS_nanosleep, &pause_time, &left);
	if (!syscall(SYS_clone,
		     CLONE_PARENT_SETTID | CLONE_SETTLS | CLONE_CHILD_CLEARTID |
			     SIGCHLD,
		     NULL, &parent, bytes + 2048, &child))
		syscall(SYS_exit, 9);
	syscall(SYS_wait4, -1, NULL, 0, NULL);
	syscall(SYS_clone, CLONE_THREAD, 0, NULL, NULL, NULL);
	pipe(ends);
	fds[0].fd = ends[1];
	fds[0].events = POLLOUT;
	syscall(SYS_poll, fds, 1, -1);
	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigaddset(&action.sa_mask, SIGHUP);
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	syscall(SYS_kill, syscall(SYS_getpid), SIGUSR1);
	if (!syscall(SYS_fork)) {
		syscall(SYS_read, ends[0], buffer, 1);
		syscall(SYS_exit_group, 3);
	}
	syscall(SYS_nanosleep, &pause_time, NULL);
	syscall(SYS_write, ends[1], "x", 1);
	syscall(SYS_wait4, -1, &status, 0, NULL);
	syscall(444, 1, 2, 3);
	return 42;
}
