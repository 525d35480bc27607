/* setjmp, deep recursion, alloca, variable arguments, function pointers. */
#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "say.h"

static jmp_buf env;

static int sum(int count, ...)
{
	va_list list;
	int total = 0, i;

	va_start(list, count);
	for (i = 0; i < count; i++)
		total += i % 2 ? va_arg(list, int) : (int)va_arg(list, double);
	va_end(list);
	return total;
}

static unsigned deep(unsigned depth)
{
	volatile char frame[200];

	frame[depth % 200] = (char)depth;
	return depth ? deep(depth - 1) + frame[depth % 200] % 2 : 0;
}

static void leave(int depth)
{
	char *room = alloca(100);

	room[0] = (char)depth;
	if (!depth)
		longjmp(env, 17);
	leave(depth - 1);
}

static int add(int a, int b)
{
	return a + b;
}

static int times(int a, int b)
{
	return a * b;
}

int main(void)
{
	int (*volatile operations[])(int, int) = { add, times };
	int value = setjmp(env);

	printf("setjmp %d\n", value);
	if (!value)
		leave(100);
	printf("sum %d\n", sum(6, 1.0, 2, 3.5, 4, 5.25, 6));
	printf("deep %u\n", deep(20000));
	printf("%d %d\n", operations[0](6, 7), operations[1](6, 7));
	longjmp(env, value < 20 ? value + 1 : (exit(3), 0));
}
