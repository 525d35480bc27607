/* Signals amid system calls: two processes that never lose one. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static volatile sig_atomic_t pings, children;

static void ping(int sig)
{
	(void)sig;
	pings++;
}

static void child_gone(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	children++;
	if (info->si_code != CLD_EXITED || info->si_status != 4)
		children += 100;
}

int main(void)
{
	struct sigaction action = { 0 };
	sigset_t block, open_mask;
	pid_t parent = getpid(), child;
	int i, status;

	by_lines();
	action.sa_sigaction = child_gone;
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	sigaction(SIGCHLD, &action, NULL);
	signal(SIGUSR1, ping);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &open_mask);
	child = fork();
	if (!child) {
		for (i = 0; i < 50; i++) {
			kill(parent, SIGUSR1);
			while (pings <= i)
				sigsuspend(&open_mask);
		}
		_exit(4);
	}
	for (i = 0; i < 50; i++) {
		while (pings <= i)
			sigsuspend(&open_mask);
		kill(child, SIGUSR1);
	}
	SAY(waitpid(child, &status, 0) == child);
	printf("pings %d, children %d, status %d\n", (int)pings,
	       (int)children, WEXITSTATUS(status));
	for (i = 1; i < 32; i++) {
		if (i == SIGSTOP || i == SIGTSTP || i == SIGTTIN ||
		    i == SIGTTOU)
			continue;
		signal(i, SIG_DFL);
		child = fork();
		if (!child) {
			sigprocmask(SIG_SETMASK, &open_mask, NULL);
			raise(i);
			_exit(0);
		}
		waitpid(child, &status, 0);
		printf("%d: %s %d\n", i, WIFSIGNALED(status) ? "kills" : "not",
		       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	return 0;
}
