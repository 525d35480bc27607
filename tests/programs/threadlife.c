/* Threads' lives: cancellation, own storage, keys, signals to one. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static __thread int own = 7;
static pthread_key_t key;
static volatile int cleaned, got, destroyed;
static pthread_t hit;
static int ends[2];

static void clean(void *argument)
{
	cleaned += (int)(long)argument;
}

static void destroy(void *value)
{
	destroyed += (int)(long)value;
}

static void *sleeper(void *argument)
{
	(void)argument;
	pthread_cleanup_push(clean, (void *)5);
	for (;;)
		sleep(100);
	pthread_cleanup_pop(0);
	return NULL;
}

static void *reader(void *argument)
{
	char byte;

	read(ends[0], &byte, 1);
	return argument;
}

static void *spinner(void *argument)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;)
		;
	return argument;
}

static void *leaver(void *argument)
{
	own += (int)(long)argument;
	pthread_setspecific(key, (void *)3);
	pthread_exit((void *)(long)own);
}

static void handler(int sig)
{
	(void)sig;
	hit = pthread_self();
	got++;
}

static void *waiter(void *argument)
{
	(void)argument;
	while (!got)
		usleep(1000);
	return (void *)(long)pthread_equal(hit, pthread_self());
}

static void *in_child(void *argument)
{
	exit((int)(long)argument);
}

int main(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t size;
	void *result;
	int status;

	by_lines();
	printf("first thread %d\n", getpid() == syscall(SYS_gettid));
	pthread_key_create(&key, destroy);
	pthread_create(&thread, NULL, sleeper, NULL);
	usleep(5000);
	SAY(pthread_cancel(thread));
	SAY(pthread_join(thread, &result));
	printf("cancelled %d, cleaned %d\n", result == PTHREAD_CANCELED,
	       cleaned);
	pipe(ends);
	pthread_create(&thread, NULL, reader, NULL);
	usleep(5000);
	SAY(pthread_cancel(thread));
	SAY(pthread_join(thread, &result));
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
	pthread_create(&thread, NULL, spinner, NULL);
	usleep(5000);
	SAY(pthread_cancel(thread));
	SAY(pthread_join(thread, &result));
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
	pthread_create(&thread, NULL, leaver, (void *)30);
	pthread_join(thread, &result);
	printf("own %d, mine %d, destroyed %d\n", (int)(long)result, own,
	       destroyed);
	signal(SIGUSR1, handler);
	pthread_create(&thread, NULL, waiter, NULL);
	SAY(pthread_kill(thread, SIGUSR1));
	pthread_join(thread, &result);
	printf("the right one %d\n", (int)(long)result);
	pthread_attr_init(&attr);
	SAY(pthread_attr_setstacksize(&attr, 65536));
	SAY(pthread_attr_setstacksize(&attr, 1));
	SAY(pthread_attr_getstacksize(&attr, &size));
	SAY(size);
	SAY(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	got = 0;
	SAY(pthread_create(&thread, &attr, (void *(*)(void *))handler, NULL));
	while (!got)
		usleep(1000);
	/* exit() by a thread ends the process */
	if (!fork()) {
		pthread_create(&thread, NULL, in_child, (void *)21);
		for (;;)
			pause();
	}
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	/* the first thread may leave before the others */
	if (!fork()) {
		got = 0;
		pthread_create(&thread, NULL, in_child, (void *)22);
		pthread_exit(NULL);
	}
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	return 0;
}
