#ifndef _LINUX_HW_RANDOM_H
#define _LINUX_HW_RANDOM_H

#include <linux/types.h>

/* Up to max bytes from the hardware generator; how many it had in time. */
size_t hwrng_get(void *data, size_t max);

#endif
