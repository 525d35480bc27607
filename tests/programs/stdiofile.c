/* The C library's streams: modes, seeking, buffering, formats. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <stdarg.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	char name[] = "/tmp/stdioXXXXXX", text[64], *line = NULL;
	size_t room = 0;
	FILE *file;
	double d;
	long l;
	int i, n, c;

	close(mkstemp(name));
	file = fopen(name, "w+");
	for (i = 0; i < 2000; i++)
		fprintf(file, "%d %d\n", i, i * i);
	SAY(ftell(file));
	SAY(fseek(file, -10, SEEK_END));
	SAY(fscanf(file, "%d", &n));
	SAY(n);
	rewind(file);
	for (i = 0; fscanf(file, "%d %ld", &n, &l) == 2; i++) {
		if (l != (long)n * n)
			return 1;
	}
	SAY(i);
	SAY(feof(file) != 0);
	SAY(fseek(file, 100, SEEK_SET));
	c = fgetc(file);
	SAY(ungetc(c, file) == c);
	SAY(fgetc(file) == c);
	SAY(fputs("overwritten", file) >= 0);
	SAY(fflush(file));
	SAY(fclose(file));
	file = fopen(name, "a+");
	SAY(fprintf(file, "appended\n"));
	SAY(fseek(file, 0, SEEK_SET));
	SAY(fread(text, 1, 12, file));
	printf("%.12s\n", text);
	SAY(fclose(file));
	file = fopen(name, "r");
	SAY(fputc('x', file));
	SAY(ferror(file) != 0);
	clearerr(file);
	for (i = 0; (n = getline(&line, &room, file)) > 0; i++)
		;
	SAY(i);
	SAY(fclose(file));
	free(line);
	SAY(fopen("/tmp/none/such", "r") != NULL);
	SAY(fopen("/tmp", "w") != NULL);
	file = tmpfile();
	SAY(file != NULL);
	SAY(setvbuf(file, NULL, _IONBF, 0));
	SAY(fwrite("abcdef", 2, 3, file));
	rewind(file);
	SAY(fread(text, 4, 2, file));
	SAY(fclose(file));
	file = fmemopen(text, sizeof(text), "w");
	SAY(fprintf(file, "in %s", "memory"));
	fclose(file);
	printf("%s\n", text);
	SAY(sscanf("12 0x1f 3.5e2 word rest", "%d %i %lf %5s", &n, &i, &d,
		   text));
	printf("%d %d %g %s\n", n, i, d, text);
	SAY(snprintf(text, 5, "%s", "longer than five"));
	printf("%s\n", text);
	printf("%+d|%05d|%-5d|%x|%#o|%e|%g|%a|%.3s|%5c|%%\n", 5, 42, 42, 255,
	       8, 1234.5, 1e-10, 1.0, "abcdef", 'z');
	SAY(remove(name));
	SAY(remove(name));
	return 0;
}
