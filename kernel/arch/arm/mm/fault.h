/* SPDX-License-Identifier: MIT */
#ifndef __ARM_FAULT_H
#define __ARM_FAULT_H

/* DFSR and IFSR, short descriptors (ARM DDI 0406C, B3.13) */
#define FSR_LNX_PF	(1U << 31)	/* ours: a prefetch abort */
#define FSR_WRITE	(1 << 11)
#define FSR_FS4		(1 << 10)
#define FSR_FS3_0	15

/* The five bits of the fault status, as one number */
static inline int fsr_fs(unsigned int fsr)
{
	return (fsr & FSR_FS3_0) | (fsr & FSR_FS4) >> 6;
}

#endif
