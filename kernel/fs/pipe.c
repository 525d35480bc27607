/* Pipes: bytes in the order they were written, 64 KiB at most. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define PIPE_ORDER 4
#define PIPE_SIZE (PAGE_SIZE << PIPE_ORDER)
#define PIPE_BUF 4096		/* written as one, never interleaved */

struct pipe_inode_info {
	struct mutex mutex;	/* owns all but the ends */
	wait_queue_head_t wait;
	char *ring;		/* PIPE_SIZE bytes */
	unsigned int head;	/* where the oldest byte is */
	unsigned int len;
	int readers, writers;
	int ends;		/* the files that refer to this */
};

static unsigned int pipe_room(const struct pipe_inode_info *pipe)
{
	return PIPE_SIZE - pipe->len;
}

static void pipe_wake(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_all(&pipe->wait);
	poll_notify();
}

/* The longest run of the ring from offset on that is one piece of memory. */
static char *ring_piece(struct pipe_inode_info *pipe, unsigned int offset,
			size_t *n)
{
	unsigned int at = (pipe->head + offset) % PIPE_SIZE;

	*n = min_t(size_t, *n, PIPE_SIZE - at);
	return pipe->ring + at;
}

static ssize_t drain(struct pipe_inode_info *pipe, char __user *buf,
		     size_t count)
{
	size_t done = 0;

	while (done < count && pipe->len) {
		size_t n = min_t(size_t, count - done, pipe->len);
		char *from = ring_piece(pipe, 0, &n);

		if (copy_to_user(buf + done, from, n))
			return done ? (ssize_t)done : -EFAULT;
		pipe->head = (pipe->head + n) % PIPE_SIZE;
		pipe->len -= n;
		done += n;
	}
	return done;
}

static ssize_t fill(struct pipe_inode_info *pipe, const char __user *buf,
		    size_t count)
{
	size_t done = 0;

	while (done < count && pipe_room(pipe)) {
		size_t n = min_t(size_t, count - done, pipe_room(pipe));
		char *to = ring_piece(pipe, pipe->len, &n);

		if (copy_from_user(to, buf + done, n))
			return done ? (ssize_t)done : -EFAULT;
		pipe->len += n;
		done += n;
	}
	return done;
}

static ssize_t pipe_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	struct pipe_inode_info *pipe = file->private_data;
	ssize_t ret;
	int err;

	if (!count)
		return 0;
	for (;;) {
		mutex_lock(&pipe->mutex);
		ret = drain(pipe, buf, count);
		mutex_unlock(&pipe->mutex);
		if (ret) {
			pipe_wake(pipe);
			return ret;
		}
		if (!pipe->writers)
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(pipe->wait,
					       pipe->len || !pipe->writers);
		if (err)
			return err;
	}
}

/* Or fail at once: a pipe that nobody reads never gets room. */
static bool may_write(const struct pipe_inode_info *pipe, size_t need)
{
	return pipe_room(pipe) >= need || !pipe->readers;
}

static ssize_t pipe_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *pos)
{
	struct pipe_inode_info *pipe = file->private_data;
	/* a small write waits until all of it fits */
	size_t need = count <= PIPE_BUF ? count : 1;
	size_t done = 0;
	ssize_t ret = 0;

	while (done < count) {
		if (!pipe->readers) {
			send_sig_info(SIGPIPE, NULL, current, 0);
			ret = -EPIPE;
			break;
		}
		mutex_lock(&pipe->mutex);
		ret = 0;
		if (pipe_room(pipe) >= need)
			ret = fill(pipe, buf + done, count - done);
		mutex_unlock(&pipe->mutex);
		if (ret < 0)
			break;
		done += ret;
		if (ret)
			pipe_wake(pipe);
		if (done == count)
			break;
		if (file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			break;
		}
		ret = wait_event_interruptible(pipe->wait,
					       may_write(pipe, need));
		if (ret)
			break;
	}
	return done ? (ssize_t)done : ret;
}

static __poll_t pipe_poll(struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;
	__poll_t mask = 0;

	if (file->f_mode & FMODE_READ) {
		if (pipe->len)
			mask |= POLLIN | POLLRDNORM;
		if (!pipe->writers)
			mask |= POLLHUP;
	} else {
		if (pipe_room(pipe) >= PIPE_BUF)
			mask |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			mask |= POLLERR;
	}
	return mask;
}

static void free_pipe(struct pipe_inode_info *pipe)
{
	free_pages((unsigned long)pipe->ring, PIPE_ORDER);
	kfree(pipe);
}

static void pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;
	bool last;

	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ)
		pipe->readers--;
	else
		pipe->writers--;
	last = !--pipe->ends;
	mutex_unlock(&pipe->mutex);
	if (!last) {
		pipe_wake(pipe);
		return;
	}
	free_pipe(pipe);
}

static const struct file_operations pipe_fops = {
	.release = pipe_release,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
};

static struct file *pipe_end(struct inode *inode,
			     struct pipe_inode_info *pipe, int flags)
{
	struct file *file = alloc_file(inode, NULL, flags, &pipe_fops);

	if (IS_ERR(file))
		return file;
	file->private_data = pipe;
	pipe->ends++;
	if (file->f_mode & FMODE_READ)
		pipe->readers++;
	else
		pipe->writers++;
	return file;
}

static int create_pipe_files(struct file *files[2], int flags)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);
	struct inode *inode = new_inode(S_IFIFO | 0600);

	if (pipe)
		pipe->ring = (char *)__get_free_pages(GFP_KERNEL, PIPE_ORDER);
	if (!pipe || !pipe->ring || !inode)
		goto nomem;
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->wait);
	files[0] = pipe_end(inode, pipe, flags | O_RDONLY);
	if (IS_ERR(files[0]))
		goto nomem;
	files[1] = pipe_end(inode, pipe, flags | O_WRONLY);
	iput(inode);
	if (IS_ERR(files[1])) {
		fput(files[0]);
		return -ENFILE;
	}
	return 0;
nomem:
	if (pipe)
		free_pipe(pipe);
	iput(inode);
	return -ENOMEM;
}

SYSCALL_DEFINE2(pipe2, int __user *, ufds, int, flags)
{
	bool cloexec = flags & O_CLOEXEC;
	struct file *files[2];
	int fds[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = create_pipe_files(files, flags & O_NONBLOCK);
	if (err)
		return err;
	fds[0] = fd_install_from(0, files[0], cloexec);
	fds[1] = fd_install_from(0, files[1], cloexec);
	if (fds[0] >= 0 && fds[1] >= 0) {
		if (!copy_to_user(ufds, fds, sizeof(fds)))
			return 0;
		err = -EFAULT;
	} else {
		err = -EMFILE;
	}
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close_fd(fds[i]);
		else
			fput(files[i]);
	}
	return err;
}

SYSCALL_DEFINE1(pipe, int __user *, fds)
{
	return sys_pipe2(fds, 0);
}
