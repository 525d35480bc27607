/* SPDX-License-Identifier: MIT */
/*
 * The page of time that the kernel writes and every process may read.  A
 * reader takes the sequence count before and after; odd or changed, the tick
 * came in between and he reads again.
 */
#ifndef __VDSO_DATAPAGE_H
#define __VDSO_DATAPAGE_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

/* The time of day starts with the machine: one clock for both. */
struct vdso_data {
	u32	seq;	/* odd while it is being written */
	u64	sec;	/* CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE */
	u32	nsec;
};

static inline u32 vdso_read_begin(const struct vdso_data *vd)
{
	u32 seq;

	while ((seq = READ_ONCE(vd->seq)) & 1)
		;
	smp_rmb();
	return seq;
}

static inline bool vdso_read_retry(const struct vdso_data *vd, u32 start)
{
	smp_rmb();
	return READ_ONCE(vd->seq) != start;
}

static inline void vdso_write_begin(struct vdso_data *vd)
{
	WRITE_ONCE(vd->seq, vd->seq + 1);
	smp_wmb();
}

static inline void vdso_write_end(struct vdso_data *vd)
{
	smp_wmb();
	WRITE_ONCE(vd->seq, vd->seq + 1);
}

#endif
