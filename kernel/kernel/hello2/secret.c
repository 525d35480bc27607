// SPDX-License-Identifier: MIT
/*
 * Something that must never leave the kernel, for a demonstration of what
 * leaves it: a text of the kernel's own, another one at each boot.  Its
 * address is no secret, as the addresses of a distribution's kernel are none.
 */
#define pr_fmt(fmt) "secret: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/random.h>

/* "secret-" and sixteen hexadecimal digits */
char planted_secret[24];

static int __init plant_secret(void)
{
	u32 high = get_random_u32(), low = get_random_u32();

	snprintf(planted_secret, sizeof(planted_secret), "secret-%08x%08x",
		 high, low);
	pr_info("%zu bytes planted at 0x%px\n", sizeof(planted_secret),
		planted_secret);
	return 0;
}
late_initcall(plant_secret);
