/*
 * Waiting for any of several files. All waiters share one queue: whoever is
 * woken for another's file looks, and sleeps on.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define POLL_DEFAULT (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

static DECLARE_WAIT_QUEUE_HEAD(poll_wait);

void poll_notify(void)
{
	if (waitqueue_active(&poll_wait))
		wake_up_interruptible_all(&poll_wait);
}

static __poll_t poll_one(const struct pollfd *pfd)
{
	struct file *file;
	__poll_t mask;

	if (pfd->fd < 0)
		return 0;
	file = fget(pfd->fd);
	if (!file)
		return POLLNVAL;
	mask = file->f_op->poll ? file->f_op->poll(file) : POLL_DEFAULT;
	fput(file);
	return mask & (pfd->events | POLLERR | POLLHUP);
}

static int poll_all(struct pollfd *fds, unsigned int nfds)
{
	int ready = 0;

	for (unsigned int i = 0; i < nfds; i++) {
		fds[i].revents = poll_one(&fds[i]);
		ready += fds[i].revents != 0;
	}
	return ready;
}

static int poll_wait_for(struct pollfd *fds, unsigned int nfds, u64 timeout)
{
	u64 deadline = ktime_get_ns() + timeout;
	DEFINE_WAIT(wait);
	int ready;

	if (timeout == NO_TIMEOUT || deadline < timeout)
		deadline = NO_TIMEOUT;
	for (;;) {
		u64 now;

		prepare_to_wait(&poll_wait, &wait, TASK_INTERRUPTIBLE);
		ready = poll_all(fds, nfds);
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

static int do_poll(struct pollfd __user *ufds, unsigned int nfds, u64 timeout)
{
	size_t size = nfds * sizeof(struct pollfd);
	struct pollfd *fds;
	int ret = -EFAULT;

	if (nfds > NR_OPEN_DEFAULT)
		return -EINVAL;
	fds = kmalloc(size ? size : 1, GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	if (!copy_from_user(fds, ufds, size)) {
		ret = poll_wait_for(fds, nfds, timeout);
		if (ret >= 0 && copy_to_user(ufds, fds, size))
			ret = -EFAULT;
	}
	kfree(fds);
	return ret;
}

SYSCALL_DEFINE3(poll, struct pollfd __user *, ufds, unsigned int, nfds,
		int, timeout_msecs)
{
	u64 timeout = NO_TIMEOUT;

	if (timeout_msecs >= 0)
		timeout = (u64)timeout_msecs * NSEC_PER_MSEC;
	return do_poll(ufds, nfds, timeout);
}

SYSCALL_DEFINE5(ppoll_time32, struct pollfd __user *, ufds,
		unsigned int, nfds, struct old_timespec32 __user *, uts,
		const sigset_t __user *, usigmask, size_t, sigsetsize)
{
	u64 timeout;
	int err = get_timeout(uts, &timeout);

	if (!err)
		err = set_user_sigmask(usigmask, sigsetsize);
	return err ? err : do_poll(ufds, nfds, timeout);
}

/*
 * The three sets of select(): what is asked of a descriptor that is in one,
 * and what puts it into the answer.  An end makes a file readable, an error
 * writable as well.
 */
#define NR_SETS 3

static const short asked[NR_SETS] = { POLLIN | POLLRDNORM,
				      POLLOUT | POLLWRNORM, POLLPRI };
static const short answers[NR_SETS] = { POLLIN | POLLHUP | POLLERR,
					POLLOUT | POLLERR, POLLPRI };

struct fd_sets {
	DECLARE_BITMAP(bits[NR_SETS], NR_OPEN_DEFAULT);
};

/* The sets as poll()'s array, which has no room for more than there are. */
static int sets_to_fds(const struct fd_sets *sets, int n, struct pollfd *fds)
{
	int nfds = 0;

	for (int fd = 0; fd < n; fd++) {
		short events = 0;

		for (int i = 0; i < NR_SETS; i++)
			if (test_bit(fd, sets->bits[i]))
				events |= asked[i];
		if (events)
			fds[nfds++] = (struct pollfd){ fd, events, 0 };
	}
	return nfds;
}

static int fds_to_sets(const struct pollfd *fds, int nfds,
		       struct fd_sets *sets)
{
	int count = 0;

	memset(sets, 0, sizeof(*sets));
	for (; nfds; nfds--, fds++) {
		if (fds->revents & POLLNVAL)
			return -EBADF;
		for (int i = 0; i < NR_SETS; i++) {
			if (!(fds->events & asked[i]) ||
			    !(fds->revents & answers[i]))
				continue;
			__set_bit(fds->fd, sets->bits[i]);
			count++;
		}
	}
	return count;
}

static int select_sets(struct fd_sets *sets, int n, u64 timeout)
{
	struct pollfd *fds = kcalloc(n + 1, sizeof(*fds), GFP_KERNEL);
	int nfds, ret;

	if (!fds)
		return -ENOMEM;
	nfds = sets_to_fds(sets, n, fds);
	ret = poll_wait_for(fds, nfds, timeout);
	if (ret >= 0)
		ret = fds_to_sets(fds, nfds, sets);
	kfree(fds);
	return ret;
}

/* Any of the sets may be NULL. */
static int core_select(int n, unsigned long __user *usets[NR_SETS],
		       u64 timeout)
{
	struct fd_sets sets;
	size_t size;
	int i, ret;

	if (n < 0)
		return -EINVAL;
	n = min(n, NR_OPEN_DEFAULT);
	size = BITS_TO_LONGS(n) * sizeof(long);
	memset(&sets, 0, sizeof(sets));
	for (i = 0; i < NR_SETS; i++)
		if (usets[i] && copy_from_user(sets.bits[i], usets[i], size))
			return -EFAULT;
	ret = select_sets(&sets, n, timeout);
	for (i = 0; i < NR_SETS && ret >= 0; i++)
		if (usets[i] && copy_to_user(usets[i], sets.bits[i], size))
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
