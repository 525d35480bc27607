/* SPDX-License-Identifier: MIT */
/*
 * echo [WORD...]: prints its words; without any, copies the console to the
 * console until the end of the input.
 */
#include <stdio.h>
#include <unistd.h>

static int copy_input(void)
{
	char buf[128];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
		write(STDOUT_FILENO, buf, n);
	return n < 0;
}

int main(int argc, char *argv[])
{
	int i;

	if (argc == 1)
		return copy_input();
	for (i = 1; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "\n");
	return 0;
}
