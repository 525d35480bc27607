// SPDX-License-Identifier: MIT
/* The vDSO's pages, and the place they get in each process. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <uapi/linux/mman.h>
#include <vdso/datapage.h>
#include <asm/vdso.h>

/* Addresses to choose from, in pages: the lower half of what mmap() leaves. */
#define VDSO_PLACES	0x4000

static union {
	struct vdso_data	data;
	u8			page[PAGE_SIZE];
} vdso_data_store __aligned(PAGE_SIZE);

struct vdso_data *vdso_data = &vdso_data_store.data;

/*
 * Between the highest mapping and the lowest end of the stack.  A program
 * that is led astray cannot know where code that makes system calls lies.
 */
static unsigned long vdso_addr(struct mm_struct *mm)
{
	return mm->mmap_base +
	       ((get_random_u32() % VDSO_PLACES) << PAGE_SHIFT);
}

static int install_special_mapping(struct mm_struct *mm, unsigned long addr,
				   unsigned long len, unsigned long prot,
				   const void *pages)
{
	addr = do_mmap(NULL, addr, len, prot,
		       MAP_PRIVATE | MAP_FIXED_NOREPLACE, 0, 0);
	if (IS_ERR_VALUE(addr))
		return (int)addr;
	return remap_pfn_range(find_vma(mm, addr), addr,
			       __phys_to_pfn(__pa(pages)), len,
			       vm_get_page_prot(prot));
}

int arch_setup_additional_pages(void)
{
	struct mm_struct *mm = current->mm;
	unsigned long addr;
	int ret;

	mmap_write_lock(mm);
	addr = vdso_addr(mm);
	ret = install_special_mapping(mm, addr, PAGE_SIZE, PROT_READ,
				      vdso_data);
	addr += PAGE_SIZE;
	if (!ret)
		ret = install_special_mapping(mm, addr, vdso_end - vdso_start,
					      PROT_READ | PROT_EXEC,
					      vdso_start);
	/* A program linked to this very place does without. */
	if (!ret)
		mm->context.vdso = addr;
	mmap_write_unlock(mm);
	return ret == -EEXIST ? 0 : ret;
}
