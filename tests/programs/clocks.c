/* Clocks, sleeps and timers: order and bounds, not figures. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

static volatile sig_atomic_t ticks;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

static long long now(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		return -1;
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	struct timespec t = { 0, 30000000 }, bad = { 0, 1000000000 }, left;
	struct timespec negative = { -1, 0 };
	struct itimerval every = { { 0, 5000 }, { 0, 5000 } }, was;
	struct timeval tv;
	long long a, b;
	time_t seconds = 1000000000;
	struct tm tm;
	char text[64];
	volatile int i;

	signal(SIGALRM, tick);
	a = now(CLOCK_MONOTONIC);
	SAY(nanosleep(&t, NULL));
	b = now(CLOCK_MONOTONIC);
	printf("slept %d\n", b - a >= 30000000 && b - a < 2000000000);
	SAY(nanosleep(&bad, NULL));
	SAY(nanosleep(&negative, NULL));
	SAY(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL));
	SAY(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
	SAY(clock_nanosleep(CLOCK_REALTIME, 0, &bad, NULL));
	SAY(clock_nanosleep(77, 0, &t, NULL));
	SAY(now(CLOCK_REALTIME) > 0);
	SAY(now(CLOCK_MONOTONIC_RAW) > 0);
	SAY(now(CLOCK_MONOTONIC_COARSE) > 0);
	SAY(now(CLOCK_REALTIME_COARSE) > 0);
	SAY(now(CLOCK_BOOTTIME) > 0);
	SAY(now(55));
	SAY(clock_getres(CLOCK_MONOTONIC, &left));
	SAY(left.tv_sec == 0 && left.tv_nsec > 0);
	SAY(clock_getres(55, &left));
	a = now(CLOCK_PROCESS_CPUTIME_ID);
	for (i = 0; i < 3000000; i++)
		;
	b = now(CLOCK_PROCESS_CPUTIME_ID);
	printf("used %d\n", a >= 0 && b > a);
	SAY(now(CLOCK_THREAD_CPUTIME_ID) > 0);
	SAY(clock() > 0);
	SAY(gettimeofday(&tv, NULL));
	SAY(tv.tv_usec >= 0 && tv.tv_usec < 1000000);
	SAY(time(NULL) >= 0);
	SAY(setitimer(ITIMER_REAL, &every, NULL));
	while (ticks < 5)
		pause();
	every.it_value.tv_usec = 0;
	SAY(setitimer(ITIMER_REAL, &every, &was));
	SAY(was.it_interval.tv_usec);
	every.it_value.tv_usec = 2000000;
	SAY(setitimer(ITIMER_REAL, &every, NULL));
	SAY(setitimer(9, &every, NULL));
	/* an interrupted sleep says what is left */
	ticks = 0;
	every.it_value.tv_usec = 10000;
	every.it_interval.tv_usec = 0;
	setitimer(ITIMER_REAL, &every, NULL);
	t.tv_sec = 5;
	SAY(nanosleep(&t, &left));
	printf("left %d\n", left.tv_sec >= 4 && left.tv_sec <= 5);
	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j", &tm);
	printf("%s\n", text);
	printf("%ld\n", (long)timegm(&tm));
	return 0;
}
