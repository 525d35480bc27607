// SPDX-License-Identifier: MIT
/*
 * The numbers that assembly needs from C structures.  This file is compiled
 * to assembly only; the build turns it into <generated/asm-offsets.h>.
 */
#include <linux/kbuild.h>
#include <linux/stddef.h>
#include <linux/sched.h>
#include <asm/ptrace.h>
#include <asm/thread_info.h>
#include <asm/vfp.h>

_Static_assert(sizeof(struct pt_regs) == 18 * 4, "Linux's ABI");
_Static_assert(sizeof(struct pt_regs) % 8 == 0, "the stack stays aligned");
_Static_assert(sizeof(struct svc_pt_regs) % 8 == 0, "here as well");
_Static_assert(offsetof(struct svc_pt_regs, regs) == 0,
	       "S_ offsets serve both");
_Static_assert(sizeof(struct thread_info) < THREAD_SIZE / 8,
	       "room is left for the stack");
_Static_assert(offsetof(struct user_vfp, fpregs) == 0,
	       "vfphw.S starts with the registers");

int main(void)
{
	DEFINE(TI_FLAGS, offsetof(struct thread_info, flags));
	DEFINE(TI_PREEMPT, offsetof(struct thread_info, preempt_count));
	DEFINE(TI_TASK, offsetof(struct thread_info, task));
	DEFINE(TI_CPU_SAVE, offsetof(struct thread_info, cpu_context));
	DEFINE(TI_TP_VALUE, offsetof(struct thread_info, tp_value));
	DEFINE(VFP_FPSCR, offsetof(struct user_vfp, fpscr));
	DEFINE(S_R0, offsetof(struct pt_regs, ARM_r0));
	DEFINE(S_R1, offsetof(struct pt_regs, ARM_r1));
	DEFINE(S_R4, offsetof(struct pt_regs, ARM_r4));
	DEFINE(S_SP, offsetof(struct pt_regs, ARM_sp));
	DEFINE(S_LR, offsetof(struct pt_regs, ARM_lr));
	DEFINE(S_PC, offsetof(struct pt_regs, ARM_pc));
	DEFINE(S_PSR, offsetof(struct pt_regs, ARM_cpsr));
	DEFINE(S_OLD_R0, offsetof(struct pt_regs, ARM_ORIG_r0));
	DEFINE(PT_REGS_SIZE, sizeof(struct pt_regs));
	DEFINE(SVC_DACR, offsetof(struct svc_pt_regs, dacr));
	DEFINE(SVC_REGS_SIZE, sizeof(struct svc_pt_regs));
	return 0;
}
