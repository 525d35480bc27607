/* SPDX-License-Identifier: MIT */
/*
 * Formatted output. One formatter feeds a sink, a character at a time; a sink
 * is either the caller's buffer or a small one that is written to a file
 * descriptor when it is full and at the end.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NO_FD (-1)
#define NO_PRECISION (-1)

/*
 * @used characters are in the buffer, @total were written so far, kept or not.
 * Without a file descriptor (NO_FD), what does not fit is dropped.
 */
struct sink {
	char *buffer;
	size_t size;
	size_t used;
	size_t total;
	int fd;
	bool failed;
};

/* @longs: 0 int, 1 long, 2 long long; -1 short, -2 char. */
struct spec {
	bool left, zero, plus, space, alternate;
	int width;
	int precision;
	int longs;
	char conversion;
};

static void flush(struct sink *sink)
{
	size_t done = 0;

	while (done < sink->used && !sink->failed) {
		ssize_t n = write(sink->fd, sink->buffer + done,
				  sink->used - done);

		if (n > 0)
			done += n;
		else if (n == 0 || errno != EINTR)
			sink->failed = true;
	}
	sink->used = 0;
}

static void put(struct sink *sink, char c)
{
	sink->total++;
	if (sink->used == sink->size) {
		if (sink->fd == NO_FD)
			return;
		flush(sink);
	}
	sink->buffer[sink->used++] = c;
}

static void pad(struct sink *sink, char c, int n)
{
	while (n-- > 0)
		put(sink, c);
}

static void put_text(struct sink *sink, const struct spec *spec, const char *s,
		     int length)
{
	int padding = spec->width - length;

	if (!spec->left)
		pad(sink, ' ', padding);
	while (length-- > 0)
		put(sink, *s++);
	if (spec->left)
		pad(sink, ' ', padding);
}

/* The digits go to the end of @end's buffer; their start is returned. */
static char *digits(char *end, uint64_t value, unsigned int base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	while (value >> 32) {
		*--end = set[value % base];
		value /= base;
	}
	for (uint32_t small = value; small; small /= base)
		*--end = set[small % base];
	return end;
}

static void put_number(struct sink *sink, const struct spec *spec,
		       uint64_t value, unsigned int base, const char *prefix)
{
	char buffer[24]; /* 22 octal digits in 64 bits */
	char *end = buffer + sizeof(buffer);
	char *first = digits(end, value, base, spec->conversion == 'X');
	int length = end - first;
	int precision = spec->precision == NO_PRECISION ? 1 : spec->precision;
	int zeros = precision > length ? precision - length : 0;
	int padding = spec->width - length - zeros - (int)strlen(prefix);

	if (spec->zero && !spec->left && spec->precision == NO_PRECISION &&
	    padding > 0) {
		zeros += padding;
		padding = 0;
	}
	if (!spec->left)
		pad(sink, ' ', padding);
	while (*prefix)
		put(sink, *prefix++);
	pad(sink, '0', zeros);
	while (first < end)
		put(sink, *first++);
	if (spec->left)
		pad(sink, ' ', padding);
}

static const char *parse_number(const char *p, int *value, va_list *args)
{
	if (*p == '*') {
		*value = va_arg(*args, int);
		return p + 1;
	}
	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		*value = *value * 10 + (*p - '0');
	return p;
}

/* @p is after the '%'; returns what follows the conversion. */
static const char *parse_spec(const char *p, struct spec *spec, va_list *args)
{
	memset(spec, 0, sizeof(*spec));
	spec->precision = NO_PRECISION;
	for (;; p++) {
		if (*p == '-')
			spec->left = true;
		else if (*p == '0')
			spec->zero = true;
		else if (*p == '+')
			spec->plus = true;
		else if (*p == ' ')
			spec->space = true;
		else if (*p == '#')
			spec->alternate = true;
		else
			break;
	}
	p = parse_number(p, &spec->width, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*p == '.') {
		p = parse_number(p + 1, &spec->precision, args);
		if (spec->precision < 0)
			spec->precision = NO_PRECISION;
	}
	for (;; p++) {
		if (*p == 'l')
			spec->longs++;
		else if (*p == 'h')
			spec->longs--;
		else if (*p != 'z')
			break;
	}
	spec->conversion = *p;
	return *p ? p + 1 : p;
}

static int64_t signed_argument(const struct spec *spec, va_list *args)
{
	int value;

	if (spec->longs >= 2)
		return va_arg(*args, long long);
	value = va_arg(*args, int);
	if (spec->longs == -1)
		return (short)value;
	if (spec->longs <= -2)
		return (signed char)value;
	return value;
}

static uint64_t unsigned_argument(const struct spec *spec, va_list *args)
{
	unsigned int value;

	if (spec->longs >= 2)
		return va_arg(*args, unsigned long long);
	value = va_arg(*args, unsigned int);
	if (spec->longs == -1)
		return (unsigned short)value;
	if (spec->longs <= -2)
		return (unsigned char)value;
	return value;
}

static void put_signed(struct sink *sink, const struct spec *spec,
		       int64_t value)
{
	const char *sign = "";

	if (spec->plus)
		sign = "+";
	else if (spec->space)
		sign = " ";

	if (value < 0)
		put_number(sink, spec, -(uint64_t)value, 10, "-");
	else
		put_number(sink, spec, value, 10, sign);
}

static void put_string(struct sink *sink, const struct spec *spec,
		       const char *s)
{
	size_t length;

	if (!s)
		s = "(null)";
	if (spec->precision == NO_PRECISION)
		length = strlen(s);
	else
		length = strnlen(s, spec->precision);
	put_text(sink, spec, s, length);
}

static void put_hex(struct sink *sink, const struct spec *spec, uint64_t value)
{
	const char *prefix = "";

	if (spec->alternate && value)
		prefix = spec->conversion == 'x' ? "0x" : "0X";
	put_number(sink, spec, value, 16, prefix);
}

static void convert(struct sink *sink, const struct spec *spec, va_list *args)
{
	char c;

	switch (spec->conversion) {
	case 'd':
	case 'i':
		put_signed(sink, spec, signed_argument(spec, args));
		break;
	case 'u':
		put_number(sink, spec, unsigned_argument(spec, args), 10, "");
		break;
	case 'o':
		put_number(sink, spec, unsigned_argument(spec, args), 8,
			   spec->alternate ? "0" : "");
		break;
	case 'x':
	case 'X':
		put_hex(sink, spec, unsigned_argument(spec, args));
		break;
	case 'p':
		put_number(sink, spec, (uintptr_t)va_arg(*args, void *), 16,
			   "0x");
		break;
	case 'c':
		c = va_arg(*args, int);
		put_text(sink, spec, &c, 1);
		break;
	case 's':
		put_string(sink, spec, va_arg(*args, const char *));
		break;
	case '%':
		put(sink, '%');
		break;
	default: /* unknown: show it rather than guess */
		put(sink, '%');
		if (spec->conversion)
			put(sink, spec->conversion);
	}
}

static void format_to(struct sink *sink, const char *p, va_list *args)
{
	struct spec spec;

	while (*p) {
		if (*p != '%') {
			put(sink, *p++);
			continue;
		}
		p = parse_spec(p + 1, &spec, args);
		convert(sink, &spec, args);
	}
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format,
	      va_list args)
{
	struct sink sink = {
		.buffer = to, .size = size ? size - 1 : 0, .fd = NO_FD
	};
	va_list copy;

	va_copy(copy, args);
	format_to(&sink, format, &copy);
	va_end(copy);
	if (size)
		to[sink.used] = '\0';
	return sink.total;
}

int vdprintf(int fd, const char *restrict format, va_list args)
{
	char buffer[256];
	struct sink sink = {
		.buffer = buffer, .size = sizeof(buffer), .fd = fd
	};
	va_list copy;

	va_copy(copy, args);
	format_to(&sink, format, &copy);
	va_end(copy);
	flush(&sink);
	return sink.failed ? -1 : (int)sink.total;
}

int vprintf(const char *restrict format, va_list args)
{
	return vdprintf(STDOUT_FILENO, format, args);
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to, size, format, args);
	va_end(args);
	return n;
}

int dprintf(int fd, const char *restrict format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vdprintf(fd, format, args);
	va_end(args);
	return n;
}

int printf(const char *restrict format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vdprintf(STDOUT_FILENO, format, args);
	va_end(args);
	return n;
}

int puts(const char *s)
{
	return printf("%s\n", s);
}

int putchar(int c)
{
	return printf("%c", c) < 0 ? EOF : (unsigned char)c;
}

void perror(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
}
