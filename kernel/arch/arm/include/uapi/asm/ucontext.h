/* SPDX-License-Identifier: MIT */
/* What a signal handler finds on its stack (Linux's ARM EABI). */
#ifndef _UAPI_ASMARM_UCONTEXT_H
#define _UAPI_ASMARM_UCONTEXT_H

#include <asm/signal.h>

struct sigcontext {
	unsigned long trap_no;
	unsigned long error_code;
	unsigned long oldmask;
	unsigned long arm_r0;		/* r0 ... pc, cpsr as in pt_regs */
	unsigned long arm_regs_1_15[15];
	unsigned long arm_cpsr;
	unsigned long fault_address;
};

struct ucontext {
	unsigned long		uc_flags;
	struct ucontext		*uc_link;
	stack_t			uc_stack;
	struct sigcontext	uc_mcontext;
	sigset_t		uc_sigmask;
	int			__unused[32 - (sizeof(sigset_t) / sizeof(int))];
	unsigned long		uc_regspace[128] __attribute__((aligned(8)));
};

#define VFP_MAGIC		0x56465001

struct user_vfp {
	__u64 fpregs[32];
	unsigned long fpscr;
};

struct user_vfp_exc {
	unsigned long fpexc;
	unsigned long fpinst;
	unsigned long fpinst2;
};

/* The first block in uc_regspace; a zero magic ends the list. */
struct vfp_sigframe {
	unsigned long		magic;
	unsigned long		size;
	struct user_vfp		ufp;
	struct user_vfp_exc	ufp_exc;
} __attribute__((aligned(8)));

#endif
