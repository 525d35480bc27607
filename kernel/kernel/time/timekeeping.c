/*
 * Time since boot, from a free-running counter of 32 bits. Whole seconds
 * are kept apart: what is left of a second then fits 32-bit arithmetic.
 */
#include <linux/irqflags.h>
#include <linux/time.h>

/* 125 / 3 nanoseconds a cycle, exactly; 24,000,000 * 125 is below 2^32. */
#define CYCLE_NSEC_MUL 125
#define CYCLE_NSEC_DIV 3
_Static_assert(CLOCKSOURCE_HZ / CYCLE_NSEC_DIV * CYCLE_NSEC_MUL == NSEC_PER_SEC,
	       "the ratio is that of the clock");

/* Owned by masked interrupts. */
static struct {
	u32 (*read)(void);
	u64 sec;
	u32 cycles;	/* since sec began, at the time of last */
	u32 last;	/* the counter then */
	u64 coarse;	/* nanoseconds since boot, at the time of last */
} tk;

static u64 cycles_to_ns(u64 sec, u32 cycles)
{
	return sec * NSEC_PER_SEC + cycles * CYCLE_NSEC_MUL / CYCLE_NSEC_DIV;
}

static u64 seconds_and_cycles(u32 counter, u32 *cycles)
{
	u32 now = tk.cycles + (counter - tk.last);

	*cycles = now % CLOCKSOURCE_HZ;
	return tk.sec + now / CLOCKSOURCE_HZ;
}

void update_wall_time(void)
{
	u32 counter = tk.read();

	tk.sec = seconds_and_cycles(counter, &tk.cycles);
	tk.last = counter;
	tk.coarse = cycles_to_ns(tk.sec, tk.cycles);
	update_vsyscall(tk.coarse);
}

void clocksource_register(u32 (*read)(void))
{
	tk.last = read();
	tk.read = read;
}

u64 ktime_get_ns(void)
{
	u32 cycles;
	u64 sec;

	if (!tk.read)
		return 0;
	guard(irqsave)();
	sec = seconds_and_cycles(tk.read(), &cycles);
	return cycles_to_ns(sec, cycles);
}

u64 ktime_get_coarse_ns(void)
{
	guard(irqsave)();
	return tk.coarse;
}
