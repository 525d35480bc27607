/* Reads lines until the end of the input. */
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
	printf("%d lines\n", count);
	return 0;
}
