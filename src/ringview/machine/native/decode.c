/*
 * The first address a load or store touches, from its operands: Unicorn
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

	if ((insn & 0x0e500000u) == 0x08400000u) /* SRS */
		base = r[13];
	else if ((insn & 0x0e500000u) == 0x08100000u) /* RFE */
		;
	else if ((insn & 0x0f100000u) == 0x04000000u) { /* VLDn, VSTn */
		*va = base;
		return true;
	} else
		return false;
	*va = multiple_base(insn, base, 8);
	return true;
}

#undef BIT
#undef FIELD
#define LOW(lo, width) (h1 >> (lo) & ((1u << (width)) - 1))
#define HIGH(lo, width) (h2 >> (lo) & ((1u << (width)) - 1))

static uint32_t thumb_base(uint32_t rn, const uint32_t *r)
{
	return rn == 15 ? (r[15] + 4) & ~3u : r[rn];
}

static bool thumb16(uint32_t h1, const uint32_t *r, uint32_t *va)
{
	uint32_t low = r[LOW(3, 3)], imm5 = LOW(6, 5);

	switch (LOW(12, 4)) {
	case 4:
		*va = thumb_base(15, r) + LOW(0, 8) * 4;
		return LOW(11, 1);
	case 5:
		*va = low + r[LOW(6, 3)];
		return true;
	case 6:
		*va = low + imm5 * 4;
		return true;
	case 7:
		*va = low + imm5;
		return true;
	case 8:
		*va = low + imm5 * 2;
		return true;
	case 9:
		*va = r[13] + LOW(0, 8) * 4;
		return true;
	case 11:
		*va = r[13];
		if (!LOW(11, 1))
			*va -= 4 * (uint32_t)__builtin_popcount(LOW(0, 9));
		return LOW(9, 2) == 2;
	case 12:
		*va = r[LOW(8, 3)];
		return true;
	default:
		return false;
	}
}

/* Load and store multiple, dual, exclusive, table branch: A6.3.5, A6.3.6 */
static bool thumb32_multiple(uint32_t h1, uint32_t h2, const uint32_t *r,
			     uint32_t *va)
{
	uint32_t base = thumb_base(LOW(0, 4), r), imm = HIGH(0, 8) * 4;

	*va = base;
	if (!LOW(6, 1)) {
		if (LOW(8, 1))
			*va -= 4 * (uint32_t)__builtin_popcount(h2);
		return true;
	}
	if (LOW(8, 1) || LOW(5, 1)) {
		if (LOW(8, 1))
			*va = LOW(7, 1) ? base + imm : base - imm;
		return true;
	}
	if (!LOW(7, 1))
		*va = base + imm;
	else if (HIGH(5, 7) == 0x78)
		*va = (LOW(0, 4) == 15 ? r[15] + 4 : base) +
		      (r[HIGH(0, 4)] << HIGH(4, 1));
	return true;
}

/* Load and store single: A6.3.7 to A6.3.10; NEON elements: A7.7 */
static bool thumb32_single(uint32_t h1, uint32_t h2, const uint32_t *r,
			   uint32_t *va)
{
	uint32_t rn = LOW(0, 4), base = thumb_base(rn, r), imm = HIGH(0, 8);

	*va = base;
	if (LOW(8, 1) && !LOW(4, 1))
		return true;
	if (rn == 15)
		*va = LOW(7, 1) ? base + HIGH(0, 12) : base - HIGH(0, 12);
	else if (LOW(7, 1))
		*va = base + HIGH(0, 12);
	else if (!HIGH(11, 1))
		*va = base + (r[HIGH(0, 4)] << HIGH(4, 2));
	else if (HIGH(10, 1))
		*va = HIGH(9, 1) ? base + imm : base - imm;
	return true;
}

static bool thumb(uint32_t h1, uint32_t h2, const uint32_t *r, uint32_t *va)
{
	uint32_t base, imm = HIGH(0, 8) * 4;

	if (h1 < 0xe800)
		return thumb16(h1, r, va);
	switch (LOW(9, 7)) {
	case 0x74:
		return thumb32_multiple(h1, h2, r, va);
	case 0x7c:
		return thumb32_single(h1, h2, r, va);
	case 0x76:
		base = thumb_base(LOW(0, 4), r);
		if (LOW(8, 1) && !LOW(5, 1))
			*va = LOW(7, 1) ? base + imm : base - imm;
		else
			*va = LOW(7, 1) ? base : base - imm;
		return true;
	default:
		return false;
	}
}

#define BIT(n) (insn >> (n) & 1)
#define FIELD(lo, width) (insn >> (lo) & ((1u << (width)) - 1))

/*
 * insn: the instruction (Thumb: first halfword low); r: r0 to r15 before it,
 * r15 its own address, r[16] its CPSR.  Returns false when it is no load or
 * store that we know.
 */
bool rv_first_access(uint32_t insn, const uint32_t *r, uint32_t *va,
		     bool in_thumb)
{
	uint32_t base = base_of(insn, r);

	if (in_thumb)
		return thumb(insn & 0xffff, insn >> 16, r, va);
	if (insn >> 28 == 15)
		return unconditional(insn, r, va);
	switch (FIELD(25, 3)) {
	case 0:
		if ((insn & 0x90) != 0x90)
			return false;
		if (FIELD(5, 2))
			*va = offset_base(insn, base,
					  halfword_offset(insn, r));
		else if (BIT(24)) /* SWP, LDREX, STREX */
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
