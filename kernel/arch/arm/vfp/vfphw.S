/* SPDX-License-Identifier: MIT */
#include <asm/assembler.h>
#include <asm/vfp.h>

	.fpu	neon
	.text
/* void vfp_init(void): switched on, for good.  Uses r0. */
ENTRY(vfp_init)
	mrc	p15, 0, r0, c1, c0, 2		@ CPACR
	orr	r0, r0, #CPACR_VFP_FULL
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #FPEXC_EN
	vmsr	fpexc, r0
	mov	pc, lr
ENDPROC(vfp_init)

/* void vfp_save_state(struct user_vfp *state).  Uses r0, r1. */
ENTRY(vfp_save_state)
	vmrs	r1, fpscr
	str	r1, [r0, #VFP_FPSCR]
	vstmia	r0!, {d0 - d15}
	vstmia	r0!, {d16 - d31}
	mov	pc, lr
ENDPROC(vfp_save_state)

/* void vfp_load_state(const struct user_vfp *state).  Uses r0, r1. */
ENTRY(vfp_load_state)
	ldr	r1, [r0, #VFP_FPSCR]
	vldmia	r0!, {d0 - d15}
	vldmia	r0!, {d16 - d31}
	vmsr	fpscr, r1
	mov	pc, lr
ENDPROC(vfp_load_state)
