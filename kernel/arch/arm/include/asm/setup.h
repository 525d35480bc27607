/* SPDX-License-Identifier: MIT */
#ifndef __ASMARM_SETUP_H
#define __ASMARM_SETUP_H

#include <linux/types.h>

#define COMMAND_LINE_SIZE	4096

/* The ATAG list: what the boot loader tells, one tag after another. */
#define ATAG_CORE	0x54410001
#define ATAG_MEM	0x54410002
#define ATAG_INITRD2	0x54420005
#define ATAG_CMDLINE	0x54410009

struct tag {
	u32 size;		/* in words, this header included */
	u32 tag;
	union {
		struct {
			u32 size;
			u32 start;
		} mem;		/* physical, bytes */
		struct {
			u32 start;
			u32 size;
		} initrd;	/* physical, bytes */
		char cmdline[1];
	} u;
};

#define tag_next(t)	((const struct tag *)((const u32 *)(t) + (t)->size))

extern unsigned int __machine_arch_type;
extern unsigned int __atags_pointer;
extern unsigned int elf_hwcap;

extern void setup_arch(void);

#endif
