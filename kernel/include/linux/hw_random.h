#ifndef _LINUX_HW_RANDOM_H
#define _LINUX_HW_RANDOM_H

#include <linux/types.h>

/* Up to max bytes from the hardware generator; how many it had in time. */
#ifdef CONFIG_HW_RANDOM_OMAP
size_t hwrng_get(void *data, size_t max);
#else
static inline size_t hwrng_get(void *data, size_t max)
{
	return 0;
}
#endif

#endif
