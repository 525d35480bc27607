// SPDX-License-Identifier: MIT
/* Aborts: what the MMU refused, and what becomes of it. */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/entry.h>
#include <asm/traps.h>
#include "fault.h"

struct fsr_info {
	int (*fn)(unsigned long addr, unsigned int fsr, struct pt_regs *regs);
	const char *name;
	int sig, code;		/* sig 0: SIGBUS */
};

static void show_pte(unsigned long addr)
{
	struct mm_struct *mm = current->active_mm;
	pte_t *pte = pte_offset(mm, addr);

	pr_alert("[%08lx] *pgd=%08x\n", addr, *pgd_offset(mm, addr));
	if (pte)
		pr_alert("[%08lx] *pte=%08x\n", addr, *pte);
}

/*
 * The kernel faulted.  If the instruction has a fix-up that is the answer,
 * else it is a bug of ours.
 */
static void __do_kernel_fault(unsigned long addr, unsigned int fsr,
			      struct pt_regs *regs)
{
	const char *what = fsr & FSR_WRITE ? "write" : "read";

	if (fixup_exception(regs))
		return;
	if (fsr & FSR_LNX_PF)
		what = "execute";
	console_verbose();
	pr_alert("8<--- cut here ---\n");
	pr_alert("Unable to handle kernel %s at virtual address %08lx when %s"
		 "\n",
		 addr < PAGE_SIZE ? "NULL pointer dereference" :
				    "paging request",
		 addr, what);
	show_pte(addr);
	die("Oops", regs, fsr & ~FSR_LNX_PF);
}

static void __do_user_fault(unsigned long addr, unsigned int fsr, int sig,
			    int code)
{
	if (unhandled_signal(current, sig))
		pr_info("%s: unhandled page fault (%d) at 0x%08lx, "
			"code 0x%03x, pc=%08lx\n",
			current->comm, sig, addr, fsr & ~FSR_LNX_PF,
			task_pt_regs(current)->ARM_pc);
	current->thread.address = addr;
	current->thread.error_code = fsr;
	current->thread.trap_no = 14;
	force_sig_fault(sig, code, (void __user *)addr);
}

/* Find the vma and let it serve the fault.  mmap_lock is held. */
static vm_fault_t __do_page_fault(struct mm_struct *mm, unsigned long addr,
				  unsigned int fsr, unsigned int flags)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	unsigned long need = VM_READ | VM_WRITE | VM_EXEC;

	if (!vma)
		return VM_FAULT_BADMAP;
	if (addr < vma->vm_start &&
	    (!(vma->vm_flags & VM_GROWSDOWN) || expand_stack(vma, addr)))
		return VM_FAULT_BADMAP;

	if (fsr & FSR_LNX_PF) {
		need = VM_EXEC;
	} else if (fsr & FSR_WRITE) {
		need = VM_WRITE;
		flags |= FAULT_FLAG_WRITE;
	}
	if (!(vma->vm_flags & need))
		return VM_FAULT_BADACCESS;
	return handle_mm_fault(vma, addr & PAGE_MASK, flags);
}

/*
 * A fault on an address below TASK_SIZE, by the user or by the kernel for
 * him.
 */
static int do_page_fault(unsigned long addr, unsigned int fsr,
			 struct pt_regs *regs)
{
	struct mm_struct *mm = current->mm;
	vm_fault_t fault;

	/* Where nothing may sleep, no page can be fetched. */
	if (faulthandler_disabled() || !mm || irqs_disabled()) {
		__do_kernel_fault(addr, fsr, regs);
		return 0;
	}

	/*
	 * The kernel may fault while it holds the lock itself.  A user access
	 * never does so; anything else would wait for itself here.
	 */
	if (!mutex_trylock(&mm->mmap_lock)) {
		if (!user_mode(regs) &&
		    !search_exception_tables(regs->ARM_pc)) {
			__do_kernel_fault(addr, fsr, regs);
			return 0;
		}
		mmap_read_lock(mm);
	}
	fault = __do_page_fault(mm, addr, fsr, FAULT_FLAG_ALLOW_RETRY);
	/* The vma may be another one by now. */
	if (fault & VM_FAULT_RETRY)
		fault = __do_page_fault(mm, addr, fsr, 0);
	mmap_read_unlock(mm);

	if (fault & VM_FAULT_MAJOR)
		current->maj_flt++;
	else
		current->min_flt++;
	if (likely(!(fault & VM_FAULT_ERROR)))
		return 0;

	if (!user_mode(regs))
		__do_kernel_fault(addr, fsr, regs);
	else if (fault & VM_FAULT_OOM)
		force_sig(SIGKILL);
	else if (fault & VM_FAULT_SIGBUS)
		__do_user_fault(addr, fsr, SIGBUS, BUS_ADRERR);
	else
		__do_user_fault(addr, fsr, SIGSEGV,
				fault & VM_FAULT_BADACCESS ? SEGV_ACCERR :
							     SEGV_MAPERR);
	return 0;
}

/*
 * No descriptor at the first or second level.  The kernel's own entries are
 * all made at boot, so that above TASK_SIZE nothing can be mended.
 */
static int do_translation_fault(unsigned long addr, unsigned int fsr,
				struct pt_regs *regs)
{
	if (addr < TASK_SIZE)
		return do_page_fault(addr, fsr, regs);
	if (user_mode(regs))
		__do_user_fault(addr, fsr, SIGSEGV, SEGV_MAPERR);
	else
		__do_kernel_fault(addr, fsr, regs);
	return 0;
}

/* The descriptor forbids it: copy on write, or a real offence. */
static int do_permission_fault(unsigned long addr, unsigned int fsr,
			       struct pt_regs *regs)
{
	return do_translation_fault(addr, fsr, regs);
}

static int do_alignment(unsigned long addr, unsigned int fsr,
			struct pt_regs *regs)
{
	return user_mode(regs) || !fixup_exception(regs);
}

/*
 * By fault status.  The names are the manual's (ARM DDI 0406C, table B3-23).
 * What has no function is never mended.  A domain fault is software PAN, which
 * caught the kernel touching user memory outside a user access.
 */
static const struct fsr_info fsr_info[32] = {
	[0x01] = { do_alignment, "alignment fault", SIGBUS, BUS_ADRALN },
	[0x02] = { NULL, "debug event", SIGTRAP, TRAP_BRKPT },
	[0x05] = { do_translation_fault, "translation fault, first level" },
	[0x07] = { do_translation_fault, "translation fault, second level" },
	[0x08] = { NULL, "synchronous external abort" },
	[0x09] = { NULL, "domain fault, first level" },
	[0x0b] = { NULL, "domain fault, second level" },
	[0x0c] = { NULL, "synchronous external abort on walk, first level" },
	[0x0d] = { do_permission_fault, "permission fault, first level" },
	[0x0e] = { NULL, "synchronous external abort on walk, second level" },
	[0x0f] = { do_permission_fault, "permission fault, second level" },
	[0x16] = { NULL, "asynchronous external abort" },
};

static void do_fault(const char *kind, unsigned long addr, unsigned int fsr,
		     struct pt_regs *regs)
{
	const struct fsr_info *inf = &fsr_info[fsr_fs(fsr)];

	if (interrupts_enabled(regs))
		local_irq_enable();
	if (inf->fn && !inf->fn(addr, fsr, regs))
		return;
	/* Nobody serves this kind. */
	if (!user_mode(regs)) {
		console_verbose();
		pr_alert("8<--- cut here ---\n");
		pr_alert("Unhandled %s: %s (0x%03x) at 0x%08lx\n", kind,
			 inf->name ?: "unknown status", fsr & ~FSR_LNX_PF,
			 addr);
		show_pte(addr);
	}
	current->thread.address = addr;
	arm_notify_die("Oops", regs, inf->sig ?: SIGBUS, inf->code,
		       (void *)addr, fsr & ~FSR_LNX_PF, 0);
}

asmlinkage void do_DataAbort(unsigned long addr, unsigned int fsr,
			     struct pt_regs *regs)
{
	do_fault("fault", addr, fsr, regs);
}

asmlinkage void do_PrefetchAbort(unsigned long addr, unsigned int ifsr,
				 struct pt_regs *regs)
{
	/* BKPT comes this way too, as a debug event. */
	do_fault("prefetch abort", addr, ifsr | FSR_LNX_PF, regs);
}
