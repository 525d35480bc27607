// SPDX-License-Identifier: MIT
/* A process's translation tables: making and finding them. */
#include <linux/mm.h>
#include <linux/slab.h>
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

/* The tables themselves; no page is mapped any more. */
void free_pgtables(struct mm_struct *mm)
{
	pgd_t *pgd, *end = mm->pgd + USER_PTRS_PER_PGD;

	for (pgd = mm->pgd; pgd < end; pgd++) {
		if (!pgd_table(*pgd))
			continue;
		kfree(pgd_page_vaddr(*pgd));
		*pgd = 0;
	}
}
