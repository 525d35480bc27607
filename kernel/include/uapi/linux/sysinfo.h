#ifndef _UAPI_LINUX_SYSINFO_H
#define _UAPI_LINUX_SYSINFO_H

#include <linux/types.h>

struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram;
	unsigned long freeram;
	unsigned long sharedram;
	unsigned long bufferram;
	unsigned long totalswap;
	unsigned long freeswap;
	__u16 procs;
	__u16 pad;
	unsigned long totalhigh;
	unsigned long freehigh;
	__u32 mem_unit;
	char _f[8];
};

struct tms {
	clock_t tms_utime;
	clock_t tms_stime;
	clock_t tms_cutime;
	clock_t tms_cstime;
};

_Static_assert(sizeof(struct sysinfo) == 64, "Linux's ABI");

#endif
