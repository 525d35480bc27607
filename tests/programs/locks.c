/* The threads' tools: mutexes, read-write locks, barriers, semaphores. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

#define THREADS 6

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t items, room;
static int shared, inits, queue[4], head, tail, serial;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void init(void)
{
	inits++;
}

static void *worker(void *argument)
{
	int i, copy;

	(void)argument;
	pthread_once(&once, init);
	for (i = 0; i < 300; i++) {
		pthread_rwlock_wrlock(&rw);
		copy = shared;
		if (i % 50 == 0)
			sched_yield();
		shared = copy + 1;
		pthread_rwlock_unlock(&rw);
		pthread_rwlock_rdlock(&rw);
		pthread_rwlock_unlock(&rw);
		pthread_spin_lock(&spin);
		shared += 0;
		pthread_spin_unlock(&spin);
	}
	if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
		serial++;
	return NULL;
}

static void *producer(void *argument)
{
	int i;

	(void)argument;
	for (i = 1; i <= 200; i++) {
		sem_wait(&room);
		queue[tail++ % 4] = i;
		sem_post(&items);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	pthread_mutexattr_t attr;
	pthread_mutex_t mutex;
	struct timespec soon;
	int i, sum = 0, value;

	by_lines();
	pthread_barrier_init(&barrier, NULL, THREADS);
	pthread_spin_init(&spin, 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, worker, NULL);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("shared %d, inits %d, serial %d\n", shared, inits, serial);
	sem_init(&items, 0, 0);
	sem_init(&room, 0, 4);
	pthread_create(&threads[0], NULL, producer, NULL);
	for (i = 0; i < 200; i++) {
		sem_wait(&items);
		sum += queue[head++ % 4];
		sem_post(&room);
	}
	pthread_join(threads[0], NULL);
	printf("sum %d\n", sum);
	SAY(sem_trywait(&items));
	SAY(sem_getvalue(&room, &value));
	SAY(value);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 10000000;
	if (soon.tv_nsec >= 1000000000) {
		soon.tv_nsec -= 1000000000;
		soon.tv_sec++;
	}
	SAY(sem_timedwait(&items, &soon));
	pthread_mutex_lock(&lock);
	SAY(pthread_cond_timedwait(&cond, &lock, &soon));
	SAY(pthread_mutex_trylock(&lock));
	pthread_mutex_unlock(&lock);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&mutex, &attr);
	SAY(pthread_mutex_lock(&mutex));
	SAY(pthread_mutex_lock(&mutex));
	SAY(pthread_mutex_unlock(&mutex));
	SAY(pthread_mutex_unlock(&mutex));
	SAY(pthread_mutex_unlock(&mutex));
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mutex, &attr);
	SAY(pthread_mutex_lock(&mutex));
	SAY(pthread_mutex_lock(&mutex));
	SAY(pthread_mutex_unlock(&mutex));
	return 0;
}
