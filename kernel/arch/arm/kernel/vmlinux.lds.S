/* SPDX-License-Identifier: MIT */
/*
 * One image, loaded whole at PAGE_OFFSET + TEXT_OFFSET.  Page-aligned borders
 * separate what may be executed, what may only be read, and what may be
 * written; mark_rodata_ro() makes the tables say so.
 */
#include <asm/memory.h>
#include <asm/page.h>
#include <asm/thread_info.h>

#define LOAD_OFFSET	(PAGE_OFFSET - PHYS_OFFSET)
#define LMA(section)	AT(ADDR(section) - LOAD_OFFSET)

OUTPUT_ARCH(arm)
ENTRY(stext_phys)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	vectors PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = KERNEL_RAM_VADDR;
	_text = .;
	stext_phys = stext - LOAD_OFFSET;

	.head.text : LMA(.head.text) {
		KEEP(*(.head.text))
	} :text

	.text : LMA(.text) {
		. = ALIGN(32);
		_stext = .;
		*(.entry.text)
		*(.text .text.*)
		*(.init.text)
		*(.exit.text)
		*(.text.fixup)
		_etext = .;
	} :text

	. = ALIGN(PAGE_SIZE);
	__start_rodata = .;
	.rodata : LMA(.rodata) {
		*(.rodata .rodata.*)
		*(.init.rodata)

		. = ALIGN(8);
		__start___ex_table = .;
		KEEP(*(__ex_table))
		__stop___ex_table = .;

		. = ALIGN(8);
		__initcall_start = .;
		KEEP(*(SORT(.initcall*.init)))
		__initcall_end = .;
	} :rodata
	. = ALIGN(PAGE_SIZE);
	__end_rodata = .;

	/*
	 * Linked to run at the vectors page, stored in the image; paging_init()
	 * maps these very two pages at 0xffff0000, nothing is copied.
	 */
	__vectors_lma = .;
	.vectors CONFIG_VECTORS_BASE : AT(__vectors_lma - LOAD_OFFSET) {
		KEEP(*(.vectors))
	} :vectors
	.stubs CONFIG_VECTORS_BASE + PAGE_SIZE :
			AT(__vectors_lma - LOAD_OFFSET + PAGE_SIZE) {
		KEEP(*(.stubs))
	} :vectors
	. = __vectors_lma + 2 * PAGE_SIZE;

	.data : LMA(.data) {
		_sdata = .;
		. = ALIGN(THREAD_SIZE);
		*(.data..init_task)
		*(.data .data.*)
		*(.init.data)
		. = ALIGN(8);
		_edata = .;
	} :data

	.bss : LMA(.bss) {
		. = ALIGN(8);
		__bss_start = .;
		*(.bss .bss.*)
		*(COMMON)
		. = ALIGN(8);
		__bss_stop = .;
	} :data

	. = ALIGN(PAGE_SIZE);
	_end = .;

	/DISCARD/ : {
		*(.ARM.exidx*)
		*(.ARM.extab*)
		*(.note*)
		*(.comment)
	}
}

ASSERT(_end - PAGE_OFFSET < 0x400000, "head.S maps the first four megabytes only")
ASSERT(SIZEOF(.vectors) <= PAGE_SIZE, "the vectors must fit in one page")
ASSERT(SIZEOF(.stubs) <= PAGE_SIZE, "the stubs must fit in one page")
