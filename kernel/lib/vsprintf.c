/*
 * printf's formatting, with the kernel's additions for pointers:
 *
 *	%p, %pK	a number that stands for the address but does not give it away
 *	%px	the address itself
 *	%pS	function+offset/size that the address is in
 *
 * No floating point, no octal, no %X, %h or %n; a precision is for strings.
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

struct spec {
	unsigned int flags;
	int width;
	int precision;	/* at most so many characters of a string; -1: all */
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

static void put_field(struct out *out, const char *prefix, const char *s,
		      int len, struct spec spec)
{
	int fill = spec.width - (int)strlen(prefix) - len;

	if (!(spec.flags & (LEFT | ZEROPAD)))
		pad(out, ' ', fill);
	while (*prefix)
		put(out, *prefix++);
	if ((spec.flags & (LEFT | ZEROPAD)) == ZEROPAD)
		pad(out, '0', fill);
	while (len--)
		put(out, *s++);
	if (spec.flags & LEFT)
		pad(out, ' ', fill);
}

static void put_string(struct out *out, const char *s, struct spec spec)
{
	if (!s)
		s = "(null)";
	spec.flags &= ~ZEROPAD;
	put_field(out, "", s, strnlen(s, spec.precision), spec);
}

static void put_number(struct out *out, const char *sign,
		       unsigned long long num, unsigned int base,
		       struct spec spec)
{
	static const char digits[] = "0123456789abcdef";
	char buf[24], *s = buf + sizeof(buf);
	unsigned int low;

	if (spec.flags & SPECIAL && base == 16 && num)
		sign = "0x";
	for (; num > UINT_MAX; num /= base)
		*--s = digits[num % base];
	/* the rest fits a word: spare the 64-bit division */
	low = num;
	do {
		*--s = digits[low % base];
		low /= base;
	} while (low);
	put_field(out, sign, s, buf + sizeof(buf) - s, spec);
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

/* Returns how many letters behind the p say what is to be shown. */
static int put_pointer(struct out *out, char kind, unsigned long addr,
		       struct spec spec)
{
	char sym[KSYM_SYMBOL_LEN];

	if (kind == 'S' || kind == 'B') {
		sprint_symbol(sym, addr);
		put_string(out, sym, spec);
		return 1;
	}
	if (kind != 'x' && addr)
		addr = hash_pointer(addr);
	spec.flags |= ZEROPAD;
	if (!spec.width)
		spec.width = 2 * sizeof(void *);
	put_number(out, "", addr, 16, spec);
	return kind == 'x' || kind == 'K';
}

static const char *parse_flags(const char *fmt, unsigned int *flags)
{
	const char *flag;

	for (*flags = 0; *fmt && (flag = strchr(flag_chars, *fmt)); fmt++)
		*flags |= 1 << (flag - flag_chars);
	return fmt;
}

static const char *parse_int(const char *fmt, int *value)
{
	for (*value = 0; isdigit(*fmt); fmt++)
		*value = *value * 10 + *fmt - '0';
	return fmt;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { buf, buf + size };

	for (; *fmt; fmt++) {
		const char *start = fmt, *sign = "";
		unsigned long long num;
		struct spec spec;
		int longs = 0;

		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = parse_flags(fmt + 1, &spec.flags);
		fmt = parse_int(fmt, &spec.width);
		spec.precision = -1;
		if (!strncmp(fmt, ".*", 2)) {
			spec.precision = va_arg(args, int);
			fmt += 2;
		} else if (*fmt == '.') {
			fmt = parse_int(fmt + 1, &spec.precision);
		}
		for (; *fmt == 'l' || *fmt == 'z'; fmt++)
			longs++;
		switch (*fmt) {
		case 'd':
		case 'i':
			num = longs > 1 ? va_arg(args, long long) :
			      longs	? va_arg(args, long) :
					  va_arg(args, int);
			if ((long long)num < 0) {
				sign = "-";
				num = -num;
			}
			put_number(&out, sign, num, 10, spec);
			break;
		case 'x':
		case 'u':
			num = longs > 1 ? va_arg(args, unsigned long long) :
			      longs	? va_arg(args, unsigned long) :
					  va_arg(args, unsigned int);
			put_number(&out, "", num, *fmt == 'u' ? 10 : 16, spec);
			break;
		case 'c':
			put_field(&out, "", &(char){ va_arg(args, int) }, 1,
				  spec);
			break;
		case 's':
			put_string(&out, va_arg(args, const char *), spec);
			break;
		case 'p':
			fmt += put_pointer(&out, fmt[1],
					   va_arg(args, unsigned long), spec);
			break;
		case '%':
			put(&out, '%');
			break;
		default:
			/* unknown: show it, for no argument can be skipped */
			fmt = start;
			put(&out, '%');
		}
	}
	if (size)
		*(out.pos < out.end ? out.pos : out.end - 1) = '\0';
	return out.pos - buf;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	return size ? min(len, (int)size - 1) : 0;
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
