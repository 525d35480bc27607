// SPDX-License-Identifier: MIT
/* The tick leaves the time where the vDSO finds it. */
#include <linux/time.h>
#include <vdso/datapage.h>
#include <asm/vdso.h>

static void set_basetime(struct vdso_timestamp *base, u64 ns)
{
	struct __kernel_timespec ts = ns_to_timespec64(ns);

	base->sec = ts.tv_sec;
	base->nsec = ts.tv_nsec;
}

void update_vsyscall(u64 ns)
{
	vdso_write_begin(vdso_data);
	set_basetime(&vdso_data->basetime[VDSO_MONOTONIC_COARSE], ns);
	set_basetime(&vdso_data->basetime[VDSO_REALTIME_COARSE], ns);
	vdso_write_end(vdso_data);
}
