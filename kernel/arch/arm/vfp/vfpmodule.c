// SPDX-License-Identifier: MIT
/*
 * VFP and NEON for user programs; the kernel itself never computes with them.
 *
 * Lazy: a context switch only switches the unit off.  The next thread that
 * uses it takes an undefined-instruction exception, and only then, and only
 * if the registers are another's, 264 bytes go out and 264 come in.
 */
#include <linux/irqflags.h>
#include <linux/sched.h>
#include <asm/barrier.h>
#include <asm/cp15.h>
#include <asm/vfp.h>

/* Whose values the registers hold; under preempt_disable(). */
static struct thread_info *vfp_current_hw_state;

static void vfp_enable(void)
{
	vfp_write_fpexc(FPEXC_EN);
}

void vfp_disable(void)
{
	vfp_write_fpexc(0);
}

void vfp_init(void)
{
	write_cpacr(read_cpacr() | CPACR_VFP_FULL);
	isb();
	vfp_disable();
}

/* Coprocessors 10 and 11, and NEON's own encodings (ARM DDI 0406C, A7). */
static int is_vfp_insn(struct pt_regs *regs, u32 insn)
{
	u32 coproc = (insn >> 8) & 0xf;

	if (thumb_mode(regs)) {
		if ((insn & 0xef000000) == 0xef000000 ||
		    (insn & 0xff100000) == 0xf9000000)
			return 1;
		return (insn & 0xec000000) == 0xec000000 &&
		       (coproc == 10 || coproc == 11);
	}
	if ((insn & 0xfe000000) == 0xf2000000 ||
	    (insn & 0xff100000) == 0xf4000000)
		return 1;
	return (insn & 0x0c000000) == 0x0c000000 &&
	       (insn & 0x0f000000) != 0x0f000000 &&
	       (coproc == 10 || coproc == 11);
}

/* 0 if the instruction may be tried again, else it really is undefined. */
int vfp_support_entry(struct pt_regs *regs, u32 insn)
{
	struct thread_info *ti = current_thread_info();

	if (!is_vfp_insn(regs, insn))
		return -1;
	if (vfp_read_fpexc() & FPEXC_EN)
		return -1;
	preempt_disable();
	vfp_enable();
	if (vfp_current_hw_state != ti) {
		if (vfp_current_hw_state)
			vfp_save_state(&vfp_current_hw_state->vfpstate);
		vfp_load_state(&ti->vfpstate);
		vfp_current_hw_state = ti;
	}
	preempt_enable();
	return 0;
}

/* Bring @ti's vfpstate up to date; the registers stay its own. */
void vfp_sync_hwstate(struct thread_info *ti)
{
	u32 fpexc;

	preempt_disable();
	if (vfp_current_hw_state == ti) {
		fpexc = vfp_read_fpexc();
		vfp_enable();
		vfp_save_state(&ti->vfpstate);
		vfp_write_fpexc(fpexc);
	}
	preempt_enable();
}

/* @ti's vfpstate has changed: the registers' values are worth nothing. */
void vfp_flush_hwstate(struct thread_info *ti)
{
	preempt_disable();
	if (vfp_current_hw_state == ti)
		vfp_current_hw_state = NULL;
	if (ti == current_thread_info())
		vfp_disable();
	preempt_enable();
}

void vfp_flush_thread(struct thread_info *ti)
{
	memset(&ti->vfpstate, 0, sizeof(ti->vfpstate));
	vfp_flush_hwstate(ti);
}

/* The stack that @ti lies in is about to be freed. */
void vfp_exit_thread(struct thread_info *ti)
{
	vfp_flush_hwstate(ti);
}
