/* SPDX-License-Identifier: MIT */
#ifndef __ARM_MMU_H
#define __ARM_MMU_H

#include <linux/types.h>

#define ASID_BITS	8
#define ASID_MASK	((1U << ASID_BITS) - 1)

/* id: generation in the upper 24 bits, hardware ASID in the lower 8 */
typedef struct {
	u32 id;
	unsigned long vdso;	/* where the image is mapped, or 0 */
} mm_context_t;

#define ASID(mm)	((mm)->context.id & ASID_MASK)

#endif
