#ifndef _LINUX_UTSNAME_H
#define _LINUX_UTSNAME_H

#include <uapi/linux/utsname.h>

extern struct new_utsname init_uts_ns;

static inline struct new_utsname *init_utsname(void)
{
	return &init_uts_ns;
}

static inline struct new_utsname *utsname(void)
{
	return init_utsname();
}

#endif
