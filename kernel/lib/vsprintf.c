/*
 * printf's formatting, with the kernel's additions for pointers:
 *
 *	%p, %pK	a number that stands for the address but does not give it away
 *	%px	the address itself
 *	%pS	function+offset/size that the address is in
 *
 * No floating point, no octal, no %h, no %n.
 */
#include <linux/ctype.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>

static const char flag_chars[] = "0-#";
#define ZEROPAD 1	/* fill with zeros */
#define LEFT 2
#define SPECIAL 4	/* 0x */
#define SIGN 8		/* the number is signed */
#define UPPER 16

struct spec {
	unsigned int flags;
	int width;
	int precision;	/* -1: none given */
	unsigned int base;
};

/* Where output goes: pos counts on past end, as snprintf's result must. */
struct out {
	char *pos;
	char *end;
};

static void put(struct out *out, char c)
{
	if (out->pos < out->end)
		*out->pos = c;
	out->pos++;
}

static void pad(struct out *out, char c, int n)
{
	while (n-- > 0)
		put(out, c);
}

static void put_string(struct out *out, const char *s, struct spec spec)
{
	int len;

	if (!s)
		s = "(null)";
	len = strnlen(s, spec.precision < 0 ? INT_MAX : spec.precision);
	if (!(spec.flags & LEFT))
		pad(out, ' ', spec.width - len);
	for (int i = 0; i < len; i++)
		put(out, s[i]);
	if (spec.flags & LEFT)
		pad(out, ' ', spec.width - len);
}

/* Digits, last one first; their number. */
static int number_digits(char *buf, unsigned long long num, struct spec spec)
{
	const char *digits = spec.flags & UPPER ? "0123456789ABCDEF" :
						  "0123456789abcdef";
	int n = 0;

	while (num > UINT_MAX) {
		buf[n++] = digits[num % spec.base];
		num /= spec.base;
	}
	/* the rest fits a word: spare the 64-bit division */
	for (unsigned int low = num; low; low /= spec.base)
		buf[n++] = digits[low % spec.base];
	return n;
}

static void put_number(struct out *out, unsigned long long num,
		       struct spec spec)
{
	bool negative = spec.flags & SIGN && (long long)num < 0;
	bool hex = spec.flags & SPECIAL && spec.base == 16 && num;
	char buf[24];
	int len, zeros, width;

	len = number_digits(buf, negative ? -num : num, spec);
	zeros = (spec.precision < 0 ? 1 : spec.precision) - len;
	if (zeros < 0)
		zeros = 0;
	width = spec.width - len - zeros - negative - 2 * hex;
	if (spec.flags & ZEROPAD && !(spec.flags & LEFT) &&
	    spec.precision < 0 && width > 0) {
		zeros += width;
		width = 0;
	}
	if (!(spec.flags & LEFT))
		pad(out, ' ', width);
	if (negative)
		put(out, '-');
	if (hex) {
		put(out, '0');
		put(out, spec.flags & UPPER ? 'X' : 'x');
	}
	pad(out, '0', zeros);
	while (len)
		put(out, buf[--len]);
	if (spec.flags & LEFT)
		pad(out, ' ', width);
}

/* Equal addresses give equal numbers, which is what a log needs. */
static unsigned long hash_pointer(unsigned long addr)
{
	static unsigned long key;

	if (!key)
		key = get_random_u32() | 1;
	addr = (addr ^ key) * 0x9e3779b1;
	addr ^= addr >> 15;
	addr *= key;
	return addr ^ addr >> 16;
}

static const char *put_pointer(struct out *out, const char *fmt,
			       unsigned long addr, struct spec spec)
{
	char sym[KSYM_SYMBOL_LEN];

	switch (*fmt) {
	case 'S':
	case 'B':
		sprint_symbol(sym, addr);
		put_string(out, sym, spec);
		return fmt + 1;
	case 'x':
		fmt++;
		break;
	case 'K':
		fmt++;
		fallthrough;
	default:
		addr = addr ? hash_pointer(addr) : 0;
	}
	spec.base = 16;
	spec.flags |= ZEROPAD;
	if (spec.width <= 0)
		spec.width = 2 * sizeof(void *);
	put_number(out, addr, spec);
	return fmt;
}

static const char *parse_flags(const char *fmt, unsigned int *flags)
{
	const char *flag;

	for (; *fmt && (flag = strchr(flag_chars, *fmt)); fmt++)
		*flags |= 1 << (flag - flag_chars);
	return fmt;
}

static const char *parse_int(const char *fmt, int *value)
{
	for (*value = 0; isdigit(*fmt); fmt++)
		*value = *value * 10 + *fmt - '0';
	return fmt;
}

/* How many times 'l' was written; z is one l here. */
static const char *parse_length(const char *fmt, int *length)
{
	*length = *fmt == 'z';
	for (fmt += *length; *fmt == 'l'; fmt++)
		++*length;
	return fmt;
}

static bool integer_spec(char c, struct spec *spec)
{
	if (c == 'd' || c == 'i')
		spec->flags |= SIGN;
	if (c == 'x' || c == 'X')
		spec->base = 16;
	if (c == 'X')
		spec->flags |= UPPER;
	return c && strchr("diuxX", c);
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { buf, buf + size };

	/* a size beyond the address space would make end wrap */
	if ((unsigned long)buf + size < (unsigned long)buf)
		out.end = (char *)~0UL;
	while (*fmt) {
		struct spec spec = { 0, 0, -1, 10 };
		const char *start = fmt;
		int length;

		if (*fmt != '%') {
			put(&out, *fmt++);
			continue;
		}
		fmt = parse_flags(fmt + 1, &spec.flags);
		fmt = parse_int(fmt, &spec.width);
		if (*fmt == '.' && *++fmt == '*') {
			fmt++;
			spec.precision = va_arg(args, int);
		} else if (fmt[-1] == '.') {
			fmt = parse_int(fmt, &spec.precision);
		}
		fmt = parse_length(fmt, &length);
		if (integer_spec(*fmt, &spec)) {
			unsigned long long num;

			if (length >= 2)
				num = va_arg(args, unsigned long long);
			else if (length == 1 && spec.flags & SIGN)
				num = va_arg(args, long);
			else if (length == 1)
				num = va_arg(args, unsigned long);
			else if (spec.flags & SIGN)
				num = va_arg(args, int);
			else
				num = va_arg(args, unsigned int);
			put_number(&out, num, spec);
			fmt++;
		} else if (*fmt == 'c') {
			char c[2] = { va_arg(args, int) };

			put_string(&out, c, spec);
			fmt++;
		} else if (*fmt == 's') {
			put_string(&out, va_arg(args, const char *), spec);
			fmt++;
		} else if (*fmt == 'p') {
			fmt = put_pointer(&out, fmt + 1,
					  va_arg(args, unsigned long), spec);
		} else if (*fmt == '%') {
			put(&out, *fmt++);
		} else {
			/* unknown: show it, for no argument can be skipped */
			while (start < fmt)
				put(&out, *start++);
		}
	}
	if (size)
		*(out.pos < out.end ? out.pos : out.end - 1) = '\0';
	return out.pos - buf;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (!size)
		return 0;
	return len < (int)size ? len : (int)size - 1;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return len;
}
