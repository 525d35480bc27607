// SPDX-License-Identifier: MIT
/* The tick leaves the time where the vDSO finds it. */
#include <linux/time.h>
#include <vdso/datapage.h>
#include <asm/vdso.h>

static void set_basetime(struct vdso_timestamp *base, u64 ns)
{
	u64 sec = ns / NSEC_PER_SEC;

	base->sec = sec;
	base->nsec = ns - sec * NSEC_PER_SEC;
}

void update_vsyscall(u64 mono, u64 real)
{
	vdso_write_begin(vdso_data);
	set_basetime(&vdso_data->basetime[VDSO_MONOTONIC_COARSE], mono);
	set_basetime(&vdso_data->basetime[VDSO_REALTIME_COARSE], real);
	vdso_write_end(vdso_data);
}
