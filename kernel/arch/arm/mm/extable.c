// SPDX-License-Identifier: MIT
/* Which instruction may fault on a user address, and where to go on then. */
#include <linux/uaccess.h>

extern const struct exception_table_entry __start___ex_table[];
extern const struct exception_table_entry __stop___ex_table[];

/* Some forty entries: a walk costs less than keeping them sorted. */
const struct exception_table_entry *search_exception_tables(unsigned long addr)
{
	const struct exception_table_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++)
		if (e->insn == addr)
			return e;
	return NULL;
}

int fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *e;

	e = search_exception_tables(regs->ARM_pc);
	if (!e)
		return 0;
	regs->ARM_pc = e->fixup;
	return 1;
}
