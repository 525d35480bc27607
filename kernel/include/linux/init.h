#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Needed only until the first program starts. */
#define __init __section(".init.text") __attribute__((cold))
#define __initdata __section(".init.data")

typedef int (*initcall_t)(void);

/*
 * Functions that do_initcalls() runs before init starts, level by level.
 * The linker script gathers .initcall<n>.init between __initcall_start and
 * __initcall_end, sorted by name.
 */
#define __define_initcall(fn, level)				\
	static initcall_t __initcall_##fn __used		\
		__section(".initcall" #level ".init") = fn

#define core_initcall(fn) __define_initcall(fn, 1)
#define subsys_initcall(fn) __define_initcall(fn, 4)
#define fs_initcall(fn) __define_initcall(fn, 5)
#define device_initcall(fn) __define_initcall(fn, 6)
#define late_initcall(fn) __define_initcall(fn, 7)

extern char boot_command_line[];

void do_initcalls(void);

#endif
