#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

/* Marks for the reader: which address space a pointer belongs to. */
#define __user
#define __iomem

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define __noreturn __attribute__((noreturn))
#define __aligned(n) __attribute__((aligned(n)))
#define __used __attribute__((used))
#define __maybe_unused __attribute__((unused))
#define __weak __attribute__((weak))
#define __section(s) __attribute__((section(s)))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define fallthrough __attribute__((fallthrough))

#define barrier() asm volatile("" : : : "memory")
#define unreachable() __builtin_unreachable()

/* One access each, neither repeated nor left out by the compiler. */
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

#endif
