#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
/* Copies at most size - 1 bytes; the length copied, or -E2BIG if cut. */
ssize_t strscpy(char *dst, const char *src, size_t size);

/* Allocate with kmalloc(gfp). */
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *src, size_t n, gfp_t gfp);

#endif
