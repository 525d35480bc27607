/* SPDX-License-Identifier: MIT */
/*
 * illegal: writes SCTLR, which only the kernel may do (ARM DDI 0406C, B4.1.130:
 * not accessible from PL0). Dies of SIGILL.
 */
#include <stdio.h>

int main(void)
{
	printf("writing SCTLR from user mode\n");
	asm volatile("mcr p15, 0, %0, c1, c0, 0" : : "r"(0));
	printf("still alive\n");
	return 1;
}
