/* Reads lines until the end of the input, and looks once more. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char line[128];
	int count = 0;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		fprintf(stdout, "%d <%s>\n", ++count, line);
	}
	clearerr(stdin);
	printf("%d lines, then %d\n", count, getchar());
	return 0;
}
