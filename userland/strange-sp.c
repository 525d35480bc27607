/* SPDX-License-Identifier: MIT */
/*
 * strange-sp: makes the same call three times, with a stack pointer that is
 * right, one that points nowhere, and one that points into the kernel. The
 * kernel must not care: it has a stack of its own.
 */
#include <stdio.h>
#include <sys/syscall.h>

#define NOWHERE	0x00000010UL
#define KERNEL	0xc0008000UL

/* getppid() with another stack pointer; nothing is pushed while it is wrong. */
static long call_with_sp(unsigned long sp)
{
	register long r0 asm("r0");
	register long r7 asm("r7") = SYS_getppid;
	register unsigned long strange asm("r4") = sp;

	asm volatile("mov	r5, sp\n\t"
		     "mov	sp, r4\n\t"
		     "svc	#0\n\t"
		     "mov	sp, r5"
		     : "=r"(r0) : "r"(r7), "r"(strange) : "r5", "memory");
	return r0;
}

int main(void)
{
	unsigned long here;
	long good, nowhere, kernel;

	asm volatile("mov	%0, sp" : "=r"(here));
	good = call_with_sp(here);
	nowhere = call_with_sp(NOWHERE);
	kernel = call_with_sp(KERNEL);
	printf("getppid: %ld, %ld, %ld\n", good, nowhere, kernel);
	return nowhere != good || kernel != good;
}
