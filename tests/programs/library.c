/* The C library at work: sorting, searching, text, environment. */
#define _GNU_SOURCE
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <regex.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include "say.h"

static int ascending(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static int32_t numbers[5000];
	char *words[] = { "x", "-a", "-b", "value", "rest", NULL };
	char text[64], *rest, *token;
	uint32_t state = 1, i;
	regmatch_t match[2];
	regex_t regex;
	wchar_t wide[16];
	int c;

	for (i = 0; i < 5000; i++) {
		state = state * 1103515245 + 12345;
		numbers[i] = (int32_t)state;
	}
	qsort(numbers, 5000, sizeof(*numbers), ascending);
	for (i = 1; i < 5000; i++) {
		if (numbers[i - 1] > numbers[i])
			return 1;
	}
	SAY(bsearch(&numbers[77], numbers, 5000, 4, ascending) != NULL);
	SAY(strtol("  -123abc", &rest, 10));
	printf("%s\n", rest);
	SAY(strtol("99999999999", NULL, 10));
	SAY(strtoul("0xffff", NULL, 0));
	printf("%" PRIu64 "\n", strtoull("18446744073709551615", NULL, 10));
	SAY(setenv("NEW", "value", 1));
	printf("%s\n", getenv("NEW"));
	SAY(unsetenv("NEW"));
	SAY(getenv("NEW") != NULL);
	SAY(setenv("A=B", "x", 1));
	while ((c = getopt(5, words, "ab:")) != -1)
		printf("-%c %s\n", c, optarg ? optarg : "");
	SAY(optind);
	strcpy(text, "one,two,,three");
	for (rest = text; (token = strsep(&rest, ","));)
		printf("<%s>", token);
	printf("\n%s %s\n", strstr("haystack", "st"), strrchr("a/b/c", '/'));
	SAY(regcomp(&regex, "b(a+)c", REG_EXTENDED));
	SAY(regexec(&regex, "xxbaaac", 2, match, 0));
	printf("%d %d\n", (int)match[1].rm_so, (int)match[1].rm_eo);
	regfree(&regex);
	SAY(mbstowcs(wide, "wide", 16));
	printf("%ls\n", wide);
	srand(5);
	i = rand();
	srand(5);
	SAY(i == (uint32_t)rand());
	SAY(realpath("/tmp/..", text) != NULL && !strcmp(text, "/"));
	SAY(atexit(by_lines));
	return 5;
}
