/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STACKPROTECTOR_H
#define _LINUX_STACKPROTECTOR_H

#ifdef CONFIG_STACKPROTECTOR
extern unsigned long __stack_chk_guard;
extern void boot_init_stack_canary(void);
#else
static inline void boot_init_stack_canary(void)
{
}
#endif

#endif
