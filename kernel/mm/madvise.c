// SPDX-License-Identifier: MIT
/* Advice about pages, and (for a kernel without disks) where they are kept. */
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <uapi/linux/mman.h>
#include "internal.h"

/* Does the range touch frames that are not the user's? */
static int has_special(struct mm_struct *mm, unsigned long start,
		       unsigned long end)
{
	struct vm_area_struct *vma;

	list_for_each_entry(vma, &mm->mmap, vm_list)
		if (vma->vm_start < end && vma->vm_end > start &&
		    (vma->vm_flags & VM_PFNMAP))
			return 1;
	return 0;
}

/* Only the kinds that change what memory reads as do anything. */
SYSCALL_DEFINE3(madvise, unsigned long, start, size_t, len, int, behavior)
{
	struct mm_struct *mm = current->mm;
	int ret = 0;

	if (offset_in_page(start) || behavior < 0 || behavior > MADV_LAST ||
	    (behavior > MADV_DONTNEED && behavior < MADV_FREE))
		return -EINVAL;
	if (!len)
		return 0;
	len = range_len(start, len);
	if (!len)
		return -EINVAL;
	mmap_write_lock(mm);
	if (!range_is_mapped(mm, start, start + len))
		ret = -ENOMEM;
	else if (behavior == MADV_DONTNEED &&
		 has_special(mm, start, start + len))
		ret = -EINVAL;
	else if (behavior == MADV_DONTNEED)
		zap_page_range(mm, start, start + len);
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
	if (!len)
		return 0;
	len = range_len(start, len);
	if (!len)
		return -ENOMEM;
	mmap_read_lock(mm);
	ret = range_is_mapped(mm, start, start + len) ? 0 : -ENOMEM;
	mmap_read_unlock(mm);
	return ret;
}
