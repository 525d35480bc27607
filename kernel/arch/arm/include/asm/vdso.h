/* SPDX-License-Identifier: MIT */
#ifndef __ASM_VDSO_H
#define __ASM_VDSO_H

struct vdso_data;

#ifdef CONFIG_VDSO
extern char vdso_start[], vdso_end[];
extern struct vdso_data *vdso_data;

/* For execve(): the data page and the image go into current's new memory. */
extern int arch_setup_additional_pages(void);
#else
static inline int arch_setup_additional_pages(void)
{
	return 0;
}
#endif

#endif
