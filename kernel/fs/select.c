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
