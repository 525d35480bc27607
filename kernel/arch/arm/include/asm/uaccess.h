/* SPDX-License-Identifier: MIT */
/*
 * Access to user memory.
 *
 * Three things make it safe: access_ok() (the range ends below TASK_SIZE), a
 * fix-up in __ex_table for each instruction that may fault, and, with
 * CONFIG_CPU_SW_DOMAIN_PAN, DOMAIN_USER open only inside these routines.
 * By default the access itself is an ordinary LDR or STR made with the
 * kernel's rights, so it is access_ok() alone that keeps a user from passing
 * a kernel address.  CONFIG_UACCESS_LDRT uses LDRT and STRT, which the MMU
 * checks as if user mode had made them.
 */
#ifndef _ASMARM_UACCESS_H
#define _ASMARM_UACCESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/cp15.h>
#include <asm/domain.h>
#include <asm/memory.h>

/*
 * Is [addr, addr + size) wholly below TASK_SIZE?  Written so that the sum
 * can't wrap.
 */
static inline int __access_ok(unsigned long addr, unsigned long size)
{
	return size <= TASK_SIZE && addr <= TASK_SIZE - size;
}

#define access_ok(addr, size) \
	likely(__access_ok((unsigned long)(addr), (size)))

static __always_inline unsigned int uaccess_save_and_enable(void)
{
	unsigned int old = read_dacr();

	if (IS_ENABLED(CONFIG_CPU_SW_DOMAIN_PAN)) {
		write_dacr(DACR_UACCESS_ENABLE);
		isb();
	}
	return old;
}

static __always_inline void uaccess_restore(unsigned int flags)
{
	if (IS_ENABLED(CONFIG_CPU_SW_DOMAIN_PAN)) {
		write_dacr(flags);
		isb();
	}
}

/*
 * arch/arm/lib/getuser.S, putuser.S.  The address and size were checked.
 * getuser: value, zero on a fault; *err = 0 or -EFAULT.
 */
extern unsigned long __get_user_1(const void __user *addr, int *err);
extern unsigned long __get_user_2(const void __user *addr, int *err);
extern unsigned long __get_user_4(const void __user *addr, int *err);
extern u64 __get_user_8(const void __user *addr, int *err);
extern int __put_user_1(unsigned long val, void __user *addr);
extern int __put_user_2(unsigned long val, void __user *addr);
extern int __put_user_4(unsigned long val, void __user *addr);
extern int __put_user_8(u64 val, void __user *addr);

extern void __bad_user_size(void);	/* never defined: a link error */

/* x = *p; 0, or -EFAULT and x = 0.  p points to 1, 2, 4 or 8 bytes. */
#define get_user(x, p) ({						\
	const typeof(*(p)) __user *__p = (p);				\
	int __gu_err = -EFAULT;						\
	u64 __gu_val = 0;						\
	if (access_ok(__p, sizeof(*__p))) {				\
		unsigned int __ua = uaccess_save_and_enable();		\
		switch (sizeof(*__p)) {					\
		case 1:	__gu_val = __get_user_1(__p, &__gu_err); break;	\
		case 2:	__gu_val = __get_user_2(__p, &__gu_err); break;	\
		case 4:	__gu_val = __get_user_4(__p, &__gu_err); break;	\
		case 8:	__gu_val = __get_user_8(__p, &__gu_err); break;	\
		default: __bad_user_size();				\
		}							\
		uaccess_restore(__ua);					\
	}								\
	(x) = __builtin_choose_expr(sizeof(*__p) == 8,			\
		(typeof(*(p)))__gu_val,					\
		(typeof(*(p)))(unsigned long)__gu_val);			\
	__gu_err; })

/* *p = x; 0 or -EFAULT. */
#define put_user(x, p) ({						\
	typeof(*(p)) __user *__p = (p);					\
	typeof(*(p)) __pu_val = (x);					\
	int __pu_err = -EFAULT;						\
	if (access_ok(__p, sizeof(*__p))) {				\
		unsigned int __ua = uaccess_save_and_enable();		\
		switch (sizeof(*__p)) {					\
		case 1:	__pu_err = __put_user_1((unsigned long)__pu_val, \
						__p); break;		\
		case 2:	__pu_err = __put_user_2((unsigned long)__pu_val, \
						__p); break;		\
		case 4:	__pu_err = __put_user_4((unsigned long)__pu_val, \
						__p); break;		\
		case 8:	__pu_err = __put_user_8((u64)(__pu_val), __p);	\
			break;						\
		default: __bad_user_size();				\
		}							\
		uaccess_restore(__ua);					\
	}								\
	__pu_err; })

extern unsigned long arm_copy_from_user(void *to, const void __user *from,
					unsigned long n);
extern unsigned long arm_copy_to_user(void __user *to, const void *from,
				      unsigned long n);
extern unsigned long arm_clear_user(void __user *addr, unsigned long n);

static inline unsigned long
raw_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned int ua = uaccess_save_and_enable();

	n = arm_copy_from_user(to, from, n);
	uaccess_restore(ua);
	return n;
}

static inline unsigned long
raw_copy_to_user(void __user *to, const void *from, unsigned long n)
{
	unsigned int ua = uaccess_save_and_enable();

	n = arm_copy_to_user(to, from, n);
	uaccess_restore(ua);
	return n;
}

static inline unsigned long __clear_user(void __user *addr, unsigned long n)
{
	unsigned int ua = uaccess_save_and_enable();

	n = arm_clear_user(addr, n);
	uaccess_restore(ua);
	return n;
}

#endif
