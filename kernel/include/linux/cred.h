/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/sched.h>
#include <linux/types.h>

enum cred_kind {
	USER,
	GROUP,
};

enum {
	REAL,
	EFFECTIVE,		/* the one that counts */
	SAVED,
};

/*
 * On whose behalf a task acts.  Never changed once a task has it: whoever
 * becomes someone else gets a new one, by commit_creds().  Threads share
 * theirs until then.
 */
struct cred {
	atomic_t	usage;
	u32		ids[2][3];	/* of USER and GROUP */
};

extern struct cred init_cred;		/* root's */

/* What the kernel itself has (@daemon NULL), or a copy of another task's. */
extern struct cred *prepare_kernel_cred(struct task_struct *daemon);
/* The caller's from now on; always 0. */
extern int commit_creds(struct cred *new);
extern void put_cred(const struct cred *cred);
extern void copy_creds(struct task_struct *p);

#define current_cred()	(current->cred)
#define current_uid()	(current->cred->ids[USER][REAL])
#define current_euid()	(current->cred->ids[USER][EFFECTIVE])
#define current_gid()	(current->cred->ids[GROUP][REAL])
#define current_egid()	(current->cred->ids[GROUP][EFFECTIVE])

#endif
