/*
 * The Cortex-A8's TLBs as a model (Cortex-A8 TRM DDI 0344, chapter 6): two of
 * 32 entries, fully associative, replaced round-robin, tagged with the ASID
 * unless global.
 */
#include "trace.h"

/* CRm of the c8 operations: which side; opc2: what */
enum { TLBI_I = 5,
       TLBI_D = 6,
       TLBI_BOTH = 7 };
enum { TLBI_ALL,
       TLBI_MVA,
       TLBI_ASID,
       TLBI_MVA_ALL_ASIDS };

static const struct rv_tlb_entry *fill(struct rv_core *core, struct rv_tlb *tlb,
				       uint32_t va, uint32_t asid)
{
	struct rv_tlb_entry *e = &tlb->entry[tlb->victim];
	struct rv_walk walk;

	if (!rv_walk(core, &core->trace->mmu, va, &walk))
		return NULL;
	e->va = va >> walk.shift << walk.shift;
	e->pa = walk.pa >> walk.shift << walk.shift;
	e->shift = (uint8_t)walk.shift;
	e->ap = (uint8_t)walk.ap;
	e->domain = (uint8_t)walk.domain;
	e->flags = RV_TLB_VALID | (walk.global ? RV_TLB_GLOBAL : 0) |
		   (walk.xn ? RV_TLB_XN : 0);
	e->asid = walk.global ? 0 : asid;
	e->serial = (uint32_t)(tlb->misses[0] + tlb->misses[1]);
	tlb->last = tlb->victim;
	tlb->victim = (tlb->victim + 1) % RV_TLB_ENTRIES;
	return e;
}

/* The rest of rv_tlb_lookup(): not the entry hit last. */
const struct rv_tlb_entry *rv_tlb_search(struct rv_core *core,
					 struct rv_tlb *tlb, uint32_t va,
					 bool privileged)
{
	uint32_t asid = core->trace->mmu.contextid & 0xff;

	for (uint32_t i = 0; i < RV_TLB_ENTRIES; i++) {
		if (rv_tlb_matches(&tlb->entry[i], va, asid)) {
			tlb->last = i;
			tlb->hits[privileged]++;
			return &tlb->entry[i];
		}
	}
	tlb->misses[privileged]++;
	return fill(core, tlb, va, asid);
}

static bool is_hit(const struct rv_tlb_entry *e, uint32_t opc2, uint32_t value)
{
	uint32_t asid = value & 0xff;
	bool same_page = !((value ^ e->va) >> e->shift);

	switch (opc2) {
	case TLBI_ALL:
		return true;
	case TLBI_MVA:
		return same_page &&
		       (e->flags & RV_TLB_GLOBAL || e->asid == asid);
	case TLBI_ASID:
		return !(e->flags & RV_TLB_GLOBAL) && e->asid == asid;
	case TLBI_MVA_ALL_ASIDS:
		return same_page;
	default:
		return false;
	}
}

void rv_tlb_invalidate(struct rv_trace *t, uint32_t crm, uint32_t opc2,
		       uint32_t value)
{
	t->fetch_host = NULL;
	for (int side = 0; side < 2; side++) {
		if (crm == TLBI_I && side != RV_ITLB)
			continue;
		if (crm == TLBI_D && side != RV_DTLB)
			continue;
		for (int i = 0; i < RV_TLB_ENTRIES; i++) {
			struct rv_tlb_entry *e = &t->model.tlb[side].entry[i];

			if (is_hit(e, opc2, value))
				e->flags = 0;
		}
	}
}
