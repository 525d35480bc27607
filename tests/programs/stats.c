/* What a file says of itself: kinds, modes, sizes, times, and their changes. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

static void show(const char *name)
{
	struct stat st;

	if (stat(name, &st)) {
		printf("%s: %s\n", name, strerror(errno));
		return;
	}
	printf("%o size %ld links %d uid same %d\n", st.st_mode,
	       (long)st.st_size, (int)st.st_nlink, st.st_uid == getuid());
}

int main(void)
{
	char name[] = "/tmp/statXXXXXX", other[64];
	struct stat st, at;
	int fd = mkstemp(name), ends[2];

	show(name);
	SAY(write(fd, "12345", 5));
	SAY(fchmod(fd, 0640));
	show(name);
	SAY(chmod(name, 04755));
	show(name);
	SAY(chmod("/tmp/none/such", 0));
	SAY(umask(027));
	SAY(umask(022));
	umask(077);
	snprintf(other, sizeof(other), "%s.d", name);
	SAY(mkdir(other, 0777));
	stat(other, &st);
	printf("%o\n", st.st_mode);
	SAY(rmdir(other));
	SAY(close(open(other, O_CREAT | O_WRONLY, 0666)));
	show(other);
	SAY(unlink(other));
	fstat(fd, &st);
	printf("recent %d\n", st.st_mtime > 100000 || st.st_mtime < 1000);
	SAY(fstatat(AT_FDCWD, name, &at, 0));
	printf("same %d\n", at.st_ino == st.st_ino && at.st_dev == st.st_dev);
	SAY(fstatat(fd, "", &at, AT_EMPTY_PATH));
	SAY(fstatat(fd, "x", &at, 0));
	SAY(fstat(99, &st));
	SAY(pipe(ends));
	fstat(ends[0], &st);
	printf("fifo %d\n", S_ISFIFO(st.st_mode));
	stat("/dev/null", &st);
	printf("null %d %x\n", S_ISCHR(st.st_mode), (unsigned)st.st_rdev);
	stat("/tmp", &st);
	printf("directory %d\n", S_ISDIR(st.st_mode));
	SAY(fsync(fd));
	SAY(fdatasync(fd));
	SAY(fsync(ends[0]));
	SAY(unlink(name));
	SAY(stat(name, &st));
	return 0;
}
