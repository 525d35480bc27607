// SPDX-License-Identifier: MIT
/* The kernel's own part of the translation tables. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/io.h>
#include <asm/tlbflush.h>
#include <asm/traps.h>

extern char __vectors_lma[];

struct mm_struct init_mm = {
	.pgd		= swapper_pg_dir,
	.mm_users	= ATOMIC_INIT(2),
	.mmap_lock	= __MUTEX_INITIALIZER(init_mm.mmap_lock),
	.mmap		= LIST_HEAD_INIT(init_mm.mmap),
};

struct map_desc {
	unsigned long virtual;
	unsigned long phys;
	unsigned long length;
};

static const struct map_desc am33xx_io_desc[] = {
	{ L4_WK_AM33XX_VIRT, L4_WK_AM33XX_PHYS, L4_WK_AM33XX_SIZE },
	{ L4_PER_AM33XX_VIRT, L4_PER_AM33XX_PHYS, L4_PER_AM33XX_SIZE },
};

/* The window's virtual address; NULL for what no window covers. */
void __iomem *ioremap(phys_addr_t phys_addr, size_t size)
{
	const struct map_desc *md;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(am33xx_io_desc); i++) {
		md = &am33xx_io_desc[i];
		if (phys_addr >= md->phys && size <= md->length &&
		    phys_addr - md->phys <= md->length - size)
			return (void __iomem *)(md->virtual +
						(phys_addr - md->phys));
	}
	return NULL;
}

static void __init map_sections(unsigned long virt, unsigned long phys,
				unsigned long length, pmdval_t prot)
{
	unsigned long off;

	for (off = 0; off < length; off += SECTION_SIZE)
		set_pgd(pgd_offset_k(virt + off), (phys + off) | prot);
}

/* The last megabyte: two pages, the vectors' and the stubs'. */
static void __init devicemaps_init(void)
{
	static pte_t table[PTRS_PER_PTE] __aligned(PTRS_PER_PTE * 4);
	unsigned long lma = __pa(__vectors_lma);

	table[pte_index(CONFIG_VECTORS_BASE)] = lma | PAGE_VECTORS_USER;
	table[pte_index(CONFIG_VECTORS_BASE + PAGE_SIZE)] =
		(lma + PAGE_SIZE) | PAGE_VECTORS_KERNEL;
	set_pgd(pgd_offset_k(CONFIG_VECTORS_BASE),
		__pa(table) | PMD_TYPE_TABLE | PMD_DOMAIN(DOMAIN_VECTORS));
}

/*
 * The table is in use while it is being filled: entries for what we stand on
 * are written with the value they have, the rest is new or taken away.
 */
void __init paging_init(void)
{
	unsigned long virt;
	size_t i;

	for (virt = 0; virt < PAGE_OFFSET; virt += PGDIR_SIZE)
		*pgd_offset_k(virt) = 0;

	map_sections(PAGE_OFFSET, PHYS_OFFSET,
		     (unsigned long)high_memory - PAGE_OFFSET,
		     PROT_SECT_KERNEL);
	devicemaps_init();
	for (i = 0; i < ARRAY_SIZE(am33xx_io_desc); i++)
		map_sections(am33xx_io_desc[i].virtual, am33xx_io_desc[i].phys,
			     am33xx_io_desc[i].length, PROT_SECT_DEVICE);
	local_flush_tlb_all();
}

static pgprot_t __init kernel_page_prot(unsigned long addr)
{
	if (addr >= (unsigned long)_text && addr < (unsigned long)_etext)
		return PAGE_KERNEL_ROX;
	if (addr >= (unsigned long)__start_rodata &&
	    addr < (unsigned long)__vectors_lma + 2 * PAGE_SIZE)
		return PAGE_KERNEL_RO;
	return PAGE_KERNEL;
}

/*
 * Split the kernel image's megabytes into pages, each with the least rights
 * it can do with: text is executable and not writable, constants (the system
 * call table is one) neither, all else not executable.  Memory beyond the
 * image keeps its sections, less the right to execute.  Must run before the
 * first process copies these entries.
 */
void __init mark_rodata_ro(void)
{
	unsigned long virt, addr;
	pte_t *table;
	int i;

	for (virt = PAGE_OFFSET; virt < (unsigned long)high_memory;
	     virt += SECTION_SIZE) {
		if (virt >= (unsigned long)_end) {
			set_pgd(pgd_offset_k(virt),
				*pgd_offset_k(virt) | PMD_SECT_XN);
			continue;
		}
		table = kmalloc(PTRS_PER_PTE * sizeof(pte_t), GFP_KERNEL);
		if (!table)
			panic("no memory for the kernel's page tables");
		for (i = 0; i < PTRS_PER_PTE; i++) {
			addr = virt + i * PAGE_SIZE;
			table[i] = __pa(addr) | kernel_page_prot(addr);
		}
		set_pgd(pgd_offset_k(virt),
			__pa(table) | PMD_TYPE_TABLE |
				PMD_DOMAIN(DOMAIN_KERNEL));
	}
	local_flush_tlb_all();
	pr_info("Write protecting the kernel text and read-only data: %luk\n",
		(unsigned long)(__vectors_lma - _text) / 1024 + 8);
}
