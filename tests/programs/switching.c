/* Floating-point registers are each thread's own, in handlers too. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static volatile sig_atomic_t ticks;
static volatile double noise;

static void tick(int sig)
{
	double d = sig;
	int i;

	for (i = 0; i < 10; i++)
		d = d * 1.5 + 0.25;
	noise = d;
	ticks++;
}

static double sum(int seed)
{
	double a = seed, b = 1, c = 0.5, d = 0;
	int i;

	for (i = 0; i < 20000; i++) {
		a = a * 0.99 + b;
		b = b * 0.5 + c;
		c = c + 1e-4;
		d += a * b - c;
		if (i % 997 == 0)
			sched_yield();
	}
	return a + b + c + d;
}

static void *thread(void *argument)
{
	double *cell = argument;

	*cell = sum((int)*cell);
	return NULL;
}

int main(void)
{
	struct itimerval every = { { 0, 1000 }, { 0, 1000 } };
	double cells[4] = { 1, 2, 3, 4 }, alone[4];
	pthread_t threads[4];
	int i, status;

	by_lines();
	for (i = 0; i < 4; i++)
		alone[i] = sum(i + 1);
	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &every, NULL);
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, thread, &cells[i]);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 4; i++)
		printf("%.10g %d\n", cells[i], cells[i] == alone[i]);
	while (ticks < 3)
		;
	for (i = 0; i < 3; i++) {
		if (!fork())
			_exit(sum(i + 1) != alone[i]);
	}
	for (i = 0; i < 3; i++) {
		while (wait(&status) < 0)
			;
		printf("child %d\n", status);
	}
	return 0;
}
