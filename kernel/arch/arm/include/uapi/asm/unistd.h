#ifndef _UAPI__ASM_ARM_UNISTD_H
#define _UAPI__ASM_ARM_UNISTD_H

/* r7 holds the number itself; the old ABI put it into SWI's comment field */
#define __NR_OABI_SYSCALL_BASE 0x900000
#define __NR_SYSCALL_BASE 0

#include <asm/unistd-common.h>

/* Calls of this architecture alone, above all the others. */
#define __ARM_NR_BASE (__NR_SYSCALL_BASE + 0x0f0000)
#define __ARM_NR_cacheflush (__ARM_NR_BASE + 2)
#define __ARM_NR_set_tls (__ARM_NR_BASE + 5)

#endif
