#ifndef _LINUX_SYSCALLS_H
#define _LINUX_SYSCALLS_H

/*
 * A system call's handler is the function sys_<name>, found by the table
 * that is made from arch/arm/tools/syscall.tbl. The argument registers
 * r0-r3 are passed as they are, r4 and r5 on the stack, so a handler is an
 * ordinary C function; a 64-bit argument takes an even pair of registers.
 */

#include <linux/compiler.h>
#include <linux/linkage.h>
#include <linux/types.h>

struct hello2_in;
struct hello2_out;

/*
 * The macro declares what it defines, so that a prototype below which does
 * not match is an error at the handler.
 */
#define __SYSCALL_DEFINE(name, ...)				\
	asmlinkage long sys_##name(__VA_ARGS__);		\
	asmlinkage long sys_##name(__VA_ARGS__)
#define SYSCALL_DEFINE0(name) __SYSCALL_DEFINE(name, void)
#define SYSCALL_DEFINE1(name, t1, a1) __SYSCALL_DEFINE(name, t1 a1)
#define SYSCALL_DEFINE2(name, t1, a1, t2, a2) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2)
#define SYSCALL_DEFINE3(name, t1, a1, t2, a2, t3, a3) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3)
#define SYSCALL_DEFINE4(name, t1, a1, t2, a2, t3, a3, t4, a4) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4)
#define SYSCALL_DEFINE5(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define SYSCALL_DEFINE6(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)

/*
 * The table takes every handler by its name. Prototypes stand here for the
 * course's calls, and for handlers that other files of the kernel call.
 */
asmlinkage long sys_ni_syscall(void);
asmlinkage long sys_getrandom(char __user *buf, size_t count,
			      unsigned int flags);

/* the course's calls */
asmlinkage long sys_hello(char __user *buf, unsigned int len);
asmlinkage long sys_hello2(struct hello2_in __user *in,
			   struct hello2_out __user *out);

#endif
