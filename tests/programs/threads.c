/* Threads that share, lock, wait for each other, and have their own storage. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 4
#define ROUNDS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int total;
static int turn;
static __thread int own;

static void *work(void *argument)
{
	int number = (int)(long)argument;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		total++;
		own++;
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	while (turn != number)
		pthread_cond_wait(&changed, &lock);
	printf("thread %d counted %d\n", number, own);
	turn++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return (void *)(long)(number * 10);
}

int main(void)
{
	pthread_t threads[THREADS];
	void *result;
	long sum = 0;
	int i;

	for (i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, work, (void *)(long)i))
			return 1;
	}
	for (i = 0; i < THREADS; i++) {
		if (pthread_join(threads[i], &result))
			return 2;
		sum += (long)result;
	}
	printf("total %d, sum %ld, own %d\n", total, sum, own);
	return 0;
}
