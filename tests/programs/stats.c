/* What a file says of itself: kinds, modes, sizes, times, and their changes. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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
	struct timespec when[2] = { { 1000, 5000 }, { 2000, 7000 } };
	struct timespec odd[2] = { { 0, UTIME_OMIT }, { 3000, 0 } };
	struct timespec bad[2] = { { 0, 2000000000 }, { 0, 0 } };
	struct statvfs fs;
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
	SAY(utimensat(AT_FDCWD, name, when, 0));
	stat(name, &st);
	printf("%ld %ld %ld\n", (long)st.st_atime, (long)st.st_mtime,
	       st.st_mtim.tv_nsec);
	SAY(futimens(fd, odd));
	stat(name, &st);
	printf("%ld %ld\n", (long)st.st_atime, (long)st.st_mtime);
	SAY(utimensat(AT_FDCWD, name, bad, 0));
	SAY(utimensat(AT_FDCWD, "/tmp/none/such", when, 0));
	SAY(futimens(fd, NULL));
	fstat(fd, &st);
	printf("recent %d\n", st.st_mtime > 100000 || st.st_mtime < 1000);
	SAY(fstatat(AT_FDCWD, name, &at, 0));
	printf("same %d\n", at.st_ino == st.st_ino && at.st_dev == st.st_dev);
	SAY(fstatat(fd, "", &at, AT_EMPTY_PATH));
	SAY(fstatat(fd, "x", &at, 0));
	SAY(fstat(99, &st));
	SAY(chown(name, getuid(), getgid()));
	SAY(fchown(fd, -1, -1));
	SAY(pipe(ends));
	fstat(ends[0], &st);
	printf("fifo %d\n", S_ISFIFO(st.st_mode));
	stat("/dev/null", &st);
	printf("null %d %x\n", S_ISCHR(st.st_mode), (unsigned)st.st_rdev);
	stat("/tmp", &st);
	printf("directory %d\n", S_ISDIR(st.st_mode));
	SAY(statvfs("/tmp", &fs));
	printf("block %d, name %d\n", fs.f_bsize > 0, (int)fs.f_namemax);
	SAY(fsync(fd));
	SAY(fdatasync(fd));
	SAY(fsync(ends[0]));
	sync();
	SAY(unlink(name));
	SAY(stat(name, &st));
	return 0;
}
