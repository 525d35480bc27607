// SPDX-License-Identifier: MIT
/* Wait queues, and the sleeping lock made of one. */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>

void init_waitqueue_head(wait_queue_head_t *wq)
{
	spin_lock_init(&wq->lock);
	INIT_LIST_HEAD(&wq->head);
}

/* First on the queue, then asleep: a wake-up in between is not lost. */
void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait,
		     int state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (list_empty(&wait->entry))
		list_add_tail(&wait->entry, &wq->head);
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	unsigned long flags;

	set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&wait->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* Everyone, but of the exclusive waiters only @nr (0: of them too). */
void __wake_up(wait_queue_head_t *wq, unsigned int state, int nr)
{
	wait_queue_entry_t *wait, *next;
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_for_each_entry_safe(wait, next, &wq->head, entry)
		if (wake_up_state(wait->task, state) && wait->exclusive &&
		    !--nr)
			break;
	spin_unlock_irqrestore(&wq->lock, flags);
}

void mutex_init(struct mutex *lock)
{
	lock->owner = NULL;
	init_waitqueue_head(&lock->wait);
}

int mutex_trylock(struct mutex *lock)
{
	unsigned long flags;
	int free;

	spin_lock_irqsave(&lock->wait.lock, flags);
	free = !lock->owner;
	if (free)
		lock->owner = current;
	spin_unlock_irqrestore(&lock->wait.lock, flags);
	return free;
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
