/* A file mapped twice and by two processes: one memory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

#define PAGE 4096

int main(void)
{
	char name[] = "/tmp/sharedXXXXXX", text[16] = "";
	int fd = mkstemp(name), status;
	char *a, *b;

	by_lines();
	SAY(ftruncate(fd, 2 * PAGE));
	a = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (a == MAP_FAILED || b == MAP_FAILED) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	strcpy(a + PAGE, "through");
	printf("%s\n", b + PAGE);
	pread(fd, text, 8, PAGE);
	printf("%s\n", text);
	pwrite(fd, "written", 8, 0);
	printf("%s %s\n", a, b);
	if (!fork()) {
		strcpy(a, "by the child");
		_exit(0);
	}
	wait(&status);
	printf("%s\n", b);
	close(fd);
	fd = open(name, O_RDONLY);
	SAY((long)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0));
	SAY(msync(a, 2 * PAGE, MS_SYNC));
	read(fd, text, 12);
	printf("%.12s\n", text);
	SAY(unlink(name));
	return 0;
}
