/* ioctl(): a call of each device's own. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/termios.h>

SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd,
		unsigned long, arg)
{
	struct file *file = fget(fd);
	long ret = -ENOTTY;
	int on;

	if (!file)
		return -EBADF;
	switch (cmd) {
	case FIONBIO:
		ret = -EFAULT;
		if (copy_from_user(&on, (void __user *)arg, sizeof(on)))
			break;
		file->f_flags &= ~O_NONBLOCK;
		file->f_flags |= on ? O_NONBLOCK : 0;
		ret = 0;
		break;
	default:
		if (file->f_op->unlocked_ioctl)
			ret = file->f_op->unlocked_ioctl(file, cmd, arg);
	}
	fput(file);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}
