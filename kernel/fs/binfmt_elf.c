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
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/auxvec.h>
#include <uapi/linux/elf.h>
#include <uapi/linux/mman.h>
#include <asm/setup.h>
#include <asm/vdso.h>

#define ELF_MIN_ADDR		FIRST_USER_ADDRESS
#define ELF_MAX_PHNUM		(PAGE_SIZE / sizeof(Elf32_Phdr))
/* Where a position independent program goes, as Linux/arm has it */
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2)
#define ELF_PLATFORM		"v7l"
#define USER_HZ			100

#define ELF_PAGESTART(v)	((v) & PAGE_MASK)
#define ELF_PAGEOFFSET(v)	((v) & ~PAGE_MASK)

struct elf_image {
	Elf32_Ehdr	ehdr;
	Elf32_Phdr	*phdr;
	unsigned long	load_bias;
	unsigned long	phdr_addr;	/* in the program's memory, or 0 */
	unsigned long	brk;		/* end of the last segment */
};

static int elf_check_header(const Elf32_Ehdr *ehdr)
{
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG) ||
	    ehdr->e_ident[EI_CLASS] != ELFCLASS32 ||
	    ehdr->e_ident[EI_DATA] != ELFDATA2LSB)
		return -ENOEXEC;
	if (ehdr->e_machine != EM_ARM ||
	    (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN))
		return -ENOEXEC;
	if (ehdr->e_phentsize != sizeof(Elf32_Phdr) || !ehdr->e_phnum ||
	    ehdr->e_phnum > ELF_MAX_PHNUM)
		return -ENOEXEC;
	return 0;
}

static int elf_read_phdrs(struct linux_binprm *bprm, struct elf_image *img)
{
	size_t size = img->ehdr.e_phnum * sizeof(Elf32_Phdr);
	loff_t pos = img->ehdr.e_phoff;
	ssize_t n;

	img->phdr = kmalloc(size, GFP_KERNEL);
	if (!img->phdr)
		return -ENOMEM;
	n = kernel_read(bprm->file, img->phdr, size, &pos);
	return n == (ssize_t)size ? 0 : -ENOEXEC;
}

/* Every number is the file's, and may be anything. */
static int elf_check_segment(const Elf32_Phdr *p, loff_t file_size)
{
	if (p->p_filesz > p->p_memsz || p->p_memsz > TASK_SIZE ||
	    p->p_vaddr > TASK_SIZE - p->p_memsz)
		return -ENOEXEC;
	if (ELF_PAGEOFFSET(p->p_vaddr) != ELF_PAGEOFFSET(p->p_offset))
		return -ENOEXEC;
	/* A truncated file would read as zeros where code should be. */
	if ((loff_t)p->p_offset + p->p_filesz > file_size)
		return -ENOEXEC;
	return 0;
}

static int elf_check_phdrs(struct linux_binprm *bprm, struct elf_image *img)
{
	unsigned long min = TASK_SIZE, max = 0;
	const Elf32_Phdr *p = img->phdr;
	int i, ret, loads = 0;

	for (i = 0; i < img->ehdr.e_phnum; i++, p++) {
		/* A dynamic program needs a linker, which is not here. */
		if (p->p_type == PT_INTERP)
			return -ENOEXEC;
		if (p->p_type != PT_LOAD || !p->p_memsz)
			continue;
		ret = elf_check_segment(p, file_inode(bprm->file)->i_size);
		if (ret)
			return ret;
		min = min_t(unsigned long, min, ELF_PAGESTART(p->p_vaddr));
		max = max_t(unsigned long, max, p->p_vaddr + p->p_memsz);
		loads++;
	}
	if (!loads)
		return -ENOEXEC;
	if (img->ehdr.e_type == ET_DYN) {
		if (max - min > ELF_ET_DYN_BASE / 2)
			return -ENOEXEC;
		img->load_bias = ELF_PAGESTART(ELF_ET_DYN_BASE - min);
	} else if (min < ELF_MIN_ADDR) {
		return -ENOEXEC;
	}
	return 0;
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
	unsigned long pad = ELF_PAGEOFFSET(p->p_vaddr), addr;

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
	int i, ret = 0;

	mmap_write_lock(mm);
	for (i = 0; i < img->ehdr.e_phnum && !ret; i++)
		if (img->phdr[i].p_type == PT_LOAD && img->phdr[i].p_memsz)
			ret = elf_map_segment(bprm, img, &img->phdr[i]);
	mm->start_brk = mm->brk = PAGE_ALIGN(img->brk);
	mmap_write_unlock(mm);
	return ret;
}

struct auxv {
	unsigned long	word[2 * 24];
	int		used;
};

static void new_aux_ent(struct auxv *aux, unsigned long id, unsigned long val)
{
	aux->word[aux->used++] = id;
	aux->word[aux->used++] = val;
}

static void fill_auxv(struct auxv *aux, struct linux_binprm *bprm,
		      struct elf_image *img, unsigned long platform,
		      unsigned long rand)
{
	if (current->mm->context.vdso)
		new_aux_ent(aux, AT_SYSINFO_EHDR, current->mm->context.vdso);
	new_aux_ent(aux, AT_HWCAP, elf_hwcap);
	new_aux_ent(aux, AT_PAGESZ, PAGE_SIZE);
	new_aux_ent(aux, AT_CLKTCK, USER_HZ);
	new_aux_ent(aux, AT_PHDR, img->phdr_addr);
	new_aux_ent(aux, AT_PHENT, sizeof(Elf32_Phdr));
	new_aux_ent(aux, AT_PHNUM, img->ehdr.e_phnum);
	new_aux_ent(aux, AT_BASE, 0);
	new_aux_ent(aux, AT_FLAGS, 0);
	new_aux_ent(aux, AT_ENTRY, img->load_bias + img->ehdr.e_entry);
	new_aux_ent(aux, AT_UID, current_uid());
	new_aux_ent(aux, AT_EUID, current_euid());
	new_aux_ent(aux, AT_GID, current_gid());
	new_aux_ent(aux, AT_EGID, current_egid());
	new_aux_ent(aux, AT_SECURE, 0);
	new_aux_ent(aux, AT_RANDOM, rand);
	new_aux_ent(aux, AT_HWCAP2, 0);
	new_aux_ent(aux, AT_EXECFN, bprm->exec);
	new_aux_ent(aux, AT_PLATFORM, platform);
	/* the rest is zero already: AT_NULL */
}

/* Pointers to @n strings that follow each other from *@str on, and NULL. */
static int put_strings(unsigned long __user **sp, int n, unsigned long *str)
{
	long len;

	while (n-- > 0) {
		if (put_user(*str, (*sp)++))
			return -EFAULT;
		len = strnlen_user((char __user *)*str, MAX_ARG_STRLEN);
		if (!len)
			return -EFAULT;
		*str += len;
	}
	return put_user(0UL, (*sp)++);
}

static int create_elf_tables(struct linux_binprm *bprm, struct elf_image *img)
{
	unsigned long p = bprm->p, str = bprm->p, platform, rand;
	unsigned long __user *sp;
	struct auxv aux = { { 0 } };
	unsigned char random[16];
	size_t words;

	p -= sizeof(ELF_PLATFORM);
	platform = p;
	p = (p - sizeof(random)) & ~15UL;
	rand = p;
	get_random_bytes(random, sizeof(random));
	if (copy_to_user((void __user *)platform, ELF_PLATFORM,
			 sizeof(ELF_PLATFORM)) ||
	    copy_to_user((void __user *)rand, random, sizeof(random)))
		return -EFAULT;
	fill_auxv(&aux, bprm, img, platform, rand);

	words = 1 + bprm->argc + 1 + bprm->envc + 1 + ARRAY_SIZE(aux.word);
	sp = (unsigned long __user *)((p - words * sizeof(long)) & ~15UL);
	bprm->p = current->mm->start_stack = (unsigned long)sp;

	if (put_user((unsigned long)bprm->argc, sp++) ||
	    put_strings(&sp, bprm->argc, &str) ||
	    put_strings(&sp, bprm->envc, &str) ||
	    copy_to_user(sp, aux.word, sizeof(aux.word)))
		return -EFAULT;
	return 0;
}

static int load_image(struct linux_binprm *bprm, struct elf_image *img)
{
	int ret = elf_read_phdrs(bprm, img);

	if (!ret)
		ret = elf_check_phdrs(bprm, img);
	if (!ret)
		ret = begin_new_exec(bprm);
	if (!ret)
		ret = elf_map(bprm, img);
	if (!ret)
		ret = arch_setup_additional_pages();
	if (!ret)
		ret = create_elf_tables(bprm, img);
	if (!ret)
		start_thread(current_pt_regs(),
			     img->load_bias + img->ehdr.e_entry, bprm->p);
	return ret;
}

int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image img = { 0 };
	loff_t pos = 0;
	ssize_t n;
	int ret;

	n = kernel_read(bprm->file, &img.ehdr, sizeof(img.ehdr), &pos);
	if (n < 0)
		return n;
	ret = elf_check_header(&img.ehdr);
	if (ret)
		return ret;
	ret = load_image(bprm, &img);
	kfree(img.phdr);
	return ret;
}
