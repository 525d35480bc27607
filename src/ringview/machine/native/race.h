/*
 * Running one stretch of a guest many times: back to a root state by the pages
 * that were written, a log of how the watched bytes are read and written, and
 * stores of a modelled second core that land before a chosen load.  Layouts
 * are known to race.py and abi.py.
 */
#ifndef RINGVIEW_RACE_H
#define RINGVIEW_RACE_H

#include "core.h"

enum {
	RV_PAGE_DIRTY = 1 << 0,	  /* written since the root */
	RV_PAGE_WATCHED = 1 << 1, /* holds watched bytes */
	RV_PAGE_USER = 1 << 2,	  /* user mode could reach it at the root */
};

enum {
	RV_SEEN_STORE = 1 << 0,
	RV_SEEN_VICTIM = 1 << 1,
	RV_SEEN_PRIVILEGED = 1 << 2,
	RV_SEEN_SVC = 1 << 3, /* no access: another thread's SVC, its r7 */
};

/* One access to watched bytes, or any store by another thread than the
 * victim to a user's page while rv_race.shared.record is set. */
struct rv_seen {
	uint64_t icount;
	uint64_t value;
	uint32_t pc;
	uint32_t pa;
	uint16_t size;
	uint16_t flags;
	uint32_t thread; /* base of the kernel stack of whoever did it */
};

/* Bytes that the modelled second core stores before the victim's load number
 * `before` (from 0) of watched bytes. */
struct rv_poke {
	uint32_t before;
	uint32_t pa;
	uint32_t size; /* 1 to 8 */
	uint32_t pad;
	uint64_t value;
};

/* The part that Python reads and writes directly. */
struct rv_race_shared {
	uint64_t seen;
	void *seen_data;
	uint64_t loads;	 /* by the victim, of watched bytes */
	uint64_t stores; /* by others, to watched bytes */
	uint64_t stores_wanted; /* end the run behind that many; 0: never */
	uint64_t loads_wanted;  /* likewise, behind the load's instruction */
	uint64_t load_hash;
	uint64_t store_hash; /* the victim's stores to user pages */
	uint32_t stores_reached;
	uint32_t loads_reached;
	uint32_t returned; /* the victim went to user mode */
	uint32_t user_pc;  /* PL1 executed this address below the border */
	uint32_t ran_user; /* it did */
	uint32_t record;
	uint32_t entered; /* the victim executed SVC, so often */
	uint32_t dirty;
	uint32_t result; /* the victim's r0 when it returned */
	uint32_t others_wanted; /* end the run once another is in user mode */
	uint32_t others_reached;
	uint32_t pad;
};

struct rv_race {
	struct rv_race_shared shared;
	uint32_t victim;    /* base of the victim's kernel stack */
	uint32_t stack_size;
	uint32_t border;    /* first virtual address that is no user's */
	uint8_t *page;	    /* flags of each page of RAM */
	uint8_t *watched;   /* a bit for each byte of RAM */
	uint32_t *dirty;    /* page numbers */
	const uint8_t *root; /* RAM at the root: the host's other copy */
	void *context;	    /* the processor at the root */
	uint64_t icount, idle;
	uint32_t loops[4];
	uint64_t loop_icounts[2];
	struct rv_poke *pokes;
	size_t npokes;
	size_t next_poke;
	size_t seen_room;
	uc_hook_id load_hook;
	uc_hook_id store_hook;
};

#endif
