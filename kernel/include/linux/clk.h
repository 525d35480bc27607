#ifndef _LINUX_CLK_H
#define _LINUX_CLK_H

#include <linux/types.h>

/* The modules' clock control registers, by their place in the PRCM. */
#define CM_PER_TIMER2_CLKCTRL 0x080
#define CM_PER_TIMER3_CLKCTRL 0x084
#define CM_PER_RNG_CLKCTRL 0x090
#define CM_PER_GPIO1_CLKCTRL 0x0ac

/* Starts a module's clock, and waits until its registers can be reached. */
void module_clk_enable(u32 clkctrl);

#endif
