#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

void __bug(const char *file, int line, const char *func) __noreturn;
void __warn(const char *file, int line, const char *func);

#define BUG() __bug(__FILE__, __LINE__, __func__)
#define BUG_ON(c) do { if (unlikely(c)) BUG(); } while (0)
#define WARN_ON(c) ({						\
	int __c = !!(c);					\
	if (unlikely(__c))					\
		__warn(__FILE__, __LINE__, __func__);		\
	unlikely(__c); })
#define BUILD_BUG_ON(c) _Static_assert(!(c), "BUILD_BUG_ON: " #c)
#define static_assert(c, m...) _Static_assert(c, "" m)

#endif
