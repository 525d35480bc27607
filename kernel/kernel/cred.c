// SPDX-License-Identifier: MIT
/* Who a task is, and the calls by which it becomes someone else. */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define UNCHANGED	((uid_t)-1)

struct cred init_cred = {
	.usage	= ATOMIC_INIT(2),
};

struct cred *prepare_kernel_cred(struct task_struct *daemon)
{
	const struct cred *old = daemon ? daemon->cred : &init_cred;
	struct cred *new = kmemdup(old, sizeof(*new), GFP_KERNEL);

	if (new)
		atomic_set(&new->usage, 1);
	return new;
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

/* Unless one is root, one can only be who one already is in some way. */
static bool may_become(const u32 *ids, u32 id)
{
	return current_euid() == 0 || id == UNCHANGED || id == ids[REAL] ||
	       id == ids[EFFECTIVE] || id == ids[SAVED];
}

static int set_ids(enum cred_kind kind, u32 real, u32 effective, u32 saved)
{
	const u32 wanted[] = { real, effective, saved };
	struct cred *new = prepare_kernel_cred(current);
	int i;

	if (!new)
		return -ENOMEM;
	for (i = REAL; i <= SAVED; i++) {
		if (!may_become(current_cred()->ids[kind], wanted[i])) {
			put_cred(new);
			return -EPERM;
		}
		if (wanted[i] != UNCHANGED)
			new->ids[kind][i] = wanted[i];
	}
	return commit_creds(new);
}

/* Root becomes someone else for good; others change who they act as. */
static int set_id(enum cred_kind kind, u32 id)
{
	if (id == UNCHANGED)
		return -EINVAL;
	if (current_euid() == 0)
		return set_ids(kind, id, id, id);
	return set_ids(kind, UNCHANGED, id, UNCHANGED);
}

static int put_ids(enum cred_kind kind, u32 __user *real,
		   u32 __user *effective, u32 __user *saved)
{
	const u32 *ids = current_cred()->ids[kind];

	if (put_user(ids[REAL], real) || put_user(ids[EFFECTIVE], effective) ||
	    put_user(ids[SAVED], saved))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE3(setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	return set_ids(USER, ruid, euid, suid);
}

SYSCALL_DEFINE3(setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	return set_ids(GROUP, rgid, egid, sgid);
}

SYSCALL_DEFINE1(setuid, uid_t, uid)
{
	return set_id(USER, uid);
}

SYSCALL_DEFINE1(setgid, gid_t, gid)
{
	return set_id(GROUP, gid);
}

SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid,
		uid_t __user *, suid)
{
	return put_ids(USER, ruid, euid, suid);
}

SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid,
		gid_t __user *, sgid)
{
	return put_ids(GROUP, rgid, egid, sgid);
}
