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
#define NO_TIMEOUT U64_MAX

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
		if (deadline == NO_TIMEOUT)
			schedule();
		else
			schedule_timeout(nsecs_to_jiffies(deadline - now) + 1);
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

static int poll_masked(struct pollfd __user *ufds, unsigned int nfds,
		       u64 timeout, const void __user *usigmask,
		       size_t sigsetsize)
{
	sigset_t mask;
	int ret;

	if (!usigmask)
		return do_poll(ufds, nfds, timeout);
	if (sigsetsize != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, usigmask, sizeof(mask)))
		return -EFAULT;
	/* the return to user mode restores the mask of before */
	set_restore_sigmask(&mask);
	ret = do_poll(ufds, nfds, timeout);
	return ret;
}

SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, nfds,
		struct __kernel_timespec __user *, uts,
		const void __user *, sigmask, size_t, sigsetsize)
{
	u64 timeout = NO_TIMEOUT;
	int err = uts ? get_timespec64(uts, &timeout) : 0;

	if (err)
		return err;
	return poll_masked(ufds, nfds, timeout, sigmask, sigsetsize);
}

SYSCALL_DEFINE5(ppoll_time32, struct pollfd __user *, ufds,
		unsigned int, nfds, struct old_timespec32 __user *, uts,
		const void __user *, sigmask, size_t, sigsetsize)
{
	u64 timeout = NO_TIMEOUT;
	int err = uts ? get_old_timespec32(uts, &timeout) : 0;

	if (err)
		return err;
	return poll_masked(ufds, nfds, timeout, sigmask, sigsetsize);
}

/* The three sets of select(), as bits by descriptor. */
struct fd_sets {
	DECLARE_BITMAP(in, NR_OPEN_DEFAULT);
	DECLARE_BITMAP(out, NR_OPEN_DEFAULT);
	DECLARE_BITMAP(ex, NR_OPEN_DEFAULT);
};

static int get_fd_set(unsigned long *set, const unsigned long __user *uset,
		      int n)
{
	memset(set, 0, NR_OPEN_DEFAULT / 8);
	if (!uset)
		return 0;
	return copy_from_user(set, uset, BITS_TO_LONGS(n) * sizeof(long)) ?
		       -EFAULT :
		       0;
}

static int put_fd_set(const unsigned long *set, unsigned long __user *uset,
		      int n)
{
	if (!uset)
		return 0;
	return copy_to_user(uset, set, BITS_TO_LONGS(n) * sizeof(long)) ?
		       -EFAULT :
		       0;
}

/* The sets as poll()'s array, which has no room for more than there are. */
static int sets_to_fds(const struct fd_sets *sets, int n, struct pollfd *fds)
{
	int nfds = 0;

	for (int fd = 0; fd < n; fd++) {
		short events = 0;

		if (test_bit(fd, sets->in))
			events |= POLLIN | POLLRDNORM;
		if (test_bit(fd, sets->out))
			events |= POLLOUT | POLLWRNORM;
		if (test_bit(fd, sets->ex))
			events |= POLLPRI;
		if (events)
			fds[nfds++] = (struct pollfd){ fd, events, 0 };
	}
	return nfds;
}

/* An end or an error makes a file readable, an error writable. */
static int fds_to_sets(const struct pollfd *fds, int nfds,
		       struct fd_sets *sets)
{
	int count = 0;

	memset(sets, 0, sizeof(*sets));
	for (int i = 0; i < nfds; i++) {
		short events = fds[i].events, revents = fds[i].revents;

		if (revents & POLLNVAL)
			return -EBADF;
		if (events & POLLIN && revents & (POLLIN | POLLHUP | POLLERR)) {
			__set_bit(fds[i].fd, sets->in);
			count++;
		}
		if (events & POLLOUT && revents & (POLLOUT | POLLERR)) {
			__set_bit(fds[i].fd, sets->out);
			count++;
		}
		if (revents & POLLPRI) {
			__set_bit(fds[i].fd, sets->ex);
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

static int core_select(int n, unsigned long __user *in,
		       unsigned long __user *out, unsigned long __user *ex,
		       u64 timeout)
{
	struct fd_sets sets;
	int ret;

	if (n < 0)
		return -EINVAL;
	n = min(n, NR_OPEN_DEFAULT);
	if (get_fd_set(sets.in, in, n) || get_fd_set(sets.out, out, n) ||
	    get_fd_set(sets.ex, ex, n))
		return -EFAULT;
	ret = select_sets(&sets, n, timeout);
	if (ret >= 0 &&
	    (put_fd_set(sets.in, in, n) || put_fd_set(sets.out, out, n) ||
	     put_fd_set(sets.ex, ex, n)))
		ret = -EFAULT;
	return ret;
}

SYSCALL_DEFINE5(select, int, n, unsigned long __user *, in,
		unsigned long __user *, out, unsigned long __user *, ex,
		struct __kernel_old_timeval __user *, utv)
{
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
	return core_select(n, in, out, ex, timeout);
}

/* The sixth argument points at a mask and its size. */
static int select_mask(const void __user *usig)
{
	struct {
		const sigset_t __user *mask;
		size_t size;
	} sig;
	sigset_t mask;

	if (!usig)
		return 0;
	if (copy_from_user(&sig, usig, sizeof(sig)))
		return -EFAULT;
	if (!sig.mask)
		return 0;
	if (sig.size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, sig.mask, sizeof(mask)))
		return -EFAULT;
	set_restore_sigmask(&mask);
	return 0;
}

SYSCALL_DEFINE6(pselect6, int, n, unsigned long __user *, in,
		unsigned long __user *, out, unsigned long __user *, ex,
		struct __kernel_timespec __user *, uts,
		const void __user *, sig)
{
	u64 timeout = NO_TIMEOUT;
	int err = uts ? get_timespec64(uts, &timeout) : 0;

	if (!err)
		err = select_mask(sig);
	return err ? err : core_select(n, in, out, ex, timeout);
}

SYSCALL_DEFINE6(pselect6_time32, int, n, unsigned long __user *, in,
		unsigned long __user *, out, unsigned long __user *, ex,
		struct old_timespec32 __user *, uts, const void __user *, sig)
{
	u64 timeout = NO_TIMEOUT;
	int err = uts ? get_old_timespec32(uts, &timeout) : 0;

	if (!err)
		err = select_mask(sig);
	return err ? err : core_select(n, in, out, ex, timeout);
}
