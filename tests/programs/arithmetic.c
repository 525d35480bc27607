/* Floating point: arithmetic, rounding, exceptions, conversions, functions. */
#define _GNU_SOURCE
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "say.h"

static volatile double zero = 0.0, one = 1.0, three = 3.0, huge = DBL_MAX;

static void flags(const char *what)
{
	printf("%s:%s%s%s%s%s\n", what,
	       fetestexcept(FE_DIVBYZERO) ? " divbyzero" : "",
	       fetestexcept(FE_OVERFLOW) ? " overflow" : "",
	       fetestexcept(FE_UNDERFLOW) ? " underflow" : "",
	       fetestexcept(FE_INEXACT) ? " inexact" : "",
	       fetestexcept(FE_INVALID) ? " invalid" : "");
	feclearexcept(FE_ALL_EXCEPT);
}

int main(void)
{
	static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
				     FE_TOWARDZERO };
	volatile double r;
	volatile float f;
	double integral;
	char *end;
	int i, exponent;

	feclearexcept(FE_ALL_EXCEPT);
	r = one / zero;
	printf("%f\n", r);
	flags("1/0");
	r = huge * 10;
	flags("overflow");
	r = one / three;
	printf("%.17g %a\n", r, r);
	flags("1/3");
	r = zero / zero;
	printf("%d\n", isnan(r));
	flags("0/0");
	r = DBL_MIN / 3;
	flags("underflow");
	for (i = 0; i < 4; i++) {
		fesetround(modes[i]);
		r = one / three;
		printf("%a %g %g\n", r, rint(2.5), rint(-2.5));
	}
	fesetround(FE_TONEAREST);
	for (i = 1; i <= 5; i++) {
		r = i * 0.7;
		printf("%.15g %.15g %.15g %.15g %.15g %.15g\n", sin(r), cos(r),
		       exp(r), log(r), sqrt(r), atan2(r, 2));
	}
	printf("%.15g %.15g %.15g\n", pow(2, 0.5), fmod(10, 3), cbrt(27));
	printf("%g %g %g %g\n", floor(-1.5), ceil(-1.5), trunc(-1.5),
	       round(-1.5));
	printf("%g %d %g %g\n", frexp(48, &exponent), exponent,
	       ldexp(0.75, 6), modf(3.25, &integral));
	f = 16777216.0f;
	f += 1.0f;
	printf("%.1f %g\n", f, (double)(float)0.1);
	printf("%d %u %lld\n", (int)-1.9, (unsigned)3e9, (long long)-1e15);
	printf("%llu %g\n", (unsigned long long)1.8e19, (double)UINT64_MAX);
	printf("%g %g\n", strtod("1e400", &end), strtod("0x1.8p3", &end));
	printf("%d %d\n", zero == -zero, signbit(-zero) != 0);
	printf("%Lg %.10Lf\n", (long double)one / three, 2.5L);
	printf("%g\n", fma(2, 3, 4));
	printf("%.3f %e %G %.0f\n", 1.0005, 123456.789, 1e-7, 0.5);
	printf("%lld %lld\n", 7LL / -2, -7LL % 3);
	printf("%llu\n", 0xfedcba9876543210ULL / 12345);
	return 0;
}
