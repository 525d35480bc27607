/* SPDX-License-Identifier: MIT */
#ifndef __ASMARM_TLS_H
#define __ASMARM_TLS_H

#include <asm/cp15.h>
#include <asm/thread_info.h>

/* TPIDRURO: the user may read it and only the kernel may write it. */
static inline void set_tls(unsigned long val)
{
	current_thread_info()->tp_value[0] = val;
	write_tpidruro(val);
}

#endif
