#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#include <linux/types.h>

#define KSYM_NAME_LEN 128
/* "name+0x123/0x456" */
#define KSYM_SYMBOL_LEN (KSYM_NAME_LEN + 24)

/* The length written; an address without a symbol is written as 0x.... */
int sprint_symbol(char *buf, unsigned long addr);

#endif
