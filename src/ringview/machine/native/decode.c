/*
 * The first address an A32 load or store touches, from its operands: Unicorn
 * reports physical addresses only.  ARM DDI 0406C A5 and A8.
 */
#include "core.h"

#define BIT(n) (insn >> (n) & 1)
#define FIELD(lo, width) (insn >> (lo) & ((1u << (width)) - 1))

static uint32_t base_of(uint32_t insn, const uint32_t *r)
{
	uint32_t rn = FIELD(16, 4);

	return rn == 15 ? (r[15] + 8) & ~3u : r[rn];
}

static uint32_t shifted(uint32_t insn, const uint32_t *r, uint32_t carry)
{
	uint32_t value = r[FIELD(0, 4)];
	uint32_t amount = FIELD(7, 5);

	switch (FIELD(5, 2)) {
	case 0:
		return value << amount;
	case 1:
		return amount ? value >> amount : 0;
	case 2:
		return (uint32_t)((int32_t)value >> (amount ? amount : 31));
	default:
		if (!amount)
			return carry << 31 | value >> 1;
		return value >> amount | value << (32 - amount);
	}
}

static uint32_t offset_base(uint32_t insn, uint32_t base, uint32_t offset)
{
	if (!BIT(24))
		return base;
	return BIT(23) ? base + offset : base - offset;
}

static uint32_t multiple_base(uint32_t insn, uint32_t base, uint32_t bytes)
{
	if (BIT(23))
		return base + (BIT(24) ? 4 : 0);
	return base - bytes + (BIT(24) ? 0 : 4);
}

static uint32_t halfword_offset(uint32_t insn, const uint32_t *r)
{
	if (BIT(22))
		return FIELD(8, 4) << 4 | FIELD(0, 4);
	return r[FIELD(0, 4)];
}

static bool unconditional(uint32_t insn, const uint32_t *r, uint32_t *va)
{
	uint32_t base = base_of(insn, r);

	if ((insn & 0x0e500000u) == 0x08400000u)	/* SRS */
		base = r[13];
	else if ((insn & 0x0e500000u) == 0x08100000u)	/* RFE */
		;
	else if ((insn & 0x0f100000u) == 0x04000000u) {	/* VLDn, VSTn */
		*va = base;
		return true;
	} else
		return false;
	*va = multiple_base(insn, base, 8);
	return true;
}

/*
 * insn: the instruction; r: r0 to r15 before it, r15 its own address, r[16]
 * its CPSR.  Returns false when it is no load or store that we know.
 */
bool rv_first_access(uint32_t insn, const uint32_t *r, uint32_t *va)
{
	uint32_t base = base_of(insn, r);

	if (insn >> 28 == 15)
		return unconditional(insn, r, va);
	switch (FIELD(25, 3)) {
	case 0:
		if ((insn & 0x90) != 0x90)
			return false;
		if (FIELD(5, 2))
			*va = offset_base(insn, base,
					  halfword_offset(insn, r));
		else if (BIT(24))	/* SWP, LDREX, STREX */
			*va = base;
		else
			return false;
		return true;
	case 2:
		*va = offset_base(insn, base, FIELD(0, 12));
		return true;
	case 3:
		if (BIT(4))
			return false;
		*va = offset_base(insn, base,
				  shifted(insn, r, r[16] >> 29 & 1));
		return true;
	case 4:
		*va = multiple_base(insn, base,
				    4 * (uint32_t)__builtin_popcount(
						insn & 0xffff));
		return true;
	case 6:
		if (BIT(24) && !BIT(21))
			*va = offset_base(insn, base, FIELD(0, 8) * 4);
		else
			*va = BIT(23) ? base : base - FIELD(0, 8) * 4;
		return true;
	default:
		return false;
	}
}
