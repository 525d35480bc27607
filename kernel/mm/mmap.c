// SPDX-License-Identifier: MIT
/*
 * Address spaces: which ranges exist and what may be done with them.  The
 * vmas of a process are a list sorted by address; none overlap.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <uapi/linux/mman.h>

/* A stack grows only this near to what lies below it. */
#define STACK_GUARD_GAP	(256 * PAGE_SIZE)

/* The first vma that ends above @addr; @addr may lie before it. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	list_for_each_entry(vma, &mm->mmap, vm_list)
		if (addr < vma->vm_end)
			return vma;
	return NULL;
}

static struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
						    unsigned long start,
						    unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

static void remove_vma(struct vm_area_struct *vma)
{
	zap_page_range(vma);
	list_del(&vma->vm_list);
	if (vma->vm_file)
		fput(vma->vm_file);
	kfree(vma);
}

/* Cut @vma in two at @addr; it keeps the lower part. */
static int split_vma(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *new = kmalloc(sizeof(*new), GFP_KERNEL);
	unsigned long off = addr - vma->vm_start;

	if (!new)
		return -ENOMEM;
	*new = *vma;
	new->vm_start = addr;
	new->vm_pgoff += off >> PAGE_SHIFT;
	new->vm_filelen = vma->vm_filelen > off ? vma->vm_filelen - off : 0;
	if (vma->vm_filelen > off)
		vma->vm_filelen = off;
	if (new->vm_file)
		get_file(new->vm_file);
	vma->vm_end = addr;
	list_add(&new->vm_list, &vma->vm_list);
	return 0;
}

int split_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	int ret;

	vma = find_vma(mm, start);
	if (vma && vma->vm_start < start) {
		ret = split_vma(vma, start);
		if (ret)
			return ret;
	}
	vma = find_vma(mm, end - 1);
	if (vma && vma->vm_start < end && end < vma->vm_end)
		return split_vma(vma, end);
	return 0;
}

unsigned long range_len(unsigned long addr, unsigned long len)
{
	if (offset_in_page(addr) || !len || len > TASK_SIZE)
		return 0;
	len = PAGE_ALIGN(len);
	return addr <= TASK_SIZE - len ? len : 0;
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma, *next;
	int ret;

	len = range_len(start, len);
	if (!len)
		return -EINVAL;
	ret = split_range(mm, start, start + len);
	if (ret)
		return ret;
	list_for_each_entry_safe(vma, next, &mm->mmap, vm_list)
		if (vma->vm_start >= start && vma->vm_end <= start + len)
			remove_vma(vma);
	return 0;
}

/* The highest gap of @len bytes below mmap_base. */
static unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long len)
{
	struct vm_area_struct *vma;
	unsigned long top = mm->mmap_base;

	list_for_each_entry_reverse(vma, &mm->mmap, vm_list) {
		if (vma->vm_end <= top && top - vma->vm_end >= len)
			break;
		top = min(top, vma->vm_start);
	}
	return top >= len + FIRST_USER_ADDRESS ? top - len : -ENOMEM;
}

static int make_pages_present(struct vm_area_struct *vma)
{
	unsigned long addr;

	for (addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE)
		if (handle_mm_fault(vma, addr, FAULT_FLAG_WRITE) &
		    VM_FAULT_ERROR)
			return -ENOMEM;
	return 0;
}

/* Where a mapping goes: @addr itself, as a wish, or anywhere. */
static unsigned long place_mapping(struct mm_struct *mm, unsigned long addr,
				   unsigned long len, unsigned long flags)
{
	int ret;

	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (offset_in_page(addr) || addr > TASK_SIZE - len)
			return -EINVAL;
		if (addr < FIRST_USER_ADDRESS)
			return -EPERM;
		if (!(flags & MAP_FIXED_NOREPLACE)) {
			ret = do_munmap(mm, addr, len);
			return ret ? (unsigned long)ret : addr;
		}
		if (find_vma_intersection(mm, addr, addr + len))
			return -EEXIST;
		return addr;
	}
	addr = PAGE_ALIGN(addr);
	if (addr >= FIRST_USER_ADDRESS && addr <= TASK_SIZE - len &&
	    !find_vma_intersection(mm, addr, addr + len))
		return addr;
	return get_unmapped_area(mm, len);
}

/*
 * @filelen bytes from @pgoff on come from the file; mmap(2) means all of it,
 * the ELF loader means a segment's p_filesz.  A shared mapping is of the pages
 * that the file itself is kept in.
 */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len,
		      unsigned long prot, unsigned long flags,
		      unsigned long pgoff, unsigned long filelen)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma, *next;
	int ret = 0;

	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE)
		return -ENOMEM;
	addr = place_mapping(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;

	vma = kzalloc(sizeof(*vma), GFP_KERNEL);
	if (!vma)
		return -ENOMEM;
	vma->vm_mm = mm;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	/* PROT_ and VM_ agree in the lowest three bits */
	vma->vm_flags = prot & VM_ACCESS_FLAGS;
	if ((flags & MAP_TYPE) != MAP_PRIVATE)
		vma->vm_flags |= VM_SHARED;
	if (flags & MAP_GROWSDOWN)
		vma->vm_flags |= VM_GROWSDOWN;
	vma->vm_pgoff = pgoff;
	vma->vm_filelen = filelen;
	if (file)
		vma->vm_file = get_file(file);
	next = find_vma(mm, addr);
	list_add_tail(&vma->vm_list, next ? &next->vm_list : &mm->mmap);

	if (file && file->f_op->mmap)
		ret = file->f_op->mmap(file, vma);
	else if (!file && (vma->vm_flags & VM_SHARED))
		/* What a later fork() shares must exist by then. */
		ret = make_pages_present(vma);
	if (!ret)
		return addr;
	do_munmap(mm, addr, len);
	return ret;
}

int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct vm_area_struct *prev = list_prev_entry(vma, vm_list);

	address &= PAGE_MASK;
	if (vma->vm_end - address > current->signal->rlim_stack ||
	    address < FIRST_USER_ADDRESS ||
	    (&prev->vm_list != &vma->vm_mm->mmap &&
	     address < prev->vm_end + STACK_GUARD_GAP))
		return -ENOMEM;
	vma->vm_start = address;
	return 0;
}

/* fork(): @mm becomes a copy of @oldmm, whose lock is held. */
int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma, *new;
	int ret;

	list_for_each_entry(vma, &oldmm->mmap, vm_list) {
		new = kmalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		*new = *vma;
		new->vm_mm = mm;
		if (new->vm_file)
			get_file(new->vm_file);
		list_add_tail(&new->vm_list, &mm->mmap);
		ret = copy_page_range(mm, vma);
		if (ret)
			return ret;
	}
	return 0;
}

void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *next;

	list_for_each_entry_safe(vma, next, &mm->mmap, vm_list)
		remove_vma(vma);
	free_pgtables(mm);
}

SYSCALL_DEFINE6(mmap2, unsigned long, addr, unsigned long, len,
		unsigned long, prot, unsigned long, flags,
		unsigned long, fd, unsigned long, pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long type = flags & MAP_TYPE, filelen = 0, ret;
	struct file *file = NULL;

	if (type != MAP_PRIVATE && type != MAP_SHARED)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fget(fd);
		if (!file)
			return -EBADF;
		ret = -EACCES;
		if (!(file->f_mode & FMODE_READ))
			goto out;
		if (type != MAP_PRIVATE && (prot & PROT_WRITE) &&
		    !(file->f_mode & FMODE_WRITE))
			goto out;
		ret = -ENODEV;
		if (!file->f_op->mmap &&
		    (!S_ISREG(file_inode(file)->i_mode) ||
		     (type != MAP_PRIVATE &&
		      file->f_op != &ramfs_file_operations)))
			goto out;
		filelen = -1UL;
	} else {
		pgoff = 0;
	}
	mmap_write_lock(mm);
	ret = do_mmap(file, addr, len, prot, flags, pgoff, filelen);
	mmap_write_unlock(mm);
out:
	if (file)
		fput(file);
	return ret;
}

SYSCALL_DEFINE2(munmap, unsigned long, addr, size_t, len)
{
	struct mm_struct *mm = current->mm;
	int ret;

	mmap_write_lock(mm);
	ret = do_munmap(mm, addr, len);
	mmap_write_unlock(mm);
	return ret;
}

/* One vma from start_brk on; it is made, stretched or cut to fit. */
static int set_brk_area(struct mm_struct *mm, unsigned long oldbrk,
			unsigned long newbrk)
{
	struct vm_area_struct *vma;

	if (newbrk < oldbrk)
		return do_munmap(mm, newbrk, oldbrk - newbrk);
	if (find_vma_intersection(mm, oldbrk, newbrk + PAGE_SIZE))
		return -ENOMEM;
	vma = oldbrk > mm->start_brk ? find_vma(mm, oldbrk - 1) : NULL;
	if (vma && vma->vm_end == oldbrk && !vma->vm_file &&
	    (vma->vm_flags & VM_ACCESS_FLAGS) == (VM_READ | VM_WRITE)) {
		vma->vm_end = newbrk;
		return 0;
	}
	if (IS_ERR_VALUE(do_mmap(NULL, oldbrk, newbrk - oldbrk,
				 PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_FIXED, 0, 0)))
		return -ENOMEM;
	return 0;
}

/* Returns the new break, or the old one if it could not be moved. */
SYSCALL_DEFINE1(brk, unsigned long, brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long oldbrk, newbrk;

	mmap_write_lock(mm);
	if (brk < mm->start_brk || brk >= TASK_SIZE - PAGE_SIZE)
		goto out;
	oldbrk = PAGE_ALIGN(mm->brk);
	newbrk = PAGE_ALIGN(brk);
	if (oldbrk == newbrk || !set_brk_area(mm, oldbrk, newbrk))
		mm->brk = brk;
out:
	brk = mm->brk;
	mmap_write_unlock(mm);
	return brk;
}
