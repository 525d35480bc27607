/* A handler is called and returns; a mask holds a signal back; one kills. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void handler(int signal, siginfo_t *info, void *context)
{
	(void)context;
	seen = seen * 100 + signal + (info->si_signo != signal);
}

int main(int argc, char *argv[])
{
	struct sigaction action;
	sigset_t set, old;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);

	kill(getpid(), SIGUSR1);
	printf("after the first: %d\n", (int)seen);

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old);
	kill(getpid(), SIGUSR2);
	printf("held back: %d\n", (int)seen);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("let through: %d\n", (int)seen);
	fflush(stdout);

	if (argc > 1)
		syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGHUP);
	if (argc > 2)
		printf("never printed\n");
	return argv[0] == NULL;
}
