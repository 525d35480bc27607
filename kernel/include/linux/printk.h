#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/linkage.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/*
 * One record of the ring buffer __log_buf: this header, text_len bytes of
 * text, padding to a multiple of its alignment. len covers all three; 0
 * means that the next record is at the buffer's start. Debuggers read it.
 */
struct printk_log {
	u64 ts_nsec;
	u16 len;
	u16 text_len;
	u16 dict_len;	/* always 0 */
	u8 facility;
	u8 level;
};

extern const char linux_banner[];
/* Messages below it go to the console as well. */
extern int console_loglevel;
#define CONSOLE_LOGLEVEL_QUIET 4

/* Quiet or not: what follows must be seen. */
static inline void console_verbose(void)
{
	console_loglevel = 15;
}

int printk(const char *fmt, ...) __printf(1, 2);
/* The call chain of the running task (arch/arm/kernel/traps.c). */
void dump_stack(void);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_emerg(fmt, ...) printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...) printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...) printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...) printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

#endif
