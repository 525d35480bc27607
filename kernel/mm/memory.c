// SPDX-License-Identifier: MIT
/*
 * Pages of user memory: brought in when first touched, shared after fork()
 * until written to, and given back.  mmap_lock is held throughout.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <asm/cacheflush.h>
#include <asm/tlbflush.h>

/* What the vma allows, as descriptor bits; a page may be given less. */
pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	pgprot_t prot = _PAGE_USER;

	if (!(vm_flags & VM_ACCESS_FLAGS))
		prot &= ~(PTE_AP0 | PTE_AP1);
	if (!(vm_flags & VM_WRITE))
		prot |= PTE_AP2;
	if (!(vm_flags & VM_EXEC))
		prot |= PTE_XN;
	return prot;
}

/* The page whose user count a pte is part of; NULL if it maps a device. */
static struct page *vm_normal_page(struct vm_area_struct *vma, pte_t pte)
{
	return vma->vm_flags & VM_PFNMAP ? NULL : pte_page(pte);
}

static void set_user_pte(struct vm_area_struct *vma, unsigned long addr,
			 pte_t *ptep, pte_t pte)
{
	struct page *page = vm_normal_page(vma, pte);

	if (!(pte & PTE_XN) && page)
		flush_icache_range(page_address(page),
				   page_address(page) + PAGE_SIZE);
	set_pte(ptep, pte);
	flush_tlb_page(vma->vm_mm, addr);
}

/*
 * Where a page comes from; NULL if there is no memory for it.  This is the
 * file's own page: whoever writes to it writes to the file.
 */
static struct page *shared_file_page(struct vm_area_struct *vma,
				     unsigned long address)
{
	struct inode *inode = file_inode(vma->vm_file);
	unsigned long index = vma->vm_pgoff +
			      ((address - vma->vm_start) >> PAGE_SHIFT);
	void *contents;

	if (((loff_t)index << PAGE_SHIFT) >= inode->i_size)
		return ERR_PTR(-EFAULT);
	contents = inode_page_alloc(inode, index);
	if (IS_ERR(contents))
		return NULL;
	get_page(virt_to_page(contents));
	return virt_to_page(contents);
}

/* A copy of one page of the file, zeros behind its end. */
static struct page *private_file_page(struct vm_area_struct *vma,
				      unsigned long address)
{
	unsigned long off = address - vma->vm_start;
	loff_t pos = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + off;
	struct page *page = alloc_page(GFP_KERNEL);
	ssize_t n = 0;

	if (!page)
		return NULL;
	if (off < vma->vm_filelen)
		n = kernel_read(vma->vm_file, page_address(page),
				min(vma->vm_filelen - off, PAGE_SIZE), &pos);
	if (n < 0) {
		put_page(page);
		return ERR_PTR(n);
	}
	memset(page_address(page) + n, 0, PAGE_SIZE - n);
	return page;
}

/*
 * Files lie in memory here.  To show what a disk brings with it, a page of a
 * file may be made to take its time, without the lock, so that everybody else
 * goes on meanwhile.
 */
static void wait_for_page_in(struct mm_struct *mm)
{
	mmap_read_unlock(mm);
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(1);
	mmap_read_lock(mm);
}

static vm_fault_t do_no_page(struct vm_area_struct *vma, unsigned long address,
			     pte_t *pte, unsigned int flags)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);
	int shared = vma->vm_flags & VM_SHARED;
	struct page *page;

	if (vma->vm_flags & VM_PFNMAP)
		return VM_FAULT_SIGBUS;
	if (IS_ENABLED(CONFIG_SLOW_PAGE_IN) && vma->vm_file &&
	    (flags & FAULT_FLAG_ALLOW_RETRY)) {
		wait_for_page_in(vma->vm_mm);
		return VM_FAULT_RETRY;
	}
	if (vma->vm_file) {
		page = shared ? shared_file_page(vma, address) :
				private_file_page(vma, address);
	} else if (shared || (flags & FAULT_FLAG_WRITE)) {
		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	} else {
		/* Only read so far: all such pages are one. */
		page = zero_page;
		get_page(page);
		prot = pte_wrprotect(prot);
	}
	if (!page)
		return VM_FAULT_OOM;
	if (IS_ERR(page))
		return VM_FAULT_SIGBUS;
	vma->vm_mm->rss++;
	set_user_pte(vma, address, pte, mk_pte(page, prot));
	return vma->vm_file ? VM_FAULT_MAJOR : 0;
}

/* A write to a page that others may share: copy it, unless none is left. */
static vm_fault_t do_wp_page(struct vm_area_struct *vma, unsigned long address,
			     pte_t *pte)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);
	struct page *old = pte_page(*pte), *new;

	/* the zero page's first user is the kernel */
	if ((vma->vm_flags & VM_SHARED) || page_count(old) == 1) {
		set_user_pte(vma, address, pte, pte_modify(*pte, prot));
		return 0;
	}
	new = alloc_page(GFP_KERNEL);
	if (!new)
		return VM_FAULT_OOM;
	copy_page(page_address(new), page_address(old));
	set_user_pte(vma, address, pte, mk_pte(new, prot));
	put_page(old);
	return 0;
}

/*
 * The vma allows the access and the table does not, yet.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address,
			   unsigned int flags)
{
	pte_t *pte = pte_alloc(vma->vm_mm, address);

	if (!pte)
		return VM_FAULT_OOM;
	if (!pte_present(*pte))
		return do_no_page(vma, address, pte, flags);
	if ((flags & FAULT_FLAG_WRITE) && !pte_write(*pte))
		return do_wp_page(vma, address, pte);
	/* Someone was faster, and the TLB has not noticed. */
	flush_tlb_page(vma->vm_mm, address);
	return 0;
}

/* The first page from *@addr on that is there, below @end; NULL if none is. */
static pte_t *next_present(struct mm_struct *mm, unsigned long *addr,
			   unsigned long end)
{
	pte_t *pte;

	while (*addr < end) {
		pte = pte_offset(mm, *addr);
		if (pte && pte_present(*pte))
			return pte;
		/* without a table a whole megabyte is empty */
		if (pte)
			*addr += PAGE_SIZE;
		else
			*addr = (*addr + PGDIR_SIZE) & PGDIR_MASK;
	}
	return NULL;
}

#define for_each_present(mm, addr, end, pte)				\
	for (; (pte = next_present(mm, &(addr), end)); (addr) += PAGE_SIZE)

/* fork(): the child shares each page; private ones become read-only in both. */
int copy_page_range(struct mm_struct *dst, struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;
	pte_t *src_pte, *dst_pte;
	struct page *page;

	for_each_present(vma->vm_mm, addr, vma->vm_end, src_pte) {
		dst_pte = pte_alloc(dst, addr);
		if (!dst_pte)
			return -ENOMEM;
		if (!(vma->vm_flags & VM_SHARED))
			*src_pte = pte_wrprotect(*src_pte);
		*dst_pte = *src_pte;
		page = vm_normal_page(vma, *src_pte);
		if (page) {
			get_page(page);
			dst->rss++;
		}
	}
	flush_tlb_mm(vma->vm_mm);
	return 0;
}

void zap_page_range(struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;
	struct page *page;
	pte_t *pte;

	for_each_present(vma->vm_mm, addr, vma->vm_end, pte) {
		page = vm_normal_page(vma, *pte);
		set_pte(pte, 0);
		/* Before the page can be anybody else's. */
		flush_tlb_page(vma->vm_mm, addr);
		if (page) {
			vma->vm_mm->rss--;
			put_page(page);
		}
	}
}

/* mprotect(): a page keeps being read-only if it has to be copied first. */
void change_protection(struct vm_area_struct *vma)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);
	unsigned long addr = vma->vm_start;
	struct page *page;
	pte_t *pte, new;

	for_each_present(vma->vm_mm, addr, vma->vm_end, pte) {
		page = vm_normal_page(vma, *pte);
		new = pte_modify(*pte, prot);
		if (page && page_count(page) > 1 &&
		    !(vma->vm_flags & VM_SHARED))
			new = pte_wrprotect(new);
		set_user_pte(vma, addr, pte, new);
	}
}

/* The page at a user address, or NULL if none is there. */
struct page *follow_page(struct mm_struct *mm, unsigned long addr)
{
	pte_t *pte = pte_offset(mm, addr);

	return pte && pte_present(*pte) ? pte_page(*pte) : NULL;
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr,
		    unsigned long pfn, unsigned long size, pgprot_t prot)
{
	unsigned long end = addr + size;
	pte_t *pte;

	vma->vm_flags |= VM_PFNMAP;
	for (; addr < end; addr += PAGE_SIZE, pfn++) {
		pte = pte_alloc(vma->vm_mm, addr);
		if (!pte)
			return -ENOMEM;
		set_pte(pte, __pfn_to_phys(pfn) | prot);
	}
	return 0;
}
