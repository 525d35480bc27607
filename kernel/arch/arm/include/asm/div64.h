/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_DIV64
#define __ASM_ARM_DIV64

#include <linux/types.h>

/* n becomes the quotient; the value is the remainder. */
#define do_div(n, base) ({				\
	u32 __base = (base);				\
	u32 __rem = (u32)((u64)(n) % __base);		\
	(n) = (u64)(n) / __base;			\
	__rem; })

#endif
