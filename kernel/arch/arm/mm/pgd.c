// SPDX-License-Identifier: MIT
/* A process's translation tables: making and finding them. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>

/*
 * The lower part is empty, the upper part is the kernel's, copied: entering
 * the kernel changes no table, only the right to use these entries.
 */
pgd_t *pgd_alloc(struct mm_struct *mm)
{
	pgd_t *pgd = (pgd_t *)__get_free_pages(GFP_KERNEL, PGD_ORDER);

	if (!pgd)
		return NULL;
	memset(pgd, 0, USER_PTRS_PER_PGD * sizeof(pgd_t));
	memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
	       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
	/* Table walks may not see stale memory. */
	dsb();
	return pgd;
}

void pgd_free(struct mm_struct *mm, pgd_t *pgd)
{
	free_pages((unsigned long)pgd, PGD_ORDER);
}

pte_t *pte_offset(struct mm_struct *mm, unsigned long addr)
{
	pgd_t pgd = *pgd_offset(mm, addr);

	if (!pgd_table(pgd))
		return NULL;
	return pgd_page_vaddr(pgd) + pte_index(addr);
}

pte_t *pte_alloc(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pte_t *table;

	if (pgd_none(*pgd)) {
		/* kmalloc aligns to the size: 1 KiB, as the format wants */
		table = kzalloc(PTRS_PER_PTE * sizeof(pte_t), GFP_KERNEL);
		if (!table)
			return NULL;
		dsb();
		set_pgd(pgd,
			__pa(table) | PMD_TYPE_TABLE | PMD_DOMAIN(DOMAIN_USER));
	}
	return pte_offset(mm, addr);
}

/* Entries looked at together: nearly all of a process's are empty. */
#define PGD_STRIDE	8
_Static_assert(USER_PTRS_PER_PGD % PGD_STRIDE == 0, "no entry is left over");

static int pgd_none_of(const pgd_t *pgd)
{
	pgd_t any = 0;
	int i;

	for (i = 0; i < PGD_STRIDE; i++)
		any |= pgd[i];
	return !any;
}

/* The tables themselves; no page is mapped any more. */
void free_pgtables(struct mm_struct *mm)
{
	pgd_t *pgd, *end = mm->pgd + USER_PTRS_PER_PGD;
	int i;

	for (pgd = mm->pgd; pgd < end; pgd += PGD_STRIDE) {
		if (pgd_none_of(pgd))
			continue;
		for (i = 0; i < PGD_STRIDE; i++) {
			if (pgd_table(pgd[i]))
				kfree(pgd_page_vaddr(pgd[i]));
			pgd[i] = 0;
		}
	}
}
