/* SPDX-License-Identifier: MIT */
/* libtest: the libc tests itself; prints what failed, exits with the count. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define NR_BLOCKS 64

static int failures;

#define CHECK(condition)                                                     \
	do {                                                                 \
		if (!(condition)) {                                          \
			printf("line %d: %s\n", __LINE__, #condition);       \
			failures++;                                          \
		}                                                            \
	} while (0)

static int printed(const char *expected, const char *format, ...)
{
	char buffer[128];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buffer, sizeof(buffer), format, args);
	va_end(args);
	if (!strcmp(buffer, expected) && n == (int)strlen(expected))
		return 1;
	printf("got '%s' for '%s'\n", buffer, format);
	return 0;
}

static void test_printf(void)
{
	char small[4];

	CHECK(printed("-7 +7  7", "%d %+d % d", -7, 7, 7));
	CHECK(printed("  42|42  |0042|0x2a|2A", "%4d|%-4d|%04d|%#x|%X", 42, 42,
		      42, 42, 42));
	CHECK(printed("-0042 00042", "%05d %.5d", -42, 42));
	CHECK(printed("   ab|ab   |abc", "%5s|%-5.2s|%.3s", "ab", "abcd",
		      "abcdef"));
	CHECK(printed("18446744073709551615", "%llu", ~0ull));
	CHECK(printed("-9223372036854775808", "%lld", (long long)(1ull << 63)));
	CHECK(printed("deadbeefcafe", "%llx", 0xdeadbeefcafeull));
	CHECK(printed("-1 255 4294967295", "%hhd %hhu %u", 255, 255, -1));
	CHECK(printed("c %  7 0", "%c %% %*d %d", 'c', 2, 7, 0));
	CHECK(printed("(null) 0x10000", "%s %p", (char *)NULL,
		      (void *)0x10000));
	CHECK(snprintf(small, sizeof(small), "%s", "abcdef") == 6);
	CHECK(!strcmp(small, "abc"));
}

static void test_string(void)
{
	char text[16] = "0123456789";

	memmove(text + 2, text, 5);
	CHECK(!strcmp(text, "0101234789"));
	memmove(text, text + 2, 5);
	CHECK(!strcmp(text, "0123434789"));
	CHECK(strchr("abca", 'a') && strrchr("abca", 'a')[1] == '\0');
	CHECK(!strchr("abc", 'd') && *strchr("abc", '\0') == '\0');
	CHECK(strcmp("a", "b") < 0 && strcmp("\xff", "a") > 0);
	CHECK(!strncmp("abc", "abd", 2) && strncmp("abc", "abd", 3) < 0);
	CHECK(!memcmp("a\0b", "a\0b", 3) && memcmp("a\0b", "a\0c", 3) < 0);
	CHECK(!strcmp(strerror(ENOSYS), "Function not implemented"));
	CHECK(!strcmp(strerror(4000), "Unknown error 4000"));
}

static void test_numbers(void)
{
	volatile unsigned int a = 1000000007, b = 10;
	volatile int c = -7, d = 2;
	volatile long long e = -1000000000000ll, f = 7;
	char *end;

	CHECK(a / b == 100000000 && a % b == 7 && b / a == 0);
	CHECK(c / d == -3 && c % d == -1 && -c / -d == -3);
	CHECK(e / f == -142857142857ll && e % f == -1);
	CHECK(strtoul("0x1F", &end, 0) == 31 && *end == '\0');
	CHECK(strtoul("077", NULL, 0) == 63 && strtoul("0x", &end, 16) == 0);
	CHECK(strtol(" -12z", &end, 10) == -12 && *end == 'z');
	CHECK(strtol("-2147483648", NULL, 10) == LONG_MIN);
	errno = 0;
	CHECK(strtoul("4294967296", NULL, 10) == ULONG_MAX && errno == ERANGE);
	CHECK(atoi("123abc") == 123);
}

static void test_malloc(void)
{
	unsigned char *blocks[NR_BLOCKS];
	unsigned int i, j;

	for (i = 0; i < NR_BLOCKS; i++) {
		blocks[i] = malloc(i * 37);
		CHECK(blocks[i] && (unsigned long)blocks[i] % 8 == 0);
		memset(blocks[i], i, i * 37);
	}
	for (i = 0; i < NR_BLOCKS; i += 2)
		free(blocks[i]);
	for (i = 0; i < NR_BLOCKS; i += 2) {
		blocks[i] = calloc(i, 41);
		for (j = 0; j < i * 41; j++)
			CHECK(blocks[i][j] == 0);
	}
	for (i = 1; i < NR_BLOCKS; i += 2) {
		blocks[i] = realloc(blocks[i], i * 90);
		for (j = 0; j < i * 37; j++)
			CHECK(blocks[i][j] == i);
	}
	for (i = 0; i < NR_BLOCKS; i++)
		free(blocks[i]);
	errno = 0;
	CHECK(!calloc(1u << 31, 8) && errno == ENOMEM);
}

static void test_kernel(void)
{
	errno = 0;
	CHECK(write(-1, "x", 1) == -1 && errno == EBADF);
	CHECK(getauxval(AT_PAGESZ) == 4096);
	errno = 0;
	CHECK(getauxval(12345) == 0 && errno == ENOENT);
	CHECK(getpid() > 0 && getpid() == gettid());
}

int main(void)
{
	test_printf();
	test_string();
	test_numbers();
	test_malloc();
	test_kernel();
	printf("libtest: %d failed\n", failures);
	return failures;
}
