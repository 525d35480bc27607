/* 64-bit values: arithmetic, formats, file offsets, atomics. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

static _Atomic uint64_t counter = 0xfffffffful;
static _Atomic uint8_t small;

int main(void)
{
	char name[] = "/tmp/wideXXXXXX";
	volatile int64_t a = -9000000000LL;
	volatile uint64_t b = 0x8000000000000001ull;
	uint64_t expected = 0x100000000ull;
	int fd = mkstemp(name), i;
	struct stat st;

	printf("%lld %lld %lld\n", (long long)(a / 7), (long long)(a % 7),
	       (long long)(a * 3));
	printf("%llx %llx %llx\n", (unsigned long long)(b >> 1),
	       (unsigned long long)(b << 1), (unsigned long long)(b / 10));
	printf("%lld\n", (long long)(a >> 33));
	atomic_fetch_add(&counter, 1);
	SAY(atomic_compare_exchange_strong(&counter, &expected, 5));
	printf("%llu\n", (unsigned long long)counter);
	for (i = 0; i < 300; i++)
		atomic_fetch_add(&small, 1);
	SAY(small);
	SAY(__builtin_clzll(b >> 5));
	SAY(__builtin_popcountll(b));
	SAY(pwrite(fd, "x", 1, 100000));
	fstat(fd, &st);
	printf("%lld\n", (long long)st.st_size);
	SAY(lseek(fd, 0x100000000LL, SEEK_SET) == 0x100000000LL);
	printf("%lld\n", (long long)lseek(fd, 10, SEEK_CUR));
	SAY(lseek(fd, INT64_MAX, SEEK_CUR));
	SAY(lseek(fd, -100001, SEEK_END));
	SAY(pread(fd, name, 1, 0x7000000000LL));
	unlink("/tmp/none");
	close(fd);
	return 0;
}
