// SPDX-License-Identifier: MIT
/* What the boot loader told us, and the CPU's own set-up. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/setup.h>
#include <asm/traps.h>
#include <asm/vfp.h>

unsigned int __machine_arch_type;	/* written by head.S */
unsigned int __atags_pointer;		/* written by head.S, physical */
void *high_memory;
unsigned long initrd_start, initrd_end;

/* Bits of AT_HWCAP, Linux's names in /proc/cpuinfo beside them */
#define HWCAP_SWP	(1 << 0)
#define HWCAP_HALF	(1 << 1)
#define HWCAP_THUMB	(1 << 2)
#define HWCAP_FAST_MULT	(1 << 4)
#define HWCAP_VFP	(1 << 6)
#define HWCAP_EDSP	(1 << 7)
#define HWCAP_THUMBEE	(1 << 11)
#define HWCAP_NEON	(1 << 12)
#define HWCAP_VFPv3	(1 << 13)
#define HWCAP_TLS	(1 << 15)
#define HWCAP_VFPD32	(1 << 19)

/* A Cortex-A8's, less SWP, which we leave switched off as hardware does. */
unsigned int elf_hwcap = HWCAP_HALF | HWCAP_THUMB | HWCAP_FAST_MULT |
			 HWCAP_VFP | HWCAP_EDSP | HWCAP_THUMBEE |
			 HWCAP_NEON | HWCAP_VFPv3 | HWCAP_TLS | HWCAP_VFPD32;

/*
 * The exception modes' stacks: three words each, filled by the vector stubs
 * (entry-armv.S) and empty again as soon as the CPU is in SVC mode.
 */
struct stack {
	u32 irq[3];
	u32 abt[3];
	u32 und[3];
};

static struct stack stacks;

void __init cpu_init(void)
{
	/* lr is banked as well: no operand may lie in it */
	asm volatile("cpsid	i, %0\n\t"
		     "mov	sp, %3\n\t"
		     "cps	%1\n\t"
		     "mov	sp, %4\n\t"
		     "cps	%2\n\t"
		     "mov	sp, %5\n\t"
		     "cps	%6"
		     : : "i" (IRQ_MODE), "i" (ABT_MODE), "i" (UND_MODE),
			 "r" (stacks.irq), "r" (stacks.abt), "r" (stacks.und),
			 "i" (SVC_MODE) : "memory", "lr");
	vfp_init();
}

static void __init parse_tag(const struct tag *t)
{
	switch (t->tag) {
	case ATAG_MEM:
		high_memory = __va(t->u.mem.start + t->u.mem.size);
		break;
	case ATAG_INITRD2:
		initrd_start = __phys_to_virt(t->u.initrd.start);
		initrd_end = initrd_start + t->u.initrd.size;
		break;
	case ATAG_CMDLINE:
		strscpy(boot_command_line, t->u.cmdline, COMMAND_LINE_SIZE);
		break;
	}
}

static void __init setup_machine_tags(void)
{
	const struct tag *t = __va(__atags_pointer);

	if (t->tag != ATAG_CORE)
		return;
	for (; t->size; t = tag_next(t))
		parse_tag(t);
}

void __init setup_arch(void)
{
	setup_machine_tags();
	cpu_init();
	paging_init();
}
