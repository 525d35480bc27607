/* stdout in pieces of all sizes, stderr, and what printf makes of numbers. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char *argv[])
{
	char line[300];
	int i;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	for (i = 0; i < argc; i++)
		printf("argv[%d] = %s\n", i, i ? argv[i] : "program");
	printf("%d %u %x %5.2f %s %c %p\n", -1, 4000000000u, 0xbeef, 3.14159,
	       "text", 'c', (void *)0x1234);
	printf("%lld %llu\n", (long long)INT64_MIN,
	       (unsigned long long)UINT64_MAX);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (i = 0; i < 20; i++)
		printf("%3d %s\n", i, line);
	fprintf(stderr, "to stderr\n");
	printf("%s\n", strerror(ENOENT));
	return 7;
}
