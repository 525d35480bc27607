/* SPDX-License-Identifier: MIT */
/* How the vDSO makes a system call: as any user code does. */
#ifndef __ASM_VDSO_GETTIMEOFDAY_H
#define __ASM_VDSO_GETTIMEOFDAY_H

#include <uapi/linux/time.h>
#include <asm/unistd.h>

static inline long vdso_syscall2(long nr, long arg0, long arg1)
{
	register long r0 asm("r0") = arg0;
	register long r1 asm("r1") = arg1;
	register long r7 asm("r7") = nr;

	asm volatile("svc #0" : "+r" (r0) : "r" (r1), "r" (r7) : "memory");
	return r0;
}

static inline int clock_gettime_fallback(clockid_t clock,
					 struct __kernel_timespec *ts)
{
	return vdso_syscall2(__NR_clock_gettime64, clock, (long)ts);
}

static inline int clock_gettime32_fallback(clockid_t clock,
					   struct old_timespec32 *ts)
{
	return vdso_syscall2(__NR_clock_gettime, clock, (long)ts);
}

static inline int gettimeofday_fallback(struct __kernel_old_timeval *tv,
					struct timezone *tz)
{
	return vdso_syscall2(__NR_gettimeofday, (long)tv, (long)tz);
}

#endif
