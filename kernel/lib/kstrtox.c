/* Numbers from strings. */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>

static const char *number_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0 && s[0] == '0')
		*base = hex ? 16 : 8;
	else if (*base == 0)
		*base = 10;
	return *base == 16 && hex ? s + 2 : s;
}

static int digit_value(char c)
{
	if (isdigit(c))
		return c - '0';
	return isalpha(c) ? tolower(c) - 'a' + 10 : INT_MAX;
}

/* The whole string must be one number; a newline may follow it. */
int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long value = 0;
	const char *start;

	if (*s == '+')
		s++;
	start = s = number_base(s, &base);
	for (; digit_value(*s) < (int)base; s++) {
		unsigned int digit = digit_value(*s);

		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return -ERANGE;
	}
	if (s == start || (s[0] && !(s[0] == '\n' && !s[1])))
		return -EINVAL;
	*res = value;
	return 0;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	bool negative = *s == '-';
	unsigned long long value;
	int err = kstrtoull(negative ? s + 1 : s, base, &value);

	if (err)
		return err;
	if (value > (unsigned long long)INT_MAX + negative)
		return -ERANGE;
	*res = negative ? -(long long)value : (long long)value;
	return 0;
}
