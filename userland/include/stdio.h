/* SPDX-License-Identifier: MIT */
/*
 * Formatted output, and nothing else of stdio: there are no FILEs and no
 * buffers that outlive a call, so one printf() is one write() unless its text
 * is longer than a small buffer.
 *
 * Understood: %d %i %u %x %X %o %c %s %p %%, the flags '-', '0', '+', ' ', '#',
 * width and precision (also '*'), and the lengths hh, h, l, ll, z.
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

int printf(const char *restrict format, ...)
	__attribute__((format(printf, 1, 2)));
int dprintf(int fd, const char *restrict format, ...)
	__attribute__((format(printf, 2, 3)));
int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
	__attribute__((format(printf, 3, 4)));
int vprintf(const char *restrict format, va_list args);
int vdprintf(int fd, const char *restrict format, va_list args);
int vsnprintf(char *restrict to, size_t size, const char *restrict format,
	      va_list args);

int puts(const char *s);
int putchar(int c);
void perror(const char *what);

#endif
