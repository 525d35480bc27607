#ifndef _LINUX_KBUILD_H
#define _LINUX_KBUILD_H

/* Leaves "->SYM value" in the assembly, which the Makefile makes a #define. */
#define DEFINE(sym, val) \
	asm volatile("\n.ascii \"->" #sym " %0 " #val "\"" : : "i" (val))

#endif
