/* Pipes: bytes in the order they were written, 64 KiB at most. */
#include <linux/fdtable.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define PIPE_SIZE (16 * PAGE_SIZE)
#define PIPE_BUF 4096		/* written as one, never interleaved */

/* The bytes lie in the inode's pages, as in a ring, and go with them. */
struct pipe_inode_info {
	struct mutex mutex;	/* owns head and len */
	wait_queue_head_t wait;
	unsigned int head;	/* where the oldest byte is */
	unsigned int len;
	bool reader, writer;	/* is that end's file open? */
};

static struct pipe_inode_info *pipe_of(struct file *file)
{
	return file_inode(file)->i_private;
}

static unsigned int pipe_room(const struct pipe_inode_info *pipe)
{
	return PIPE_SIZE - pipe->len;
}

static void pipe_wake(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_all(&pipe->wait);
	poll_notify();
}

/*
 * Out of the ring for its reader, into it for its writer, who wants room for
 * need bytes at least: as many of count bytes as it has, or has room for.
 */
static ssize_t transfer(struct file *file, char __user *buf, size_t count,
			size_t need)
{
	struct pipe_inode_info *pipe = pipe_of(file);
	bool reads = file->f_mode & FMODE_READ;
	size_t done, n, left;

	guard(mutex)(&pipe->mutex);
	left = reads ? pipe->len : pipe_room(pipe);
	if (left < need)
		return 0;
	count = min(count, left);
	for (done = 0; done < count; done += n) {
		unsigned int at = pipe->head + (reads ? 0 : pipe->len);
		unsigned long offset = at % PAGE_SIZE;
		char *page = inode_page_alloc(file_inode(file),
					      at % PIPE_SIZE / PAGE_SIZE);

		if (IS_ERR(page))
			return done ? (ssize_t)done : -ENOMEM;
		n = min_t(size_t, count - done, PAGE_SIZE - offset);
		left = reads ? copy_to_user(buf + done, page + offset, n) :
			       copy_from_user(page + offset, buf + done, n);
		if (left)
			return done ? (ssize_t)done : -EFAULT;
		if (reads)
			pipe->head = (at + n) % PIPE_SIZE;
		pipe->len += reads ? -n : n;
	}
	return done;
}

static ssize_t pipe_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	struct pipe_inode_info *pipe = pipe_of(file);
	ssize_t ret = 0;

	while (count && !ret) {
		/* the writer may write once more, and then be gone */
		bool more = pipe->writer;

		ret = transfer(file, buf, count, 0);
		if (ret || !more)
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(pipe->wait,
					       pipe->len || !pipe->writer);
	}
	if (ret > 0)
		pipe_wake(pipe);
	return ret;
}

/* Or fail at once: a pipe that nobody reads never gets room. */
static bool may_write(const struct pipe_inode_info *pipe, size_t need)
{
	return pipe_room(pipe) >= need || !pipe->reader;
}

static ssize_t pipe_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *pos)
{
	struct pipe_inode_info *pipe = pipe_of(file);
	/* a small write waits until all of it fits */
	size_t need = count <= PIPE_BUF ? count : 1, done = 0;
	ssize_t ret = 0;

	while (done < count && ret >= 0) {
		if (!pipe->reader) {
			send_sig_info(SIGPIPE, NULL, current, 0);
			ret = -EPIPE;
			break;
		}
		ret = transfer(file, (char __user *)buf + done, count - done,
			       need);
		if (ret > 0) {
			done += ret;
			pipe_wake(pipe);
		} else if (!ret && file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
		} else if (!ret) {
			ret = wait_event_interruptible(pipe->wait,
						       may_write(pipe, need));
		}
	}
	return done ? (ssize_t)done : ret;
}

static __poll_t pipe_poll(struct file *file)
{
	struct pipe_inode_info *pipe = pipe_of(file);

	if (file->f_mode & FMODE_READ)
		return (pipe->len ? POLLIN | POLLRDNORM : 0) |
		       (pipe->writer ? 0 : POLLHUP);
	return (pipe_room(pipe) >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0) |
	       (pipe->reader ? 0 : POLLERR);
}

static void pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = pipe_of(file);

	if (file->f_mode & FMODE_READ)
		pipe->reader = false;
	else
		pipe->writer = false;
	pipe_wake(pipe);
}

static const struct file_operations pipe_fops = {
	.release = pipe_release,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
};

static struct inode *new_pipe(void)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);
	struct inode *inode = new_inode(S_IFIFO | 0600);

	if (!pipe || !inode) {
		kfree(pipe);
		iput(inode);
		return NULL;
	}
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->wait);
	pipe->reader = pipe->writer = true;
	inode->i_private = pipe;
	inode->i_fop = &pipe_fops;
	inode->i_nlink = 1;
	return inode;
}

SYSCALL_DEFINE2(pipe2, int __user *, ufds, int, flags)
{
	static const int modes[2] = { O_RDONLY, O_WRONLY };
	struct inode *inode __free(iput) = NULL;
	int fds[2] = { -ENFILE, -ENFILE };

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	inode = new_pipe();
	if (!inode)
		return -ENOMEM;
	for (int i = 0; i < 2; i++) {
		struct file *file = alloc_file(inode, NULL, modes[i] | flags);

		if (!IS_ERR(file))
			fds[i] = fd_install_from(0, file, flags & O_CLOEXEC);
	}
	if (fds[0] >= 0 && fds[1] >= 0 &&
	    !copy_to_user(ufds, fds, sizeof(fds)))
		return 0;
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close_fd(fds[i]);
	if (fds[0] < 0)
		return fds[0];
	return fds[1] < 0 ? fds[1] : -EFAULT;
}

SYSCALL_DEFINE1(pipe, int __user *, fds)
{
	return sys_pipe2(fds, 0);
}
