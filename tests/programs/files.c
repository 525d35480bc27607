/* Files in /tmp, a pipe, and the clock. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	char text[64] = { 0 };
	struct timespec a, b, pause = { 0, 20000000 };
	long long slept;
	int ends[2], fd;
	FILE *file;

	file = fopen("/tmp/ringview-test", "w+");
	if (!file)
		return 1;
	fprintf(file, "one\ntwo\n");
	rewind(file);
	while (fgets(text, sizeof(text), file))
		printf("read %s", text);
	fclose(file);
	fd = open("/tmp/ringview-test", O_RDONLY);
	printf("seek %ld\n", (long)lseek(fd, 0, SEEK_END));
	close(fd);
	unlink("/tmp/ringview-test");
	printf("gone %d\n", open("/tmp/ringview-test", O_RDONLY));
	if (pipe(ends))
		return 2;
	if (write(ends[1], "through", 7) != 7 || read(ends[0], text, 7) != 7)
		return 3;
	printf("pipe %.7s\n", text);
	clock_gettime(CLOCK_MONOTONIC, &a);
	nanosleep(&pause, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	slept = (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
	printf("slept %d\n", slept >= 20000000);
	return 0;
}
