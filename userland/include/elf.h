/* SPDX-License-Identifier: MIT */
/*
 * What a dynamic linker reads of a shared object that is in memory already:
 * System V ABI, chapter 5, and the symbol versions of the LSB, chapter 10.7.
 */
#ifndef _ELF_H
#define _ELF_H

#include <stdint.h>

#define ELFMAG "\177ELF"
#define SELFMAG 4
#define EI_NIDENT 16

typedef struct {
	uint8_t e_ident[EI_NIDENT];
	uint16_t e_type;
	uint16_t e_machine;
	uint32_t e_version;
	uint32_t e_entry;
	uint32_t e_phoff;
	uint32_t e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize;
	uint16_t e_phentsize;
	uint16_t e_phnum;
	uint16_t e_shentsize;
	uint16_t e_shnum;
	uint16_t e_shstrndx;
} Elf32_Ehdr;

#define PT_LOAD 1
#define PT_DYNAMIC 2

typedef struct {
	uint32_t p_type;
	uint32_t p_offset;
	uint32_t p_vaddr;
	uint32_t p_paddr;
	uint32_t p_filesz;
	uint32_t p_memsz;
	uint32_t p_flags;
	uint32_t p_align;
} Elf32_Phdr;

#define DT_NULL 0
#define DT_HASH 4
#define DT_STRTAB 5
#define DT_SYMTAB 6
#define DT_VERSYM 0x6ffffff0
#define DT_VERDEF 0x6ffffffc

typedef struct {
	int32_t d_tag;
	uint32_t d_val;		/* a number, or an address as linked */
} Elf32_Dyn;

#define SHN_UNDEF 0

typedef struct {
	uint32_t st_name;	/* offset of its text in DT_STRTAB */
	uint32_t st_value;
	uint32_t st_size;
	uint8_t st_info;
	uint8_t st_other;
	uint16_t st_shndx;
} Elf32_Sym;

/* A version that the object defines; vda_name is its name. */
typedef struct {
	uint16_t vd_version;
	uint16_t vd_flags;
	uint16_t vd_ndx;	/* what DT_VERSYM calls it */
	uint16_t vd_cnt;
	uint32_t vd_hash;
	uint32_t vd_aux;	/* bytes from here to the first Verdaux */
	uint32_t vd_next;	/* bytes to the next Verdef, or 0 */
} Elf32_Verdef;

#define VERSYM_INDEX 0x7fff	/* the top bit hides a symbol from linking */

typedef struct {
	uint32_t vda_name;
	uint32_t vda_next;
} Elf32_Verdaux;

#endif
