/* Trace records and the TLB model's state; layouts are known to trace.py. */
#ifndef RINGVIEW_TRACE_H
#define RINGVIEW_TRACE_H

#include "core.h"

/* The processor just before the instruction: the canonical state at icount. */
struct rv_insn {
	uint64_t icount;
	uint32_t r[16];
	uint32_t cpsr;
	uint32_t insn;
};

enum {
	RV_ACCESS_WRITE = 1 << 0,
	RV_ACCESS_PRIVILEGED = 1 << 1, /* the instruction ran at PL1 */
	RV_ACCESS_AS_USER = 1 << 2,    /* permissions checked as PL0 */
	RV_ACCESS_USER_PAGE = 1 << 3,  /* the page lets PL0 read */
	RV_ACCESS_EXACT_VA = 1 << 4,
	RV_ACCESS_DEVICE = 1 << 5,
};

struct rv_access {
	uint64_t icount;
	uint64_t value;
	uint32_t va;
	uint32_t pa;
	uint8_t size;
	uint8_t flags;
	uint16_t pad;
	uint32_t pad2;
};

/* Cortex-A8 TRM, chapter 6: 32 fully associative entries on each side */
#define RV_TLB_ENTRIES 32

enum { RV_ITLB,
       RV_DTLB };

enum {
	RV_TLB_VALID = 1 << 0,
	RV_TLB_GLOBAL = 1 << 1,
	RV_TLB_XN = 1 << 2,
};

struct rv_tlb_entry {
	uint32_t va;
	uint32_t pa;
	uint8_t shift;
	uint8_t ap;
	uint8_t domain;
	uint8_t flags;
	uint32_t asid;
	uint32_t serial; /* the miss that brought it in */
};

struct rv_tlb {
	struct rv_tlb_entry entry[RV_TLB_ENTRIES];
	uint32_t victim; /* the next to be replaced */
	uint32_t last; /* the last hit: looked at first */
	uint64_t hits[2];
	uint64_t misses[2];
};

/* Whom hits and misses are charged to. */
enum rv_account_kind {
	RV_FOR_NOTHING = 0, /* a free place */
	RV_FOR_USER,	    /* PL0 itself */
	RV_FOR_SYSCALL,
	RV_FOR_FAULT,	  /* aborts and undefined instructions of PL0 */
	RV_FOR_INTERRUPT, /* taken from PL0 */
	RV_FOR_KERNEL,	  /* PL1 for no one: threads of its own, idle, boot */
	RV_FOR_REST,	  /* more kinds of calls than there are places */
};

struct rv_account {
	uint32_t kind;
	uint32_t number;    /* of the system call: r7; 0 with an immediate */
	uint32_t immediate; /* of its svc, unless 0 or Thumb */
	uint32_t entries;   /* how often PL0 was left for it */
	uint64_t hits[2];   /* by side */
	uint64_t misses[2];
};

#define RV_ACCOUNTS 64
#define RV_WAITING 64

/* A thread that is inside the kernel but does not run. */
struct rv_waiting {
	uint32_t sp; /* SVC mode's, as it left; 0: a free place */
	uint32_t account;
};

struct rv_ledger {
	struct rv_account account[RV_ACCOUNTS];
	struct rv_waiting waiting[RV_WAITING];
	uint64_t hits[2]; /* what has been charged, by side */
	uint64_t misses[2];
	uint32_t current; /* the account being charged */
	uint32_t oldest;  /* of waiting[]: the next to be forgotten */
	uint32_t sp;	  /* SVC mode's, at the latest instruction */
	uint32_t watched; /* the bits of sp that name a stack; 0: not in SVC */
	uint32_t lost;	  /* threads may have been switched untraced */
	uint32_t pad;
};

/* What is saved and restored with the machine. */
struct rv_model {
	struct rv_tlb tlb[2];
	struct rv_ledger ledger;
};

struct rv_trace {
	bool on;
	bool mmu_changed;
	bool first; /* no access of this instruction seen yet */
	bool privileged;
	uint32_t insn;
	uint32_t next_va;
	uint32_t last_va;
	/* the page being executed: its address and where the host has it;
	 * NULL when unknown.  As long as it stays the same, the fetch hits. */
	uint32_t fetch_page;
	const uint8_t *fetch_host;
	struct rv_mmu mmu;
	struct rv_model model;
	uc_hook_id insn_hook;
	uc_hook_id access_hook;
	size_t insn_room;
	size_t access_room;
};

/* tlb.c */
const struct rv_tlb_entry *rv_tlb_search(struct rv_core *core,
					 struct rv_tlb *tlb, uint32_t va,
					 bool privileged);
void rv_tlb_invalidate(struct rv_trace *t, uint32_t crm, uint32_t opc2,
		       uint32_t value);

/* ledger.c */
void rv_ledger_settle(struct rv_trace *t);
void rv_ledger_switch(struct rv_core *core, uint32_t sp);
void rv_ledger_begin(struct rv_core *core);

static inline bool rv_tlb_matches(const struct rv_tlb_entry *e, uint32_t va,
				  uint32_t asid)
{
	return e->flags & RV_TLB_VALID && !((va ^ e->va) >> e->shift) &&
	       (e->flags & RV_TLB_GLOBAL || e->asid == asid);
}

/*
 * Look va up as the core would, filling on a miss.  NULL when the tables give
 * no translation, or with the MMU off: then no TLB takes part.
 */
static inline const struct rv_tlb_entry *
rv_tlb_lookup(struct rv_core *core, struct rv_tlb *tlb, uint32_t va,
	      bool privileged)
{
	const struct rv_trace *t = core->trace;
	const struct rv_tlb_entry *e = &tlb->entry[tlb->last];

	if (!(t->mmu.sctlr & SCTLR_M))
		return NULL;
	if (likely(rv_tlb_matches(e, va, t->mmu.contextid & 0xff))) {
		tlb->hits[privileged]++;
		return e;
	}
	return rv_tlb_search(core, tlb, va, privileged);
}

#endif
