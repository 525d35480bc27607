/* SPDX-License-Identifier: MIT */
#include <linux/linkage.h>
#include <asm/assembler.h>

	.fpu	neon
	.text
/*
 * void vfp_save_state(struct vfp_hard_struct *state)
 * VFP is enabled.  Uses r0, r1.
 */
ENTRY(vfp_save_state)
	vmrs	r1, fpscr
	str	r1, [r0, #VFP_FPSCR]
	vstmia	r0!, {d0 - d15}
	vstmia	r0!, {d16 - d31}
	mov	pc, lr
ENDPROC(vfp_save_state)

/*
 * void vfp_load_state(const struct vfp_hard_struct *state)
 * VFP is enabled.  Uses r0, r1.
 */
ENTRY(vfp_load_state)
	ldr	r1, [r0, #VFP_FPSCR]
	vldmia	r0!, {d0 - d15}
	vldmia	r0!, {d16 - d31}
	vmsr	fpscr, r1
	mov	pc, lr
ENDPROC(vfp_load_state)

/* u32 vfp_read_fpexc(void) */
ENTRY(vfp_read_fpexc)
	vmrs	r0, fpexc
	mov	pc, lr
ENDPROC(vfp_read_fpexc)

/* void vfp_write_fpexc(u32) */
ENTRY(vfp_write_fpexc)
	vmsr	fpexc, r0
	isb
	mov	pc, lr
ENDPROC(vfp_write_fpexc)
