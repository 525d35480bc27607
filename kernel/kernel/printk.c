/*
 * The kernel log: records in a ring, oldest dropped first, and those below
 * console_loglevel also written to the console at once. The caller may be
 * an interrupt or an oops, so masked interrupts are the only lock.
 */
#include <linux/console.h>
#include <linux/ktime.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define LOG_BUF_LEN (1U << CONFIG_LOG_BUF_SHIFT)
#define LOG_LINE_MAX 992
#define DEFAULT_MESSAGE_LOGLEVEL LOGLEVEL_WARNING
#define CONSOLE_LOGLEVEL_DEFAULT 7

int console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;

/* Debuggers find the log by these names; masked interrupts own them all. */
char __log_buf[LOG_BUF_LEN] __aligned(8);
u32 log_first_idx;	/* the oldest record */
u32 log_next_idx;	/* where the next one goes */
u64 log_first_seq;	/* number of the record at log_first_idx */
u64 log_next_seq;

static struct printk_log *log_from_idx(u32 idx)
{
	struct printk_log *msg = (struct printk_log *)(__log_buf + idx);

	/* a record of length 0 sends the reader to the start */
	return msg->len ? msg : (struct printk_log *)__log_buf;
}

static u32 log_next(u32 idx)
{
	struct printk_log *msg = log_from_idx(idx);

	return (char *)msg - __log_buf + msg->len;
}

static char *log_text(struct printk_log *msg)
{
	return (char *)msg + sizeof(*msg);
}

/* Room for a record, and for the empty one that may have to follow it. */
static bool log_has_space(u32 size)
{
	u32 room = log_first_idx - log_next_idx;

	if (log_first_seq == log_next_seq || log_next_idx > log_first_idx)
		room = max(LOG_BUF_LEN - log_next_idx, log_first_idx);
	return room >= size + sizeof(struct printk_log);
}

static void log_store(int level, u64 ts, const char *text, u16 text_len)
{
	u32 size = ALIGN(sizeof(struct printk_log) + text_len, 8);
	struct printk_log *msg;

	while (log_first_seq < log_next_seq && !log_has_space(size)) {
		log_first_idx = log_next(log_first_idx);
		log_first_seq++;
	}
	if (log_next_idx + size + sizeof(*msg) > LOG_BUF_LEN) {
		memset(__log_buf + log_next_idx, 0, sizeof(*msg));
		log_next_idx = 0;
	}
	msg = (struct printk_log *)(__log_buf + log_next_idx);
	memset(msg, 0, size);
	msg->ts_nsec = ts;
	msg->len = size;
	msg->text_len = text_len;
	msg->level = level;
	memcpy(log_text(msg), text, text_len);
	log_next_idx += size;
	log_next_seq++;
}

static int print_time(u64 ts, char *buf, size_t size)
{
	return scnprintf(buf, size, "[%5u.%06u] ", (u32)(ts / NSEC_PER_SEC),
			 (u32)(ts % NSEC_PER_SEC) / (u32)NSEC_PER_USEC);
}

/* Each line of the text has the time before it. */
static void console_lines(u64 ts, const char *text, u32 len)
{
	char prefix[32];
	int prefix_len = print_time(ts, prefix, sizeof(prefix));

	for (;;) {
		const char *newline = memchr(text, '\n', len);
		u32 n = newline ? newline - text : len;

		tty_driver_write(prefix, prefix_len);
		tty_driver_write(text, n);
		tty_driver_write("\n", 1);
		if (!newline)
			return;
		text += n + 1;
		len -= n + 1;
	}
}

static const char *parse_level(const char *text, int *level)
{
	while (text[0] == KERN_SOH_ASCII && text[1]) {
		if (text[1] >= '0' && text[1] <= '7')
			*level = text[1] - '0';
		text += 2;
	}
	return text;
}

/* Each call makes a record, whether or not its text ends in a newline. */
int printk(const char *fmt, ...)
{
	static char buf[LOG_LINE_MAX + 8];
	int level = DEFAULT_MESSAGE_LOGLEVEL;
	const char *text;
	va_list args;
	u64 ts;
	u32 len;

	guard(irqsave)();
	ts = ktime_get_ns();
	va_start(args, fmt);
	vscnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	text = parse_level(buf, &level);
	len = strnlen(text, LOG_LINE_MAX);
	if (len && text[len - 1] == '\n')
		len--;
	if (level < console_loglevel)
		console_lines(ts, text, len);
	log_store(level, ts, text, len);
	return len;
}

#define SYSLOG_ACTION_READ_ALL 3
#define SYSLOG_ACTION_SIZE_BUFFER 10

/* The record as a line; 0 if there is none yet, and the next place to look. */
static int format_record(u64 *seq, u32 *idx, char *line, size_t size)
{
	struct printk_log *msg;
	int len;

	guard(irqsave)();
	if (*seq < log_first_seq) {
		*seq = log_first_seq;
		*idx = log_first_idx;
	}
	if (*seq == log_next_seq)
		return 0;
	msg = log_from_idx(*idx);
	len = scnprintf(line, size, "<%d>", msg->level);
	len += print_time(msg->ts_nsec, line + len, size - len);
	len += scnprintf(line + len, size - len, "%.*s\n", (int)msg->text_len,
			 log_text(msg));
	*idx = log_next(*idx);
	++*seq;
	return len;
}

/* The records that fit, oldest first, as "<level>[time] text" lines. */
static int syslog_read_all(char __user *buf, int size)
{
	char line[LOG_LINE_MAX + 64];
	int done = 0, len;
	u64 seq = 0;
	u32 idx = 0;

	for (;;) {
		len = format_record(&seq, &idx, line, sizeof(line));
		if (!len || done + len > size)
			return done;
		if (copy_to_user(buf + done, line, len))
			return -EFAULT;
		done += len;
	}
}

/* How a program reads the log; it is emptied, and set, by nobody. */
SYSCALL_DEFINE3(syslog, int, type, char __user *, buf, int, len)
{
	if (type == SYSLOG_ACTION_SIZE_BUFFER)
		return LOG_BUF_LEN;
	if (type != SYSLOG_ACTION_READ_ALL || !buf || len < 0)
		return -EINVAL;
	return syslog_read_all(buf, len);
}
