/* SPDX-License-Identifier: MIT */
/*
 * VFPv3 and NEON, one register file of 32 doublewords, for user programs: the
 * kernel itself never computes with them.  They are part of each switch.
 */
#ifndef __ASM_VFP_H
#define __ASM_VFP_H

#define FPEXC_EN		(1 << 30)

/* CPACR: full access to coprocessors 10 and 11 */
#define CPACR_VFP_FULL		(0xf << 20)

#ifndef __ASSEMBLY__

#include <asm/ucontext.h>

/* arch/arm/vfp/vfphw.S */
extern void vfp_init(void);
extern void vfp_save_state(struct user_vfp *state);
extern void vfp_load_state(const struct user_vfp *state);

#endif
#endif
