/* SPDX-License-Identifier: MIT */
/*
 * Two threads of one process in the kernel at once; test_meetings.py lets the
 * second in where the first least wants it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int go;

static void *spin(void *arg)
{
	for (;;)
		;
}

static void *leave(void *arg)
{
	while (!go)
		;
	_exit(7);
}

/* The process ends while one of its threads makes another. */
static void born_late(void)
{
	pthread_t t;

	pthread_create(&t, NULL, leave, NULL);
	go = 1;
	pthread_create(&t, NULL, spin, NULL);
	pause();
}

static void again(void)
{
	fcntl(open("/dev/null", O_RDWR), F_DUPFD, 10);
}

static void ignore(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
}

static void ask(void)
{
	cpu_set_t set;

	sched_getaffinity(getpid(), sizeof(set), &set);
}

/* Two who read one terminal: each line goes to one of them. */
static void readers(void)
{
	int child = !fork();
	char line[16];

	printf("%d got %d\n", child, (int)read(0, line, sizeof(line)));
	fflush(stdout);
	if (!child)
		wait(NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} meetings[] = {
		{ "born_late", born_late },
		{ "again", again },
		{ "ignore", ignore },
		{ "ask", ask },
		{ "readers", readers },
	};

	for (unsigned int i = 0; i < sizeof(meetings) / sizeof(*meetings); i++)
		if (argc > 1 && !strcmp(argv[1], meetings[i].name))
			meetings[i].run();
	return 0;
}
