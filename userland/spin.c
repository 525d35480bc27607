/* SPDX-License-Identifier: MIT */
/* spin: never ends and never calls the kernel; only interrupts stop it. */
volatile unsigned int turns;

int main(void)
{
	for (;;)
		turns++;
}
