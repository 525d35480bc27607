// SPDX-License-Identifier: MIT
/* The modules' clocks: power, reset and clock management, TRM chapter 8. */
#include <linux/clk.h>
#include <linux/io.h>

#define PRCM_PHYS 0x44e00000
#define PRCM_SIZE 0x1000

#define MODULEMODE_ENABLE 2
#define CLKCTRL_IDLEST (3 << 16)

void module_clk_enable(u32 clkctrl)
{
	void __iomem *reg = ioremap(PRCM_PHYS, PRCM_SIZE) + clkctrl;

	writel(MODULEMODE_ENABLE, reg);
	while (readl(reg) & CLKCTRL_IDLEST)
		;
}
