/*
 * Waiting for any of several files. All waiters share one queue: whoever is
 * woken for another's file looks, and sleeps on.
 */
#include <linux/fdtable.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define POLL_DEFAULT (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

static DECLARE_WAIT_QUEUE_HEAD(poll_wait);

void poll_notify(void)
{
	if (waitqueue_active(&poll_wait))
		wake_up_interruptible_all(&poll_wait);
}

/* What a file is ready for; POLLNVAL if there is none. */
static __poll_t poll_fd(int fd)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return POLLNVAL;
	return file->f_op->poll ? file->f_op->poll(file) : POLL_DEFAULT;
}

#define NR_SETS 3		/* select()'s: to read, to write, exceptions */

/* Who waits: how many files are ready is asked anew after each wake-up. */
struct poll_wqueues {
	int (*ready)(struct poll_wqueues *pwq);
	int n;				/* descriptors */
	struct pollfd *fds;		/* poll()'s */
	DECLARE_BITMAP(in[NR_SETS], NR_OPEN_DEFAULT);
	DECLARE_BITMAP(out[NR_SETS], NR_OPEN_DEFAULT);
};

static int poll_wait_for(struct poll_wqueues *pwq, u64 timeout)
{
	u64 deadline = ktime_get_ns() + timeout;
	DEFINE_WAIT(wait);
	int ready;

	if (timeout == NO_TIMEOUT || deadline < timeout)
		deadline = NO_TIMEOUT;
	for (;;) {
		u64 now;

		prepare_to_wait(&poll_wait, &wait, TASK_INTERRUPTIBLE);
		ready = pwq->ready(pwq);
		now = ktime_get_ns();
		if (ready || now >= deadline)
			break;
		if (signal_pending(current)) {
			ready = -EINTR;
			break;
		}
		schedule_timeout(timeout_to_jiffies(deadline - now));
	}
	finish_wait(&poll_wait, &wait);
	return ready;
}

static int poll_ready(struct poll_wqueues *pwq)
{
	int ready = 0;

	for (struct pollfd *p = pwq->fds; p < pwq->fds + pwq->n; p++) {
		p->revents = 0;
		if (p->fd >= 0)
			p->revents = poll_fd(p->fd) &
				     (p->events | POLLERR | POLLHUP | POLLNVAL);
		ready += p->revents != 0;
	}
	return ready;
}

SYSCALL_DEFINE3(poll, struct pollfd __user *, ufds, unsigned int, nfds,
		int, timeout_msecs)
{
	size_t size = nfds * sizeof(struct pollfd);
	struct pollfd *fds __free(kfree) = NULL;
	struct poll_wqueues pwq = { .ready = poll_ready, .n = nfds };
	u64 timeout = NO_TIMEOUT;
	int ret;

	if (nfds > NR_OPEN_DEFAULT)
		return -EINVAL;
	pwq.fds = fds = kmalloc(size, GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	if (copy_from_user(fds, ufds, size))
		return -EFAULT;
	if (timeout_msecs >= 0)
		timeout = (u64)timeout_msecs * NSEC_PER_MSEC;
	ret = poll_wait_for(&pwq, timeout);
	return ret >= 0 && copy_to_user(ufds, fds, size) ? -EFAULT : ret;
}

/*
 * What puts a descriptor that is in a set into the answer.  An end makes a file
 * readable, an error writable as well.
 */
static const short answers[NR_SETS] = { POLLIN | POLLHUP | POLLERR,
					POLLOUT | POLLERR, POLLPRI };

static int select_ready(struct poll_wqueues *pwq)
{
	int ready = 0;

	memset(pwq->out, 0, sizeof(pwq->out));
	for (int fd = 0; fd < pwq->n; fd++) {
		for (int i = 0; i < NR_SETS; i++) {
			__poll_t mask;

			if (!test_bit(fd, pwq->in[i]))
				continue;
			mask = poll_fd(fd);
			if (mask & POLLNVAL)
				return -EBADF;
			if (!(mask & answers[i]))
				continue;
			__set_bit(fd, pwq->out[i]);
			ready++;
		}
	}
	return ready;
}

static int core_select(int n, unsigned long __user *usets[NR_SETS],
		       u64 timeout)
{
	struct poll_wqueues pwq = { .ready = select_ready };
	size_t size;
	int ret;

	if (n < 0)
		return -EINVAL;
	pwq.n = min(n, NR_OPEN_DEFAULT);
	size = BITS_TO_LONGS(pwq.n) * sizeof(long);
	for (int i = 0; i < NR_SETS; i++)
		if (usets[i] && copy_from_user(pwq.in[i], usets[i], size))
			return -EFAULT;
	ret = poll_wait_for(&pwq, timeout);
	for (int i = 0; i < NR_SETS && ret >= 0; i++)
		if (usets[i] && copy_to_user(usets[i], pwq.out[i], size))
			return -EFAULT;
	return ret;
}

SYSCALL_DEFINE5(select, int, n, unsigned long __user *, in,
		unsigned long __user *, out, unsigned long __user *, ex,
		struct __kernel_old_timeval __user *, utv)
{
	unsigned long __user *usets[NR_SETS] = { in, out, ex };
	struct __kernel_old_timeval tv;
	u64 timeout = NO_TIMEOUT;

	if (utv) {
		if (copy_from_user(&tv, utv, sizeof(tv)))
			return -EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -EINVAL;
		timeout = (u64)tv.tv_sec * NSEC_PER_SEC +
			  (u64)tv.tv_usec * NSEC_PER_USEC;
	}
	return core_select(n, usets, timeout);
}

SYSCALL_DEFINE6(pselect6_time32, int, n, unsigned long __user *, in,
		unsigned long __user *, out, unsigned long __user *, ex,
		struct old_timespec32 __user *, uts, const void __user *, usig)
{
	unsigned long __user *usets[NR_SETS] = { in, out, ex };
	/* the sixth argument points at a mask and its size */
	struct {
		const sigset_t __user *mask;
		size_t size;
	} sig = { NULL, 0 };
	u64 timeout;
	int err = get_timeout(uts, &timeout);

	if (err)
		return err;
	if (usig && copy_from_user(&sig, usig, sizeof(sig)))
		return -EFAULT;
	err = set_user_sigmask(sig.mask, sig.size);
	return err ? err : core_select(n, usets, timeout);
}
