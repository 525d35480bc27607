/*
 * Random bytes: ChaCha20 (RFC 8439, section 2.3) under a key that replaces
 * itself with each use, so that what was given out before cannot be computed
 * from memory later. The first key is the AM335x's true random number
 * generator's.
 */
#include <linux/bitops.h>
#include <linux/clk.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define CHACHA_KEY_WORDS 8
#define CHACHA_BLOCK_WORDS 16
#define CHACHA_KEY_SIZE (CHACHA_KEY_WORDS * sizeof(u32))
#define CHACHA_ROUNDS 20

#define RNG_PHYS 0x48310000
#define RNG_SIZE 0x2000

#define RNG_OUTPUT_L 0x00
#define RNG_OUTPUT_H 0x04
#define RNG_STATUS 0x08
#define RNG_INTACK 0x10
#define RNG_CONTROL 0x14

#define STATUS_READY BIT(0)
#define CONTROL_ENABLE BIT(10)

#define GRND_NONBLOCK 1
#define GRND_RANDOM 2

/* Owned by masked interrupts. */
static u32 pool_key[CHACHA_KEY_WORDS];

static void quarter_round(u32 *x, u32 a, u32 b, u32 c, u32 d)
{
	x[a] += x[b];
	x[d] = rol32(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rol32(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rol32(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rol32(x[b] ^ x[c], 7);
}

static void chacha20_block(const u32 *key, u32 *out)
{
	/* "expand 32-byte k", the key; counter and nonce are 0 */
	u32 state[CHACHA_BLOCK_WORDS] = {
		0x61707865,
		0x3320646e,
		0x79622d32,
		0x6b206574,
	};

	memcpy(state + 4, key, CHACHA_KEY_SIZE);
	memcpy(out, state, sizeof(state));
	/* columns, then diagonals, in turn */
	for (u32 i = 0; i < CHACHA_ROUNDS; i++)
		for (u32 c = 0, d = i % 2; c < 4; c++)
			quarter_round(out, c, 4 + (c + d) % 4,
				      8 + (c + 2 * d) % 4,
				      12 + (c + 3 * d) % 4);
	for (int i = 0; i < CHACHA_BLOCK_WORDS; i++)
		out[i] += state[i];
}

/* The first half of a block is the next key, the second for the caller. */
static void extract(u8 *half)
{
	u32 block[CHACHA_BLOCK_WORDS];
	unsigned long flags;

	local_irq_save(flags);
	chacha20_block(pool_key, block);
	memcpy(pool_key, block, CHACHA_KEY_SIZE);
	local_irq_restore(flags);
	memcpy(half, block + CHACHA_KEY_WORDS, CHACHA_KEY_SIZE);
	memset(block, 0, sizeof(block));
}

void get_random_bytes(void *buf, size_t len)
{
	u8 half[CHACHA_KEY_SIZE];

	while (len) {
		size_t n = min(len, sizeof(half));

		extract(half);
		memcpy(buf, half, n);
		buf += n;
		len -= n;
	}
	memset(half, 0, sizeof(half));
}

u32 get_random_u32(void)
{
	u32 value;

	get_random_bytes(&value, sizeof(value));
	return value;
}

/* The generator gives two words at a time. */
static int __init crng_init(void)
{
	void __iomem *rng = ioremap(RNG_PHYS, RNG_SIZE);

	module_clk_enable(CM_PER_RNG_CLKCTRL);
	writel(CONTROL_ENABLE, rng + RNG_CONTROL);
	for (int i = 0; i < CHACHA_KEY_WORDS; i += 2) {
		while (!(readl(rng + RNG_STATUS) & STATUS_READY))
			;
		pool_key[i] = readl(rng + RNG_OUTPUT_L);
		pool_key[i + 1] = readl(rng + RNG_OUTPUT_H);
		writel(STATUS_READY, rng + RNG_INTACK);
	}
	pr_info("random: crng init done\n");
	return 0;
}
core_initcall(crng_init);

SYSCALL_DEFINE3(getrandom, char __user *, buf, size_t, count,
		unsigned int, flags)
{
	u8 half[CHACHA_KEY_SIZE];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM))
		return -EINVAL;
	count = min_t(size_t, count, INT_MAX);
	while (done < count) {
		size_t n = min(count - done, sizeof(half));

		extract(half);
		if (copy_to_user(buf + done, half, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (signal_pending(current))
			break;
	}
	return done;
}
