// SPDX-License-Identifier: MIT
/* Wait queues, and the sleeping lock made of one. */
#include <linux/mutex.h>

void init_waitqueue_head(wait_queue_head_t *wq)
{
	INIT_LIST_HEAD(&wq->head);
}

/* First on the queue, then asleep: a wake-up in between is not lost. */
void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait,
		     int state)
{
	guard(irqsave)();
	if (list_empty(&wait->entry))
		list_add_tail(&wait->entry, &wq->head);
	set_current_state(state);
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	guard(irqsave)();
	set_current_state(TASK_RUNNING);
	list_del_init(&wait->entry);
}

/* Everyone: who waits looks for himself whether it is his turn. */
void wake_up(wait_queue_head_t *wq)
{
	wait_queue_entry_t *wait;

	guard(irqsave)();
	list_for_each_entry(wait, &wq->head, entry)
		wake_up_process(wait->task);
}

void mutex_init(struct mutex *lock)
{
	lock->owner = NULL;
	init_waitqueue_head(&lock->wait);
}

int mutex_trylock(struct mutex *lock)
{
	guard(preempt)();
	if (lock->owner)
		return 0;
	lock->owner = current;
	return 1;
}

void mutex_lock(struct mutex *lock)
{
	BUG_ON(lock->owner == current);
	if (!mutex_trylock(lock))
		wait_event(lock->wait, mutex_trylock(lock));
}

void mutex_unlock(struct mutex *lock)
{
	BUG_ON(lock->owner != current);
	WRITE_ONCE(lock->owner, NULL);
	wake_up(&lock->wait);
}
