/* SPDX-License-Identifier: MIT */
/*
 * Two levels, and no copy of them anywhere: a pte here *is* the word that the
 * table walk reads.  A first-level table has 4096 words (16 KiB), each for
 * 1 MiB; a second-level one has 256 (1 KiB), each for a page.  What hardware
 * has no bit for (copy on write, who may write again) is found in the vma.
 */
#ifndef _ASMARM_PGTABLE_H
#define _ASMARM_PGTABLE_H

#include <asm/page.h>
#include <asm/domain.h>
#include <asm/pgtable-hwdef.h>

#define PGDIR_SHIFT		20
#define PGDIR_SIZE		(UL(1) << PGDIR_SHIFT)
#define PGDIR_MASK		(~(PGDIR_SIZE - 1))
#define PTRS_PER_PGD		4096
#define PTRS_PER_PTE		256
#define PGD_ORDER		2	/* 16 KiB */
#define USER_PTRS_PER_PGD	(TASK_SIZE / PGDIR_SIZE)

#ifndef __ASSEMBLY__

typedef u32 pteval_t;
typedef u32 pmdval_t;
typedef pteval_t pte_t;
typedef pteval_t pgprot_t;
typedef pmdval_t pgd_t;

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

#define _PAGE_KERNEL		(PTE_TYPE_SMALL | PTE_WBWA | PTE_AP0)
#define PAGE_KERNEL		(_PAGE_KERNEL | PTE_XN)
#define PAGE_KERNEL_RO		(_PAGE_KERNEL | PTE_XN | PTE_AP2)
#define PAGE_KERNEL_ROX		(_PAGE_KERNEL | PTE_AP2)
#define PAGE_VECTORS_USER	(_PAGE_KERNEL | PTE_AP1 | PTE_AP2)
#define PAGE_VECTORS_KERNEL	(_PAGE_KERNEL | PTE_AP2)

/* User pages are never global: each belongs to an ASID. */
#define _PAGE_USER		(PTE_TYPE_SMALL | PTE_WBWA | PTE_AP0 | \
				 PTE_AP1 | PTE_nG)

#define pgd_index(addr)		((addr) >> PGDIR_SHIFT)
#define pgd_offset(mm, addr)	((mm)->pgd + pgd_index(addr))
#define pgd_offset_k(addr)	(swapper_pg_dir + pgd_index(addr))
#define pgd_none(pgd)		(((pgd) & PMD_TYPE_MASK) == PMD_TYPE_FAULT)
#define pgd_table(pgd)		(((pgd) & PMD_TYPE_MASK) == PMD_TYPE_TABLE)
#define pgd_page_vaddr(pgd)	((pte_t *)__va((pgd) & ~0x3ffU))

#define pte_index(addr)		(((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pte_present(pte)	((pte) & PTE_TYPE_SMALL)
#define pte_write(pte)		(!((pte) & PTE_AP2))
#define pte_pfn(pte)		((pte) >> PAGE_SHIFT)
#define pte_page(pte)		pfn_to_page(pte_pfn(pte))
#define mk_pte(page, prot)	((pte_t)(page_to_phys(page) | (prot)))
/* Other rights to the same frame, memory type unchanged. */
#define pte_modify(pte, prot)	(((pte) & (PAGE_MASK | PTE_MT_MASK)) | \
				 ((prot) & ~PTE_MT_MASK))
#define pgprot_device(prot)	(((prot) & ~PTE_MT_MASK) | PTE_DEV)
#define pte_wrprotect(pte)	((pte) | PTE_AP2)

/*
 * A walk may start as soon as the store has drained, so the barriers stand
 * here and not with the callers (ARM DDI 0406C, B3.10.1).
 */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	*(volatile pte_t *)ptep = pte;
	asm volatile("dsb\n\tisb" : : : "memory");
}

static inline void set_pgd(pgd_t *pgdp, pgd_t pgd)
{
	*(volatile pgd_t *)pgdp = pgd;
	asm volatile("dsb\n\tisb" : : : "memory");
}

struct mm_struct;
extern pgd_t *pgd_alloc(struct mm_struct *mm);
extern void pgd_free(struct mm_struct *mm, pgd_t *pgd);

/* The entry for @addr, or NULL where there is no second-level table. */
extern pte_t *pte_offset(struct mm_struct *mm, unsigned long addr);
/* The same, allocating the table; NULL when memory is out. */
extern pte_t *pte_alloc(struct mm_struct *mm, unsigned long addr);

extern void paging_init(void);

#endif /* !__ASSEMBLY__ */
#endif
