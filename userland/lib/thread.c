/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <thread.h>
#include <unistd.h>

#define CLONE_VM 0x00000100
#define CLONE_FS 0x00000200
#define CLONE_FILES 0x00000400
#define CLONE_SIGHAND 0x00000800
#define CLONE_THREAD 0x00010000
#define CLONE_SYSVSEM 0x00040000
#define CLONE_SETTLS 0x00080000
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000

/* One address space, one process; a stack and a TPIDRURO of its own. */
#define CLONE_A_THREAD                                                       \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |  \
	 CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |                \
	 CLONE_CHILD_CLEARTID)

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

#define STACK_ALIGNMENT 8

int __clone(int (*start)(void *), void *stack, int flags, void *argument,
	    int *parent_tid, void *tls, int *child_tid);

/* Sleep unless *@word has changed from @seen already. */
static void futex_wait(int *word, int seen)
{
	syscall(__NR_futex, word, FUTEX_WAIT, seen, NULL);
}

static void futex_wake(int *word, int sleepers)
{
	syscall(__NR_futex, word, FUTEX_WAKE, sleepers);
}

static int run(void *thread)
{
	struct thread *self = thread;

	self->result = self->start(self->argument);
	return 0;
}

struct thread *thread_create(void *(*start)(void *), void *argument)
{
	char *stack = mmap(NULL, THREAD_STACK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct thread *thread;
	int tid;

	if (stack == MAP_FAILED)
		return NULL;
	thread = (struct thread *)(stack + THREAD_STACK_SIZE) - 1;
	thread = (struct thread *)((uintptr_t)thread & -STACK_ALIGNMENT);
	*thread = (struct thread){ .start = start,
				   .argument = argument,
				   .stack = stack };
	tid = __clone(run, thread, CLONE_A_THREAD, thread, &thread->tid, thread,
		      &thread->tid);
	if (tid < 0) {
		munmap(stack, THREAD_STACK_SIZE);
		errno = -tid;
		return NULL;
	}
	return thread;
}

void *thread_join(struct thread *thread)
{
	void *result;
	int tid;

	while ((tid = __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE)))
		futex_wait(&thread->tid, tid);
	result = thread->result;
	munmap(thread->stack, THREAD_STACK_SIZE);
	return result;
}

void mutex_lock(struct mutex *mutex)
{
	int state = 0;

	if (__atomic_compare_exchange_n(&mutex->state, &state, 1, 0,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&mutex->state, 2, __ATOMIC_ACQUIRE))
		futex_wait(&mutex->state, 2);
}

void mutex_unlock(struct mutex *mutex)
{
	if (__atomic_exchange_n(&mutex->state, 0, __ATOMIC_RELEASE) == 2)
		futex_wake(&mutex->state, 1);
}
