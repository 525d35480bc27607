// SPDX-License-Identifier: MIT
/* Who a task is, and the calls by which it becomes someone else. */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define UNCHANGED	((uid_t)-1)

struct cred init_cred = {
	.usage	= ATOMIC_INIT(2),
};

static struct cred *copy_cred(const struct cred *old)
{
	struct cred *new = kmemdup(old, sizeof(*new), GFP_KERNEL);

	if (new)
		atomic_set(&new->usage, 1);
	return new;
}

struct cred *prepare_creds(void)
{
	return copy_cred(current_cred());
}

struct cred *prepare_kernel_cred(struct task_struct *daemon)
{
	return copy_cred(daemon ? daemon->cred : &init_cred);
}

void put_cred(const struct cred *cred)
{
	struct cred *dead = (struct cred *)cred;

	if (atomic_dec_and_test(&dead->usage))
		kfree(dead);
}

int commit_creds(struct cred *new)
{
	const struct cred *old = current_cred();

	current->cred = new;
	put_cred(old);
	return 0;
}

/* fork(): the child is who its parent is. */
void copy_creds(struct task_struct *p)
{
	atomic_inc(&((struct cred *)p->cred)->usage);
}

int capable(int cap)
{
	return current_euid() == 0;
}

SYSCALL_DEFINE0(getuid)
{
	return current_uid();
}

SYSCALL_DEFINE0(geteuid)
{
	return current_euid();
}

SYSCALL_DEFINE0(getgid)
{
	return current_gid();
}

SYSCALL_DEFINE0(getegid)
{
	return current_egid();
}

/* Without the right to, one can only be who one already is in some way. */
static bool is_one_of(uid_t id, uid_t real, uid_t effective, uid_t saved)
{
	return id == UNCHANGED || id == real || id == effective || id == saved;
}

static void change(uid_t *id, uid_t to)
{
	if (to != UNCHANGED)
		*id = to;
}

SYSCALL_DEFINE3(setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!capable(CAP_SETUID) &&
	    !(is_one_of(ruid, old->uid, old->euid, old->suid) &&
	      is_one_of(euid, old->uid, old->euid, old->suid) &&
	      is_one_of(suid, old->uid, old->euid, old->suid)))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	change(&new->uid, ruid);
	change(&new->euid, euid);
	change(&new->suid, suid);
	return commit_creds(new);
}

SYSCALL_DEFINE3(setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	const struct cred *old = current_cred();
	struct cred *new;

	if (!capable(CAP_SETGID) &&
	    !(is_one_of(rgid, old->gid, old->egid, old->sgid) &&
	      is_one_of(egid, old->gid, old->egid, old->sgid) &&
	      is_one_of(sgid, old->gid, old->egid, old->sgid)))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	change(&new->gid, rgid);
	change(&new->egid, egid);
	change(&new->sgid, sgid);
	return commit_creds(new);
}

/* Root becomes someone else for good; others change who they act as. */
SYSCALL_DEFINE1(setuid, uid_t, uid)
{
	if (uid == UNCHANGED)
		return -EINVAL;
	if (capable(CAP_SETUID))
		return sys_setresuid(uid, uid, uid);
	return sys_setresuid(UNCHANGED, uid, UNCHANGED);
}

SYSCALL_DEFINE1(setgid, gid_t, gid)
{
	if (gid == UNCHANGED)
		return -EINVAL;
	if (capable(CAP_SETGID))
		return sys_setresgid(gid, gid, gid);
	return sys_setresgid(UNCHANGED, gid, UNCHANGED);
}

SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid,
		uid_t __user *, suid)
{
	const struct cred *cred = current_cred();

	if (put_user(cred->uid, ruid) || put_user(cred->euid, euid) ||
	    put_user(cred->suid, suid))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid,
		gid_t __user *, sgid)
{
	const struct cred *cred = current_cred();

	if (put_user(cred->gid, rgid) || put_user(cred->egid, egid) ||
	    put_user(cred->sgid, sgid))
		return -EFAULT;
	return 0;
}
