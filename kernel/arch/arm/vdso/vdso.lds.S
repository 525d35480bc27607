/* SPDX-License-Identifier: MIT */
/*
 * One segment, linked to 0 and mapped anywhere: headers, tables for the
 * dynamic linker, code.  The page of data lies just before it.
 */
#include <asm/page.h>

OUTPUT_ARCH(arm)

PHDRS
{
	text PT_LOAD FLAGS(5) FILEHDR PHDRS;
	dynamic PT_DYNAMIC FLAGS(4);
}

SECTIONS
{
	PROVIDE_HIDDEN(_vdso_data = . - PAGE_SIZE);

	. = SIZEOF_HEADERS;
	.hash : { *(.hash) } :text
	.gnu.hash : { *(.gnu.hash) }
	.dynsym : { *(.dynsym) }
	.dynstr : { *(.dynstr) }
	.gnu.version : { *(.gnu.version) }
	.gnu.version_d : { *(.gnu.version_d) }
	.dynamic : { *(.dynamic) } :text :dynamic
	.rodata : { *(.rodata .rodata.*) } :text
	.text : { *(.text .text.*) } :text
	/* Nothing to relocate: only what a linker puts there by itself. */
	.got : { *(.got.plt) *(.got) } :text

	/DISCARD/ : {
		*(.ARM.exidx*)
		*(.ARM.extab*)
		*(.note*)
		*(.comment)
		*(.data .data.* .bss .bss.*)
	}
}

/* What programs may call, and since when. */
VERSION
{
	LINUX_2.6 {
	global:
		__vdso_clock_gettime;
		__vdso_gettimeofday;
		__vdso_clock_gettime64;
	local: *;
	};
}
