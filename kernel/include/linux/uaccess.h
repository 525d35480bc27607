/* SPDX-License-Identifier: MIT */
#ifndef __LINUX_UACCESS_H__
#define __LINUX_UACCESS_H__

#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <asm/uaccess.h>

/*
 * Between these two, a fault on a user address is not served: it goes
 * straight to its fix-up, and the copy reports what it could not do.
 */
static inline void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

static inline void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

#define pagefault_disabled()	(current->pagefault_disabled != 0)
#define faulthandler_disabled()	(pagefault_disabled() || in_atomic())

/* All of these return the number of bytes *not* copied; 0 is success. */

/*
 * Bytes that could not be had are zeroed: what the caller had in @to before
 * must not be taken for user input.
 */
static inline unsigned long copy_from_user(void *to, const void __user *from,
					   unsigned long n)
{
	unsigned long res = n;

	if (likely(access_ok(from, n)))
		res = raw_copy_from_user(to, from, n);
	if (unlikely(res))
		memset((char *)to + (n - res), 0, res);
	return res;
}

static inline unsigned long copy_to_user(void __user *to, const void *from,
					 unsigned long n)
{
	if (likely(access_ok(to, n)))
		n = raw_copy_to_user(to, from, n);
	return n;
}

static inline unsigned long clear_user(void __user *to, unsigned long n)
{
	if (likely(access_ok(to, n)))
		n = __clear_user(to, n);
	return n;
}

#define __copy_from_user(to, from, n)	raw_copy_from_user(to, from, n)

/* For atomic context: never sleeps, pages nothing in. */
static inline unsigned long
copy_from_user_nofault(void *to, const void __user *from, unsigned long n)
{
	unsigned long res = n;

	if (!access_ok(from, n))
		return n;
	pagefault_disable();
	res = raw_copy_from_user(to, from, n);
	pagefault_enable();
	return res;
}

/*
 * Length without the NUL, @count if there was none, -EFAULT.
 */
extern long strncpy_from_user(char *dst, const char __user *src, long count);
/* Length with the NUL, more than @count if there was none, 0 on a fault. */
extern long strnlen_user(const char __user *str, long count);
#define strlen_user(str)	strnlen_user(str, 0x7fffffff)

/* arch/arm/mm/extable.c */
struct exception_table_entry {
	unsigned long insn, fixup;
};
struct pt_regs;
extern const struct exception_table_entry *
search_exception_tables(unsigned long addr);
extern int fixup_exception(struct pt_regs *regs);

#endif
