/* The run loop: slices of exact length between device events. */
#include "core.h"

/* A WFI that cannot sleep, again and again at one place: the guest is off. */
#define WFI_SPIN_INSNS 16
#define WFI_SPINS_TO_HALT 3

/* How many epochs may pass before Python is let in, to handle its signals. */
#define PATIENCE 64

/* Returns true when the machine is off: nothing will ever wake it. */
static bool wait_for_interrupt(struct rv_core *core)
{
	struct rv_shared *s = &core->shared;
	bool masked = core->env->daif & PSR_I;
	uint32_t pc = core->env->regs[15];
	uint64_t clock = rv_clock(core);

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
	if (s->next_event != NEVER && s->next_event - rv_clock(core) < n)
		n = s->next_event - rv_clock(core);
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

	rv_ledger_run(core);
	core->base = s->icount;
	core->slice_end_clock = rv_clock(core) + n;
	core->attention = s->irq_line || s->fiq_line;
	core->at_breakpoint = false;
	core->fetch_postponed = false;
	core->syndrome->esr = 0;
	*core->unstoppable = 0;
	core->counter = 0;
	core->count = n;
	err = core->uc_api.emu_start(core->uc,
				     core->env->regs[15] | core->env->thumb, 0,
				     0, 0);
	executed = core->counter;
	if (core->bus_fault)
		executed += core->bus_kind == UC_MEM_FETCH_UNMAPPED;
	else if (core->fetch_postponed)
		; /* the fetch was not counted */
	else if (err)
		s->broken = 0x100 + (uint32_t)err;
	else if (executed > core->count)
		executed--;
	else
		wfi = true;
	s->icount = core->base + executed;
	rv_trace_settle(core);
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

	if (rv_clock(core) >= s->next_event ||
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
