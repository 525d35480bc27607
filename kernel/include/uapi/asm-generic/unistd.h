#ifndef _UAPI_ASM_GENERIC_UNISTD_H
#define _UAPI_ASM_GENERIC_UNISTD_H

/*
 * The numbers of architectures that have no table of their own. ARM has one,
 * arch/arm/tools/syscall.tbl; a new call is listed in both places.
 */
#ifndef __SYSCALL
#define __SYSCALL(nr, call)
#endif

#define __NR_hello 400
__SYSCALL(__NR_hello, sys_hello)
#define __NR_hello2 401
__SYSCALL(__NR_hello2, sys_hello2)

#undef __NR_syscalls
#define __NR_syscalls 402

#endif
