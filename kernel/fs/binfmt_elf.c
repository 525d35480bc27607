// SPDX-License-Identifier: MIT
/*
 * Static ELF programs: linked to fixed addresses (ET_EXEC), or position
 * independent without an interpreter (static-pie, ET_DYN).
 *
 * The user's stack at the first instruction, from sp upwards: argc; argv[]
 * and NULL; envp[] and NULL; the auxiliary vector; padding; AT_RANDOM's 16
 * bytes and the platform string; the strings; the file's name; a zero word.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/auxvec.h>
#include <uapi/linux/elf.h>
#include <uapi/linux/mman.h>
#include <asm/setup.h>
#include <asm/vdso.h>

#define ELF_MAX_PHNUM		(PAGE_SIZE / sizeof(Elf32_Phdr))
/* Where a position independent program goes, as Linux/arm has it */
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2)
#define ELF_PLATFORM		"v7l"
#define USER_HZ			100

struct elf_image {
	Elf32_Ehdr	ehdr;
	Elf32_Phdr	*phdr;
	unsigned long	load_bias;
	unsigned long	phdr_addr;	/* in the program's memory, or 0 */
	unsigned long	brk;		/* end of the last segment */
};

static bool elf_header_ok(const Elf32_Ehdr *ehdr)
{
	return !memcmp(ehdr->e_ident, ELFMAG, SELFMAG) &&
	       ehdr->e_ident[EI_CLASS] == ELFCLASS32 &&
	       ehdr->e_ident[EI_DATA] == ELFDATA2LSB &&
	       ehdr->e_machine == EM_ARM &&
	       (ehdr->e_type == ET_EXEC || ehdr->e_type == ET_DYN) &&
	       ehdr->e_phentsize == sizeof(Elf32_Phdr) && ehdr->e_phnum &&
	       ehdr->e_phnum <= ELF_MAX_PHNUM;
}

/*
 * Every number is the file's, and may be anything.  A truncated file would
 * read as zeros where code should be.
 */
static bool elf_segment_ok(const Elf32_Phdr *p, loff_t file_size)
{
	return p->p_filesz <= p->p_memsz && p->p_memsz <= TASK_SIZE &&
	       p->p_vaddr <= TASK_SIZE - p->p_memsz &&
	       offset_in_page(p->p_vaddr) == offset_in_page(p->p_offset) &&
	       (loff_t)p->p_offset + p->p_filesz <= file_size;
}

/* Are all segments fit to be mapped?  Sets load_bias. */
static bool elf_segments_ok(struct linux_binprm *bprm, struct elf_image *img)
{
	unsigned long min = TASK_SIZE, max = 0;
	const Elf32_Phdr *p;

	for (p = img->phdr; p < img->phdr + img->ehdr.e_phnum; p++) {
		/* A dynamic program needs a linker, which is not here. */
		if (p->p_type == PT_INTERP)
			return false;
		if (p->p_type != PT_LOAD || !p->p_memsz)
			continue;
		if (!elf_segment_ok(p, file_inode(bprm->file)->i_size))
			return false;
		min = min_t(unsigned long, min,
			    ALIGN_DOWN(p->p_vaddr, PAGE_SIZE));
		max = max_t(unsigned long, max, p->p_vaddr + p->p_memsz);
	}
	if (img->ehdr.e_type == ET_EXEC)
		return max && min >= FIRST_USER_ADDRESS;
	img->load_bias = (ELF_ET_DYN_BASE - min) & PAGE_MASK;
	return max && max - min <= ELF_ET_DYN_BASE / 2;
}

static unsigned long elf_prot(unsigned int p_flags)
{
	return (p_flags & PF_R ? PROT_READ : 0) |
	       (p_flags & PF_W ? PROT_WRITE : 0) |
	       (p_flags & PF_X ? PROT_EXEC : 0);
}

/*
 * One vma for the segment: p_filesz bytes of the file, then zeros.  Both are
 * brought in page by page, as they are touched.
 */
static int elf_map_segment(struct linux_binprm *bprm, struct elf_image *img,
			   const Elf32_Phdr *p)
{
	unsigned long start = img->load_bias + p->p_vaddr;
	unsigned long pad = offset_in_page(p->p_vaddr), addr;

	addr = do_mmap(p->p_filesz ? bprm->file : NULL, start - pad,
		       p->p_memsz + pad, elf_prot(p->p_flags),
		       MAP_PRIVATE | MAP_FIXED,
		       (p->p_offset - pad) >> PAGE_SHIFT, p->p_filesz + pad);
	if (IS_ERR_VALUE(addr))
		return (int)addr;

	if (p->p_offset <= img->ehdr.e_phoff &&
	    img->ehdr.e_phoff < p->p_offset + p->p_filesz)
		img->phdr_addr = start + img->ehdr.e_phoff - p->p_offset;
	img->brk = max_t(unsigned long, img->brk, start + p->p_memsz);
	return 0;
}

static int elf_map(struct linux_binprm *bprm, struct elf_image *img)
{
	struct mm_struct *mm = current->mm;
	const Elf32_Phdr *p;
	int ret = 0;

	mmap_write_lock(mm);
	for (p = img->phdr; p < img->phdr + img->ehdr.e_phnum && !ret; p++)
		if (p->p_type == PT_LOAD && p->p_memsz)
			ret = elf_map_segment(bprm, img, p);
	mm->start_brk = mm->brk = PAGE_ALIGN(img->brk);
	mmap_write_unlock(mm);
	return ret;
}

/* Pointers to @n strings, of which the first is @at bytes on, and NULL. */
static int put_strings(struct linux_binprm *bprm, unsigned long __user **sp,
		       int n, size_t *at)
{
	while (n-- > 0) {
		if (put_user(bprm->p + *at, (*sp)++))
			return -EFAULT;
		*at += strlen(bprm->strings + *at) + 1;
	}
	return put_user(0UL, (*sp)++);
}

static int create_elf_tables(struct linux_binprm *bprm, struct elf_image *img)
{
	unsigned long platform = bprm->p - sizeof(ELF_PLATFORM);
	unsigned char random[16];
	unsigned long rand = (platform - sizeof(random)) & ~15UL;
	unsigned long vdso = current->mm->context.vdso;
	const Elf32_auxv_t auxv[] = {
		{ vdso ? AT_SYSINFO_EHDR : AT_IGNORE, vdso },
		{ AT_HWCAP, elf_hwcap },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, USER_HZ },
		{ AT_PHDR, img->phdr_addr },
		{ AT_PHENT, sizeof(Elf32_Phdr) },
		{ AT_PHNUM, img->ehdr.e_phnum },
		{ AT_BASE, 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, img->load_bias + img->ehdr.e_entry },
		{ AT_UID, current_uid() },
		{ AT_EUID, current_euid() },
		{ AT_GID, current_gid() },
		{ AT_EGID, current_egid() },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, rand },
		{ AT_HWCAP2, 0 },
		{ AT_EXECFN, STACK_TOP - sizeof(long) -
				     (strlen(bprm->filename) + 1) },
		{ AT_PLATFORM, platform },
		{ AT_NULL, 0 },
	};
	size_t words = 1 + bprm->argc + 1 + bprm->envc + 1, at = 0;
	unsigned long start = rand - words * sizeof(long) - sizeof(auxv);
	unsigned long __user *sp;

	get_random_bytes(random, sizeof(random));
	if (copy_to_user((void __user *)platform, ELF_PLATFORM,
			 sizeof(ELF_PLATFORM)) ||
	    copy_to_user((void __user *)rand, random, sizeof(random)))
		return -EFAULT;
	current->mm->start_stack = start & ~15UL;
	sp = (unsigned long __user *)current->mm->start_stack;
	if (put_user((unsigned long)bprm->argc, sp++) ||
	    put_strings(bprm, &sp, bprm->argc, &at) ||
	    put_strings(bprm, &sp, bprm->envc, &at) ||
	    copy_to_user(sp, auxv, sizeof(auxv)))
		return -EFAULT;
	return 0;
}

int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image img = { 0 };
	Elf32_Phdr *phdr __free(kfree) = NULL;
	loff_t pos = 0;
	ssize_t size, n;
	int ret;

	n = kernel_read(bprm->file, &img.ehdr, sizeof(img.ehdr), &pos);
	if (n != sizeof(img.ehdr) || !elf_header_ok(&img.ehdr))
		return -ENOEXEC;
	size = img.ehdr.e_phnum * sizeof(Elf32_Phdr);
	img.phdr = phdr = kmalloc(size, GFP_KERNEL);
	if (!phdr)
		return -ENOMEM;
	pos = img.ehdr.e_phoff;
	n = kernel_read(bprm->file, phdr, size, &pos);
	if (n != size || !elf_segments_ok(bprm, &img))
		return -ENOEXEC;
	ret = begin_new_exec(bprm);
	if (ret)
		return ret;

	ret = setup_arg_pages(bprm);
	if (!ret)
		ret = elf_map(bprm, &img);
	if (!ret)
		ret = arch_setup_additional_pages();
	if (!ret)
		ret = create_elf_tables(bprm, &img);
	if (!ret)
		start_thread(current_pt_regs(),
			     img.load_bias + img.ehdr.e_entry,
			     current->mm->start_stack);
	else
		/* Our memory is gone: there is nobody to tell. */
		force_sig(SIGSEGV);
	return ret;
}
