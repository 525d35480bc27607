/*
 * The machine's inner loop: what must run per exception, per block or per
 * instruction and therefore cannot be Python.
 *
 * One struct rv_core drives one Unicorn engine.  It is used by one thread at
 * a time; only shared.stop_request may be written by another.
 */
#ifndef RINGVIEW_CORE_H
#define RINGVIEW_CORE_H

#include "unicorn_abi.h"

#define RV_ABI 2

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Visible to the host's ctypes; nothing else is exported. */
#define RV_API __attribute__((visibility("default")))

/* ARM DDI 0406C B1.3.1: processor modes, PSR.M */
enum {
	MODE_USR = 0x10,
	MODE_FIQ = 0x11,
	MODE_IRQ = 0x12,
	MODE_SVC = 0x13,
	MODE_ABT = 0x17,
	MODE_UND = 0x1b,
	MODE_SYS = 0x1f,
};

#define PSR_MODE 0x1fu
#define PSR_T (1u << 5)
#define PSR_F (1u << 6)
#define PSR_I (1u << 7)
#define PSR_A (1u << 8)
#define PSR_E (1u << 9)
/* what exception entry keeps of CPSR: NZCVQ, GE, F */
#define PSR_KEPT 0xf80f0040u

#define SCTLR_M (1u << 0)
#define SCTLR_V (1u << 13)
#define SCTLR_EE (1u << 25)
#define SCTLR_TE (1u << 30)

#define HIGH_VECTORS 0xffff0000u
#define NO_VECTOR 0xffffffffu
#define NEVER UINT64_MAX

/* ARM DDI 0406C B3.13.3, short-descriptor fault status encodings */
#define FSR_DEBUG 0x2u
#define FSR_EXTERNAL 0x8u
#define FSR_DOMAIN_PAGE 0xbu
#define FSR_WRITE (1u << 11)
#define FSR_DOMAIN (15u << 4)

/*
 * Unicorn's own TLB is flushed at every multiple of this many instructions
 * in every run, so that a replay from a checkpoint (which has to flush)
 * repeats even a guest that forgets a TLB maintenance operation.
 */
#define RV_EPOCH (1u << 17)

/* Unicorn's own words before the saved registers; they belong to a context
 * object and must not travel between two. */
#define RV_CONTEXT_HEADER 40

/* Odd enough to be found again inside Unicorn's structure. */
#define RV_TCG_BUFFER 0x02013000u

/* Exception class and length bit of an ESR; the rest may be left over. */
#define ESR_CLASS 0xfe000000u

/* Why rv_run() returned. */
enum rv_reason {
	RV_LIMIT = 0,
	RV_BREAKPOINT,
	RV_WATCHPOINT,
	RV_TRANSITION,
	RV_HALTED,
	RV_LOCKUP,
	RV_STOPPED,
	RV_BROKEN,
};

/* struct rv_event.cause */
enum rv_cause {
	RV_SVC = 0,
	RV_UNDEFINED,
	RV_PREFETCH_ABORT,
	RV_DATA_ABORT,
	RV_IRQ,
	RV_FIQ,
	RV_RETURN,
	RV_MSR,
	RV_CPS,
	RV_SMC,
	RV_IDLE,
	RV_HALT,
	RV_LOCKED,
};

/* The head of CPUARMState, as Unicorn 2.1 lays it out; checked at start. */
struct rv_env {
	uint32_t regs[16];
	uint64_t xregs[32];
	uint64_t pc;
	uint32_t pstate;
	uint32_t aarch64;
	uint32_t hflags;
	uint32_t uncached_cpsr;
	uint32_t spsr;
	uint64_t banked_spsr[8];
	uint32_t banked_r13[8];
	uint32_t banked_r14[8];
	uint32_t usr_regs[5];
	uint32_t fiq_regs[5];
	uint32_t cf, vf, nf, zf, qf, ge, thumb, it, btype;
	uint64_t daif;
};

/* The order in which CPUARMState numbers its banks. */
enum { BANK_USR,
       BANK_SVC,
       BANK_ABT,
       BANK_UND,
       BANK_IRQ,
       BANK_FIQ,
       BANKS };

struct rv_syndrome {
	uint32_t esr;
	uint32_t fsr;
	uint64_t va;
};

/* Every general and banked register; the layout is known to abi.py. */
struct rv_registers {
	uint32_t r[16];
	uint32_t cpsr;
	uint32_t spsr;
	uint32_t bank_sp[BANKS];
	uint32_t bank_lr[BANKS];
	uint32_t bank_spsr[BANKS];
	uint32_t usr_r8[5];
	uint32_t fiq_r8[5];
};

struct rv_event {
	uint64_t icount;
	uint64_t skipped;
	uint32_t cause;
	uint32_t from_mode;
	uint32_t to_mode;
	uint32_t pc;
	uint32_t target;
	uint32_t vector;
	uint32_t lr;
	uint32_t spsr;
	uint32_t cpsr_before;
	uint32_t cpsr_after;
	uint32_t r[16];
	uint32_t sp_usr;
	uint32_t lr_usr;
	uint32_t sp_svc;
	uint32_t fsr;
	uint32_t far;
	uint32_t ttbr0;
	uint32_t contextid;
	uint32_t pad;
};

/* The part Python reads and writes directly; the layout is known to abi.py. */
struct rv_shared {
	uint64_t icount;
	uint64_t idle; /* ticks of the clock spent in WFI */
	uint64_t next_event;   /* clock of the next device event, or NEVER */
	uint32_t irq_line;
	uint32_t fiq_line;
	uint32_t stop_request; /* may be set by a signal handler */
	uint32_t broken;       /* a Python callback failed */
	uint32_t stop_on_transition;
	uint32_t reason;
	uint32_t detail;       /* breakpoint VA or watchpoint PA */
	uint32_t detail_size;
	uint64_t events;
	void *event_data;
	uint64_t insns;
	void *insn_data;
	uint64_t accesses;
	void *access_data;
	/* WFI and exception loops; part of the machine's state */
	uint32_t wfi_pc;
	uint32_t wfi_count;
	uint64_t wfi_icount;
	uint32_t loop_pc;
	uint32_t loop_count;
	uint64_t loop_icount;
};

/* Breakpoints are looked for at every instruction: first in a bit map. */
#define BREAK_BITS 4096
#define BREAK_SLOT(va) ((va) >> 1 & (BREAK_BITS - 1))

struct rv_watchpoint {
	uint32_t pa, size, kinds;
	uc_hook_id hook;
};

/* One window of device space. */
#define RV_REGIONS 16

struct rv_region {
	struct rv_core *core;
	uint32_t pa;
};

struct rv_trace;
struct rv_race;

typedef uint64_t (*rv_read_fn)(uint64_t pa, uint32_t size);
typedef void (*rv_write_fn)(uint64_t pa, uint32_t size, uint64_t value);
typedef void (*rv_event_fn)(void);

struct rv_core {
	struct rv_shared shared;
	struct rv_unicorn_api uc_api;
	uc_engine *uc;
	struct rv_env *env;
	volatile uint64_t counter; /* instructions begun in this slice */
	volatile uint64_t count;   /* how many this slice may begin */
	uc_hook_id count_hook;
	struct rv_syndrome *syndrome;
	uint8_t *pc_is_exact; /* Unicorn need not work out PC at a hook */
	uint8_t *unstoppable; /* what Unicorn translates ignores stops */

	uint8_t *ram;
	uint32_t ram_pa;
	uint32_t ram_size;
	uint32_t stack_mask; /* the bits of sp_svc that name a kernel stack */

	rv_read_fn read;
	rv_write_fn write;
	rv_event_fn on_event;

	uint64_t base; /* icount at which this slice began */
	uint64_t slice_end_clock;
	uint64_t heard; /* the epoch in which Python last ran */
	uint32_t mode; /* the mode last seen; differs: a transition */
	uint32_t block_pc;
	uint32_t block_size;
	bool attention; /* an interrupt line is up */
	bool at_breakpoint;
	bool fetch_postponed;
	bool locked;
	bool transition;
	bool watch_hit;
	uint64_t run_start;
	uint32_t run_start_pc;

	/* an access that no memory and no device answers */
	bool bus_fault;
	uint32_t bus_kind;
	uint32_t bus_pa;
	uint32_t bus_regs[17]; /* r0 to r15, CPSR */

	uint8_t break_map[BREAK_BITS / 8];
	uint32_t *breakpoints;
	size_t nbreakpoints;
	struct rv_watchpoint *watchpoints;
	size_t nwatchpoints;

	struct rv_region regions[RV_REGIONS];
	size_t nregions;
	uint8_t *resident; /* scratch: which RAM pages the host has at all */

	size_t event_room;
	void *context;
	size_t context_size;
	struct rv_trace *trace;
	struct rv_race *race; /* NULL: nothing is explored */
};

/* CPSR, put together from where Unicorn keeps its parts */
static inline uint32_t rv_cpsr(const struct rv_env *env)
{
	return env->uncached_cpsr | (env->nf & 0x80000000u) |
	       (uint32_t)(env->zf == 0) << 30 | env->cf << 29 |
	       (env->vf & 0x80000000u) >> 3 | env->qf << 27 | env->thumb << 5 |
	       (env->it & 3) << 25 | (env->it & 0xfc) << 8 | env->ge << 16 |
	       ((uint32_t)env->daif & (PSR_A | PSR_I | PSR_F));
}

/* regs.c */
RV_API void rv_get_registers(struct rv_core *core, struct rv_registers *out);
uint32_t rv_bank(uint32_t mode);
uint32_t rv_sp_of(const struct rv_env *env, uint32_t mode);
uint32_t rv_lr_of(const struct rv_env *env, uint32_t mode);
uint32_t rv_spsr_of(const struct rv_env *env, uint32_t mode);
uint32_t rv_cp15(struct rv_core *core, int crn, int opc1, int crm, int opc2);
void rv_set_cp15(struct rv_core *core, int crn, int opc1, int crm, int opc2,
		 uint32_t value);
void rv_write_cpsr(struct rv_core *core, uint32_t value);

/* exceptions.c */
int rv_hook_exceptions(struct rv_core *core);
void rv_note_mode(struct rv_core *core, uint64_t icount);
void rv_take_interrupt(struct rv_core *core, bool fiq);
void rv_take_bus_fault(struct rv_core *core);
void rv_push_event(struct rv_core *core, const struct rv_event *event);
void rv_simple_event(struct rv_core *core, uint32_t cause, uint64_t skipped);

/* walk.c */
struct rv_walk {
	uint32_t pa;
	uint32_t fsr;  /* 0: translated */
	uint32_t shift;	   /* log2 of the page size: 12, 16, 20, 24 */
	uint32_t ap; /* AP[2:0] */
	uint32_t domain;
	bool xn;
	bool global;
};

struct rv_mmu {
	uint32_t sctlr, ttbr0, ttbr1, ttbcr, dacr, contextid;
};

void rv_read_mmu(struct rv_core *core, struct rv_mmu *mmu);
bool rv_walk(const struct rv_core *core, const struct rv_mmu *mmu, uint32_t va,
	     struct rv_walk *walk);
bool rv_fetch_word(struct rv_core *core, uint32_t va, uint32_t *word);

/* decode.c */
bool rv_first_access(uint32_t insn, const uint32_t *r, uint32_t *va,
		     bool thumb);

/* calibrate.c */
int rv_calibrate(struct rv_core *core);

/* stops.c */
bool rv_held_by_breakpoint(const struct rv_core *core, uint32_t va);
void rv_stop_at_breakpoint(struct rv_core *core, uint32_t va);
int rv_hook_count(struct rv_core *core);

/* trace.c */
void rv_trace_settle(struct rv_core *core);
void rv_trace_resync(struct rv_core *core);
void rv_trace_free(struct rv_core *core);

/* ledger.c */
void rv_ledger_mode(struct rv_core *core, const struct rv_event *event);
void rv_ledger_run(struct rv_core *core);

/* race.c */
void rv_race_to_user(struct rv_core *core);
void rv_race_svc(struct rv_core *core);
void rv_race_block(struct rv_core *core, uint32_t va);
void rv_race_free(struct rv_core *core);

/* state.c */
RV_API int rv_save_context(struct rv_core *core, void *out);
RV_API int rv_restore_context(struct rv_core *core, const void *in,
			      const uint32_t *pages, size_t npages);

static inline uint64_t rv_clock(const struct rv_core *core)
{
	return core->shared.icount + core->shared.idle;
}

/* Is an interrupt line up that CPSR lets through? */
static inline bool rv_interrupt_due(const struct rv_core *core)
{
	uint64_t mask = core->env->daif;

	return (core->shared.fiq_line && !(mask & PSR_F)) ||
	       (core->shared.irq_line && !(mask & PSR_I));
}

/* End the running slice after the current instruction. */
static inline void rv_cut(struct rv_core *core)
{
	core->count = core->counter;
}

/*
 * The head of every instruction: count it, and hold it when the slice is over
 * or a breakpoint is on it.  Returns whether it will run; inside a Thumb IT
 * block Unicorn holds nothing, and a false answer comes at each instruction
 * up to the block's end.
 *
 * This is Unicorn's only CODE hook.  A single one is called straight from the
 * translated code, and doing the counting too replaces Unicorn's own counter.
 */
static inline bool rv_begin_insn(struct rv_core *core, uint32_t va)
{
	uint64_t counter = core->counter + 1;
	uint32_t slot = BREAK_SLOT(va);

	core->counter = counter;
	if (unlikely(counter > core->count)) {
		core->uc_api.emu_stop(core->uc);
		return false;
	}
	if (unlikely(core->break_map[slot >> 3] >> (slot & 7) & 1) &&
	    rv_held_by_breakpoint(core, va)) {
		rv_stop_at_breakpoint(core, va);
		return false;
	}
	return true;
}

#endif
