/* SPDX-License-Identifier: MIT */
/*
 * Division. The Cortex-A8 has no instruction for it, so the compiler calls
 * these (names and results: ARM's "Run-time ABI for the ARM Architecture",
 * IHI 0043, section 4.3.1). Pairs come back in r0, r1 (or r0 to r3).
 */
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

struct pair64 {
	uint64_t quotient, remainder;
};

uint32_t __aeabi_uidiv(uint32_t a, uint32_t b);
int32_t __aeabi_idiv(int32_t a, int32_t b);
uint64_t __aeabi_uidivmod(uint32_t a, uint32_t b);
uint64_t __aeabi_idivmod(int32_t a, int32_t b);
void __udivmod64(uint64_t a, uint64_t b, struct pair64 *result);
void __divmod64(int64_t a, int64_t b, struct pair64 *result);

static void divide_by_zero(void)
{
	tgkill(getpid(), gettid(), SIGFPE);
}

/* Shift and subtract; clz finds where to start. */
static uint32_t divide32(uint32_t a, uint32_t b, uint32_t *remainder)
{
	uint32_t quotient = 0;
	int shift;

	if (!b) {
		divide_by_zero();
		*remainder = 0;
		return 0;
	}
	shift = a < b ? -1 : __builtin_clz(b) - __builtin_clz(a);
	for (; shift >= 0; shift--) {
		if (a >= b << shift) {
			a -= b << shift;
			quotient |= 1u << shift;
		}
	}
	*remainder = a;
	return quotient;
}

uint32_t __aeabi_uidiv(uint32_t a, uint32_t b)
{
	uint32_t remainder;

	return divide32(a, b, &remainder);
}

uint64_t __aeabi_uidivmod(uint32_t a, uint32_t b)
{
	uint32_t remainder;
	uint32_t quotient = divide32(a, b, &remainder);

	return (uint64_t)remainder << 32 | quotient;
}

static uint32_t magnitude(int32_t value)
{
	return value < 0 ? -(uint32_t)value : (uint32_t)value;
}

uint64_t __aeabi_idivmod(int32_t a, int32_t b)
{
	uint32_t remainder;
	uint32_t quotient = divide32(magnitude(a), magnitude(b), &remainder);

	if ((a < 0) != (b < 0))
		quotient = -quotient;
	if (a < 0)
		remainder = -remainder;
	return (uint64_t)remainder << 32 | quotient;
}

int32_t __aeabi_idiv(int32_t a, int32_t b)
{
	return (int32_t)__aeabi_idivmod(a, b);
}

void __udivmod64(uint64_t a, uint64_t b, struct pair64 *result)
{
	uint64_t quotient = 0;
	int shift;

	if (!b) {
		divide_by_zero();
		a = 0;
	} else if (a >= b) {
		shift = __builtin_clzll(b) - __builtin_clzll(a);
		for (; shift >= 0; shift--) {
			if (a >= b << shift) {
				a -= b << shift;
				quotient |= 1ull << shift;
			}
		}
	}
	result->quotient = quotient;
	result->remainder = a;
}

void __divmod64(int64_t a, int64_t b, struct pair64 *result)
{
	__udivmod64(a < 0 ? -(uint64_t)a : (uint64_t)a,
		    b < 0 ? -(uint64_t)b : (uint64_t)b, result);
	if ((a < 0) != (b < 0))
		result->quotient = -result->quotient;
	if (a < 0)
		result->remainder = -result->remainder;
}
