// SPDX-License-Identifier: MIT
/*
 * execve: the old program's memory goes, a new one's comes.  Up to
 * begin_new_exec() a failure leaves the caller as it was; after it there is
 * nothing to go back to, and a failure kills.
 */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/mmu_context.h>

/* Strings of argv or envp: the kernel's own, or a user's. */
struct arg_list {
	const char *const *kernel;
	const char __user *const __user *user;
};

/* A string for reading: the kernel's, or NULL for the end, or an error. */
static const char *get_arg(const struct arg_list *list, int nr)
{
	const char __user *str;

	if (list->kernel)
		return list->kernel[nr];
	if (!list->user)
		return NULL;
	if (get_user(str, list->user + nr))
		return ERR_PTR(-EFAULT);
	return str;
}

static int count_args(const struct arg_list *list)
{
	const char *str;
	int n;

	for (n = 0;; n++) {
		str = get_arg(list, n);
		if (IS_ERR(str))
			return PTR_ERR(str);
		if (!str)
			return n;
		if (n * sizeof(char *) > MAX_ARG_STRLEN)
			return -E2BIG;
	}
}

/* Through the page's kernel address: @mm is not the table in force. */
int copy_to_mm(struct mm_struct *mm, unsigned long uaddr, const void *from,
	       size_t len)
{
	struct vm_area_struct *vma;
	struct page *page;
	size_t n;

	while (len) {
		vma = find_vma(mm, uaddr);
		if (!vma || uaddr < vma->vm_start)
			return -EFAULT;
		if (handle_mm_fault(vma, uaddr & PAGE_MASK, FAULT_FLAG_WRITE) &
		    VM_FAULT_ERROR)
			return -ENOMEM;
		page = follow_page(mm, uaddr);
		n = min_t(size_t, len, PAGE_SIZE - offset_in_page(uaddr));
		memcpy((char *)page_address(page) + offset_in_page(uaddr),
		       from, n);
		from = (const char *)from + n;
		uaddr += n;
		len -= n;
	}
	return 0;
}

/* One string, its NUL included, below those already there. */
static int copy_string(struct linux_binprm *bprm, const char *str, int user,
		       char *page)
{
	long len;

	if (user)
		len = strnlen_user(str, PAGE_SIZE);
	else
		len = strlen(str) + 1;
	if (!len)
		return -EFAULT;
	if (len > (long)PAGE_SIZE ||
	    STACK_TOP - bprm->p + len > MAX_ARG_STRLEN)
		return -E2BIG;
	if (user) {
		if (copy_from_user(page, str, len))
			return -EFAULT;
		/* It may have been changed since it was measured. */
		page[len - 1] = '\0';
		str = page;
	}
	bprm->p -= len;
	return copy_to_mm(bprm->mm, bprm->p, str, len);
}

static int copy_strings(struct linux_binprm *bprm, const struct arg_list *list,
			int argc)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	const char *str;
	int ret = 0;

	if (!page)
		return -ENOMEM;
	while (argc-- > 0 && !ret) {
		str = get_arg(list, argc);
		if (IS_ERR_OR_NULL(str))
			ret = -EFAULT;
		else
			ret = copy_string(bprm, str, !list->kernel, page);
	}
	free_page((unsigned long)page);
	return ret;
}

/* A new mm with a stack area in it, big enough for the strings. */
static int bprm_mm_init(struct linux_binprm *bprm)
{
	struct mm_struct *mm = mm_alloc();
	struct vm_area_struct *vma;

	if (!mm)
		return -ENOMEM;
	bprm->mm = mm;
	vma = kzalloc(sizeof(*vma), GFP_KERNEL);
	if (!vma)
		return -ENOMEM;
	vma->vm_mm = mm;
	vma->vm_end = STACK_TOP;
	vma->vm_start = STACK_TOP - MAX_ARG_STRLEN - PAGE_SIZE;
	vma->vm_flags = VM_READ | VM_WRITE | VM_GROWSDOWN;
	list_add(&vma->vm_list, &mm->mmap);
	/* 128 MiB for the stack to grow into */
	mm->mmap_base = STACK_TOP - 0x08000000;
	/* A word of zeros ends the stack, as in Linux. */
	bprm->p = STACK_TOP - sizeof(void *);
	return 0;
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

static const char *kbasename(const char *path)
{
	const char *tail = strrchr(path, '/');

	return tail ? tail + 1 : path;
}

/* The point of no return. */
int begin_new_exec(struct linux_binprm *bprm)
{
	struct task_struct *me = current;
	int ret = de_thread(me);

	if (ret)
		return ret;
	bprm->mm->exe_file = get_file(bprm->file);
	atomic_inc(&file_inode(bprm->file)->i_execs);
	exec_mmap(bprm->mm);
	bprm->mm = NULL;

	me->flags &= ~(PF_KTHREAD | PF_FORKNOEXEC);
	me->clear_child_tid = NULL;
	me->sas_ss_sp = me->sas_ss_size = 0;
	flush_thread();
	flush_signal_handlers(me);
	do_close_on_exec(me->files);
	strscpy(me->comm, kbasename(bprm->filename), sizeof(me->comm));
	return 0;
}

static int prepare_args(struct linux_binprm *bprm, const struct arg_list *argv,
			const struct arg_list *envp)
{
	const struct arg_list name = {
		.kernel = (const char *const[]){ bprm->filename },
	};
	int ret;

	ret = bprm_mm_init(bprm);
	if (ret)
		return ret;
	bprm->argc = count_args(argv);
	if (bprm->argc < 0)
		return bprm->argc;
	bprm->envc = count_args(envp);
	if (bprm->envc < 0)
		return bprm->envc;
	ret = copy_strings(bprm, &name, 1);
	bprm->exec = bprm->p;
	if (!ret)
		ret = copy_strings(bprm, envp, bprm->envc);
	if (!ret)
		ret = copy_strings(bprm, argv, bprm->argc);
	return ret;
}

static int do_execve(const char *filename, const struct arg_list *argv,
		     const struct arg_list *envp)
{
	struct linux_binprm *bprm;
	int ret;

	bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	if (!bprm)
		return -ENOMEM;
	bprm->filename = filename;
	bprm->file = open_exec(filename);
	if (IS_ERR(bprm->file)) {
		ret = PTR_ERR(bprm->file);
		goto out_free;
	}
	ret = prepare_args(bprm, argv, envp);
	if (!ret)
		ret = load_elf_binary(bprm);
	fput(bprm->file);
	if (bprm->mm)
		mmput(bprm->mm);
	else if (ret)
		/* Our memory is gone: there is nobody to tell. */
		do_group_exit(SIGSEGV);
out_free:
	kfree(bprm);
	return ret;
}

int kernel_execve(const char *filename, const char *const *argv,
		  const char *const *envp)
{
	const struct arg_list args = { .kernel = argv };
	const struct arg_list env = { .kernel = envp };

	return do_execve(filename, &args, &env);
}

SYSCALL_DEFINE3(execve, const char __user *, ufilename,
		const char __user *const __user *, uargv,
		const char __user *const __user *, uenvp)
{
	const struct arg_list args = { .user = uargv };
	const struct arg_list env = { .user = uenvp };
	char *filename = getname(ufilename);
	int ret;

	if (IS_ERR(filename))
		return PTR_ERR(filename);
	ret = do_execve(filename, &args, &env);
	kfree(filename);
	return ret;
}
