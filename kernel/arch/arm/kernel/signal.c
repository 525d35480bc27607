// SPDX-License-Identifier: MIT
/*
 * Signal frames: a handler is called by making the user's registers look as
 * if it had been, with all that it interrupted saved on the user's stack.
 */
#include <linux/uaccess.h>
#include <asm/entry.h>

struct sigframe {
	struct ucontext uc;
	unsigned long retcode[4];
};

struct rt_sigframe {
	struct siginfo info;
	struct sigframe sig;
};

_Static_assert(sizeof(struct ucontext) == 744, "Linux's ABI");
_Static_assert(sizeof(struct siginfo) == 128, "Linux's ABI");
_Static_assert(sizeof(struct sigcontext) == 21 * 4, "Linux's ABI");
_Static_assert(offsetof(struct ucontext, uc_regspace) == 232, "Linux's ABI");

/* uc_flags of a frame that is no rt_sigframe, as in Linux */
#define SIGFRAME_FLAGS		0x5ac3c35aUL
/* In the vectors page (entry-armv.S): sigreturn, and 8 further rt_sigreturn */
#define KERN_SIGRETURN_CODE	(CONFIG_VECTORS_BASE + 0x500)

static int preserve_vfp_context(struct vfp_sigframe __user *uframe)
{
	struct vfp_sigframe frame;

	memset(&frame, 0, sizeof(frame));
	frame.magic = VFP_MAGIC;
	frame.size = sizeof(frame);
	frame.ufp_exc.fpexc = FPEXC_EN;
	vfp_save_state(&frame.ufp);
	return copy_to_user(uframe, &frame, sizeof(frame)) ? -EFAULT : 0;
}

static int restore_vfp_context(struct vfp_sigframe __user *uframe)
{
	struct vfp_sigframe frame;

	if (copy_from_user(&frame, uframe, sizeof(frame)))
		return -EFAULT;
	if (frame.magic != VFP_MAGIC || frame.size != sizeof(frame))
		return -EINVAL;
	vfp_load_state(&frame.ufp);
	return 0;
}

static int setup_sigframe(struct sigframe __user *sf, struct pt_regs *regs,
			  sigset_t *set)
{
	struct sigcontext context = {
		.trap_no	= current->thread.trap_no,
		.error_code	= current->thread.error_code,
		.oldmask	= set->sig[0],
		.arm_r0		= regs->ARM_r0,
		.arm_cpsr	= regs->ARM_cpsr,
		.fault_address	= current->thread.address,
	};
	char *head = (char *)&sf->uc.uc_regspace;
	unsigned long __user *end;

	memcpy(context.arm_regs_1_15, &regs->ARM_r1,
	       sizeof(context.arm_regs_1_15));
	if (copy_to_user(&sf->uc.uc_mcontext, &context, sizeof(context)) ||
	    copy_to_user(&sf->uc.uc_sigmask, set, sizeof(*set)) ||
	    preserve_vfp_context((void __user *)head))
		return -EFAULT;
	end = (unsigned long __user *)(head + sizeof(struct vfp_sigframe));
	return put_user(0UL, end);
}

static int restore_sigframe(struct pt_regs *regs, struct sigframe __user *sf)
{
	struct sigcontext context;
	sigset_t set;

	if (copy_from_user(&set, &sf->uc.uc_sigmask, sizeof(set)) ||
	    copy_from_user(&context, &sf->uc.uc_mcontext, sizeof(context)))
		return -EFAULT;
	set_current_blocked(&set);
	regs->ARM_r0 = context.arm_r0;
	memcpy(&regs->ARM_r1, context.arm_regs_1_15,
	       sizeof(context.arm_regs_1_15));
	regs->ARM_cpsr = context.arm_cpsr;
	if (!valid_user_regs(regs))
		return -EINVAL;
	return restore_vfp_context((void __user *)&sf->uc.uc_regspace);
}

/* Never restarted: entry-common.S has cleared why. */
static long do_sigreturn(struct pt_regs *regs, struct sigframe __user *sf)
{
	/* It was built on 8 bytes; where it is not, it is not ours. */
	if ((regs->ARM_sp & 7) || restore_sigframe(regs, sf) ||
	    restore_altstack(&sf->uc.uc_stack)) {
		force_sig(SIGSEGV);
		return 0;
	}
	return regs->ARM_r0;
}

asmlinkage long sys_sigreturn(struct pt_regs *regs)
{
	return do_sigreturn(regs, (void __user *)regs->ARM_sp);
}

asmlinkage long sys_rt_sigreturn(struct pt_regs *regs)
{
	struct rt_sigframe __user *frame = (void __user *)regs->ARM_sp;

	return do_sigreturn(regs, &frame->sig);
}

static void setup_return(struct pt_regs *regs, struct ksignal *ksig,
			 struct rt_sigframe __user *frame)
{
	unsigned long handler = (unsigned long)ksig->sa.sa_handler;
	int rt = ksig->sa.sa_flags & SA_SIGINFO;

	regs->ARM_cpsr &= ~(PSR_f | PSR_IT_MASK | PSR_E_BIT | PSR_T_BIT);
	if (handler & 1)
		regs->ARM_cpsr |= PSR_T_BIT;
	if (ksig->sa.sa_flags & SA_RESTORER)
		regs->ARM_lr = (unsigned long)ksig->sa.sa_restorer;
	else
		regs->ARM_lr = KERN_SIGRETURN_CODE + (rt ? 8 : 0);
	regs->ARM_r0 = ksig->sig;
	regs->ARM_r1 = (unsigned long)&frame->info;
	regs->ARM_r2 = (unsigned long)&frame->sig.uc;
	regs->ARM_sp = rt ? (unsigned long)frame : (unsigned long)&frame->sig;
	regs->ARM_pc = handler & ~1UL;
}

/* Without SA_SIGINFO the frame begins behind the siginfo, which is not set. */
static int setup_frame(struct ksignal *ksig, sigset_t *set,
		       struct pt_regs *regs)
{
	unsigned long sp = sigsp(regs->ARM_sp, ksig), flags = 0;
	struct rt_sigframe __user *frame;

	frame = (void __user *)((sp - sizeof(*frame)) & ~7UL);
	if (!(ksig->sa.sa_flags & SA_SIGINFO))
		flags = SIGFRAME_FLAGS;
	else if (copy_to_user(&frame->info, &ksig->info, sizeof(ksig->info)))
		return -EFAULT;
	if (put_user(flags, &frame->sig.uc.uc_flags) ||
	    put_user(NULL, &frame->sig.uc.uc_link) ||
	    __save_altstack(&frame->sig.uc.uc_stack, regs->ARM_sp) ||
	    setup_sigframe(&frame->sig, regs, set))
		return -EFAULT;
	setup_return(regs, ksig, frame);
	return 0;
}

/*
 * A call that a signal interrupted: seen from user mode it was either never
 * made, and goes back to the SVC with the arguments it had, or has returned
 * -EINTR.
 */
static void fixup_syscall(struct pt_regs *regs, struct ksignal *ksig)
{
	long why = regs->ARM_r0;

	if (why != -ERESTARTSYS && why != -ERESTARTNOHAND)
		return;
	if (ksig->sig && (why == -ERESTARTNOHAND ||
			  !(ksig->sa.sa_flags & SA_RESTART))) {
		regs->ARM_r0 = -EINTR;
	} else {
		regs->ARM_r0 = regs->ARM_ORIG_r0;
		regs->ARM_pc -= thumb_mode(regs) ? 2 : 4;
	}
}

static void do_signal(struct pt_regs *regs, int syscall)
{
	struct ksignal ksig;
	sigset_t saved;
	int ret;

	get_signal(&ksig);
	if (syscall)
		fixup_syscall(regs, &ksig);
	if (ksig.sig) {
		ret = setup_frame(&ksig, sigmask_to_save(), regs);
		signal_setup_done(ret, &ksig);
	} else if (test_thread_flag(TIF_RESTORE_SIGMASK)) {
		clear_thread_flag(TIF_RESTORE_SIGMASK);
		saved = current->saved_sigmask;
		set_current_blocked(&saved);
	}
}

/*
 * From work_pending, IRQs masked, and back there the same way with nothing
 * left to do.  @syscall: nonzero if user mode was left by a system call.
 */
asmlinkage void do_work_pending(struct pt_regs *regs,
				unsigned int thread_flags, int syscall)
{
	do {
		if (thread_flags & _TIF_NEED_RESCHED) {
			schedule();
		} else {
			local_irq_enable();
			do_signal(regs, syscall);
			/* One signal restarts it, a second must not. */
			syscall = 0;
		}
		local_irq_disable();
		thread_flags = current_thread_info()->flags;
	} while (thread_flags & _TIF_WORK_MASK);
}
