/* SPDX-License-Identifier: MIT */
/*
 * The first instructions, run at their physical address with the MMU off.
 *
 * On entry (Documentation/arm/booting, the boot loader's side):
 *	r0 = 0, r1 = machine number, r2 = physical address of the ATAG list,
 *	SVC mode, IRQ and FIQ masked, MMU and caches off.
 *
 * The initial table has only what is needed to reach start_kernel(): the page
 * under our feet mapped one to one, and the kernel's megabytes at PAGE_OFFSET.
 * paging_init() makes the real one.
 */
#include <asm/assembler.h>
#include <asm/cp15.h>
#include <asm/domain.h>
#include <asm/pgtable.h>

#define PG_DIR_SIZE	0x4000
#define HEAD_SECTIONS	4		/* megabytes mapped at PAGE_OFFSET */

	/* The table lies in the 16 KiB below the kernel. */
	.globl	swapper_pg_dir
	.equ	swapper_pg_dir, KERNEL_RAM_VADDR - PG_DIR_SIZE

	.section .head.text, "ax"
	.arm

ENTRY(stext)
	cpsid	if, #SVC_MODE
	bl	__create_page_tables		@ r4 = physical table

	mov	r0, #0
	mcr	p15, 0, r0, c7, c5, 0		@ ICIALLU
	mcr	p15, 0, r0, c7, c5, 6		@ BPIALL
	mcr	p15, 0, r0, c8, c7, 0		@ TLBIALL
	mcr	p15, 0, r0, c2, c0, 2		@ TTBCR = 0: TTBR0 for all
	dsb
	isb
	orr	r4, r4, #TTB_RGN_WBWA
	mcr	p15, 0, r4, c2, c0, 0		@ TTBR0
	mov	r0, #0
	mcr	p15, 0, r0, c13, c0, 1		@ CONTEXTIDR: ASID 0
	mov	r0, #DACR_INIT
	mcr	p15, 0, r0, c3, c0, 0		@ DACR
	ldr	lr, =__mmap_switched		@ its virtual address
	mrc	p15, 0, r0, c1, c0, 0
	ldr	r3, =CR_M | CR_C | CR_Z | CR_I | CR_V
	orr	r0, r0, r3
	ldr	r3, =CR_A | CR_TRE | CR_AFE | CR_TE
	bic	r0, r0, r3
	b	__turn_mmu_on
ENDPROC(stext)
	.ltorg

/*
 * In:	r0 = new SCTLR, lr = virtual address to go on at
 * Lies in the section that is mapped one to one, so that the instruction
 * after the write is fetched from the same place on either side of it.
 */
__turn_mmu_on:
	isb
	mcr	p15, 0, r0, c1, c0, 0		@ SCTLR: translation from here
	mrc	p15, 0, r3, c0, c0, 0
	isb
	mov	pc, lr
ENDPROC(__turn_mmu_on)

/*
 * Out:	r4 = physical address of the table
 * Keeps r1, r2.  Uses r0, r3, r5-r7.
 */
__create_page_tables:
	ldr	r4, =KERNEL_RAM_VADDR - PG_DIR_SIZE - PAGE_OFFSET + PHYS_OFFSET
	mov	r0, r4
	mov	r3, #0
	add	r6, r4, #PG_DIR_SIZE
1:	str	r3, [r0], #4
	cmp	r0, r6
	blo	1b

	ldr	r7, =PROT_SECT_KERNEL

	/* The megabyte we run in, at its own address. */
	mov	r5, pc, lsr #SECTION_SHIFT
	orr	r3, r7, r5, lsl #SECTION_SHIFT
	str	r3, [r4, r5, lsl #2]

	/* The kernel, at PAGE_OFFSET. */
	add	r0, r4, #(PAGE_OFFSET >> SECTION_SHIFT) * 4
	orr	r3, r7, #PHYS_OFFSET
	add	r6, r0, #HEAD_SECTIONS * 4
1:	str	r3, [r0], #4
	add	r3, r3, #SECTION_SIZE
	cmp	r0, r6
	blo	1b
	mov	pc, lr
ENDPROC(__create_page_tables)
	.ltorg

/*
 * The first code at virtual addresses.
 * In:	r1 = machine number, r2 = ATAGs (physical)
 */
__mmap_switched:
	ldr	r4, =__bss_start
	ldr	r5, =__bss_stop
	mov	r6, #0
1:	cmp	r4, r5
	strlo	r6, [r4], #4
	blo	1b

	ldr	r4, =__machine_arch_type
	str	r1, [r4]
	ldr	r4, =__atags_pointer
	str	r2, [r4]

	ldr	sp, =init_thread_union + THREAD_START_SP
	mov	fp, #0				@ backtraces end here
	mov	lr, #0
	b	start_kernel
ENDPROC(__mmap_switched)
	.ltorg
