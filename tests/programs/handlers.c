/* Signal handlers: information, masks, stacks, restarts, nesting, resets. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static volatile sig_atomic_t calls, value, depth, deepest;
static char stack[32768];
static volatile int on_stack;
static sigjmp_buf env;

static void count(int sig)
{
	(void)sig;
	calls++;
}

static void with_info(int sig, siginfo_t *info, void *context)
{
	(void)context;
	calls++;
	value = info->si_value.sival_int;
	printf("signal %d, code %d, pid %d\n", sig, info->si_code,
	       info->si_pid == getpid());
}

static void nested(int sig)
{
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (calls++ < 3)
		raise(sig);
	depth--;
}

static void alternate(int sig)
{
	char here;

	(void)sig;
	on_stack = &here >= stack && &here < stack + sizeof(stack);
}

static void jump(int sig)
{
	siglongjmp(env, sig);
}

static void install(int sig, void (*handler)(int), int flags)
{
	struct sigaction action = { 0 };

	action.sa_handler = handler;
	action.sa_flags = flags;
	sigaction(sig, &action, NULL);
}

int main(void)
{
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	struct sigaction action = { 0 }, old;
	stack_t alt = { 0 }, was;
	sigset_t set, pending;
	int ends[2], status;
	char byte;

	by_lines();
	action.sa_sigaction = with_info;
	action.sa_flags = SA_SIGINFO;
	SAY(sigaction(SIGUSR1, &action, NULL));
	SAY(kill(getpid(), SIGUSR1));
	SAY(raise(SIGUSR1));
	SAY(sigaction(SIGUSR1, NULL, &old));
	SAY(old.sa_sigaction == with_info);
	SAY(sigaction(SIGKILL, &action, NULL));
	SAY(sigaction(SIGKILL, NULL, &old));
	SAY(sigaction(0, NULL, &old));
	SAY(sigaction(99, NULL, &old));
	calls = 0;
	install(SIGUSR2, nested, 0);
	raise(SIGUSR2);
	printf("without SA_NODEFER %d\n", (int)deepest);
	deepest = calls = 0;
	install(SIGUSR2, nested, SA_NODEFER);
	raise(SIGUSR2);
	printf("with SA_NODEFER %d\n", (int)deepest);
	install(SIGUSR2, count, SA_RESETHAND);
	raise(SIGUSR2);
	sigaction(SIGUSR2, NULL, &old);
	printf("reset %d\n", old.sa_handler == SIG_DFL);
	alt.ss_sp = stack;
	alt.ss_size = 100;
	SAY(sigaltstack(&alt, NULL));
	alt.ss_size = sizeof(stack);
	SAY(sigaltstack(&alt, NULL));
	SAY(sigaltstack(NULL, &was));
	printf("size %d, flags %d\n", (int)was.ss_size, was.ss_flags);
	install(SIGUSR2, alternate, SA_ONSTACK);
	raise(SIGUSR2);
	printf("on stack %d\n", on_stack);
	install(SIGUSR2, alternate, 0);
	raise(SIGUSR2);
	printf("on stack %d\n", on_stack);
	/* SA_RESTART decides whether read goes on */
	SAY(pipe(ends));
	install(SIGALRM, count, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	SAY(read(ends[0], &byte, 1));
	if (!fork()) {
		usleep(60000);
		write(ends[1], "x", 1);
		_exit(0);
	}
	install(SIGALRM, count, SA_RESTART);
	calls = 0;
	setitimer(ITIMER_REAL, &soon, NULL);
	SAY(read(ends[0], &byte, 1));
	SAY(calls);
	wait(&status);
	setitimer(ITIMER_REAL, &soon, NULL);
	SAY(usleep(60000));
	setitimer(ITIMER_REAL, &soon, NULL);
	SAY(pause());
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	SAY(sigprocmask(SIG_BLOCK, &set, NULL));
	SAY(sigprocmask(77, &set, NULL));
	raise(SIGALRM);
	sigpending(&pending);
	printf("pending %d\n", sigismember(&pending, SIGALRM));
	sigemptyset(&pending);
	calls = 0;
	SAY(sigsuspend(&pending));
	SAY(calls);
	setitimer(ITIMER_REAL, &soon, NULL);
	SAY(sigwait(&set, &status));
	SAY(status);
	soon.it_value.tv_usec = 0;
	{
		struct timespec brief = { 0, 10000000 };

		SAY(sigtimedwait(&set, NULL, &brief));
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	install(SIGUSR2, jump, 0);
	status = sigsetjmp(env, 1);
	if (!status)
		raise(SIGUSR2);
	printf("jumped with %d\n", status);
	sigprocmask(SIG_SETMASK, NULL, &set);
	printf("mask restored %d\n", !sigismember(&set, SIGUSR2));
	SAY(kill(getpid(), 65));
	SAY(kill(999999, SIGTERM));
	SAY(alarm(100));
	SAY(alarm(0) > 0);
	return 0;
}
