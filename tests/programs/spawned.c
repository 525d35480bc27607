/* A small pipeline of three processes, as a shell would make it. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static pid_t start(char *self, const char *role, int in, int out, int other)
{
	pid_t child = fork();

	if (child)
		return child;
	if (in >= 0)
		dup2(in, 0);
	if (out >= 0)
		dup2(out, 1);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (other >= 0)
		close(other);
	execl(self_name(), self, role, NULL);
	_exit(127);
}

int main(int argc, char *argv[])
{
	int first[2], second[2], status[3], i, c, lines = 0;
	pid_t children[3];

	if (argc > 1 && argv[1][0] == 'p') {
		for (i = 0; i < 1000; i++)
			printf("line %d of the producer\n", i);
		return 1;
	}
	if (argc > 1 && argv[1][0] == 'u') {
		while ((c = getchar()) != EOF)
			putchar(toupper(c));
		return 2;
	}
	if (argc > 1 && argv[1][0] == 'c') {
		while ((c = getchar()) != EOF) {
			lines += c == '\n';
			if (islower(c))
				return 99;
		}
		printf("%d lines\n", lines);
		return 3;
	}
	if (pipe(first) || pipe(second))
		return 1;
	children[0] = start(argv[0], "produce", -1, first[1], first[0]);
	children[1] = start(argv[0], "upper", first[0], second[1], first[1]);
	close(first[0]);
	close(first[1]);
	children[2] = start(argv[0], "count", second[0], -1, second[1]);
	close(second[0]);
	close(second[1]);
	for (i = 0; i < 3; i++)
		waitpid(children[i], &status[i], 0);
	for (i = 0; i < 3; i++)
		printf("%d: %d\n", i, WEXITSTATUS(status[i]));
	return 0;
}
