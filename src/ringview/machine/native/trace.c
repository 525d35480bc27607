/*
 * The full trace: one record per instruction and per memory access, and the
 * Cortex-A8's TLBs as a model that sees every fetch and access.
 *
 * Nothing here may change what the guest sees.
 */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1 << 14 };

static bool grow(void **data, size_t *room, size_t used, size_t record)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	void *fresh;

	if (likely(used < *room))
		return true;
	fresh = realloc(*data, more * record);
	if (!fresh)
		return false;
	*data = fresh;
	*room = more;
	return true;
}

/* ARM DDI 0406C A8.3 */
static bool condition_holds(uint32_t insn, uint32_t cpsr)
{
	bool n = cpsr >> 31, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1,
	     v = cpsr >> 28 & 1, holds;

	switch (insn >> 29) {
	case 0:
		holds = z;
		break;
	case 1:
		holds = c;
		break;
	case 2:
		holds = n;
		break;
	case 3:
		holds = v;
		break;
	case 4:
		holds = c && !z;
		break;
	case 5:
		holds = n == v;
		break;
	case 6:
		holds = n == v && !z;
		break;
	default:
		return true;
	}
	return holds != (bool)(insn >> 28 & 1);
}

/* MCR p15, 0, rt, crn, crm, opc2 that the model must follow */
static void follow_cp15(struct rv_trace *t, uint32_t insn, const uint32_t *r)
{
	uint32_t crn = insn >> 16 & 15, rt = insn >> 12 & 15;

	if (crn == 8)
		rv_tlb_invalidate(t, insn & 15, insn >> 5 & 7, r[rt & 15]);
	else if (crn <= 3 || crn == 13)
		t->mmu_changed = true;
}

static bool is_mcr_p15(uint32_t insn)
{
	return (insn & 0x0f100f10u) == 0x0e000f10u && insn >> 28 != 15;
}

/* The page of pc is not the one executed last: ask the TLB model. */
static bool find_page(struct rv_core *core, uint32_t pc, bool privileged)
{
	struct rv_trace *t = core->trace;
	const struct rv_tlb_entry *e =
		rv_tlb_lookup(core, &t->model.tlb[RV_ITLB], pc, privileged);
	uint32_t pa = pc;

	t->fetch_host = NULL;
	if (e)
		pa = e->pa | (pc & ((1u << e->shift) - 1));
	else if (t->mmu.sctlr & SCTLR_M)
		return false;
	pa = (pa & ~0xfffu) - core->ram_pa;
	if (pa >= core->ram_size)
		return false;
	t->fetch_page = pc & ~0xfffu;
	t->fetch_host = core->ram + pa;
	return true;
}

static uint32_t fetch(struct rv_core *core, uint32_t pc, bool privileged)
{
	struct rv_trace *t = core->trace;
	uint32_t word;

	if (likely(t->fetch_host && (pc & ~0xfffu) == t->fetch_page)) {
		if (t->mmu.sctlr & SCTLR_M)
			t->model.tlb[RV_ITLB].hits[privileged]++;
	} else if (!find_page(core, pc, privileged)) {
		return 0;
	}
	/* a 16-bit instruction may end the page, and RAM */
	if (unlikely((pc & 0xfff) > 0xffc)) {
		word = 0;
		memcpy(&word, t->fetch_host + (pc & 0xfff), 2);
		return word;
	}
	memcpy(&word, t->fetch_host + (pc & 0xfff), 4);
	return word;
}

/* The instruction at pc, without the TLB model's noticing. */
static uint32_t peek(struct rv_core *core, uint32_t pc)
{
	uint32_t word;

	return rv_fetch_word(core, pc, &word) ? word : 0;
}

/*
 * The slice is over.  The last record may be of an instruction that was held
 * back after all: only the end of the slice tells.
 */
void rv_trace_settle(struct rv_core *core)
{
	struct rv_insn *data = core->shared.insn_data;
	uint64_t n = core->shared.insns;

	if (n && data[n - 1].icount >= core->shared.icount)
		core->shared.insns = n - 1;
}

static void on_insn(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
	struct rv_core *core = user;
	struct rv_trace *t = core->trace;
	const struct rv_env *env = core->env;
	struct rv_insn *record;
	bool runs;

	(void)uc;
	(void)size;
	runs = rv_begin_insn(core, (uint32_t)address);
	*core->pc_is_exact = 1;
	if (unlikely(t->mmu_changed) && runs) {
		rv_read_mmu(core, &t->mmu);
		t->fetch_host = NULL;
		t->mmu_changed = false;
	}
	if (!grow(&core->shared.insn_data, &t->insn_room, core->shared.insns,
		  sizeof(*record))) {
		core->shared.broken = 1;
		return;
	}
	record = (struct rv_insn *)core->shared.insn_data +
		 core->shared.insns++;
	__builtin_prefetch(record + 4, 1);
	record->icount = core->base + core->counter - 1;
	memcpy(record->r, env->regs, sizeof(record->r));
	record->r[15] = (uint32_t)address;
	record->cpsr = rv_cpsr(env);
	t->privileged = (record->cpsr & PSR_MODE) != MODE_USR;
	if (likely(runs)) {
		struct rv_ledger *l = &t->model.ledger;

		if (unlikely((record->r[13] ^ l->sp) & l->watched))
			rv_ledger_switch(core, record->r[13]);
		l->sp = record->r[13];
	}
	record->insn = likely(runs) ? fetch(core, (uint32_t)address,
					    t->privileged) :
				      peek(core, (uint32_t)address);
	t->first = true;
	t->insn = record->insn;
	if (unlikely(is_mcr_p15(record->insn)) && runs && !env->thumb &&
	    condition_holds(record->insn, record->cpsr))
		follow_cp15(t, record->insn, record->r);
}

/* LDRT, STRT and their byte and halfword forms: P = 0, W = 1 */
static bool is_unprivileged(uint32_t insn)
{
	if ((insn & 0x01200000u) != 0x00200000u || insn >> 28 == 15)
		return false;
	if ((insn & 0x0c000000u) == 0x04000000u)
		return true;
	return (insn & 0x0e000090u) == 0x00000090u && (insn & 0x60u);
}

static uint32_t virtual_address(struct rv_core *core, uint32_t pa, bool *exact)
{
	struct rv_trace *t = core->trace;
	const struct rv_insn *record =
		(struct rv_insn *)core->shared.insn_data + core->shared.insns;
	uint32_t va = t->next_va, regs[17];

	*exact = true;
	if (t->first) {
		t->first = false;
		va = pa;
		*exact = false;
		if (core->shared.insns) {
			memcpy(regs, record[-1].r, sizeof(record->r));
			regs[16] = record[-1].cpsr;
			*exact = rv_first_access(t->insn, regs, &va,
						 regs[16] & PSR_T);
		}
	}
	/* the page offset is the same in both address spaces; SWP and STREX
	 * come twice to one place */
	if (((va ^ pa) & 0xfff) && !((t->last_va ^ pa) & 0xfff))
		va = t->last_va;
	if ((va ^ pa) & 0xfff) {
		va += (pa - va) & 0xfff;
		*exact = false;
	}
	return va;
}

/* Unicorn makes a compare and swap of STREX; the load is not the guest's. */
static bool is_store_exclusive(uint32_t insn, bool thumb)
{
	if (thumb)
		return (insn & 0xfff0) == 0xe840 || (insn & 0xfff0) == 0xe8c0;
	return (insn & 0x0f9000f0u) == 0x01800090u && insn >> 28 != 15;
}

static void on_access(uc_engine *uc, int type, uint64_t pa, int size,
		      int64_t value, void *user)
{
	struct rv_core *core = user;
	struct rv_trace *t = core->trace;
	const struct rv_tlb_entry *entry;
	struct rv_access *record;
	bool exact, as_user;

	(void)uc;
	if (type != UC_MEM_WRITE &&
	    unlikely(is_store_exclusive(t->insn, core->env->thumb)))
		return;
	if (!grow(&core->shared.access_data, &t->access_room,
		  core->shared.accesses, sizeof(*record))) {
		core->shared.broken = 1;
		return;
	}
	record = (struct rv_access *)core->shared.access_data +
		 core->shared.accesses++;
	record->icount = core->base + core->counter - 1;
	record->value = (uint64_t)value;
	if (size < 8)
		record->value &= (1ull << size * 8) - 1;
	record->pa = (uint32_t)pa;
	record->va = virtual_address(core, (uint32_t)pa, &exact);
	record->size = (uint8_t)size;
	t->last_va = record->va;
	t->next_va = record->va + (uint32_t)size;
	as_user = !t->privileged ||
		  (!core->env->thumb && is_unprivileged(t->insn));
	record->flags = (type == UC_MEM_WRITE ? RV_ACCESS_WRITE : 0) |
			(t->privileged ? RV_ACCESS_PRIVILEGED : 0) |
			(as_user ? RV_ACCESS_AS_USER : 0) |
			(exact ? RV_ACCESS_EXACT_VA : 0);
	if (record->pa - core->ram_pa >= core->ram_size)
		record->flags |= RV_ACCESS_DEVICE;
	entry = rv_tlb_lookup(core, &t->model.tlb[RV_DTLB], record->va,
			      t->privileged);
	if (entry && entry->ap & 2)
		record->flags |= RV_ACCESS_USER_PAGE;
}

static struct rv_trace *trace_of(struct rv_core *core)
{
	if (!core->trace) {
		core->trace = calloc(1, sizeof(*core->trace));
		if (core->trace) {
			core->trace->mmu_changed = true;
			core->trace->model.ledger.lost = 1;
		}
	}
	return core->trace;
}

/* Switch the trace on or off; translated code is dropped either way. */
RV_API int rv_set_trace(struct rv_core *core, uint32_t on)
{
	struct rv_unicorn_api *api = &core->uc_api;
	struct rv_trace *t = trace_of(core);
	int err = 0;

	if (!t)
		return -1;
	if (t->on == (bool)on)
		return 0;
	t->on = on;
	t->mmu_changed = true;
	if (on) {
		api->hook_del(core->uc, core->count_hook);
		err = api->hook_add(core->uc, &t->insn_hook, UC_HOOK_CODE,
				    on_insn, core, (uint64_t)1, (uint64_t)0) ||
		      api->hook_add(core->uc, &t->access_hook,
				    UC_HOOK_MEM_READ_AFTER | UC_HOOK_MEM_WRITE,
				    on_access, core, (uint64_t)1, (uint64_t)0);
	} else {
		api->hook_del(core->uc, t->insn_hook);
		api->hook_del(core->uc, t->access_hook);
		err = rv_hook_count(core);
	}
	api->ctl(core->uc, UC_CTL_TB_FLUSH);
	return err;
}

RV_API void rv_clear_trace(struct rv_core *core)
{
	core->shared.insns = 0;
	core->shared.accesses = 0;
}

/* The host changed registers or memory behind the model's back. */
void rv_trace_resync(struct rv_core *core)
{
	if (core->trace)
		core->trace->mmu_changed = true;
}

RV_API size_t rv_tlb_state_size(void)
{
	return sizeof(struct rv_model);
}

RV_API int rv_get_tlb(struct rv_core *core, void *out)
{
	if (!trace_of(core))
		return -1;
	rv_ledger_settle(core->trace);
	memcpy(out, &core->trace->model, sizeof(core->trace->model));
	return 0;
}

/* NULL empties the model. */
RV_API int rv_set_tlb(struct rv_core *core, const void *in)
{
	struct rv_trace *t = trace_of(core);

	if (!t)
		return -1;
	if (in) {
		memcpy(&t->model, in, sizeof(t->model));
	} else {
		memset(&t->model, 0, sizeof(t->model));
		rv_ledger_begin(core);
	}
	t->mmu_changed = true;
	return 0;
}

void rv_trace_free(struct rv_core *core)
{
	free(core->shared.insn_data);
	free(core->shared.access_data);
	free(core->trace);
}
