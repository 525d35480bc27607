/* SPDX-License-Identifier: MIT */
/*
 * threads [COUNT [ROUNDS]]: threads of one process share a variable, and the
 * sum comes out right only if their mutex works.
 */
#include <stdio.h>
#include <stdlib.h>
#include <thread.h>
#include <unistd.h>

#define MOST 16

static struct mutex lock = MUTEX_INIT;
static unsigned int total; /* lock */
static unsigned int rounds = 100;

static void *add(void *argument)
{
	unsigned int step = *(unsigned int *)argument;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		mutex_lock(&lock);
		total += step;
		mutex_unlock(&lock);
		if (i % 16 == 0)
			sched_yield();
	}
	return argument;
}

int main(int argc, char *argv[])
{
	unsigned int count = argc > 1 ? strtoul(argv[1], NULL, 0) : 3;
	unsigned int step[MOST], expected = 0, i;
	struct thread *threads[MOST];

	if (argc > 2)
		rounds = strtoul(argv[2], NULL, 0);
	if (count > MOST)
		count = MOST;
	for (i = 0; i < count; i++) {
		step[i] = i + 1;
		expected += step[i] * rounds;
		threads[i] = thread_create(add, &step[i]);
		if (!threads[i]) {
			perror("thread_create");
			return 1;
		}
	}
	for (i = 0; i < count; i++) {
		if (thread_join(threads[i]) != &step[i])
			return 1;
	}
	printf("%u threads, total %u, expected %u\n", count, total, expected);
	return total != expected;
}
