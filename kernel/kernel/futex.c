// SPDX-License-Identifier: MIT
/*
 * Futexes: sleep if a word of user memory has a value, wake who sleeps on it.
 * A futex is known by its address in its mm; one in a shared mapping, unless
 * the caller says FUTEX_PRIVATE_FLAG, by the page frame it lies in.
 */
#include <linux/err.h>
#include <linux/futex.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

struct futex_key {
	void		*ptr;		/* mm, or page */
	unsigned long	offset;		/* address, or offset in the page */
};

/* One sleeper, on its own kernel stack while it sleeps. */
struct futex_q {
	struct list_head	list;
	struct task_struct	*task;
	struct futex_key	key;
	int			woken;
};

/* All sleepers, oldest first; under preempt_disable(). */
static LIST_HEAD(futex_queue);

static int match_futex(const struct futex_key *a, const struct futex_key *b)
{
	return a->ptr == b->ptr && a->offset == b->offset;
}

/* In a shared mapping the page is what counts; it is there: see do_mmap(). */
static struct page *shared_page(u32 __user *uaddr)
{
	struct mm_struct *mm = current->mm;
	struct page *page = ERR_PTR(-EFAULT);
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma(mm, (unsigned long)uaddr);
	if (vma && vma->vm_start <= (unsigned long)uaddr)
		page = vma->vm_flags & VM_SHARED ?
			       follow_page(mm, (unsigned long)uaddr) :
			       NULL;
	mmap_read_unlock(mm);
	return page;
}

static int get_futex_key(u32 __user *uaddr, int shared, struct futex_key *key)
{
	struct page *page;

	if ((unsigned long)uaddr & 3)
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	key->ptr = current->mm;
	key->offset = (unsigned long)uaddr;
	if (!shared)
		return 0;
	page = shared_page(uaddr);
	if (IS_ERR(page))
		return PTR_ERR(page);
	if (page) {
		key->ptr = page;
		key->offset = offset_in_page(uaddr);
	}
	return 0;
}

static void wake_futex(struct futex_q *q)
{
	list_del_init(&q->list);
	q->woken = 1;
	wake_up_process(q->task);
}

int do_futex_wake(u32 __user *uaddr, int shared, int nr_wake)
{
	struct futex_q *q, *next;
	struct futex_key key;
	int ret = get_futex_key(uaddr, shared, &key);

	if (ret)
		return ret;
	preempt_disable();
	list_for_each_entry_safe(q, next, &futex_queue, list) {
		if (ret >= nr_wake)
			break;
		if (!match_futex(&q->key, &key))
			continue;
		wake_futex(q);
		ret++;
	}
	preempt_enable();
	return ret;
}

/*
 * The word is read with faults off, so that nobody can change it and call
 * FUTEX_WAKE between the look and the queueing.  If the page is not there it
 * is fetched, and all is tried again.
 */
static int futex_wait_setup(u32 __user *uaddr, u32 val, struct futex_q *q)
{
	u32 uval;
	int err;

	for (;;) {
		preempt_disable();
		err = copy_from_user_nofault(&uval, uaddr, sizeof(uval));
		if (!err)
			break;
		preempt_enable();
		if (get_user(uval, uaddr))
			return -EFAULT;
	}
	if (uval != val) {
		preempt_enable();
		return -EWOULDBLOCK;
	}
	q->task = current;
	q->woken = 0;
	list_add_tail(&q->list, &futex_queue);
	set_current_state(TASK_INTERRUPTIBLE);
	preempt_enable();
	return 0;
}

static int futex_wait(u32 __user *uaddr, int shared, u32 val, long timeout)
{
	struct futex_q q;
	int ret = get_futex_key(uaddr, shared, &q.key);

	if (ret)
		return ret;
	ret = futex_wait_setup(uaddr, val, &q);
	if (ret)
		return ret;
	while (!READ_ONCE(q.woken) && timeout && !signal_pending(current)) {
		timeout = schedule_timeout(timeout);
		set_current_state(TASK_INTERRUPTIBLE);
	}
	set_current_state(TASK_RUNNING);

	preempt_disable();
	if (!q.woken)
		list_del(&q.list);
	preempt_enable();
	if (q.woken)
		return 0;
	/* A restart would start the timeout again: only without one. */
	if (!timeout)
		return -ETIMEDOUT;
	return timeout == MAX_SCHEDULE_TIMEOUT ? -ERESTARTSYS : -EINTR;
}

static int futex_requeue(u32 __user *uaddr1, int shared, u32 __user *uaddr2,
			 int nr_wake, int nr_requeue)
{
	struct futex_key key1, key2;
	struct futex_q *q, *next;
	int ret;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	ret = get_futex_key(uaddr1, shared, &key1);
	if (!ret)
		ret = get_futex_key(uaddr2, shared, &key2);
	if (ret)
		return ret;
	preempt_disable();
	list_for_each_entry_safe(q, next, &futex_queue, list) {
		if (!match_futex(&q->key, &key1))
			continue;
		if (ret < nr_wake)
			wake_futex(q);
		else if (ret - nr_wake < nr_requeue)
			q->key = key2;
		else
			break;
		ret++;
	}
	preempt_enable();
	return ret;
}

/* FUTEX_WAIT takes a span, FUTEX_WAIT_BITSET a point in time; in jiffies. */
static int futex_timeout(int op, const struct old_timespec32 __user *utime,
			 long *timeout)
{
	u64 ns, now = 0;
	int err = get_timeout(utime, &ns);

	if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && ns != NO_TIMEOUT)
		now = op & FUTEX_CLOCK_REALTIME ? ktime_get_real_ns() :
						  ktime_get_ns();
	*timeout = ns <= now ? 0 : timeout_to_jiffies(ns - now);
	return err;
}

/* @utime is a timespec, or with some operations a number. */
SYSCALL_DEFINE6(futex_time32, u32 __user *, uaddr, int, op, u32, val,
		const struct old_timespec32 __user *, utime,
		u32 __user *, uaddr2, u32, val3)
{
	int shared = !(op & FUTEX_PRIVATE_FLAG), err;
	long timeout;

	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT_BITSET:
		/* any bit is as good as another: who sleeps has no name */
		if (val3 != FUTEX_BITSET_MATCH_ANY)
			return -ENOSYS;
		fallthrough;
	case FUTEX_WAIT:
		err = futex_timeout(op, utime, &timeout);
		return err ? err : futex_wait(uaddr, shared, val, timeout);
	case FUTEX_WAKE:
		return do_futex_wake(uaddr, shared, val);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, shared, uaddr2, val,
				     (unsigned long)utime);
	}
	return -ENOSYS;
}
