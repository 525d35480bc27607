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

static int omap_rng_read(struct hwrng *hwrng, void *data, size_t max,
			 bool wait)
{
	int polls = wait ? RNG_POLLS : 1;
	u32 words[2];

	while (!(readl(rng + RNG_STATUS) & STATUS_READY))
		if (!--polls)
			return 0;
	words[0] = readl(rng + RNG_OUTPUT_L);
	words[1] = readl(rng + RNG_OUTPUT_H);
	/* makes it work on the next two */
	writel(STATUS_READY, rng + RNG_INTACK);
	max = min_t(size_t, max, sizeof(words));
	memcpy(data, words, max);
	return max;
}

static struct hwrng omap_rng = {
	.name = "omap",
	.read = omap_rng_read,
};

static int __init omap_rng_init(void)
{
	void __iomem *prcm = ioremap(PRCM_PHYS, PRCM_SIZE);

	writel(MODULEMODE_ENABLE, prcm + CM_PER_RNG_CLKCTRL);
	rng = ioremap(RNG_PHYS, RNG_SIZE);
	writel(CONTROL_ENABLE, rng + RNG_CONTROL);
	return hwrng_register(&omap_rng);
}
core_initcall(omap_rng_init);
