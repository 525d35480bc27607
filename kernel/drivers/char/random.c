/*
 * Random bytes: ChaCha20 (RFC 8439, section 2.3) under a key that replaces
 * itself with each use, so that what was given out before cannot be computed
 * from memory later. The key starts from the hardware generator.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/hw_random.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define CHACHA_KEY_WORDS 8
#define CHACHA_BLOCK_WORDS 16
#define CHACHA_KEY_SIZE (CHACHA_KEY_WORDS * sizeof(u32))
#define CHACHA_BLOCK_SIZE (CHACHA_BLOCK_WORDS * sizeof(u32))
#define CHACHA_DOUBLE_ROUNDS 10

#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
#define GRND_INSECURE 4

/* Owned by masked interrupts. */
static u32 pool_key[CHACHA_KEY_WORDS];
static u32 pool_counter;
static bool crng_ready;

static void quarter_round(u32 *x, int a, int b, int c, int d)
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

static void chacha20_block(const u32 *key, u32 counter, u32 *out)
{
	/* "expand 32-byte k", the key, the counter, no nonce */
	u32 state[CHACHA_BLOCK_WORDS] = {
		0x61707865,
		0x3320646e,
		0x79622d32,
		0x6b206574,
	};

	memcpy(state + 4, key, CHACHA_KEY_SIZE);
	state[12] = counter;
	memcpy(out, state, sizeof(state));
	for (int i = 0; i < CHACHA_DOUBLE_ROUNDS; i++) {
		for (int c = 0; c < 4; c++)
			quarter_round(out, c, 4 + c, 8 + c, 12 + c);
		for (int c = 0; c < 4; c++)
			quarter_round(out, c, 4 + (c + 1) % 4,
				      8 + (c + 2) % 4, 12 + (c + 3) % 4);
	}
	for (int i = 0; i < CHACHA_BLOCK_WORDS; i++)
		out[i] += state[i];
}

/* The first half of a block is the next key, the second for the caller. */
static void extract(u8 *half)
{
	u32 block[CHACHA_BLOCK_WORDS];
	unsigned long flags;

	local_irq_save(flags);
	chacha20_block(pool_key, pool_counter++, block);
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

/* Stirs what a device yields into the pool. */
static void __init add_device_randomness(const void *buf, size_t len)
{
	const u8 *from = buf;
	u8 discard[CHACHA_KEY_SIZE];

	while (len) {
		size_t n = min(len, CHACHA_KEY_SIZE);
		unsigned long flags;

		local_irq_save(flags);
		for (size_t i = 0; i < n; i++)
			((u8 *)pool_key)[i] ^= from[i];
		local_irq_restore(flags);
		extract(discard);
		from += n;
		len -= n;
	}
}

/* After the hardware generator's driver, before the first program. */
static int __init crng_init(void)
{
	u8 seed[CHACHA_KEY_SIZE];
	u64 now = ktime_get_ns();
	size_t got = hwrng_get(seed, sizeof(seed));

	add_device_randomness(&now, sizeof(now));
	add_device_randomness(seed, got);
	crng_ready = got == sizeof(seed);
	memset(seed, 0, sizeof(seed));
	if (crng_ready)
		pr_info("random: crng init done\n");
	else
		pr_warn("random: no hardware seed, numbers are guessable\n");
	return 0;
}
subsys_initcall(crng_init);

SYSCALL_DEFINE3(getrandom, char __user *, buf, size_t, count,
		unsigned int, flags)
{
	u8 half[CHACHA_KEY_SIZE];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & GRND_RANDOM) && (flags & GRND_INSECURE))
		return -EINVAL;
	count = min_t(size_t, count, INT_MAX);
	while (done < count) {
		size_t n = min(count - done, sizeof(half));

		extract(half);
		if (copy_to_user(buf + done, half, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (done < count && signal_pending(current))
			break;
	}
	return done;
}
