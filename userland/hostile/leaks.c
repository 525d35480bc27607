/* SPDX-License-Identifier: MIT */
/* What the kernel gives away, and what it keeps. */
#include <sys/syscall.h>

#include "hostile.h"

uint32_t what_leaked;

int gives_random(int number)
{
	return number == SYS_getrandom || number == SYS_hello2;
}

int leaked(const char *from, size_t size)
{
	const uint32_t *word = (const uint32_t *)from;
	size_t i;

	for (i = 0; i < size / 4; i++)
		if (word[i] == POISON ||
		    (word[i] >= KERNEL_FIRST && word[i] < KERNEL_LAST &&
		     (word[i] & ~0xfffu) != KERNEL_HERE &&
		     word[i] != KERNEL_FIRST))
			return what_leaked = word[i], 1;
	return 0;
}

uint32_t free_memory(void)
{
	uint32_t info[16] = { 0 };

	syscall(SYS_sysinfo, info);
	return info[5];
}
