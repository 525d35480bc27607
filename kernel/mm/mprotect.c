// SPDX-License-Identifier: MIT
/* Other rights for pages that are there already, and msync(). */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <uapi/linux/mman.h>

/* Not to a file that is open for reading, nor to the kernel's own pages. */
static int may_write(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED))
		return !(vma->vm_flags & VM_PFNMAP);
	return !vma->vm_file || (vma->vm_file->f_mode & FMODE_WRITE);
}

/* Is the whole range mapped, and may it have these rights? */
static int check_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end, unsigned long prot)
{
	struct vm_area_struct *vma;

	for (; start < end; start = vma->vm_end) {
		vma = find_vma(mm, start);
		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		if ((prot & PROT_WRITE) && !may_write(vma))
			return -EACCES;
	}
	return 0;
}

static int do_mprotect(struct mm_struct *mm, unsigned long start,
		       unsigned long end, unsigned long prot)
{
	struct vm_area_struct *vma;
	int ret = check_range(mm, start, end, prot);

	if (ret)
		return ret;
	ret = split_range(mm, start, end);
	if (ret)
		return ret;
	list_for_each_entry(vma, &mm->mmap, vm_list) {
		if (vma->vm_start < start || vma->vm_end > end)
			continue;
		vma->vm_flags &= ~VM_ACCESS_FLAGS;
		vma->vm_flags |= prot & VM_ACCESS_FLAGS;
		change_protection(vma);
	}
	return 0;
}

SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len,
		unsigned long, prot)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + range_len(start, len);
	int ret;

	if (offset_in_page(start))
		return -EINVAL;
	if (!len)
		return 0;
	if (end == start)
		return -ENOMEM;
	mmap_write_lock(mm);
	ret = do_mprotect(mm, start, end, prot);
	mmap_write_unlock(mm);
	return ret;
}

/* What a shared mapping holds is the file. */
SYSCALL_DEFINE3(msync, unsigned long, start, size_t, len, int, flags)
{
	struct mm_struct *mm = current->mm;
	int ret;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC) ||
	    offset_in_page(start))
		return -EINVAL;
	if (len && !range_len(start, len))
		return -ENOMEM;
	mmap_read_lock(mm);
	ret = check_range(mm, start, start + PAGE_ALIGN(len), 0);
	mmap_read_unlock(mm);
	return ret;
}
