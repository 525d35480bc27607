/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BINFMTS_H
#define _LINUX_BINFMTS_H

#include <linux/sched.h>

#define MAX_ARG_STRLEN	(PAGE_SIZE * 32)	/* all strings together */

struct file;

/* What execve() has gathered about the program to be started. */
struct linux_binprm {
	struct file		*file;
	const char		*filename;
	char			*strings;	/* argv, envp, filename */
	size_t			len;		/* of all, each with its NUL */
	int			argc, envc;
	unsigned long		p;		/* their place on the stack */
};

extern int load_elf_binary(struct linux_binprm *bprm);
extern int begin_new_exec(struct linux_binprm *bprm);
extern int setup_arg_pages(struct linux_binprm *bprm);
extern int kernel_execve(const char *filename, const char *const *argv,
			 const char *const *envp);

#endif
