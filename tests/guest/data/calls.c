/* Calls of every shape, for unwinding at each of their instructions. */

typedef __builtin_va_list va_list;

__attribute__((noinline)) static int leaf(int a)
{
	return a * 3 + 1;
}

__attribute__((noinline)) static int early(int a, int *out)
{
	int big[40];

	if (!a)
		return 7;
	for (int i = 0; i < 40; i++)
		big[i] = leaf(i + a);
	*out = big[a & 31];
	return big[5] + leaf(*out);
}

__attribute__((noinline)) static int deep(int depth, int x)
{
	int out = x;

	if (depth == 0)
		return early(x & 1, &out) + out;
	return deep(depth - 1, x + depth) * 2 + leaf(out);
}

__attribute__((noinline)) static int many(int count, ...)
{
	va_list list;
	int sum = 0;

	__builtin_va_start(list, count);
	for (int i = 0; i < count; i++)
		sum += deep(i & 1, __builtin_va_arg(list, int));
	__builtin_va_end(list);
	return sum;
}

#define CALLED __attribute__((noinline)) static

CALLED int six(int a, int b, int c, int d, int e, int f)
{
	volatile int local[3] = { a + f, b + e, c + d };

	return many(3, local[0], local[1], local[2]) + leaf(local[1]);
}

volatile int result;

__attribute__((noinline)) int main(void)
{
	result = six(1, 2, 3, 4, 5, 6);
	result += early(0, 0);
	return result;
}

__asm__(".globl _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	mov	r11, #0\n"
	"	mov	lr, #0\n"
	"	bl	main\n"
	".globl finished\n"
	"finished:\n"
	"	b	finished\n"
	".size _start, . - _start\n");
