/* SPDX-License-Identifier: MIT */
/*
 * abi: writes two lines, one by each of ARM's two conventions for system
 * calls. The second needs a kernel with OABI_COMPAT.
 */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define NR_OABI_WRITE	0x900004	/* __NR_OABI_SYSCALL_BASE + 4 */
#define NO_NUMBER	999
#define STRING(x)	#x
#define IMMEDIATE(x)	STRING(x)

/* The new ABI: the number is in r7, the instruction says nothing. */
static long write_eabi(const char *text, unsigned long size)
{
	register long r0 asm("r0") = 1;
	register const char *r1 asm("r1") = text;
	register unsigned long r2 asm("r2") = size;
	register long r7 asm("r7") = SYS_write;

	asm volatile("svc	#0"
		     : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
	return r0;
}

/* The old ABI: the number is in the instruction, and r7 may be anything. */
static long write_oabi(const char *text, unsigned long size)
{
	register long r0 asm("r0") = 1;
	register const char *r1 asm("r1") = text;
	register unsigned long r2 asm("r2") = size;
	register long r7 asm("r7") = NO_NUMBER;

	asm volatile("svc	#" IMMEDIATE(NR_OABI_WRITE)
		     : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
	return r0;
}

int main(void)
{
	static const char new[] = "by the new ABI\n";
	static const char old[] = "by the old ABI\n";
	long first = write_eabi(new, strlen(new));
	long second = write_oabi(old, strlen(old));

	printf("%ld and %ld bytes\n", first, second);
	return first != second;
}
