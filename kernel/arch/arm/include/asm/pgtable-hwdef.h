/* SPDX-License-Identifier: MIT */
/*
 * Short-descriptor translation tables (ARM DDI 0406C, B3.5), SCTLR.TRE = 0,
 * SCTLR.AFE = 0.
 *
 * AP[2:0]:	kernel	user
 *	001	rw	-
 *	010	rw	r	(not used)
 *	011	rw	rw
 *	101	r	-
 *	111	r	r
 */
#ifndef _ASM_PGTABLE_HWDEF_H
#define _ASM_PGTABLE_HWDEF_H

/* First level, common part */
#define PMD_TYPE_MASK		(3 << 0)
#define PMD_TYPE_FAULT		(0 << 0)
#define PMD_TYPE_TABLE		(1 << 0)
#define PMD_TYPE_SECT		(2 << 0)
#define PMD_DOMAIN(x)		((x) << 5)

/* First level, section */
#define PMD_SECT_BUFFERABLE	(1 << 2)
#define PMD_SECT_CACHEABLE	(1 << 3)
#define PMD_SECT_XN		(1 << 4)
#define PMD_SECT_AP_WRITE	(1 << 10)	/* AP[0] */
#define PMD_SECT_TEX(x)		((x) << 12)

/* Outer and inner write-back, write-allocate */
#define PMD_SECT_WBWA		(PMD_SECT_TEX(1) | PMD_SECT_CACHEABLE | \
				 PMD_SECT_BUFFERABLE)
/* Shareable device */
#define PMD_SECT_DEV		PMD_SECT_BUFFERABLE

#define PROT_SECT_KERNEL	(PMD_TYPE_SECT | PMD_SECT_WBWA | \
				 PMD_SECT_AP_WRITE | PMD_DOMAIN(DOMAIN_KERNEL))
#define PROT_SECT_DEVICE	(PMD_TYPE_SECT | PMD_SECT_DEV | PMD_SECT_XN | \
				 PMD_SECT_AP_WRITE | PMD_DOMAIN(DOMAIN_IO))

/* Second level, small page */
#define PTE_XN			(1 << 0)
#define PTE_TYPE_SMALL		(1 << 1)
#define PTE_BUFFERABLE		(1 << 2)
#define PTE_CACHEABLE		(1 << 3)
#define PTE_AP0			(1 << 4)	/* accessible at all */
#define PTE_AP1			(1 << 5)	/* to the user too */
#define PTE_TEX(x)		((x) << 6)
#define PTE_AP2			(1 << 9)	/* read only */
#define PTE_nG			(1 << 11)

#define PTE_WBWA		(PTE_TEX(1) | PTE_CACHEABLE | PTE_BUFFERABLE)
/* Shareable device */
#define PTE_DEV			PTE_BUFFERABLE
#define PTE_MT_MASK		(PTE_TEX(7) | PTE_CACHEABLE | PTE_BUFFERABLE)

/* TTBR0: walks are cacheable, write-back write-allocate */
#define TTB_RGN_WBWA		((1 << 3) | (1 << 6))

#endif
