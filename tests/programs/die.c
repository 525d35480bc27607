/* Ends in the way that its argument names. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	const char *how = argc > 1 ? argv[1] : "exit0";

	printf("%s\n", how);
	fflush(stdout);
	if (!strcmp(how, "exit255"))
		exit(255);
	if (!strcmp(how, "_exit3"))
		_exit(3);
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "null"))
		*(volatile int *)0 = 1;
	if (!strcmp(how, "kernel"))
		return *(volatile int *)0xc0008000;
	if (!strcmp(how, "text"))
		*(volatile int *)(void *)main = 1;
	if (!strcmp(how, "jump"))
		((void (*)(void))0x10)();
	if (!strcmp(how, "undefined"))
		asm volatile("udf #0");
	if (!strcmp(how, "kill"))
		kill(getpid(), SIGKILL);
	return 0;
}
