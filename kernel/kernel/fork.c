// SPDX-License-Identifier: MIT
/* New tasks: processes, threads, kernel threads. */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/mmu_context.h>
#include <asm/vfp.h>

void __set_task_comm(struct task_struct *tsk, const char *from)
{
	strscpy(tsk->comm, from, sizeof(tsk->comm));
}

static void free_task(struct task_struct *tsk)
{
	vfp_exit_thread(task_thread_info(tsk));
	put_cred(tsk->cred);
	free_pages((unsigned long)tsk->stack, THREAD_SIZE_ORDER);
	kfree(tsk);
}

void put_task_struct(struct task_struct *t)
{
	if (atomic_dec_and_test(&t->usage))
		free_task(t);
}

/* A copy of @orig on a stack of its own, nothing shared counted yet. */
static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *tsk = kmalloc(sizeof(*tsk), GFP_KERNEL);
	struct thread_info *ti;

	if (!tsk)
		return NULL;
	ti = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
				      THREAD_SIZE_ORDER);
	if (!ti) {
		kfree(tsk);
		return NULL;
	}
	*tsk = *orig;
	tsk->stack = ti;
	ti->task = tsk;
	*task_stack_end(tsk) = STACK_END_MAGIC;
	/* one for whoever waits for it, one for itself */
	atomic_set(&tsk->usage, 2);
	return tsk;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kzalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	mm->pgd = pgd_alloc(mm);
	if (!mm->pgd) {
		kfree(mm);
		return NULL;
	}
	atomic_set(&mm->mm_users, 1);
	mutex_init(&mm->mmap_lock);
	INIT_LIST_HEAD(&mm->mmap);
	init_new_context(mm);
	return mm;
}

/* The last user may not have its table loaded any more. */
void mmput(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	if (mm->exe_file) {
		atomic_dec(&file_inode(mm->exe_file)->i_execs);
		fput(mm->exe_file);
	}
	pgd_free(mm, mm->pgd);
	kfree(mm);
}

static struct mm_struct *dup_mm(struct mm_struct *oldmm)
{
	struct mm_struct *mm = mm_alloc();
	int err;

	if (!mm)
		return NULL;
	mmap_write_lock(oldmm);
	mm->context.vdso = oldmm->context.vdso;
	mm->mmap_base = oldmm->mmap_base;
	mm->start_brk = oldmm->start_brk;
	mm->brk = oldmm->brk;
	mm->start_stack = oldmm->start_stack;
	mm->exe_file = get_file(oldmm->exe_file);
	atomic_inc(&file_inode(mm->exe_file)->i_execs);
	err = dup_mmap(mm, oldmm);
	mmap_write_unlock(oldmm);
	if (err) {
		mmput(mm);
		return NULL;
	}
	return mm;
}

static int copy_mm(unsigned long clone_flags, struct task_struct *tsk)
{
	struct mm_struct *oldmm = current->mm;

	tsk->min_flt = 0;
	tsk->maj_flt = 0;
	if (!oldmm)
		return 0;
	if (clone_flags & CLONE_VM) {
		atomic_inc(&oldmm->mm_users);
		return 0;
	}
	tsk->mm = dup_mm(oldmm);
	return tsk->mm ? 0 : -ENOMEM;
}

struct sighand_struct *dup_sighand(struct sighand_struct *old)
{
	struct sighand_struct *new = kmemdup(old, sizeof(*new), GFP_KERNEL);

	if (new)
		atomic_set(&new->count, 1);
	return new;
}

static int copy_sighand(unsigned long clone_flags, struct task_struct *tsk)
{
	if (clone_flags & CLONE_SIGHAND)
		atomic_inc(&current->sighand->count);
	else
		tsk->sighand = dup_sighand(current->sighand);
	return tsk->sighand ? 0 : -ENOMEM;
}

void __cleanup_sighand(struct sighand_struct *sighand)
{
	if (atomic_dec_and_test(&sighand->count))
		kfree(sighand);
}

static int copy_signal(unsigned long clone_flags, struct task_struct *tsk)
{
	struct signal_struct *sig;

	if (clone_flags & CLONE_THREAD)
		return 0;
	sig = kzalloc(sizeof(*sig), GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	tsk->signal = sig;
	INIT_LIST_HEAD(&sig->thread_head);
	init_sigpending(&sig->shared_pending);
	init_waitqueue_head(&sig->wait_chldexit);
	timer_setup(&sig->real_timer, it_real_fn);
	sig->rlim_stack = current->signal->rlim_stack;
	sig->rlim_nofile = current->signal->rlim_nofile;
	sig->pgrp = current->signal->pgrp;
	sig->session = current->signal->session;
	return 0;
}

static void init_child(struct task_struct *p, unsigned long clone_flags)
{
	p->flags = PF_FORKNOEXEC;
	p->state = TASK_UNINTERRUPTIBLE;
	p->exit_state = 0;
	p->exit_code = 0;
	p->active_mm = NULL;
	p->vfork_done = NULL;
	p->utime = p->stime = 0;
	p->nvcsw = p->nivcsw = 0;
	p->pagefault_disabled = 0;
	init_sigpending(&p->pending);
	INIT_LIST_HEAD(&p->children);
	/* An alternate stack is an address: of use only to a copy of the mm. */
	if ((clone_flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM)
		p->sas_ss_sp = p->sas_ss_size = 0;
}

/*
 * Into the lists: from here on others can find the task.  A thread of a
 * process that is being killed is not born: nobody would kill it.
 */
static int attach_task(struct task_struct *p, unsigned long clone_flags)
{
	preempt_disable();
	if ((clone_flags & CLONE_THREAD) && fatal_signal_pending(current)) {
		preempt_enable();
		return -ERESTARTNOINTR;
	}
	p->pid = alloc_pid();
	if (clone_flags & CLONE_THREAD) {
		p->tgid = current->tgid;
		p->group_leader = current->group_leader;
		p->exit_signal = -1;
	} else {
		p->tgid = p->pid;
		p->group_leader = p;
		p->exit_signal = clone_flags & CSIGNAL;
	}
	/* The leader's is kept up when a parent dies, the threads' are not. */
	if (clone_flags & (CLONE_PARENT | CLONE_THREAD))
		p->real_parent = current->group_leader->real_parent;
	else
		p->real_parent = current;
	INIT_LIST_HEAD(&p->sibling);
	if (thread_group_leader(p))
		list_add_tail(&p->sibling, &p->real_parent->children);
	list_add_tail(&p->thread_node, &p->signal->thread_head);
	list_add_tail(&p->tasks, &init_task.tasks);
	atomic_inc(&p->signal->sigcnt);
	p->signal->live++;
	preempt_enable();
	return 0;
}

static struct task_struct *
copy_process(unsigned long clone_flags, unsigned long stack_start,
	     unsigned long arg, unsigned long tls, int (*fn)(void *),
	     const char *name)
{
	struct task_struct *p;
	int ret;

	if ((clone_flags & CLONE_THREAD) && !(clone_flags & CLONE_SIGHAND))
		return ERR_PTR(-EINVAL);
	if ((clone_flags & CLONE_SIGHAND) && !(clone_flags & CLONE_VM))
		return ERR_PTR(-EINVAL);

	p = dup_task_struct(current);
	if (!p)
		return ERR_PTR(-ENOMEM);
	init_child(p, clone_flags);
	if (name)
		__set_task_comm(p, name);
	if (fn)
		p->flags |= PF_KTHREAD;
	sched_fork(p);
	copy_creds(p);

	ret = copy_files(clone_flags, p);
	if (ret)
		goto bad_task;
	ret = copy_fs(clone_flags, p);
	if (ret)
		goto bad_files;
	ret = copy_sighand(clone_flags, p);
	if (ret)
		goto bad_fs;
	ret = copy_signal(clone_flags, p);
	if (ret)
		goto bad_sighand;
	ret = copy_mm(clone_flags, p);
	if (ret)
		goto bad_signal;
	copy_thread(clone_flags, stack_start, arg, p, tls, fn);
	ret = attach_task(p, clone_flags);
	if (!ret)
		return p;

	if (p->mm)
		mmput(p->mm);
bad_signal:
	if (!(clone_flags & CLONE_THREAD))
		kfree(p->signal);
bad_sighand:
	__cleanup_sighand(p->sighand);
bad_fs:
	exit_fs(p);
bad_files:
	exit_files(p);
bad_task:
	free_task(p);
	return ERR_PTR(ret);
}

/*
 * A thread of the kernel; if @fn returns after kernel_execve() it goes on as
 * a user process.
 */
pid_t kernel_thread(int (*fn)(void *), void *arg, const char *name,
		    unsigned long flags)
{
	struct task_struct *p;

	p = copy_process(flags, 0, (unsigned long)arg, 0, fn, name);
	if (IS_ERR(p))
		return PTR_ERR(p);
	p->set_child_tid = NULL;
	p->clear_child_tid = NULL;
	wake_up_new_task(p);
	return p->pid;
}

SYSCALL_DEFINE5(clone, unsigned long, clone_flags, unsigned long, newsp,
		int __user *, parent_tidptr, unsigned long, tls,
		int __user *, child_tidptr)
{
	struct completion vfork;
	struct task_struct *p;
	pid_t nr;

	p = copy_process(clone_flags, newsp, 0, tls, NULL, NULL);
	if (IS_ERR(p))
		return PTR_ERR(p);
	nr = p->pid;
	p->set_child_tid = NULL;
	if (clone_flags & CLONE_CHILD_SETTID)
		p->set_child_tid = child_tidptr;
	p->clear_child_tid = NULL;
	if (clone_flags & CLONE_CHILD_CLEARTID)
		p->clear_child_tid = child_tidptr;
	if (clone_flags & CLONE_PARENT_SETTID)
		put_user(nr, parent_tidptr);
	if (clone_flags & CLONE_VFORK) {
		init_completion(&vfork);
		p->vfork_done = &vfork;
	}
	wake_up_new_task(p);
	/* The child runs on our memory until it execs or exits. */
	if (clone_flags & CLONE_VFORK)
		wait_for_completion(&vfork);
	return nr;
}

SYSCALL_DEFINE0(fork)
{
	return sys_clone(SIGCHLD, 0, NULL, 0, NULL);
}

SYSCALL_DEFINE0(vfork)
{
	return sys_clone(CLONE_VFORK | CLONE_VM | SIGCHLD, 0, NULL, 0, NULL);
}

SYSCALL_DEFINE1(set_tid_address, int __user *, tidptr)
{
	current->clear_child_tid = tidptr;
	return current->pid;
}
