/* Positions in a file: seeks, holes, truncation, pread and pwrite. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	char name[] = "/tmp/seekXXXXXX", bytes[32];
	struct iovec parts[3] = { { "one", 3 }, { "", 0 }, { "two", 3 } };
	struct stat st;
	int fd = mkstemp(name), i;

	SAY(write(fd, "0123456789", 10));
	SAY(lseek(fd, 0, SEEK_CUR));
	SAY(lseek(fd, -3, SEEK_END));
	SAY(read(fd, bytes, 32));
	SAY(lseek(fd, -1, SEEK_SET));
	SAY(lseek(fd, 0, 99));
	SAY(lseek(fd, 100, SEEK_SET));
	SAY(read(fd, bytes, 32));
	SAY(write(fd, "end", 3));
	fstat(fd, &st);
	printf("size %lld\n", (long long)st.st_size);
	SAY(pread(fd, bytes, 20, 8));
	for (i = 0; i < 20; i++)
		printf("%02x ", bytes[i]);
	printf("\n");
	SAY(pwrite(fd, "AB", 2, 1));
	SAY(pread(fd, bytes, 5, 0));
	printf("%.5s\n", bytes);
	SAY(pread(fd, bytes, 5, -1));
	SAY(ftruncate(fd, 5));
	SAY(ftruncate(fd, -5));
	SAY(lseek(fd, 0, SEEK_CUR));
	SAY(lseek(fd, 0, SEEK_END));
	SAY(writev(fd, parts, 3));
	SAY(writev(fd, parts, -1));
	SAY(writev(fd, parts, 0));
	SAY(lseek(fd, 0, SEEK_SET));
	parts[0].iov_base = bytes;
	parts[1].iov_base = bytes + 4;
	parts[1].iov_len = 5;
	SAY(readv(fd, parts, 2));
	printf("%.3s|%.5s\n", bytes, bytes + 4);
	SAY(ftruncate(fd, 8192));
	SAY(pread(fd, bytes, 4, 8190));
	SAY(ftruncate(fd, 3));
	SAY(lseek(fd, 0, SEEK_END));
	SAY(lseek(fd, 5000000000LL, SEEK_SET) == -1);
	printf("at %lld\n", (long long)lseek(fd, 0, SEEK_CUR));
	SAY(unlink(name));
	SAY(fstat(fd, &st));
	printf("links %d\n", (int)st.st_nlink);
	SAY(close(fd));
	SAY(close(fd));
	return 0;
}
