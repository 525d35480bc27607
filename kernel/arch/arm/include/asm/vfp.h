/* SPDX-License-Identifier: MIT */
/* VFPv3 and NEON: one register file of 32 doublewords. */
#ifndef __ASM_VFP_H
#define __ASM_VFP_H

#define FPEXC_EN		(1 << 30)

/* CPACR: full access to coprocessors 10 and 11 */
#define CPACR_VFP_FULL		(0xf << 20)

#ifndef __ASSEMBLY__

#include <linux/types.h>

struct vfp_hard_struct {
	__u64 fpregs[32];
	__u32 fpexc;
	__u32 fpscr;
};

struct thread_info;
struct pt_regs;

/* arch/arm/vfp/vfphw.S */
extern void vfp_save_state(struct vfp_hard_struct *state);
extern void vfp_load_state(const struct vfp_hard_struct *state);
extern u32 vfp_read_fpexc(void);
extern void vfp_write_fpexc(u32 fpexc);

/* arch/arm/vfp/vfpmodule.c */
extern void vfp_init(void);
extern int vfp_support_entry(struct pt_regs *regs, u32 insn);
extern void vfp_sync_hwstate(struct thread_info *ti);
extern void vfp_flush_hwstate(struct thread_info *ti);
extern void vfp_flush_thread(struct thread_info *ti);
extern void vfp_exit_thread(struct thread_info *ti);
extern void vfp_disable(void);

#endif
#endif
