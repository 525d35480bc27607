// SPDX-License-Identifier: MIT
/*
 * execve: the old program's memory goes, a new one's comes.  Up to
 * begin_new_exec() a failure leaves the caller as it was; after it there is
 * nothing to go back to, and a failure kills.
 */
#include <linux/binfmts.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/mmu_context.h>
#include <uapi/linux/mman.h>

/* The stack's size at first, and what is left free for it to grow into. */
#define STACK_START (MAX_ARG_STRLEN + PAGE_SIZE)
#define STACK_ROOM 0x08000000

/* Behind the strings gathered so far, its NUL included; 0, or an error. */
static int copy_string(struct linux_binprm *bprm, const char *str, bool user)
{
	char *to = bprm->strings + bprm->len;
	long room = MAX_ARG_STRLEN - bprm->len, len;

	len = user ? strncpy_from_user(to, str, room) :
		     strscpy(to, str, room);
	if (len < 0)
		return len;
	if (len >= room)
		return -E2BIG;
	bprm->len += len + 1;
	return 0;
}

/* All of argv or envp, the kernel's own or a user's: how many, or an error. */
static int copy_strings(struct linux_binprm *bprm, const char *const *list,
			bool user)
{
	const char *str;
	int n, ret;

	for (n = 0; list; n++) {
		if (!user)
			str = list[n];
		else if (get_user(str, list + n))
			return -EFAULT;
		if (!str)
			break;
		ret = copy_string(bprm, str, user);
		if (ret)
			return ret;
	}
	return n;
}

/* The process keeps its number: the thread that is left takes the leader's. */
static void become_leader(struct task_struct *tsk)
{
	struct task_struct *leader = tsk->group_leader;

	preempt_disable();
	leader->pid = tsk->pid;
	tsk->pid = tsk->tgid;
	tsk->group_leader = tsk;
	tsk->exit_signal = leader->exit_signal;
	tsk->real_parent = leader->real_parent;
	list_add(&tsk->sibling, &leader->sibling);
	release_task(leader);
	preempt_enable();
}

/* The other threads of this process die first. */
static int de_thread(struct task_struct *tsk)
{
	struct signal_struct *sig = tsk->signal;
	int ret = 0;

	if (sig->group_exec_task)
		return -EAGAIN;
	sig->group_exec_task = tsk;
	if (sig->live > 1)
		zap_threads(tsk, tsk);
	while (READ_ONCE(sig->live) > 1 && !ret) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(1);
		if (fatal_signal_pending(tsk))
			ret = -EAGAIN;
	}
	sig->group_exec_task = NULL;
	if (!ret && !thread_group_leader(tsk))
		become_leader(tsk);
	return ret;
}

static void exec_mmap(struct mm_struct *mm)
{
	struct task_struct *tsk = current;
	struct mm_struct *old = tsk->mm;

	if (old)
		exec_release_mm(tsk, old);
	preempt_disable();
	activate_mm(tsk->active_mm, mm);
	tsk->mm = mm;
	tsk->active_mm = mm;
	preempt_enable();
	if (old)
		mmput(old);
}

/* The stack, with the strings in it below a word of zeros, as in Linux. */
int setup_arg_pages(struct linux_binprm *bprm)
{
	struct mm_struct *mm = current->mm;
	unsigned long addr;

	mmap_write_lock(mm);
	addr = do_mmap(NULL, STACK_TOP - STACK_START, STACK_START,
		       PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED | MAP_GROWSDOWN, 0, 0);
	mmap_write_unlock(mm);
	if (IS_ERR_VALUE(addr))
		return (int)addr;
	bprm->p = STACK_TOP - sizeof(long) - bprm->len;
	if (copy_to_user((char __user *)bprm->p, bprm->strings, bprm->len))
		return -EFAULT;
	return 0;
}

/* The point of no return. */
int begin_new_exec(struct linux_binprm *bprm)
{
	const char *slash = strrchr(bprm->filename, '/');
	struct task_struct *me = current;
	struct mm_struct *mm = mm_alloc();
	int ret;

	if (!mm)
		return -ENOMEM;
	ret = de_thread(me);
	if (ret) {
		mmput(mm);
		return ret;
	}
	mm->mmap_base = STACK_TOP - STACK_ROOM;
	mm->exe_file = get_file(bprm->file);
	atomic_inc(&file_inode(bprm->file)->i_execs);
	exec_mmap(mm);

	me->flags &= ~(PF_KTHREAD | PF_FORKNOEXEC);
	me->clear_child_tid = NULL;
	me->sas_ss_sp = me->sas_ss_size = 0;
	flush_thread();
	flush_signal_handlers(me);
	do_close_on_exec(me->files);
	strscpy(me->comm, slash ? slash + 1 : bprm->filename,
		sizeof(me->comm));
	return 0;
}

static int do_execve(const char *filename, const char *const *argv,
		     const char *const *envp, bool user)
{
	struct file *file __free(fput) = open_exec(filename);
	char *strings __free(kfree) = kmalloc(MAX_ARG_STRLEN, GFP_KERNEL);
	struct linux_binprm bprm = {
		.file = file,
		.filename = filename,
		.strings = strings,
	};
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!strings)
		return -ENOMEM;
	bprm.argc = copy_strings(&bprm, argv, user);
	if (bprm.argc < 0)
		return bprm.argc;
	bprm.envc = copy_strings(&bprm, envp, user);
	if (bprm.envc < 0)
		return bprm.envc;
	ret = copy_string(&bprm, filename, false);
	return ret ? ret : load_elf_binary(&bprm);
}

int kernel_execve(const char *filename, const char *const *argv,
		  const char *const *envp)
{
	return do_execve(filename, argv, envp, false);
}

SYSCALL_DEFINE3(execve, const char __user *, ufilename,
		const char __user *const __user *, uargv,
		const char __user *const __user *, uenvp)
{
	char *filename __free(kfree) = getname(ufilename);

	if (IS_ERR(filename))
		return PTR_ERR(filename);
	return do_execve(filename, uargv, uenvp, true);
}
