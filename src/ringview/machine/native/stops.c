/* Counting instructions, and what stops at one: breakpoints, watchpoints. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

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
	core->count = core->counter - 1;
	core->uc_api.emu_stop(core->uc);
}

static void on_count(uc_engine *uc, uint64_t address, uint32_t size,
		     void *user)
{
	struct rv_core *core = user;

	(void)uc;
	(void)size;
	/* memory hooks want pc, which stands already where they look for it */
	if (core->race)
		*core->pc_is_exact = 1;
	rv_begin_insn(core, (uint32_t)address);
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

/* Unicorn asks where an access begins; it may reach this far beyond. */
#define LONGEST_ACCESS 16

static bool is_watched(const struct rv_core *core, int type, uint32_t pa,
		       uint32_t size)
{
	uint32_t kind = type == UC_MEM_WRITE ? 2 : 1;

	for (size_t i = 0; i < core->nwatchpoints; i++) {
		const struct rv_watchpoint *w = &core->watchpoints[i];

		if (w->kinds & kind &&
		    (pa - w->pa < w->size || w->pa - pa < size))
			return true;
	}
	return false;
}

static void on_watchpoint(uc_engine *uc, int type, uint64_t pa, int size,
			  int64_t value, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	(void)value;
	if (!is_watched(core, type, (uint32_t)pa, (uint32_t)size))
		return;
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
		uint64_t first;
		int kinds;

		w->pa = triples[3 * i];
		w->size = triples[3 * i + 1];
		w->kinds = triples[3 * i + 2];
		kinds = (w->kinds & 1 ? UC_HOOK_MEM_READ_AFTER : 0) |
			(w->kinds & 2 ? UC_HOOK_MEM_WRITE : 0);
		first = w->pa < LONGEST_ACCESS ? 0 : w->pa - LONGEST_ACCESS + 1;
		err |= core->uc_api.hook_add(
			core->uc, &w->hook, kinds, on_watchpoint, core, first,
			(uint64_t)w->pa + w->size - 1);
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
