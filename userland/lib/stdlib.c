/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void abort(void)
{
	tgkill(getpid(), gettid(), SIGABRT);
	__builtin_trap(); /* in case SIGABRT did not kill us */
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return INT_MAX;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *skip_prefix(const char *p, int *base)
{
	bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') &&
		   digit_value(p[2]) < 16;

	if (hex && (*base == 0 || *base == 16)) {
		*base = 16;
		return p + 2;
	}
	if (*base == 0)
		*base = *p == '0' ? 8 : 10;
	return p;
}

/* The magnitude of the number at @s; ULONG_MAX and ERANGE if too big. */
static unsigned long parse(const char *s, char **end, int base, bool *negative)
{
	const char *p = s;
	unsigned long value = 0;
	bool any = false, overflow = false;
	int digit;

	while (is_space(*p))
		p++;
	*negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	p = skip_prefix(p, &base);
	for (; (digit = digit_value(*p)) < base; p++) {
		unsigned long long next =
			(unsigned long long)value * base + digit;

		overflow |= next > ULONG_MAX;
		value = next;
		any = true;
	}
	if (end)
		*end = (char *)(any ? p : s);
	if (overflow) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	bool negative;
	unsigned long value = parse(s, end, base, &negative);

	return negative ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	bool negative;
	unsigned long value = parse(s, end, base, &negative);

	if (value > (unsigned long)LONG_MAX + negative) {
		errno = ERANGE;
		return negative ? LONG_MIN : LONG_MAX;
	}
	return negative ? -value : value;
}

int atoi(const char *s)
{
	return strtol(s, NULL, 10);
}
