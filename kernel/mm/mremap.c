// SPDX-License-Identifier: MIT
/* A mapping that grows, shrinks or moves. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <uapi/linux/mman.h>
#include "internal.h"

/* Grow where it stands if the gap above allows, else move. */
static unsigned long mremap_grow(struct mm_struct *mm,
				 struct vm_area_struct *vma,
				 unsigned long addr, unsigned long old_len,
				 unsigned long new_len, unsigned long flags)
{
	unsigned long prot = vma->vm_flags & VM_ACCESS_FLAGS, to;

	if (vma->vm_flags & VM_PFNMAP)
		return -EFAULT;
	if (addr + old_len == vma->vm_end && addr <= TASK_SIZE - new_len &&
	    !find_vma_intersection(mm, vma->vm_end, addr + new_len)) {
		vma->vm_end = addr + new_len;
		mm->total_vm += (new_len - old_len) >> PAGE_SHIFT;
		return addr;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	to = do_mmap(vma->vm_file, 0, new_len, prot,
		     vma->vm_flags & VM_SHARED ? MAP_SHARED : MAP_PRIVATE,
		     vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT),
		     vma->vm_filelen);
	if (IS_ERR_VALUE(to))
		return to;
	/* a shared mapping comes with pages of its own */
	zap_page_range(mm, to, to + old_len);
	move_page_tables(mm, addr, to, old_len);
	do_munmap(mm, addr, old_len);
	return to;
}

SYSCALL_DEFINE5(mremap, unsigned long, addr, unsigned long, old_len,
		unsigned long, new_len, unsigned long, flags,
		unsigned long, new_addr)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long ret = -EINVAL;

	/* A chosen target address is not supported. */
	if ((flags & ~MREMAP_MAYMOVE) || offset_in_page(addr) || !new_len)
		return -EINVAL;
	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if (!range_len(addr, old_len) || !new_len || new_len > TASK_SIZE)
		return -EINVAL;
	mmap_write_lock(mm);
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr || addr + old_len > vma->vm_end)
		ret = -EFAULT;
	else if (new_len > old_len)
		ret = mremap_grow(mm, vma, addr, old_len, new_len, flags);
	else if (new_len == old_len ||
		 !do_munmap(mm, addr + new_len, old_len - new_len))
		ret = addr;
	mmap_write_unlock(mm);
	return ret;
}
