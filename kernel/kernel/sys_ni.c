/* Calls that the configuration may leave out. */
#include <linux/errno.h>
#include <linux/syscalls.h>

asmlinkage long sys_ni_syscall(void)
{
	return -ENOSYS;
}

/* A weak alias of the above, which a handler of this name overrides. */
#define COND_SYSCALL(name) \
	asm(".weak sys_" #name "\n\t.set sys_" #name ", sys_ni_syscall")

COND_SYSCALL(hello);
COND_SYSCALL(hello2);
