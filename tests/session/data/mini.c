/* The C half of mini.S. */
typedef unsigned int u32;

#define REG(address) (*(volatile u32 *)(address))

#define UART 0x44e09000u
#define TIMER2 0x48040000u
#define INTC 0x48200000u

void mini_idle(void);
u32 call(u32 nr, u32 argument);
void undefined(void);

volatile u32 ticks, faults, calls, received;
u32 table[256];

void boot_main(void)
{
	for (u32 i = 0; i < 256; i++)
		table[i] = i * i;
	REG(UART + 0x04) = 1;
	REG(INTC + 0x88) = 0;
	REG(INTC + 0xc8) = 1u << (68 - 64);
	REG(INTC + 0xc8) = 1u << (72 - 64);
	REG(TIMER2 + 0x40) = 0u - TICK;
	REG(TIMER2 + 0x3c) = 0u - TICK;
	REG(TIMER2 + 0x2c) = 2;
	REG(TIMER2 + 0x38) = 3;
}

void mini_irq(void)
{
	if (REG(TIMER2 + 0x28) & 2) {
		REG(TIMER2 + 0x28) = 2;
		ticks++;
	}
	while (REG(UART + 0x14) & 1)
		received = received * 31 + REG(UART);
	REG(INTC + 0x48) = 1;
}

void mini_abort(void)
{
	faults++;
}

u32 mini_syscall(u32 argument)
{
	calls++;
	if (argument == 77)
		REG(UART) = 'm';
	return argument + 1;
}

static u32 __attribute__((noinline)) mix(u32 a, u32 b)
{
	u32 c = a ^ (b << 3);

	c += table[c & 255];
	return c * 2654435761u;
}

static u32 __attribute__((noinline)) deep(u32 n)
{
	if (n == 0)
		return mix(n, 1);
	return deep(n - 1) + mix(n, 2);
}

void thread_a(void)
{
	u32 sum = 0;

	for (u32 i = 0;; i++) {
		sum = mix(sum, i);
		table[sum & 255] += sum;
		if (i % 8 == 0)
			sum += call(1, i);
		if (i % 64 == 0)
			call(2, 77);
	}
}

void thread_b(void)
{
	u32 sum = 1;

	for (u32 i = 0;; i++) {
		sum += deep(i & 7);
		if (i % 16 == 0)
			sum += *(volatile u32 *)0x10000000;
		if (i % 32 == 0)
			undefined();
		table[i & 255] ^= sum;
#ifdef END
		if (i == END)
			call(3, *(volatile u32 *)0);
#endif
	}
}
