// SPDX-License-Identifier: MIT
/* New tasks: processes, threads, kernel threads. */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/mmu_context.h>

static void free_task(struct task_struct *tsk)
{
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

	if (!oldmm)
		return 0;
	if (clone_flags & CLONE_VM)
		atomic_inc(&oldmm->mm_users);
	else
		oldmm = dup_mm(oldmm);
	tsk->mm = oldmm;
	return oldmm ? 0 : -ENOMEM;
}

static int copy_signal(unsigned long clone_flags, struct task_struct *tsk)
{
	struct signal_struct *old = current->signal, *sig = old;

	if (!(clone_flags & CLONE_THREAD))
		sig = kzalloc(sizeof(*sig), GFP_KERNEL);
	tsk->signal = sig;
	if (!sig)
		return -ENOMEM;
	if (sig == old)
		return 0;
	memcpy(sig->action, old->action, sizeof(sig->action));
	INIT_LIST_HEAD(&sig->thread_head);
	init_sigpending(&sig->shared_pending);
	init_waitqueue_head(&sig->wait_chldexit);
	timer_setup(&sig->real_timer, it_real_fn);
	sig->rlim_stack = old->rlim_stack;
	sig->rlim_nofile = old->rlim_nofile;
	sig->pgrp = old->pgrp;
	sig->session = old->session;
	return 0;
}

/* What a new task has of its own, and has not yet. */
static void init_child(struct task_struct *p, unsigned long clone_flags)
{
	p->flags = PF_FORKNOEXEC;
	p->state = TASK_UNINTERRUPTIBLE;
	p->on_rq = 0;
	INIT_LIST_HEAD(&p->run_list);
	/* schedule() and schedule_tail() each take one off. */
	task_thread_info(p)->preempt_count = PREEMPT_OFFSET;
	p->exit_state = p->exit_code = 0;
	p->mm = NULL;
	p->files = NULL;
	p->fs = NULL;
	p->signal = NULL;
	p->vfork_done = NULL;
	p->set_child_tid = p->clear_child_tid = NULL;
	p->utime = p->stime = p->min_flt = p->maj_flt = 0;
	p->pagefault_disabled = 0;
	init_sigpending(&p->pending);
	INIT_LIST_HEAD(&p->children);
	/* An alternate stack is an address: of use only to a copy of the mm. */
	if ((clone_flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM)
		p->sas_ss_sp = p->sas_ss_size = 0;
	copy_creds(p);
}

/* A task that never came to be gives back what it has. */
static void undo_copy(struct task_struct *p, unsigned long clone_flags)
{
	if (p->mm)
		mmput(p->mm);
	if (!(clone_flags & CLONE_THREAD))
		kfree(p->signal);
	exit_fs(p);
	exit_files(p);
	free_task(p);
}

/*
 * Into the lists: from here on others can find the task.  A thread of a
 * process that is being killed is not born: nobody would kill it.
 */
static int attach_task(struct task_struct *p, unsigned long clone_flags)
{
	guard(preempt)();
	if ((clone_flags & CLONE_THREAD) && fatal_signal_pending(current))
		return -EINTR;
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
	return 0;
}

static struct task_struct *
copy_process(unsigned long clone_flags, unsigned long stack_start,
	     unsigned long arg, unsigned long tls, int (*fn)(void *))
{
	struct task_struct *p;
	int ret = -ENOMEM;

	/* Threads share their handlers, and nobody else does. */
	if (!(clone_flags & CLONE_THREAD) != !(clone_flags & CLONE_SIGHAND))
		return ERR_PTR(-EINVAL);
	if ((clone_flags & CLONE_SIGHAND) && !(clone_flags & CLONE_VM))
		return ERR_PTR(-EINVAL);

	p = dup_task_struct(current);
	if (!p)
		return ERR_PTR(ret);
	init_child(p, clone_flags);
	if (!copy_files(clone_flags, p) && !copy_fs(clone_flags, p) &&
	    !copy_signal(clone_flags, p) && !copy_mm(clone_flags, p)) {
		copy_thread(clone_flags, stack_start, arg, p, tls, fn);
		ret = attach_task(p, clone_flags);
	}
	if (!ret)
		return p;
	undo_copy(p, clone_flags);
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

	p = copy_process(flags, 0, (unsigned long)arg, 0, fn);
	if (IS_ERR(p))
		return PTR_ERR(p);
	p->flags |= PF_KTHREAD;
	strscpy(p->comm, name, sizeof(p->comm));
	wake_up_process(p);
	return p->pid;
}

SYSCALL_DEFINE5(clone, unsigned long, clone_flags, unsigned long, newsp,
		int __user *, parent_tidptr, unsigned long, tls,
		int __user *, child_tidptr)
{
	struct completion vfork;
	struct task_struct *p;
	pid_t nr;

	p = copy_process(clone_flags, newsp, 0, tls, NULL);
	if (IS_ERR(p))
		return PTR_ERR(p);
	nr = p->pid;
	if (clone_flags & CLONE_CHILD_SETTID)
		p->set_child_tid = child_tidptr;
	if (clone_flags & CLONE_CHILD_CLEARTID)
		p->clear_child_tid = child_tidptr;
	if (clone_flags & CLONE_PARENT_SETTID)
		put_user(nr, parent_tidptr);
	if (clone_flags & CLONE_VFORK) {
		init_completion(&vfork);
		p->vfork_done = &vfork;
	}
	wake_up_process(p);
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
