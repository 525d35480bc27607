#ifndef _LINUX_LIMITS_H
#define _LINUX_LIMITS_H

#define U64_MAX ((u64)~0ULL)
#define INT_MAX ((int)(~0U >> 1))
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (~0U)
#define LONG_MAX ((long)(~0UL >> 1))

#define PATH_MAX 4096
#define NAME_MAX 255

#endif
