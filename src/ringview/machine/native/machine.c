/* Construction, the run loop, device access, breakpoints. */
#include "core.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A WFI that cannot sleep, again and again at one place: the guest is off. */
#define WFI_SPIN_INSNS 16
#define WFI_SPINS_TO_HALT 3

/* How many epochs may pass before Python is let in, to handle its signals. */
#define PATIENCE 64

/* Unicorn's own words before the saved registers; they belong to a context
 * object and must not travel between two. */
#define CONTEXT_HEADER 40

struct rv_config {
	uint32_t ram_pa;
	uint32_t ram_size;
	void *ram;
	rv_read_fn read;
	rv_write_fn write;
	rv_event_fn on_event;
};

static int open_engine(struct rv_core *core)
{
	struct rv_unicorn_api *api = &core->uc_api;

	if (api->open(UC_ARCH_ARM, UC_MODE_ARM, &core->uc))
		return 10;
	if (api->ctl(core->uc, UC_CTL_SET_CPU_MODEL, UC_CPU_CORTEX_A8))
		return 11;
	if (api->ctl(core->uc, UC_CTL_SET_TCG_BUFFER, RV_TCG_BUFFER))
		return 12;
	if (api->ctl(core->uc, UC_CTL_SET_TLB_TYPE, 0))
		return 13;
	if (api->ctl(core->uc, UC_CTL_SET_EXITS_USED, 1))
		return 14;
	if (api->mem_map_ptr(core->uc, core->ram_pa, core->ram_size,
			     UC_PROT_ALL, core->ram))
		return 15;
	return 0;
}

RV_API void rv_free(struct rv_core *core)
{
	if (!core)
		return;
	rv_trace_free(core);
	if (core->context)
		core->uc_api.context_free(core->context);
	if (core->uc)
		core->uc_api.close(core->uc);
	free(core->shared.event_data);
	free(core->breakpoints);
	free(core->watchpoints);
	free(core);
}

RV_API uint32_t rv_abi(void)
{
	return RV_ABI;
}

/* On failure *error says which step failed and NULL is returned. */
RV_API struct rv_core *rv_new(const struct rv_unicorn_api *api,
			      const struct rv_config *config, int *error)
{
	struct rv_core *core = calloc(1, sizeof(*core));

	if (!core) {
		*error = 1;
		return NULL;
	}
	core->uc_api = *api;
	core->ram = config->ram;
	core->ram_pa = config->ram_pa;
	core->ram_size = config->ram_size;
	core->read = config->read;
	core->write = config->write;
	core->on_event = config->on_event;
	core->shared.next_event = NEVER;
	*error = open_engine(core);
	if (!*error && (api->context_alloc(core->uc, &core->context) ||
			api->context_save(core->uc, core->context)))
		*error = 16;
	if (!*error && rv_calibrate(core))
		*error = 20;
	if (!*error && api->context_restore(core->uc, core->context))
		*error = 21;
	if (!*error && (rv_hook_count(core) || rv_hook_exceptions(core)))
		*error = 30;
	if (*error) {
		rv_free(core);
		return NULL;
	}
	core->context_size = api->context_size(core->uc) - CONTEXT_HEADER;
	memset(core->ram, 0, 4096);
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
	core->mode = core->env->uncached_cpsr & PSR_MODE;
	return core;
}

static uint64_t clock_of(const struct rv_core *core)
{
	return core->shared.icount + core->shared.idle;
}

/* A device was touched: the slice may have to end sooner, or here. */
static void after_device(struct rv_core *core)
{
	struct rv_shared *s = &core->shared;

	core->attention = s->irq_line || s->fiq_line;
	if (core->attention || s->stop_request || s->broken ||
	    s->next_event < core->slice_end_clock)
		rv_cut(core);
}

static uint64_t mmio_read(uc_engine *uc, uint64_t offset, unsigned int size,
			  void *user)
{
	struct rv_core *core = user;
	uint64_t value;

	(void)uc;
	core->shared.icount = core->base + core->counter - 1;
	value = core->read(offset, size);
	after_device(core);
	return value;
}

static void mmio_write(uc_engine *uc, uint64_t offset, unsigned int size,
		       uint64_t value, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	core->shared.icount = core->base + core->counter - 1;
	core->write(offset, size, value);
	after_device(core);
}

/* user data cannot carry both the core and the base, so each region of the
 * bus gets a small record of its own. */
struct region {
	struct rv_core *core;
	uint32_t pa;
};

static uint64_t region_read(uc_engine *uc, uint64_t offset, unsigned int size,
			    void *user)
{
	struct region *region = user;

	return mmio_read(uc, region->pa + offset, size, region->core);
}

static void region_write(uc_engine *uc, uint64_t offset, unsigned int size,
			 uint64_t value, void *user)
{
	struct region *region = user;

	mmio_write(uc, region->pa + offset, size, value, region->core);
}

/* The records live as long as the process: a machine has a handful. */
RV_API int rv_map_devices(struct rv_core *core, uint32_t pa, uint32_t size)
{
	struct region *region = malloc(sizeof(*region));

	if (!region)
		return -1;
	region->core = core;
	region->pa = pa;
	return core->uc_api.mmio_map(core->uc, pa, size, region_read, region,
				     region_write, region);
}

/* Returns true when the machine is off: nothing will ever wake it. */
static bool wait_for_interrupt(struct rv_core *core)
{
	struct rv_shared *s = &core->shared;
	bool masked = core->env->daif & PSR_I;
	uint32_t pc = core->env->regs[15];
	uint64_t clock = clock_of(core);

	if (s->irq_line || s->fiq_line) {
		if (masked && s->wfi_pc == pc &&
		    s->icount - s->wfi_icount <= WFI_SPIN_INSNS)
			s->wfi_count++;
		else
			s->wfi_count = 1;
		s->wfi_pc = pc;
		s->wfi_icount = s->icount;
		return s->wfi_count >= WFI_SPINS_TO_HALT;
	}
	if (s->next_event == NEVER)
		return true;
	if (s->next_event > clock) {
		rv_simple_event(core, RV_IDLE, s->next_event - clock);
		s->idle += s->next_event - clock;
	}
	return false;
}

static uint64_t slice_length(const struct rv_core *core, uint64_t limit)
{
	const struct rv_shared *s = &core->shared;
	uint64_t n = limit - s->icount;
	uint64_t epoch = RV_EPOCH - s->icount % RV_EPOCH;

	if (epoch < n)
		n = epoch;
	if (s->next_event != NEVER && s->next_event - clock_of(core) < n)
		n = s->next_event - clock_of(core);
	return n;
}

/* Run at most n instructions; returns true if they ended in WFI. */
static bool run_slice(struct rv_core *core, uint64_t n)
{
	struct rv_shared *s = &core->shared;
	uint64_t epoch = s->icount / RV_EPOCH;
	uint64_t executed;
	bool wfi = false;
	int err;

	core->base = s->icount;
	core->slice_end_clock = clock_of(core) + n;
	core->attention = s->irq_line || s->fiq_line;
	core->at_breakpoint = false;
	core->fetch_postponed = false;
	core->syndrome->esr = 0;
	core->counter = 0;
	core->count = n;
	err = core->uc_api.emu_start(core->uc,
				     core->env->regs[15] | core->env->thumb, 0,
				     0, 0);
	executed = core->counter;
	if (core->bus_fault)
		executed += core->bus_kind == UC_MEM_FETCH_UNMAPPED;
	else if (core->at_breakpoint)
		executed--;
	else if (core->fetch_postponed)
		; /* the fetch was not counted */
	else if (err)
		s->broken = 0x100 + (uint32_t)err;
	else if (executed > core->count)
		executed--;
	else
		wfi = true;
	s->icount = core->base + executed;
	rv_note_mode(core, s->icount);
	if (core->bus_fault)
		rv_take_bus_fault(core);
	if (s->icount / RV_EPOCH != epoch)
		core->uc_api.ctl(core->uc, UC_CTL_TLB_FLUSH);
	return wfi;
}

static void serve_devices(struct rv_core *core)
{
	struct rv_shared *s = &core->shared;
	uint64_t mask = core->env->daif;

	if (clock_of(core) >= s->next_event ||
	    s->icount / RV_EPOCH >= core->heard + PATIENCE) {
		core->heard = s->icount / RV_EPOCH;
		core->on_event();
	}
	if (s->fiq_line && !(mask & PSR_F))
		rv_take_interrupt(core, true);
	else if (s->irq_line && !(mask & PSR_I))
		rv_take_interrupt(core, false);
}

static enum rv_reason why_stop(struct rv_core *core, uint64_t limit)
{
	struct rv_shared *s = &core->shared;

	if (s->broken)
		return RV_BROKEN;
	if (core->locked) {
		rv_simple_event(core, RV_LOCKED, 0);
		return RV_LOCKUP;
	}
	if (core->watch_hit)
		return RV_WATCHPOINT;
	if (core->at_breakpoint)
		return RV_BREAKPOINT;
	if (core->transition)
		return RV_TRANSITION;
	if (s->icount >= limit)
		return RV_LIMIT;
	if (s->stop_request) {
		s->stop_request = 0;
		return RV_STOPPED;
	}
	return RV_LIMIT;
}

static bool must_stop(const struct rv_core *core, uint64_t limit)
{
	const struct rv_shared *s = &core->shared;

	return s->broken || core->locked || core->watch_hit ||
	       core->at_breakpoint || core->transition || s->icount >= limit ||
	       s->stop_request;
}

/*
 * Run until icount reaches limit or something else stops the machine.
 * Postcondition, whatever the reason: device events due and interrupts that
 * are taken at this boundary have been.
 */
RV_API int rv_run(struct rv_core *core, uint64_t limit)
{
	struct rv_shared *s = &core->shared;
	bool halted = false;

	core->locked = false;
	core->transition = false;
	core->watch_hit = false;
	core->at_breakpoint = false;
	core->run_start = s->icount;
	core->heard = s->icount / RV_EPOCH;
	core->run_start_pc = core->env->regs[15];
	serve_devices(core);
	while (!must_stop(core, limit)) {
		if (run_slice(core, slice_length(core, limit)))
			halted = wait_for_interrupt(core);
		serve_devices(core);
		if (halted) {
			rv_simple_event(core, RV_HALT, 0);
			s->reason = RV_HALTED;
			return RV_HALTED;
		}
	}
	s->reason = why_stop(core, limit);
	return (int)s->reason;
}

/* A run that starts on a breakpoint passes over it. */
static bool is_run_start(const struct rv_core *core, uint32_t va)
{
	return core->base + core->counter - 1 == core->run_start &&
	       va == core->run_start_pc;
}

/* Will the instruction at va, about to run, be held by a breakpoint? */
bool rv_held_by_breakpoint(const struct rv_core *core, uint32_t va)
{
	for (size_t i = 0; i < core->nbreakpoints; i++)
		if (core->breakpoints[i] == va)
			return !is_run_start(core, va);
	return false;
}

void rv_stop_at_breakpoint(struct rv_core *core, uint32_t va)
{
	core->at_breakpoint = true;
	core->shared.detail = va;
	core->uc_api.emu_stop(core->uc);
}

static void on_count(uc_engine *uc, uint64_t address, uint32_t size,
		     void *user)
{
	(void)uc;
	(void)size;
	rv_begin_insn(user, (uint32_t)address);
}

int rv_hook_count(struct rv_core *core)
{
	return core->uc_api.hook_add(core->uc, &core->count_hook, UC_HOOK_CODE,
				     on_count, core, (uint64_t)1, (uint64_t)0);
}

/* Replace the set of instruction breakpoints (virtual addresses). */
RV_API int rv_set_breakpoints(struct rv_core *core, const uint32_t *va,
			      size_t n)
{
	uint32_t *fresh = calloc(n + 1, sizeof(*fresh));

	if (!fresh)
		return -1;
	memset(core->break_map, 0, sizeof(core->break_map));
	for (size_t i = 0; i < n; i++) {
		uint32_t slot = BREAK_SLOT(va[i]);

		fresh[i] = va[i];
		core->break_map[slot >> 3] |= (uint8_t)(1u << (slot & 7));
	}
	free(core->breakpoints);
	core->breakpoints = fresh;
	core->nbreakpoints = n;
	return 0;
}

static void on_watchpoint(uc_engine *uc, int type, uint64_t pa, int size,
			  int64_t value, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	(void)type;
	(void)value;
	core->watch_hit = true;
	core->shared.detail = (uint32_t)pa;
	core->shared.detail_size = (uint32_t)size;
	rv_cut(core);
}

/* Replace the watchpoints; each is pa, size, and 1 read | 2 write. */
RV_API int rv_set_watchpoints(struct rv_core *core, const uint32_t *triples,
			      size_t n)
{
	struct rv_watchpoint *fresh = calloc(n + 1, sizeof(*fresh));
	int err = fresh ? 0 : -1;

	if (err)
		return err;
	for (size_t i = 0; i < core->nwatchpoints; i++)
		core->uc_api.hook_del(core->uc, core->watchpoints[i].hook);
	for (size_t i = 0; i < n; i++) {
		struct rv_watchpoint *w = &fresh[i];
		int kinds;

		w->pa = triples[3 * i];
		w->size = triples[3 * i + 1];
		w->kinds = triples[3 * i + 2];
		kinds = (w->kinds & 1 ? UC_HOOK_MEM_READ_AFTER : 0) |
			(w->kinds & 2 ? UC_HOOK_MEM_WRITE : 0);
		err |= core->uc_api.hook_add(
			core->uc, &w->hook, kinds, on_watchpoint, core,
			(uint64_t)w->pa, (uint64_t)w->pa + w->size - 1);
	}
	free(core->watchpoints);
	core->watchpoints = fresh;
	core->nwatchpoints = n;
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
	return err;
}

RV_API void rv_clear_events(struct rv_core *core)
{
	core->shared.events = 0;
}

RV_API size_t rv_context_size(struct rv_core *core)
{
	return core->context_size;
}

RV_API int rv_save_context(struct rv_core *core, void *out)
{
	int err = core->uc_api.context_save(core->uc, core->context);

	if (!err)
		memcpy(out, (uint8_t *)core->context + CONTEXT_HEADER,
		       core->context_size);
	return err;
}

/*
 * Put the processor back.  `pages` lists the physical pages that the caller
 * has rewritten: translated code in them is dropped.  Unicorn takes virtual
 * addresses for that, so it is done with the MMU off.
 */
RV_API int rv_restore_context(struct rv_core *core, const void *in,
			      const uint32_t *pages, size_t npages)
{
	struct rv_unicorn_api *api = &core->uc_api;
	int err;

	if (npages) {
		rv_set_cp15(core, 1, 0, 0, 0,
			    rv_cp15(core, 1, 0, 0, 0) & ~SCTLR_M);
		api->ctl(core->uc, UC_CTL_TLB_FLUSH);
		for (size_t i = 0; i < npages; i++)
			api->ctl(core->uc, UC_CTL_TB_REMOVE_CACHE,
				 (uint64_t)pages[i],
				 (uint64_t)pages[i] + 4096);
	}
	memcpy((uint8_t *)core->context + CONTEXT_HEADER, in,
	       core->context_size);
	err = api->context_restore(core->uc, core->context);
	api->ctl(core->uc, UC_CTL_TLB_FLUSH);
	core->mode = core->env->uncached_cpsr & PSR_MODE;
	core->block_pc = core->env->regs[15];
	core->block_size = 4;
	rv_trace_resync(core);
	return err;
}

RV_API void rv_flush_code(struct rv_core *core)
{
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
}

RV_API void rv_flush_tlb(struct rv_core *core)
{
	core->uc_api.ctl(core->uc, UC_CTL_TLB_FLUSH);
}

/*
 * Compare RAM with the shadow, 4 KiB at a time; copy what differs into the
 * shadow and list the page numbers.  Returns how many there are.
 */
RV_API size_t rv_changed_pages(struct rv_core *core, uint8_t *shadow,
			       uint32_t *changed)
{
	static unsigned char resident[1u << 18];
	size_t n = 0;

	/* memory that was never touched is zero on both sides */
	if (core->ram_size >> 12 > sizeof(resident) ||
	    mincore(core->ram, core->ram_size, (void *)resident))
		memset(resident, 1, sizeof(resident));
	for (uint32_t page = 0; page < core->ram_size >> 12; page++) {
		uint8_t *now = core->ram + ((size_t)page << 12);
		uint8_t *then = shadow + ((size_t)page << 12);

		if (!resident[page] || !memcmp(now, then, 4096))
			continue;
		memcpy(then, now, 4096);
		changed[n++] = page;
	}
	return n;
}

/* Unicorn's own translation of a VA, for the oracle test; -1 on a fault. */
RV_API int64_t rv_unicorn_translate(struct rv_core *core, uint32_t va, int prot)
{
	uint64_t pa;

	if (core->uc_api.vmem_translate(core->uc, va, prot, &pa))
		return -1;
	return (int64_t)pa;
}
