// SPDX-License-Identifier: MIT
/*
 * ASIDs.  Eight bits tag a process's TLB entries, so that switching needs no
 * flush; there are more processes than values, so each ASID belongs to a
 * generation.  When the 255 of one are used up, a new generation starts with
 * an empty TLB, and each mm takes a new number the next time it runs.
 * ASID 0 belongs to nobody: it is in force while the table is being changed.
 */
#include <asm/cp15.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>

#define ASID_FIRST_VERSION	(1U << ASID_BITS)

/* generation and the number given out last; IRQs are masked */
static u32 asid_last = ASID_FIRST_VERSION;

static void new_context(struct mm_struct *mm)
{
	if ((++asid_last & ASID_MASK) == 0) {
		/* rollover; a generation that wraps must not be 0 */
		if (asid_last == 0)
			asid_last = ASID_FIRST_VERSION;
		local_flush_tlb_all();
		asid_last++;
	}
	mm->context.id = asid_last;
}

/*
 * Table and ASID can't be changed by one write.  Between the two no entry of
 * one process may be fetched under the other's number, so the step in the
 * middle is a table without user entries (ARM DDI 0406C, B3.10.4).
 */
void check_and_switch_context(struct mm_struct *mm)
{
	guard(irqsave)();
	write_ttbr0(__pa(swapper_pg_dir) | TTB_RGN_WBWA);
	isb();
	if (mm == &init_mm) {
		write_contextidr(0);
	} else {
		if ((mm->context.id ^ asid_last) >> ASID_BITS)
			new_context(mm);
		write_contextidr(ASID(mm));
		isb();
		write_ttbr0(__pa(mm->pgd) | TTB_RGN_WBWA);
	}
	isb();
}
