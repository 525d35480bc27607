/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

#include <linux/kconfig.h>
#include <linux/string.h>

#define POISON_FREE	0x6b

/* For memory whose contents nobody may rely on, or see. */
static inline void poison(void *memory, size_t size)
{
	if (IS_ENABLED(CONFIG_DEBUG_POISON))
		memset(memory, POISON_FREE, size);
}

#endif
