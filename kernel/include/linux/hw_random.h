#ifndef _LINUX_HW_RANDOM_H
#define _LINUX_HW_RANDOM_H

#include <linux/types.h>

struct hwrng {
	const char *name;
	/* Returns the bytes written to data, at most max; 0 if not ready. */
	int (*read)(struct hwrng *rng, void *data, size_t max, bool wait);
};

int hwrng_register(struct hwrng *rng);
/* Bytes from the registered generator, 0 if there is none. */
int hwrng_get(void *data, size_t max);

#endif
