/*
 * The terminal on the serial line: /dev/console, /dev/tty and /dev/ttyS0 are
 * one. Input arrives by interrupt, is edited and echoed line by line unless
 * a program asks for single characters, and is read from a ring.
 */
#include <linux/console.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <uapi/linux/termios.h>

#define TTY_BUF_SIZE 4096
#define OUTPUT_CHUNK 128

#define TTYAUX_MAJOR 5
#define TTY_MAJOR 4

#define DEL 0x7f
#define CTRL(c) ((c) & 0x1f)

/* Owned by masked interrupts: the input interrupt writes here. */
static struct {
	unsigned char buf[TTY_BUF_SIZE];
	unsigned int head;	/* the next to be read */
	unsigned int lines;	/* end of the finished lines */
	unsigned int tail;	/* the next to be written */
} input;

static struct termios termios = {
	.c_iflag = ICRNL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
		   IEXTEN,
	.c_cc = {
		[VINTR] = CTRL('C'),
		[VQUIT] = CTRL('\\'),
		[VERASE] = DEL,
		[VKILL] = CTRL('U'),
		[VEOF] = CTRL('D'),
		[VMIN] = 1,
	},
};

static const struct winsize winsize = { .ws_row = 24, .ws_col = 80 };
static DECLARE_WAIT_QUEUE_HEAD(tty_read_wait);

void noecho(void)
{
	termios.c_lflag &= ~ECHO;
}

static bool canonical(void)
{
	return termios.c_lflag & ICANON;
}

/* What a read may take now. */
static unsigned int input_ready(void)
{
	return (canonical() ? input.lines : input.tail) - input.head;
}

/* Such as Ctrl-C, which is shown as ^C. */
static bool in_caret_notation(unsigned char c)
{
	return (c < ' ' && c != '\t' && c != '\n') || c == DEL;
}

static void echo(unsigned char c)
{
	char shown[2] = { '^', c ^ 0x40 };

	if (!(termios.c_lflag & ECHO))
		return;
	if (in_caret_notation(c))
		tty_driver_write(shown, 2);
	else
		tty_driver_write((char *)&c, 1);
}

/* The terminal has no group of its own: its signals go to everybody. */
static void signal_all(int sig)
{
	struct task_struct *tsk;

	for_each_process_thread(tsk)
		if (tsk->mm && thread_group_leader(tsk))
			send_sig_info(sig, NULL, tsk, 1);
}

static bool signal_char(unsigned char c)
{
	if (!c || (c != termios.c_cc[VINTR] && c != termios.c_cc[VQUIT]))
		return false;
	echo(c);
	input.head = input.lines = input.tail;
	signal_all(c == termios.c_cc[VINTR] ? SIGINT : SIGQUIT);
	return true;
}

static bool erase_one(void)
{
	unsigned char c;

	if (input.tail == input.lines)
		return false;
	c = input.buf[--input.tail % TTY_BUF_SIZE];
	if (termios.c_lflag & ECHO)
		tty_driver_write("\b \b\b \b", in_caret_notation(c) ? 6 : 3);
	return true;
}

static void put_input(unsigned char c)
{
	/* keep room for the newline that makes the rest readable */
	unsigned int room = TTY_BUF_SIZE - (input.tail - input.head);

	if (room > 1 || (room && c == '\n'))
		input.buf[input.tail++ % TTY_BUF_SIZE] = c;
}

/* An end of file is kept as a NUL, which ends a line without being read. */
static void canonical_char(unsigned char c)
{
	if (c == termios.c_cc[VERASE] || c == '\b') {
		erase_one();
	} else if (c == termios.c_cc[VKILL]) {
		while (erase_one())
			;
	} else if (c == termios.c_cc[VEOF]) {
		put_input('\0');
		input.lines = input.tail;
	} else {
		echo(c);
		put_input(c);
		if (c == '\n')
			input.lines = input.tail;
	}
}

void tty_receive_char(unsigned char c)
{
	if (c == '\r' && termios.c_iflag & ICRNL)
		c = '\n';
	if (termios.c_lflag & ISIG && signal_char(c))
		return;
	if (canonical()) {
		canonical_char(c);
	} else {
		echo(c);
		put_input(c);
	}
	if (input_ready()) {
		wake_up_interruptible(&tty_read_wait);
		poll_notify();
	}
}

/* The next character that a read may have; -1 if there is none. */
static int take_char(void)
{
	unsigned long flags;
	int c = -1;

	local_irq_save(flags);
	if (input_ready())
		c = input.buf[input.head++ % TTY_BUF_SIZE];
	local_irq_restore(flags);
	return c;
}

static ssize_t tty_read(struct file *file, char __user *buf, size_t count,
			loff_t *pos)
{
	size_t done = 0;
	int c, err;

	while (done < count) {
		c = take_char();
		if (c < 0 && !done && (canonical() || termios.c_cc[VMIN])) {
			if (file->f_flags & O_NONBLOCK)
				return -EAGAIN;
			err = wait_event_interruptible(tty_read_wait,
						       input_ready());
			if (err)
				return err;
			continue;
		}
		if (c < 0 || (canonical() && !c))
			break;
		if (put_user((char)c, buf + done))
			return done ? (ssize_t)done : -EFAULT;
		done++;
		if (canonical() && c == '\n')
			break;
	}
	return done;
}

static ssize_t tty_write(struct file *file, const char __user *buf,
			 size_t count, loff_t *pos)
{
	static DEFINE_MUTEX(write_lock);
	char chunk[OUTPUT_CHUNK];
	size_t done = 0;
	ssize_t ret;

	mutex_lock(&write_lock);
	while (done < count) {
		size_t n = min(count - done, sizeof(chunk));

		if (copy_from_user(chunk, buf + done, n))
			break;
		tty_driver_write(chunk, n);
		done += n;
		if (signal_pending(current))
			break;
	}
	ret = done || !count ? (ssize_t)done : -EFAULT;
	mutex_unlock(&write_lock);
	return ret;
}

static __poll_t tty_poll(struct file *file)
{
	return POLLOUT | POLLWRNORM |
	       (input_ready() ? POLLIN | POLLRDNORM : 0);
}

/* What is kept of it beside ICRNL, ISIG, ICANON, ECHO and c_cc is for show. */
static int set_termios(const void __user *arg, bool flush)
{
	struct termios new;
	unsigned long flags;

	if (copy_from_user(&new, arg, sizeof(new)))
		return -EFAULT;
	local_irq_save(flags);
	termios = new;
	if (flush)
		input.head = input.tail;
	/* half a line becomes readable when lines no longer matter */
	input.lines = input.tail;
	local_irq_restore(flags);
	return 0;
}

static long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case TCGETS:
		return copy_to_user(uarg, &termios, sizeof(termios)) ? -EFAULT :
								       0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(uarg, cmd == TCSETSF);
	case TIOCGWINSZ:
		return copy_to_user(uarg, &winsize, sizeof(winsize)) ? -EFAULT :
								       0;
	}
	return -ENOTTY;
}

static const struct file_operations tty_fops = {
	.read = tty_read,
	.write = tty_write,
	.unlocked_ioctl = tty_ioctl,
	.poll = tty_poll,
};

static int __init tty_init(void)
{
	int err = vfs_mknod("/dev/tty", S_IFCHR | 0666, MKDEV(TTYAUX_MAJOR, 0),
			    &tty_fops, NULL);

	if (!err)
		err = vfs_mknod("/dev/console", S_IFCHR | 0600,
				MKDEV(TTYAUX_MAJOR, 1), &tty_fops, NULL);
	if (!err)
		err = vfs_mknod("/dev/ttyS0", S_IFCHR | 0660,
				MKDEV(TTY_MAJOR, 64), &tty_fops, NULL);
	return err;
}
fs_initcall(tty_init);
