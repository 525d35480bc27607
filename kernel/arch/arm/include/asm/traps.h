/* SPDX-License-Identifier: MIT */
#ifndef _ASMARM_TRAP_H
#define _ASMARM_TRAP_H

#include <asm/ptrace.h>

extern void die(const char *str, struct pt_regs *regs, int err);
extern void arm_notify_die(const char *str, struct pt_regs *regs, int signo,
			   int si_code, void *addr, unsigned long err,
			   unsigned long trap);
extern void show_regs(struct pt_regs *regs);

extern char _stext[], _etext[], __start_rodata[], __end_rodata[];
extern char _text[], _sdata[], _edata[], __bss_start[], __bss_stop[], _end[];

#endif
