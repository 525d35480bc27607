/*
 * A guest that forgets: it changes a page's entry again and again and tells
 * the TLB only at the end.  Each label stands behind one change.
 */
	.syntax unified
	.arch armv7-a

	.equ	L1, 0x80020000
	.equ	L2, 0x80030000
	.equ	OLD, 0x80060000
	.equ	NEW, 0x80061000
	.equ	PAGE_VA, 0x40004000
	.equ	SMALL_RW, 0x032		@ small page, AP = 011, XN clear
	.equ	SMALL_RO, 0x212		@ AP = 101

	.section .text.boot, "ax"
	.global _start
_start:
	/* sections one to one, and a page table at 0x40000000 */
	ldr	r1, =L1
	ldr	r2, =0xc02
	mov	r3, #0
1:	orr	r4, r2, r3, lsl #20
	str	r4, [r1, r3, lsl #2]
	add	r3, r3, #1
	cmp	r3, #4096
	bne	1b
	ldr	r4, =L2 + 1
	add	r9, r1, #0x1000
	str	r4, [r9]
	ldr	r7, =L2 + 4 * 4		@ the entry of PAGE_VA
	ldr	r8, =OLD + SMALL_RW
	str	r8, [r7]
	ldr	r3, =OLD
	ldr	r4, =0x01d01d01
	str	r4, [r3]
	ldr	r4, =0x0e700e70
	add	r3, r3, #0x1000
	str	r4, [r3]
	mcr	p15, 0, r1, c2, c0, 0
	mov	r0, #1
	mcr	p15, 0, r0, c3, c0, 0
	mcr	p15, 0, r0, c8, c7, 0
	mrc	p15, 0, r0, c1, c0, 0
	orr	r0, r0, #1
	mcr	p15, 0, r0, c1, c0, 0
	isb
	ldr	r6, =PAGE_VA
	ldr	r5, [r6]
	.global loaded
loaded:
	ldr	r9, =NEW + SMALL_RW
	str	r9, [r7]
	.global moved
moved:
	ldr	r5, [r6]
	.global read_again
read_again:
	ldr	r9, =OLD + SMALL_RO
	str	r9, [r7]
	.global protected
protected:
	mov	r9, #0
	str	r9, [r7]
	.global removed
removed:
	str	r8, [r7]
	.global restored
restored:
	ldr	r9, =NEW + SMALL_RW
	str	r9, [r7]
	mcr	p15, 0, r6, c8, c7, 1	@ TLBIMVA
	dsb
	isb
	.global invalidated
invalidated:
	ldr	r5, [r6]
	.global reloaded
reloaded:
	wfi
	b	reloaded
