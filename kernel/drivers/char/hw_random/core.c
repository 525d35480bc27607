/* The one hardware generator, and who may ask it. */
#include <linux/errno.h>
#include <linux/hw_random.h>
#include <linux/init.h>
#include <linux/kernel.h>

static struct hwrng *current_rng;

int hwrng_register(struct hwrng *rng)
{
	if (current_rng)
		return -EEXIST;
	current_rng = rng;
	return 0;
}

int hwrng_get(void *data, size_t max)
{
	size_t done = 0;

	while (current_rng && done < max) {
		int n = current_rng->read(current_rng, data + done,
					  max - done, true);

		if (n <= 0)
			break;
		done += n;
	}
	return done;
}
