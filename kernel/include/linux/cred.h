/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/sched.h>
#include <linux/types.h>

/*
 * On whose behalf a task acts.  Never changed once a task has it: whoever
 * becomes someone else gets a new one, by prepare_creds() and
 * commit_creds().  Threads share theirs until then.
 */
struct cred {
	atomic_t	usage;
	uid_t		uid;		/* real */
	gid_t		gid;
	uid_t		suid;		/* saved */
	gid_t		sgid;
	uid_t		euid;		/* effective: what counts */
	gid_t		egid;
};

extern struct cred init_cred;		/* root's */

/* A copy of the caller's to change; NULL without memory. */
extern struct cred *prepare_creds(void);
/* What the kernel itself has (@daemon NULL), or a copy of another task's. */
extern struct cred *prepare_kernel_cred(struct task_struct *daemon);
/* The caller's from now on; always 0. */
extern int commit_creds(struct cred *new);
extern void put_cred(const struct cred *cred);
extern void copy_creds(struct task_struct *p);

/* Linux splits root's rights into capabilities; here they are one. */
#define CAP_SETUID	7
#define CAP_SETGID	6
#define CAP_KILL	5
extern int capable(int cap);

#define current_cred()	(current->cred)
#define current_uid()	(current->cred->uid)
#define current_euid()	(current->cred->euid)
#define current_gid()	(current->cred->gid)
#define current_egid()	(current->cred->egid)

#endif
