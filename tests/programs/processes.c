/* fork, exec, wait in all their forms, and who is whose parent. */
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

extern char **environ;

static void show(int status)
{
	if (WIFEXITED(status))
		printf("exited %d\n", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("killed %d\n", WTERMSIG(status));
	else if (WIFSTOPPED(status))
		printf("stopped %d\n", WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		printf("continued\n");
}

int main(int argc, char *argv[])
{
	char *words[] = { "program", "child", "two words", NULL };
	char *environment[] = { "MARK=child", NULL };
	struct rusage usage;
	int status, data = 1;
	pid_t child, self = getpid();

	by_lines();
	if (argc > 1) {
		printf("%d, %s, MARK %s\n", argc, argv[2], getenv("MARK"));
		return 7;
	}
	child = fork();
	if (!child) {
		data = 2;
		printf("parent %d, data %d\n", getppid() == self, data);
		exit(300);
	}
	SAY(waitpid(child, &status, 0) == child);
	show(status);
	printf("data %d\n", data);
	SAY(waitpid(child, &status, 0));
	SAY(wait(NULL));
	SAY(waitpid(-1, &status, WNOHANG));
	child = fork();
	if (!child)
		for (;;)
			pause();
	SAY(waitpid(child, &status, WNOHANG));
	SAY(kill(child, SIGCONT));
	SAY(waitpid(child, &status, WNOHANG | WUNTRACED | WCONTINUED) == 0);
	SAY(kill(child, SIGTERM));
	SAY(wait4(child, &status, 0, &usage) == child);
	show(status);
	SAY(kill(child, 0));
	SAY(waitpid(-1, &status, 0x12345678));
	child = fork();
	if (!child) {
		execve("/tmp/none/such", words, environ);
		printf("%s\n", strerror(errno));
		execve("/tmp", words, environ);
		printf("%s\n", strerror(errno));
		execve(self_name(), words, environment);
		_exit(1);
	}
	waitpid(child, &status, 0);
	show(status);
	data = posix_spawn(&child, self_name(), NULL, NULL, words,
			   environment);
	waitpid(child, &status, 0);
	show(status);
	printf("spawned %d\n", data);
	/* no failing one: qemu-arm's vfork() is fork(): glibc hears no error */
	child = vfork();
	if (!child)
		_exit(5);
	waitpid(child, &status, 0);
	show(status);
	signal(SIGCHLD, SIG_IGN);
	child = fork();
	if (!child)
		_exit(0);
	SAY(waitpid(child, &status, 0));
	signal(SIGCHLD, SIG_DFL);
	/* an orphan has a new parent */
	child = fork();
	if (!child) {
		pid_t middle = getpid();

		if (!fork()) {
			while (getppid() == middle)
				usleep(1000);
			printf("orphaned\n");
			_exit(0);
		}
		_exit(0);
	}
	waitpid(child, &status, 0);
	usleep(100000);
	return 0;
}
