/* SPDX-License-Identifier: MIT */
/*
 * vdso: reads one clock twice, by a function of the kernel's that is called in
 * user mode, and by SVC. Finds the function as a dynamic linker would.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NAME "__vdso_clock_gettime"
#define VERSION "LINUX_2.6"

typedef int clock_gettime_fn(int clock, struct timespec *time);

/* Where the tables of the image are, in memory. */
struct object {
	uintptr_t bias;			/* address in memory less as linked */
	const uint32_t *hash;
	const char *strings;
	const Elf32_Sym *symbols;
	const uint16_t *versym;		/* one for each symbol */
	const char *verdef;
};

static void read_dynamic(struct object *o, const Elf32_Dyn *dyn)
{
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *table = (const void *)(o->bias + dyn->d_val);

		switch (dyn->d_tag) {
		case DT_HASH:
			o->hash = table;
			break;
		case DT_STRTAB:
			o->strings = table;
			break;
		case DT_SYMTAB:
			o->symbols = table;
			break;
		case DT_VERSYM:
			o->versym = table;
			break;
		case DT_VERDEF:
			o->verdef = table;
			break;
		}
	}
}

/* From the ELF header to the tables; false if it is no such image. */
static bool read_headers(struct object *o, uintptr_t base)
{
	const Elf32_Ehdr *ehdr = (const Elf32_Ehdr *)base;
	const Elf32_Phdr *phdr = (const Elf32_Phdr *)(base + ehdr->e_phoff);
	const Elf32_Phdr *dynamic = NULL;

	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG))
		return false;
	for (int i = 0; i < ehdr->e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD)
			o->bias = base + phdr[i].p_offset - phdr[i].p_vaddr;
		else if (phdr[i].p_type == PT_DYNAMIC)
			dynamic = &phdr[i];
	}
	if (!dynamic)
		return false;
	read_dynamic(o, (const Elf32_Dyn *)(o->bias + dynamic->p_vaddr));
	return o->hash && o->strings && o->symbols && o->versym && o->verdef;
}

/* The version of a symbol is an index; its definition has the name. */
static bool has_version(const struct object *o, uint32_t index,
			const char *version)
{
	const char *at = o->verdef;
	const Elf32_Verdef *def;
	const Elf32_Verdaux *aux;

	for (;;) {
		def = (const Elf32_Verdef *)at;
		if (def->vd_ndx == (o->versym[index] & VERSYM_INDEX)) {
			aux = (const Elf32_Verdaux *)(at + def->vd_aux);
			return !strcmp(o->strings + aux->vda_name, version);
		}
		if (!def->vd_next)
			return false;
		at += def->vd_next;
	}
}

/* The hash function of the System V ABI. */
static uint32_t elf_hash(const char *name)
{
	uint32_t h = 0;

	for (; *name; name++) {
		h = (h << 4) + (unsigned char)*name;
		h ^= (h & 0xf0000000) >> 24;
		h &= 0x0fffffff;
	}
	return h;
}

/* Its address, or NULL. The table: sizes, a chain's head each, its links. */
static const void *find_symbol(const struct object *o, const char *version,
			       const char *name)
{
	const uint32_t nbucket = o->hash[0];
	const uint32_t *bucket = o->hash + 2, *chain = bucket + nbucket;
	const Elf32_Sym *sym;

	for (uint32_t i = bucket[elf_hash(name) % nbucket]; i; i = chain[i]) {
		sym = &o->symbols[i];
		if (sym->st_shndx != SHN_UNDEF &&
		    !strcmp(o->strings + sym->st_name, name) &&
		    has_version(o, i, version))
			return (const void *)(o->bias + sym->st_value);
	}
	return NULL;
}

int main(void)
{
	uintptr_t base = getauxval(AT_SYSINFO_EHDR);
	struct timespec start, vdso, svc, fine;
	clock_gettime_fn *vdso_clock_gettime;
	struct object object = { 0 };
	unsigned int reads = 0;

	if (!base || !read_headers(&object, base)) {
		printf("this kernel has no vDSO\n");
		return 1;
	}
	vdso_clock_gettime = find_symbol(&object, VERSION, NAME);
	if (!vdso_clock_gettime) {
		printf("%s of %s is not in it\n", NAME, VERSION);
		return 1;
	}
	/* Until the tick has moved the clock on, under our eyes. */
	vdso_clock_gettime(CLOCK_MONOTONIC_COARSE, &start);
	do {
		vdso_clock_gettime(CLOCK_MONOTONIC_COARSE, &vdso);
		reads++;
	} while (vdso.tv_nsec == start.tv_nsec);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, &svc);
	vdso_clock_gettime(CLOCK_MONOTONIC, &fine);

	printf("vDSO at %#lx, %s at %p\n", (unsigned long)base, NAME,
	       (const void *)vdso_clock_gettime);
	printf("%u reads until the tick\n", reads);
	printf("coarse, vDSO  %ld.%09ld\n", vdso.tv_sec, vdso.tv_nsec);
	printf("coarse, SVC   %ld.%09ld\n", svc.tv_sec, svc.tv_nsec);
	printf("fine, both    %ld.%09ld\n", fine.tv_sec, fine.tv_nsec);
	return 0;
}
