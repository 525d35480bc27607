// SPDX-License-Identifier: MIT
/*
 * Futexes: sleep if a word of user memory has a value, wake who sleeps on it.
 * A futex is known by its address in its mm; one in a shared mapping, unless
 * the caller says FUTEX_PRIVATE_FLAG, by the page frame it lies in.
 */
#include <linux/err.h>
#include <linux/futex.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

struct futex_key {
	void		*ptr;		/* mm, or page */
	unsigned long	offset;		/* address, or offset in the page */
};

/* One sleeper, on its own kernel stack; on no list once it is woken. */
struct futex_q {
	struct list_head	list;
	struct task_struct	*task;
	struct futex_key	key;
};

/* All sleepers, oldest first; under preempt_disable(). */
static LIST_HEAD(futex_queue);

static int match_futex(const struct futex_key *a, const struct futex_key *b)
{
	return a->ptr == b->ptr && a->offset == b->offset;
}

/* In a shared mapping the page is what counts; it is there: see do_mmap(). */
static int get_futex_key(u32 __user *uaddr, int shared, struct futex_key *key)
{
	unsigned long addr = (unsigned long)uaddr;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	struct page *page = NULL;

	if (addr & 3)
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	key->ptr = mm;
	key->offset = addr;
	if (!shared)
		return 0;
	mmap_read_lock(mm);
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr)
		page = ERR_PTR(-EFAULT);
	else if (vma->vm_flags & VM_SHARED)
		page = follow_page(mm, addr);
	mmap_read_unlock(mm);
	if (IS_ERR(page))
		return PTR_ERR(page);
	if (page) {
		key->ptr = page;
		key->offset = offset_in_page(uaddr);
	}
	return 0;
}

int do_futex_wake(u32 __user *uaddr, int shared, u32 nr_wake)
{
	struct futex_q *q, *next;
	struct futex_key key;
	int ret = get_futex_key(uaddr, shared, &key);

	if (ret)
		return ret;
	guard(preempt)();
	list_for_each_entry_safe(q, next, &futex_queue, list) {
		if (ret >= nr_wake)
			break;
		if (!match_futex(&q->key, &key))
			continue;
		list_del_init(&q->list);
		wake_up_process(q->task);
		ret++;
	}
	return ret;
}

/*
 * The word is read with faults off, so that nobody can change it and call
 * FUTEX_WAKE between the look and the queueing.  If the page is not there it
 * is fetched, and all is tried again.
 */
static int futex_wait(u32 __user *uaddr, int shared, u32 val, long timeout)
{
	struct futex_q q = { .task = current };
	int ret = get_futex_key(uaddr, shared, &q.key);
	u32 uval;

	if (ret)
		return ret;
	for (;;) {
		preempt_disable();
		if (!copy_from_user_nofault(&uval, uaddr, sizeof(uval)))
			break;
		preempt_enable();
		if (get_user(uval, uaddr))
			return -EFAULT;
	}
	if (uval == val) {
		list_add_tail(&q.list, &futex_queue);
		set_current_state(TASK_INTERRUPTIBLE);
	}
	preempt_enable();
	if (uval != val)
		return -EWOULDBLOCK;

	while (!list_empty(&q.list) && timeout && !signal_pending(current)) {
		timeout = schedule_timeout(timeout);
		set_current_state(TASK_INTERRUPTIBLE);
	}
	set_current_state(TASK_RUNNING);
	guard(preempt)();
	if (list_empty(&q.list))
		return 0;
	list_del(&q.list);
	/* A restart would start the timeout again: only without one. */
	if (!timeout)
		return -ETIMEDOUT;
	return timeout == MAX_SCHEDULE_TIMEOUT ? -ERESTARTSYS : -EINTR;
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
		/* who might have been moved is woken, and looks for itself */
		return do_futex_wake(uaddr, shared, val + (u32)utime);
	}
	return -ENOSYS;
}
