/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#define VM_READ		0x00000001
#define VM_WRITE	0x00000002
#define VM_EXEC		0x00000004
#define VM_SHARED	0x00000008
#define VM_GROWSDOWN	0x00000100
#define VM_PFNMAP	0x00000400	/* frames set by remap_pfn_range() */
#define VM_ACCESS_FLAGS	(VM_READ | VM_WRITE | VM_EXEC)

#define PAGE_ALIGN(addr)	(((addr) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

/* Results of handle_mm_fault() and do_page_fault() */
typedef unsigned int vm_fault_t;
#define VM_FAULT_OOM	0x0001
#define VM_FAULT_SIGBUS	0x0002
#define VM_FAULT_MAJOR	0x0004
#define VM_FAULT_RETRY	0x0008	/* slept without the lock: begin anew */
#define VM_FAULT_BADMAP	0x0100	/* no vma there: SEGV_MAPERR */
#define VM_FAULT_BADACCESS 0x0200	/* the vma forbids it: SEGV_ACCERR */
#define VM_FAULT_ERROR	(VM_FAULT_OOM | VM_FAULT_SIGBUS | \
			 VM_FAULT_BADMAP | VM_FAULT_BADACCESS)

#define FAULT_FLAG_WRITE	0x01
#define FAULT_FLAG_ALLOW_RETRY	0x04	/* the lock may be dropped to wait */

static inline void get_page(struct page *page)
{
	atomic_inc(&page->_refcount);
}

extern void put_page(struct page *page);

static inline int page_count(struct page *page)
{
	return atomic_read(&page->_refcount);
}

/* mmap_lock is Linux's name; here readers exclude each other too. */
#define mmap_read_lock(mm)	mutex_lock(&(mm)->mmap_lock)
#define mmap_read_unlock(mm)	mutex_unlock(&(mm)->mmap_lock)
#define mmap_write_lock(mm)	mutex_lock(&(mm)->mmap_lock)
#define mmap_write_unlock(mm)	mutex_unlock(&(mm)->mmap_lock)

/* mm/memory.c; the caller holds mmap_lock */
extern vm_fault_t handle_mm_fault(struct vm_area_struct *vma,
				  unsigned long address, unsigned int flags);
extern int copy_page_range(struct mm_struct *dst, struct vm_area_struct *vma);
extern void zap_page_range(struct vm_area_struct *vma);
extern void change_protection(struct vm_area_struct *vma);
extern void free_pgtables(struct mm_struct *mm);
extern struct page *follow_page(struct mm_struct *mm, unsigned long addr);
extern pgprot_t vm_get_page_prot(unsigned long vm_flags);
/* Maps frames that are not the user's: they stay until it is unmapped. */
extern int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr,
			   unsigned long pfn, unsigned long size,
			   pgprot_t prot);

/* mm/mmap.c; the caller holds mmap_lock */
extern struct vm_area_struct *find_vma(struct mm_struct *mm,
				       unsigned long addr);
extern unsigned long do_mmap(struct file *file, unsigned long addr,
			     unsigned long len, unsigned long prot,
			     unsigned long flags, unsigned long pgoff,
			     unsigned long filelen);
extern int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);
extern int expand_stack(struct vm_area_struct *vma, unsigned long address);
extern int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm);
extern void exit_mmap(struct mm_struct *mm);
/* The pages of [addr, addr + len) in bytes, or 0 if it leaves user space. */
extern unsigned long range_len(unsigned long addr, unsigned long len);
/* Make @start and @end borders of vmas, so that ranges can be treated whole. */
extern int split_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end);

/* kernel/fork.c */
extern struct mm_struct *mm_alloc(void);
extern void mmput(struct mm_struct *mm);

/* mm/page_alloc.c */
extern void mem_init(void);
extern unsigned long totalram_pages;
extern struct page *zero_page;

/* arch/arm/mm */
extern void mark_rodata_ro(void);
extern unsigned long initrd_start, initrd_end;	/* virtual */

#endif
