// SPDX-License-Identifier: MIT
/* The tick leaves the time where the vDSO finds it. */
#include <linux/time.h>
#include <vdso/datapage.h>
#include <asm/vdso.h>

void update_vsyscall(u64 ns)
{
	struct __kernel_timespec ts = ns_to_timespec64(ns);

	vdso_write_begin(vdso_data);
	vdso_data->sec = ts.tv_sec;
	vdso_data->nsec = ts.tv_nsec;
	vdso_write_end(vdso_data);
}
