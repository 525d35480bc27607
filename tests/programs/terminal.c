/* Not a terminal: input from nowhere, output to a file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	char name[] = "/tmp/outXXXXXX", text[64];
	int fd, saved, from;
	FILE *file;

	fd = mkstemp(name);
	SAY(isatty(fd));
	fflush(stdout);
	/* standard output goes to the file and comes back */
	saved = dup(1);
	dup2(fd, 1);
	printf("into the file\n");
	fflush(stdout);
	dup2(saved, 1);
	printf("back\n");
	file = fopen(name, "r");
	printf("%s", fgets(text, sizeof(text), file));
	fclose(file);
	SAY(freopen("/dev/null", "r", stdin) != NULL);
	SAY(getchar());
	from = open(name, O_RDONLY);
	SAY(ioctl(from, TIOCGWINSZ, text));
	SAY(lseek(fd, 0, SEEK_END));
	SAY(dprintf(fd, "%s", "printed"));
	SAY(unlink(name));
	return 0;
}
