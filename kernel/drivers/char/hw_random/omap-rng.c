/* The AM335x's true random number generator: 64 bits at a time. */
#include <linux/bitops.h>
#include <linux/hw_random.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>

#define RNG_PHYS 0x48310000
#define RNG_SIZE 0x2000

#define RNG_OUTPUT_L 0x00
#define RNG_OUTPUT_H 0x04
#define RNG_STATUS 0x08
#define RNG_INTACK 0x10
#define RNG_CONTROL 0x14

#define STATUS_READY BIT(0)
#define CONTROL_ENABLE BIT(10)

/* A generator that never gets ready must not stop the boot. */
#define RNG_POLLS 1000

#define PRCM_PHYS 0x44e00000
#define PRCM_SIZE 0x1000
#define CM_PER_RNG_CLKCTRL 0x090
#define MODULEMODE_ENABLE 2

static void __iomem *rng;

static bool rng_ready(void)
{
	for (int polls = 0; polls < RNG_POLLS; polls++)
		if (readl(rng + RNG_STATUS) & STATUS_READY)
			return true;
	return false;
}

size_t hwrng_get(void *data, size_t max)
{
	size_t done, n;

	for (done = 0; done < max && rng_ready(); done += n) {
		u32 words[2] = {
			readl(rng + RNG_OUTPUT_L), readl(rng + RNG_OUTPUT_H)
		};

		/* makes it work on the next two */
		writel(STATUS_READY, rng + RNG_INTACK);
		n = min(max - done, sizeof(words));
		memcpy(data + done, words, n);
	}
	return done;
}

static int __init omap_rng_init(void)
{
	void __iomem *prcm = ioremap(PRCM_PHYS, PRCM_SIZE);

	writel(MODULEMODE_ENABLE, prcm + CM_PER_RNG_CLKCTRL);
	rng = ioremap(RNG_PHYS, RNG_SIZE);
	writel(CONTROL_ENABLE, rng + RNG_CONTROL);
	return 0;
}
core_initcall(omap_rng_init);
