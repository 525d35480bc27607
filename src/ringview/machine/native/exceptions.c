/*
 * Exception entry and the record of every mode change.
 *
 * Unicorn decodes and detects, but delivers nothing: on SVC, aborts and
 * undefined instructions it calls a hook and goes on at whatever the
 * registers then say.  So entry (ARM DDI 0406C B1.9) happens here.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

/* Unicorn's exception numbers as its INTR hook gives them */
enum {
	EXCP_SVC = 2,
	EXCP_PREFETCH_ABORT = 3,
	EXCP_DATA_ABORT = 4,
	EXCP_BKPT = 7,
	EXCP_HVC = 11,
	EXCP_SMC = 13,
};

enum {
	VECTOR_UNDEFINED = 0x04,
	VECTOR_SVC = 0x08,
	VECTOR_PREFETCH = 0x0c,
	VECTOR_DATA = 0x10,
	VECTOR_IRQ = 0x18,
	VECTOR_FIQ = 0x1c,
};

/* As many times the same exception at the same place, with nothing retired
 * in between, make a lockup. */
#define LOOPS_TO_LOCKUP 32

struct entry {
	uint32_t cause, mode, vector, pc, lr, fsr, far;
};

void rv_push_event(struct rv_core *core, const struct rv_event *event)
{
	struct rv_event *data = core->shared.event_data;

	if (core->shared.events == core->event_room) {
		size_t room = core->event_room ? core->event_room * 2 : 1024;

		data = realloc(data, room * sizeof(*data));
		if (!data) {
			core->shared.broken = 1;
			return;
		}
		core->shared.event_data = data;
		core->event_room = room;
	}
	data[core->shared.events++] = *event;
}

void rv_simple_event(struct rv_core *core, uint32_t cause, uint64_t skipped)
{
	struct rv_event event = {
		.icount = core->shared.icount,
		.skipped = skipped,
		.cause = cause,
		.from_mode = core->mode,
		.to_mode = core->mode,
		.pc = core->env->regs[15],
		.target = core->env->regs[15],
		.vector = NO_VECTOR,
	};

	memcpy(event.r, core->env->regs, sizeof(event.r));
	rv_push_event(core, &event);
}

static void fill_context(struct rv_core *core, struct rv_event *event)
{
	const struct rv_env *env = core->env;

	event->sp_usr = rv_sp_of(env, MODE_USR);
	event->lr_usr = rv_lr_of(env, MODE_USR);
	event->sp_svc = rv_sp_of(env, MODE_SVC);
	event->ttbr0 = rv_cp15(core, 2, 0, 0, 0);
	event->contextid = rv_cp15(core, 13, 0, 0, 1);
}

static void after_transition(struct rv_core *core)
{
	if (core->shared.stop_on_transition) {
		core->transition = true;
		rv_cut(core);
	}
}

static void watch_for_lockup(struct rv_core *core, const struct entry *entry,
			     uint64_t icount)
{
	struct rv_shared *s = &core->shared;

	if (entry->pc == s->loop_pc && icount - s->loop_icount <= 1)
		s->loop_count++;
	else
		s->loop_count = 0;
	s->loop_pc = entry->pc;
	s->loop_icount = icount;
	if (s->loop_count >= LOOPS_TO_LOCKUP) {
		s->loop_count = 0;
		core->locked = true;
		rv_cut(core);
	}
}

/* ARM DDI 0406C B1.9: what all exception entries have in common. */
static void take(struct rv_core *core, const struct entry *entry,
		 uint64_t icount)
{
	struct rv_env *env = core->env;
	uint32_t sctlr = rv_cp15(core, 1, 0, 0, 0);
	uint32_t old = rv_cpsr(env);
	uint32_t new = (old & (PSR_KEPT | PSR_A)) | entry->mode | PSR_I;
	uint32_t base = HIGH_VECTORS;
	struct rv_event event = {
		.icount = icount,
		.cause = entry->cause,
		.from_mode = old & PSR_MODE,
		.to_mode = entry->mode,
		.pc = entry->pc,
		.lr = entry->lr,
		.spsr = old,
		.cpsr_before = old,
		.fsr = entry->fsr,
		.far = entry->far,
	};

	memcpy(event.r, env->regs, sizeof(event.r));
	event.r[15] = entry->pc;
	fill_context(core, &event);

	if (entry->cause != RV_SVC && entry->cause != RV_UNDEFINED)
		new |= PSR_A;
	if (entry->cause == RV_FIQ)
		new |= PSR_F;
	if (sctlr & SCTLR_TE)
		new |= PSR_T;
	if (sctlr & SCTLR_EE)
		new |= PSR_E;
	if (!(sctlr & SCTLR_V))
		base = rv_cp15(core, 12, 0, 0, 0);

	/* CPSR first: it switches the banks that the rest is written to */
	rv_write_cpsr(core, new);
	env->spsr = old;
	env->regs[14] = entry->lr;
	env->regs[15] = base + entry->vector;

	event.vector = base + entry->vector;
	event.target = event.vector;
	event.cpsr_after = new;
	rv_push_event(core, &event);
	rv_ledger_mode(core, &event);
	core->mode = entry->mode;
	watch_for_lockup(core, entry, icount);
	after_transition(core);
}

void rv_take_interrupt(struct rv_core *core, bool fiq)
{
	uint32_t pc = core->env->regs[15];
	struct entry entry = {
		.cause = fiq ? RV_FIQ : RV_IRQ,
		.mode = fiq ? MODE_FIQ : MODE_IRQ,
		.vector = fiq ? VECTOR_FIQ : VECTOR_IRQ,
		.pc = pc,
		.lr = pc + 4,
	};

	take(core, &entry, core->shared.icount);
}

static void take_data_abort(struct rv_core *core, uint32_t fsr, uint32_t far,
			    uint64_t icount)
{
	uint32_t pc = core->env->regs[15];
	struct entry entry = {
		.cause = RV_DATA_ABORT,
		.mode = MODE_ABT,
		.vector = VECTOR_DATA,
		.pc = pc,
		.lr = pc + 8,
		.fsr = fsr,
		.far = far,
	};

	rv_set_cp15(core, 6, 0, 0, 0, far);
	rv_set_cp15(core, 5, 0, 0, 0, fsr);
	take(core, &entry, icount);
}

/*
 * IFAR is the address that could not be fetched: for a 32-bit Thumb
 * instruction across a page boundary this may be its second halfword, and
 * the kernel has no other way to know which page is wanted.
 */
static uint32_t fetch_address(struct rv_core *core, uint64_t va)
{
	uint32_t pc = core->env->regs[15];

	return core->env->thumb && (uint32_t)va == pc + 2 ? pc + 2 : pc;
}

static void take_prefetch_abort(struct rv_core *core, uint32_t fsr,
				uint32_t far, uint64_t icount)
{
	uint32_t pc = core->env->regs[15];
	/* IFSR, unlike DFSR, has no domain field (ARM DDI 0406C, B4.1.96) */
	uint32_t ifsr = fsr & ~FSR_DOMAIN;
	struct entry entry = {
		.cause = RV_PREFETCH_ABORT,
		.mode = MODE_ABT,
		.vector = VECTOR_PREFETCH,
		.pc = pc,
		.lr = pc + 4,
		.fsr = ifsr,
		.far = far,
	};

	rv_set_cp15(core, 6, 0, 0, 2, far);
	rv_set_cp15(core, 5, 0, 0, 1, ifsr);
	take(core, &entry, icount);
}

static void take_undefined(struct rv_core *core, uint64_t icount)
{
	uint32_t pc = core->env->regs[15];
	struct entry entry = {
		.cause = RV_UNDEFINED,
		.mode = MODE_UND,
		.vector = VECTOR_UNDEFINED,
		.pc = pc,
		.lr = pc + (core->env->thumb ? 2 : 4),
	};

	take(core, &entry, icount);
}

static void take_svc(struct rv_core *core, uint64_t icount)
{
	uint32_t pc = core->env->regs[15];
	struct entry entry = {
		.cause = RV_SVC,
		.mode = MODE_SVC,
		.vector = VECTOR_SVC,
		.pc = pc - (core->env->thumb ? 2 : 4),
		.lr = pc,
	};

	if (core->race)
		rv_race_svc(core);
	take(core, &entry, icount);
}

/*
 * A fetch fault is raised while Unicorn looks for the next block, before it
 * would see that the slice has ended or that an interrupt is due; both come
 * first.
 */
static bool postpone_fetch_fault(struct rv_core *core)
{
	if (core->counter < core->count && !rv_interrupt_due(core))
		return false;
	core->fetch_postponed = true;
	core->uc_api.emu_stop(core->uc);
	return true;
}

/*
 * Unicorn checks the domain before it reads the second-level entry; the
 * architecture reads that first (ARM DDI 0406C, B3.13.1), so an empty entry
 * in a closed domain is a translation fault.
 */
static uint32_t prioritise(struct rv_core *core, uint32_t fsr, uint32_t va)
{
	struct rv_mmu mmu;
	struct rv_walk walk;

	if ((fsr & 0x40f) != FSR_DOMAIN_PAGE)
		return fsr;
	rv_read_mmu(core, &mmu);
	if (rv_walk(core, &mmu, va, &walk))
		return fsr;
	return (fsr & ~0xfu) | walk.fsr;
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
	struct rv_core *core = user;
	struct rv_syndrome syndrome = *core->syndrome;
	uint64_t icount;

	(void)uc;
	core->syndrome->esr = 0;
	*core->unstoppable = 0;
	rv_note_mode(core, core->base + core->counter);
	if (number == EXCP_PREFETCH_ABORT) {
		if (postpone_fetch_fault(core))
			return;
		/* the attempt counts as an instruction like any other */
		core->counter += 1;
	}
	icount = core->base + core->counter;
	if (number == EXCP_PREFETCH_ABORT)
		syndrome.va = fetch_address(core, syndrome.va);
	if (number == EXCP_PREFETCH_ABORT || number == EXCP_DATA_ABORT)
		syndrome.fsr = prioritise(core, syndrome.fsr,
					  (uint32_t)syndrome.va);
	switch (number) {
	case EXCP_SVC:
		take_svc(core, icount);
		break;
	case EXCP_PREFETCH_ABORT:
		take_prefetch_abort(core, syndrome.fsr, (uint32_t)syndrome.va,
				    icount);
		break;
	case EXCP_DATA_ABORT:
		take_data_abort(core, syndrome.fsr, (uint32_t)syndrome.va,
				icount);
		break;
	case EXCP_BKPT:
		take_prefetch_abort(core, FSR_DEBUG, core->env->regs[15],
				    icount);
		break;
	case EXCP_SMC:
		/* the boot ROM's monitor, which is not modelled, would run */
		core->shared.icount = icount;
		rv_simple_event(core, RV_SMC, 0);
		break;
	default:
		take_undefined(core, icount);
		break;
	}
}

/* Undefined instructions, and WFE and YIELD, which leave no syndrome. */
static bool on_invalid(uc_engine *uc, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	if (!(core->syndrome->esr & ESR_CLASS))
		return true;
	core->syndrome->esr = 0;
	*core->unstoppable = 0;
	rv_note_mode(core, core->base + core->counter - 1);
	take_undefined(core, core->base + core->counter);
	return true;
}

static bool on_unmapped(uc_engine *uc, int type, uint64_t pa, int size,
			int64_t value, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	(void)size;
	(void)value;
	if (core->bus_fault)
		return false;
	if (type == UC_MEM_FETCH_PROT)
		type = UC_MEM_FETCH_UNMAPPED;
	if (type == UC_MEM_FETCH_UNMAPPED && postpone_fetch_fault(core))
		return false;
	core->bus_fault = true;
	core->bus_kind = (uint32_t)type;
	core->bus_pa = (uint32_t)pa;
	memcpy(core->bus_regs, core->env->regs, sizeof(core->env->regs));
	core->bus_regs[16] = rv_cpsr(core->env);
	return false;
}

/*
 * Between slices: nothing answered at a physical address.  A store has not
 * stopped its instruction, so the registers go back to what they were.
 */
void rv_take_bus_fault(struct rv_core *core)
{
	uint32_t insn, write, far = core->bus_pa;

	core->bus_fault = false;
	rv_write_cpsr(core, core->bus_regs[16]);
	memcpy(core->env->regs, core->bus_regs, sizeof(core->env->regs));
	if (core->bus_kind == UC_MEM_FETCH_UNMAPPED) {
		take_prefetch_abort(core, FSR_EXTERNAL, core->env->regs[15],
				    core->shared.icount);
		return;
	}
	if (rv_fetch_word(core, core->bus_regs[15], &insn) &&
	    rv_first_access(insn, core->bus_regs, &far,
			    core->bus_regs[16] & PSR_T))
		far += (core->bus_pa - far) & 0xfff;
	write = core->bus_kind == UC_MEM_WRITE_UNMAPPED ? FSR_WRITE : 0;
	take_data_abort(core, FSR_EXTERNAL | write, far, core->shared.icount);
}

/* Name the instruction that changed the mode without an exception. */
static uint32_t cause_of_change(struct rv_core *core, uint32_t pc)
{
	uint32_t insn;

	if (!rv_fetch_word(core, pc, &insn))
		return RV_RETURN;
	if ((insn & 0xfff10020u) == 0xf1000000u)
		return RV_CPS;
	if ((insn & 0x0fb0f000u) == 0x0320f000u ||
	    (insn & 0x0fb0fff0u) == 0x0120f000u)
		return RV_MSR;
	return RV_RETURN;
}

/*
 * A block begins and the mode is not the one last seen: the last instruction
 * of the block before changed it.  (Instructions that may write CPSR.M always
 * end a block.)
 */
void rv_note_mode(struct rv_core *core, uint64_t icount)
{
	struct rv_env *env = core->env;
	uint32_t mode = env->uncached_cpsr & PSR_MODE;
	uint32_t before = core->mode, last;
	struct rv_event event = { .icount = icount };

	if (likely(mode == before))
		return;
	last = core->block_pc + core->block_size - 4;
	event.cause = cause_of_change(core, last);
	event.from_mode = before;
	event.to_mode = mode;
	event.pc = last;
	event.target = env->regs[15];
	event.vector = NO_VECTOR;
	event.lr = rv_lr_of(env, before);
	event.spsr = rv_spsr_of(env, before);
	event.cpsr_after = rv_cpsr(env);
	event.cpsr_before = (event.cpsr_after & ~PSR_MODE) | before;
	memcpy(event.r, env->regs, sizeof(event.r));
	event.r[13] = rv_sp_of(env, before);
	event.r[14] = event.lr;
	event.r[15] = last;
	fill_context(core, &event);
	rv_push_event(core, &event);
	rv_ledger_mode(core, &event);
	core->mode = mode;
	after_transition(core);
	if (core->race && mode == MODE_USR)
		rv_race_to_user(core);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size,
		     void *user)
{
	struct rv_core *core = user;

	(void)uc;
	*core->unstoppable = 0;
	if (unlikely((core->env->uncached_cpsr & PSR_MODE) != core->mode))
		rv_note_mode(core, core->base + core->counter);
	if (unlikely(core->race != NULL) && core->mode != MODE_USR)
		rv_race_block(core, (uint32_t)address);
	core->block_pc = (uint32_t)address;
	core->block_size = size;
	if (unlikely(core->attention) && rv_interrupt_due(core))
		rv_cut(core);
}

int rv_hook_exceptions(struct rv_core *core)
{
	struct rv_unicorn_api *api = &core->uc_api;
	const uint64_t all = 1, none = 0;
	uc_hook_id id;

	return api->hook_add(core->uc, &id, UC_HOOK_INTR, on_interrupt, core,
			     all, none) ||
	       api->hook_add(core->uc, &id, UC_HOOK_INSN_INVALID, on_invalid,
			     core, all, none) ||
	       api->hook_add(core->uc, &id,
			     UC_HOOK_MEM_READ_UNMAPPED |
				     UC_HOOK_MEM_WRITE_UNMAPPED |
				     UC_HOOK_MEM_FETCH_UNMAPPED |
				     UC_HOOK_MEM_FETCH_PROT,
			     on_unmapped, core, all, none) ||
	       api->hook_add(core->uc, &id, UC_HOOK_BLOCK, on_block, core, all,
			     none);
}
