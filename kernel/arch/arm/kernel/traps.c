// SPDX-License-Identifier: MIT
/*
 * Exceptions that end in C: undefined instructions, ARM's private system
 * calls, and what the kernel says when it is itself at fault.
 */
#include <linux/reboot.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <asm/cacheflush.h>
#include <asm/entry.h>
#include <asm/tls.h>
#include <asm/traps.h>
#include <asm/unistd.h>

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

/* @pc: where it stands, if that is not in the caller. */
static void dump_backtrace(unsigned long pc, unsigned long fp)
{
	unsigned long stack = (unsigned long)current->stack, *frame, next, lr;
	int depth;

	pr_alert("Call trace:\n");
	if (pc)
		pr_alert(" [<%08lx>] %pS\n", pc, (void *)pc);
	for (depth = 0; depth < 64 && on_stack(fp, stack); depth++) {
		frame = (unsigned long *)fp;
		lr = frame[FRAME_LR];
		next = frame[FRAME_FP];
		if (!is_kernel_text(lr))
			break;
		pr_alert(" [<%08lx>] %pB\n", lr, (void *)lr);
		if (next <= fp)
			break;
		fp = next;
	}
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

/* The instruction at fault, in parentheses, after the four before it. */
static void dump_instr(unsigned long addr)
{
	unsigned long *pc = (unsigned long *)addr;

	if (!(addr & 3) && is_kernel_text(addr) && is_kernel_text(addr - 16))
		pr_alert("Code: %08lx %08lx %08lx %08lx (%08lx)\n", pc[-4],
			 pc[-3], pc[-2], pc[-1], pc[0]);
}

/*
 * The kernel was at fault.  The thread that ran is killed where it stands,
 * locks and all; where that cannot be survived, panic.
 */
void die(const char *str, struct pt_regs *regs, int err)
{
	static int die_counter;

	/* An oops while printing an oops: each would cause the next. */
	if (oops_in_progress++ > 1)
		machine_power_off();
	console_verbose();
	pr_emerg("Internal error: %s: %x [#%d]%s ARM\n", str, err,
		 ++die_counter,
		 IS_ENABLED(CONFIG_PREEMPT) ? " PREEMPT" : "");
	print_task();
	show_regs(regs);
	dump_backtrace(regs->ARM_pc, regs->ARM_fp);
	dump_instr(regs->ARM_pc);
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

#define BUG_INSTR	0xe7f001f2

asmlinkage void do_undefinstr(struct pt_regs *regs)
{
	const char *what = "Oops - undefined instruction";
	unsigned long pc;

	/* The stub leaves the address after the instruction. */
	regs->ARM_pc -= thumb_mode(regs) ? 2 : 4;
	pc = regs->ARM_pc;
	if (interrupts_enabled(regs))
		local_irq_enable();
	if (!user_mode(regs) && *(u32 *)pc == BUG_INSTR)
		what = "Oops - BUG";
	if (user_mode(regs) && unhandled_signal(current, SIGILL))
		pr_info("%s (%d): undefined instruction: pc=%08lx\n",
			current->comm, current->pid, pc);
	arm_notify_die(what, regs, SIGILL, ILL_ILLOPC, (void *)pc, 0, 6);
}

asmlinkage void bad_mode(struct pt_regs *regs)
{
	console_verbose();
	pr_crit("Bad mode in exception handler detected\n");
	show_regs(regs);
	panic("bad mode");
}

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

/* System calls from 0xf0000 on are ARM's own. */
asmlinkage long arm_syscall(unsigned int no, struct pt_regs *regs)
{
	switch (no) {
	case __ARM_NR_cacheflush:
		return do_cache_op(regs->ARM_r0, regs->ARM_r1, regs->ARM_r2);
	case __ARM_NR_set_tls:
		set_tls(regs->ARM_r0);
		return 0;
	}
	return -ENOSYS;
}
