// SPDX-License-Identifier: MIT
/*
 * Code of the kernel's that runs in user mode, wherever it happens to be
 * mapped.  Coarse clocks are in the page before it.  For the fine ones one
 * would add what a counter has run since; a Cortex-A8 has none that user mode
 * may read, so they are asked of the kernel.
 */
#include <linux/types.h>
#include <uapi/linux/time.h>
#include <vdso/datapage.h>
#include <asm/vdso/gettimeofday.h>

/*
 * From vdso.lds: a page before the image.  Not const, though we cannot write
 * it: it changes under us, and the compiler must not take it for granted.
 */
extern struct vdso_data _vdso_data __attribute__((visibility("hidden")));

int __vdso_clock_gettime(clockid_t clock, struct old_timespec32 *ts);
int __vdso_clock_gettime64(clockid_t clock, struct __kernel_timespec *ts);
int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *tz);

/* False for a clock that the page does not hold. */
static __always_inline bool do_coarse(clockid_t clock, u64 *sec, u32 *nsec)
{
	const struct vdso_data *vd = &_vdso_data;
	u32 seq;

	if (clock != CLOCK_REALTIME_COARSE && clock != CLOCK_MONOTONIC_COARSE)
		return false;
	do {
		seq = vdso_read_begin(vd);
		*sec = vd->sec;
		*nsec = vd->nsec;
	} while (vdso_read_retry(vd, seq));
	return true;
}

int __vdso_clock_gettime(clockid_t clock, struct old_timespec32 *ts)
{
	u64 sec;
	u32 nsec;

	if (!do_coarse(clock, &sec, &nsec))
		return clock_gettime32_fallback(clock, ts);
	ts->tv_sec = sec;
	ts->tv_nsec = nsec;
	return 0;
}

int __vdso_clock_gettime64(clockid_t clock, struct __kernel_timespec *ts)
{
	u64 sec;
	u32 nsec;

	if (!do_coarse(clock, &sec, &nsec))
		return clock_gettime_fallback(clock, ts);
	ts->tv_sec = sec;
	ts->tv_nsec = nsec;
	return 0;
}

int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *tz)
{
	return gettimeofday_fallback(tv, tz);
}
