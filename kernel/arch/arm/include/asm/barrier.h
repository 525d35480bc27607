/* SPDX-License-Identifier: MIT */
#ifndef __ASM_BARRIER_H
#define __ASM_BARRIER_H

#define isb()		asm volatile("isb" : : : "memory")
#define dsb()		asm volatile("dsb" : : : "memory")
#define dmb()		asm volatile("dmb" : : : "memory")

#define rmb()		dsb()
#define wmb()		dsb()
#define smp_rmb()	dmb()
#define smp_wmb()	dmb()

#endif
