// SPDX-License-Identifier: MIT
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <uapi/linux/mman.h>
#include "internal.h"

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
