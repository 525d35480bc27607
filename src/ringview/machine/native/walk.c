/*
 * Translation by the short-descriptor tables, for the core's own use: to read
 * the instruction behind a program counter and to feed the TLB model.  The
 * walker that explains itself is mmu.py; a test holds the two together.
 */
#include "core.h"

#define TTBCR_N 7u
#define TTBCR_PD0 (1u << 4)
#define TTBCR_PD1 (1u << 5)
#define FSR_TRANSLATION_SECTION 0x5u
#define FSR_TRANSLATION_PAGE 0x7u
#define FSR_WALK_EXTERNAL_L1 0xcu
#define FSR_WALK_EXTERNAL_L2 0xeu

static bool read_word(const struct rv_core *core, uint32_t pa, uint32_t *word)
{
	uint32_t offset = pa - core->ram_pa;

	if (offset > core->ram_size - 4)
		return false;
	__builtin_memcpy(word, core->ram + offset, 4);
	return true;
}

void rv_read_mmu(struct rv_core *core, struct rv_mmu *mmu)
{
	mmu->sctlr = rv_cp15(core, 1, 0, 0, 0);
	mmu->ttbr0 = rv_cp15(core, 2, 0, 0, 0);
	mmu->ttbr1 = rv_cp15(core, 2, 0, 0, 1);
	mmu->ttbcr = rv_cp15(core, 2, 0, 0, 2);
	mmu->dacr = rv_cp15(core, 3, 0, 0, 0);
	mmu->contextid = rv_cp15(core, 13, 0, 0, 1);
}

static bool fail(struct rv_walk *walk, uint32_t fsr)
{
	walk->fsr = fsr;
	return false;
}

static bool walk_second(const struct rv_core *core, uint32_t l1, uint32_t va,
			struct rv_walk *walk)
{
	uint32_t l2;

	walk->domain = l1 >> 5 & 15;
	if (!read_word(core, (l1 & ~0x3ffu) | (va >> 10 & 0x3fc), &l2))
		return fail(walk, FSR_WALK_EXTERNAL_L2);
	walk->ap = (l2 >> 7 & 4) | (l2 >> 4 & 3);
	walk->global = !(l2 & 1u << 11);
	switch (l2 & 3) {
	case 0:
		return fail(walk, FSR_TRANSLATION_PAGE);
	case 1:
		walk->shift = 16;
		walk->xn = l2 >> 15 & 1;
		walk->pa = (l2 & 0xffff0000u) | (va & 0xffffu);
		return true;
	default:
		walk->shift = 12;
		walk->xn = l2 & 1;
		walk->pa = (l2 & 0xfffff000u) | (va & 0xfffu);
		return true;
	}
}

bool rv_walk(const struct rv_core *core, const struct rv_mmu *mmu, uint32_t va,
	     struct rv_walk *walk)
{
	uint32_t n = mmu->ttbcr & TTBCR_N;
	bool upper = n && va >> (32 - n);
	uint32_t base, l1;

	*walk = (struct rv_walk){
		.pa = va, .shift = 20, .ap = 3, .global = true
	};
	if (!(mmu->sctlr & SCTLR_M))
		return true;
	if (mmu->ttbcr & (upper ? TTBCR_PD1 : TTBCR_PD0))
		return fail(walk, FSR_TRANSLATION_SECTION);
	base = upper ? mmu->ttbr1 & ~0x3fffu :
		       mmu->ttbr0 & ~((1u << (14 - n)) - 1);
	if (!upper && n)
		l1 = base | ((va << n >> n) >> 18 & ~3u);
	else
		l1 = base | (va >> 18 & ~3u);
	if (!read_word(core, l1, &l1))
		return fail(walk, FSR_WALK_EXTERNAL_L1);
	switch (l1 & 3) {
	case 0:
	case 3: /* a section with PXN, which this core lacks */
		return fail(walk, FSR_TRANSLATION_SECTION);
	case 1:
		return walk_second(core, l1, va, walk);
	default:
		break;
	}
	walk->xn = l1 >> 4 & 1;
	walk->ap = (l1 >> 13 & 4) | (l1 >> 10 & 3);
	walk->global = !(l1 & 1u << 17);
	if (l1 & 1u << 18) {
		walk->shift = 24;
		walk->pa = (l1 & 0xff000000u) | (va & 0xffffffu);
	} else {
		walk->domain = l1 >> 5 & 15;
		walk->pa = (l1 & 0xfff00000u) | (va & 0xfffffu);
	}
	return true;
}

/* Read the word at a virtual address by the current tables; no fault. */
bool rv_fetch_word(struct rv_core *core, uint32_t va, uint32_t *word)
{
	struct rv_mmu mmu;
	struct rv_walk walk;

	rv_read_mmu(core, &mmu);
	return rv_walk(core, &mmu, va, &walk) &&
	       read_word(core, walk.pa, word);
}

/* For the test that holds this walker to mmu.py: pa, fsr, log2 size, AP,
 * domain, XN, global. */
RV_API void rv_walk_va(struct rv_core *core, uint32_t va, uint32_t *out)
{
	struct rv_mmu mmu;
	struct rv_walk walk;

	rv_read_mmu(core, &mmu);
	rv_walk(core, &mmu, va, &walk);
	out[0] = walk.pa;
	out[1] = walk.fsr;
	out[2] = walk.shift;
	out[3] = walk.ap;
	out[4] = walk.domain;
	out[5] = walk.xn;
	out[6] = walk.global;
}
