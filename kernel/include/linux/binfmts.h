/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BINFMTS_H
#define _LINUX_BINFMTS_H

#include <linux/sched.h>

#define MAX_ARG_PAGES	32		/* argv, envp and their strings */
#define MAX_ARG_STRLEN	(PAGE_SIZE * MAX_ARG_PAGES)

struct file;
struct mm_struct;
struct vm_area_struct;

/* What execve() has gathered about the program to be started. */
struct linux_binprm {
	struct file		*file;
	const char		*filename;
	struct mm_struct	*mm;		/* the new address space */
	unsigned long		p;		/* its stack pointer so far */
	int			argc, envc;
	unsigned long		exec;		/* address of the file name */
};

extern int load_elf_binary(struct linux_binprm *bprm);
extern int begin_new_exec(struct linux_binprm *bprm);
/* Writes to a user page of @mm, which need not be the one in force. */
extern int copy_to_mm(struct mm_struct *mm, unsigned long uaddr,
		      const void *from, size_t len);
extern int kernel_execve(const char *filename, const char *const *argv,
			 const char *const *envp);

#endif
