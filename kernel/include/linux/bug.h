#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

void __bug(const char *file, int line, const char *func) __noreturn;

#define BUG() __bug(__FILE__, __LINE__, __func__)
#define BUG_ON(c) do { if (unlikely(c)) BUG(); } while (0)
#define BUILD_BUG_ON(c) _Static_assert(!(c), "BUILD_BUG_ON: " #c)

#endif
