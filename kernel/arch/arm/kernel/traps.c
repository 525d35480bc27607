// SPDX-License-Identifier: MIT
/*
 * Exceptions that end in C: undefined instructions, ARM's private system
 * calls, and what the kernel says when it is itself at fault.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <asm/cacheflush.h>
#include <asm/entry.h>
#include <asm/setup.h>
#include <asm/tls.h>
#include <asm/traps.h>
#include <asm/unistd.h>
#include <asm/vfp.h>

extern int oops_in_progress;

static int is_kernel_text(unsigned long addr)
{
	return addr >= (unsigned long)_text && addr < (unsigned long)_etext;
}

static int on_stack(unsigned long addr, unsigned long stack)
{
	return addr >= stack + sizeof(struct thread_info) &&
	       addr <= stack + THREAD_START_SP - 8 && !(addr & 3);
}

/*
 * Every C function saves fp and lr and points fp at a fixed place beside
 * them, so the chain of frames is a linked list.  Kernel entry from user mode
 * starts it with 0.  Both compilers push {fp, lr}; Clang's fp points at the
 * first of these, GCC's at the second.
 */
#ifdef __clang__
#define FRAME_FP	0
#define FRAME_LR	1
#else
#define FRAME_FP	-1
#define FRAME_LR	0
#endif

static void walk_frames(unsigned long fp, unsigned long stack)
{
	unsigned long *frame, next, lr;
	int depth;

	for (depth = 0; depth < 64 && on_stack(fp, stack); depth++) {
		frame = (unsigned long *)fp;
		lr = frame[FRAME_LR];
		if (!is_kernel_text(lr))
			break;
		pr_alert(" [<%08lx>] %pB\n", lr, (void *)lr);
		next = frame[FRAME_FP];
		if (next <= fp)
			break;
		fp = next;
	}
}

/* @pc: where it stands, if that is not in the caller. */
static void dump_backtrace(unsigned long pc, unsigned long fp)
{
	pr_alert("Call trace:\n");
	if (pc)
		pr_alert(" [<%08lx>] %pS\n", pc, (void *)pc);
	walk_frames(fp, (unsigned long)current->stack);
}

static void print_task(void)
{
	pr_alert("CPU: 0 PID: %d Comm: %s %s\n", current->pid, current->comm,
		 utsname()->release);
}

void dump_stack(void)
{
	print_task();
	dump_backtrace(0, (unsigned long)__builtin_frame_address(0));
}

/* Words from @bottom to the stack's end, eight a line. */
static void dump_mem(const char *str, unsigned long bottom, unsigned long top)
{
	char line[9 * 8 + 1];
	unsigned long p;
	int n = 0;

	pr_alert("%s(0x%08lx to 0x%08lx)\n", str, bottom, top);
	for (p = bottom & ~31UL; p < top; p += 4) {
		if (p < bottom)
			n += scnprintf(line + n, sizeof(line) - n, "         ");
		else
			n += scnprintf(line + n, sizeof(line) - n, " %08lx",
				       *(unsigned long *)p);
		if ((p & 31) < 28)
			continue;
		pr_alert("%04lx:%s\n", p & 0xffe0, line);
		n = 0;
	}
}

/* The instruction at fault, in parentheses, after the four before it. */
static void dump_instr(struct pt_regs *regs)
{
	unsigned long pc = regs->ARM_pc;
	char str[64];
	int i, n = 0;

	if ((pc & 3) || !is_kernel_text(pc) || !is_kernel_text(pc - 16))
		return;
	for (i = -4; i <= 0; i++)
		n += scnprintf(str + n, sizeof(str) - n,
			       i ? "%08lx " : "(%08lx)",
			       ((unsigned long *)pc)[i]);
	pr_alert("Code: %s\n", str);
}

static void __die(const char *str, int err, struct pt_regs *regs)
{
	static int die_counter;
	struct task_struct *tsk = current;
	unsigned long stack = (unsigned long)tsk->stack;

	pr_emerg("Internal error: %s: %x [#%d]%s ARM\n", str, err,
		 ++die_counter,
		 IS_ENABLED(CONFIG_PREEMPT) ? " PREEMPT" : "");
	print_task();
	pr_alert("Hardware name: Generic AM33XX (Flattened Device Tree)\n");
	show_regs(regs);
	pr_alert("Process %s (pid: %d, stack limit = 0x%px)\n", tsk->comm,
		 tsk->pid, task_stack_end(tsk));
	if (!user_mode(regs) || in_interrupt()) {
		if (on_stack(regs->ARM_sp & ~3UL, stack))
			dump_mem("Stack: ", regs->ARM_sp & ~3UL,
				 stack + THREAD_SIZE);
		dump_backtrace(regs->ARM_pc, regs->ARM_fp);
		dump_instr(regs);
	}
}

/*
 * The kernel was at fault.  The thread that ran is killed where it stands,
 * locks and all; where that cannot be survived, panic.
 */
void die(const char *str, struct pt_regs *regs, int err)
{
	/* An oops while printing an oops: each would cause the next. */
	if (oops_in_progress++ > 1)
		machine_power_off();
	/* quiet or not, this must be seen */
	console_loglevel = LOGLEVEL_DEBUG + 8;
	__die(str, err, regs);
	pr_emerg("---[ end trace %016x ]---\n", 0);
	oops_in_progress--;

	if (in_interrupt())
		panic("Fatal exception in interrupt");
	if (current->pid <= 1)
		panic("Attempted to kill %s!",
		      current->pid ? "init" : "the idle task");
	/* The exception left IRQs as they were; do_exit() will sleep. */
	current_thread_info()->preempt_count = 0;
	local_irq_enable();
	do_exit(SIGSEGV);
}

void arm_notify_die(const char *str, struct pt_regs *regs, int signo,
		    int si_code, void *addr, unsigned long err,
		    unsigned long trap)
{
	if (!user_mode(regs))
		die(str, regs, err);
	current->thread.error_code = err;
	current->thread.trap_no = trap;
	force_sig_fault(signo, si_code, addr);
}

/* The user's instruction at pc: a word, or one or two Thumb halfwords. */
static int fetch_user_insn(struct pt_regs *regs, u32 *insn)
{
	u16 half[2];

	if (!thumb_mode(regs))
		return get_user(*insn, (u32 __user *)regs->ARM_pc);
	if (get_user(half[0], (u16 __user *)regs->ARM_pc))
		return -EFAULT;
	*insn = half[0];
	if (half[0] < 0xe800)
		return 0;
	if (get_user(half[1], (u16 __user *)(regs->ARM_pc + 2)))
		return -EFAULT;
	*insn = (u32)half[0] << 16 | half[1];
	return 0;
}

#define BUG_INSTR	0xe7f001f2

asmlinkage void do_undefinstr(struct pt_regs *regs)
{
	const char *what = "Oops - undefined instruction";
	unsigned long pc;
	u32 insn;

	/* The stub leaves the address after the instruction. */
	regs->ARM_pc -= thumb_mode(regs) ? 2 : 4;
	pc = regs->ARM_pc;
	if (interrupts_enabled(regs))
		local_irq_enable();
	if (!user_mode(regs)) {
		if (*(u32 *)pc == BUG_INSTR)
			what = "Oops - BUG";
		die(what, regs, 0);
	}
	if (fetch_user_insn(regs, &insn)) {
		force_sig_fault(SIGSEGV, SEGV_MAPERR, (void *)pc);
		return;
	}
	if (!vfp_support_entry(regs, insn))
		return;
	if (unhandled_signal(current, SIGILL))
		pr_info("%s (%d): undefined instruction: pc=%08lx, insn=%08x\n",
			current->comm, current->pid, pc, insn);
	arm_notify_die(what, regs, SIGILL, ILL_ILLOPC, (void *)pc, 0, 6);
}

asmlinkage void bad_mode(struct pt_regs *regs)
{
	console_loglevel = LOGLEVEL_DEBUG + 8;
	pr_crit("Bad mode in exception handler detected\n");
	show_regs(regs);
	panic("bad mode");
}

/*
 * System calls from 0xf0000 on are ARM's own.
 */
static long do_cache_op(unsigned long start, unsigned long end, int flags)
{
	unsigned int ua;
	int ret;

	if (end < start || flags)
		return -EINVAL;
	if (!access_ok(start, end - start))
		return -EFAULT;
	ua = uaccess_save_and_enable();
	ret = v7_coherent_user_range(start, end);
	uaccess_restore(ua);
	return ret;
}

asmlinkage long arm_syscall(unsigned int no, struct pt_regs *regs)
{
	switch (no) {
	case __ARM_NR_breakpoint:
		regs->ARM_pc -= thumb_mode(regs) ? 2 : 4;
		force_sig_fault(SIGTRAP, TRAP_BRKPT, (void *)regs->ARM_pc);
		return regs->ARM_r0;
	case __ARM_NR_cacheflush:
		return do_cache_op(regs->ARM_r0, regs->ARM_r1, regs->ARM_r2);
	case __ARM_NR_set_tls:
		set_tls(regs->ARM_r0);
		return 0;
	case __ARM_NR_get_tls:
		return current_thread_info()->tp_value[0];
	}
	/*
	 * Numbers near the base may come into use, as may ordinary ones:
	 * a program may probe for them.  Beyond, it is no call at all.
	 */
	if (no < __ARM_NR_BASE || no - __ARM_NR_BASE <= 0x7ff)
		return -ENOSYS;
	arm_notify_die("Oops - bad syscall", regs, SIGILL, ILL_ILLOPC,
		       (void *)(regs->ARM_pc - (thumb_mode(regs) ? 2 : 4)),
		       no, 0);
	return regs->ARM_r0;
}

void __init trap_init(void)
{
	/* The vectors are in place since paging_init(). */
	vfp_init();
}
