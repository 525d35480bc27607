/*
 * Who the TLB model's hits and misses are charged to: the user, each system
 * call, faults and interrupts taken from user mode, and what the kernel does
 * for nobody.  Threads in the kernel are told apart by the stack they are on.
 *
 * Nothing is counted here: at each change of account the model's own counters
 * are read, and the difference since the last change is charged.
 */
#include "trace.h"

#include <string.h>

static bool same_account(const struct rv_account *a, uint32_t kind,
			 uint32_t number, uint32_t immediate)
{
	return a->kind == kind && a->number == number &&
	       a->immediate == immediate;
}

/* The account of a name, opened if need be; the last one takes the rest. */
static uint32_t account_of(struct rv_ledger *l, uint32_t kind, uint32_t number,
			   uint32_t immediate)
{
	for (uint32_t i = 0; i < RV_ACCOUNTS - 1; i++) {
		struct rv_account *a = &l->account[i];

		if (a->kind == RV_FOR_NOTHING) {
			a->kind = kind;
			a->number = number;
			a->immediate = immediate;
			return i;
		}
		if (same_account(a, kind, number, immediate))
			return i;
	}
	l->account[RV_ACCOUNTS - 1].kind = RV_FOR_REST;
	return RV_ACCOUNTS - 1;
}

/* Charge what the model has counted since the last time. */
void rv_ledger_settle(struct rv_trace *t)
{
	struct rv_ledger *l = &t->model.ledger;
	struct rv_account *a = &l->account[l->current];

	for (int side = 0; side < 2; side++) {
		const struct rv_tlb *tlb = &t->model.tlb[side];
		uint64_t hits = tlb->hits[0] + tlb->hits[1];
		uint64_t misses = tlb->misses[0] + tlb->misses[1];

		a->hits[side] += hits - l->hits[side];
		a->misses[side] += misses - l->misses[side];
		l->hits[side] = hits;
		l->misses[side] = misses;
	}
}

static struct rv_waiting *thread_on(struct rv_core *core, uint32_t sp)
{
	struct rv_ledger *l = &core->trace->model.ledger;

	for (int i = 0; i < RV_WAITING; i++) {
		struct rv_waiting *w = &l->waiting[i];

		if (w->sp && !((w->sp ^ sp) & core->stack_mask))
			return w;
	}
	return NULL;
}

static void forget_thread(struct rv_core *core, uint32_t sp)
{
	struct rv_waiting *w = thread_on(core, sp);

	if (w)
		w->sp = 0;
}

/* Remember whom the thread on a stack works for until it is back on it. */
static void remember_thread(struct rv_core *core, uint32_t sp)
{
	struct rv_ledger *l = &core->trace->model.ledger;
	struct rv_waiting *w = thread_on(core, sp);

	for (int i = 0; !w && i < RV_WAITING; i++)
		if (!l->waiting[i].sp)
			w = &l->waiting[i];
	if (!w) {
		w = &l->waiting[l->oldest];
		l->oldest = (l->oldest + 1) % RV_WAITING;
	}
	w->sp = sp;
	w->account = l->current;
}

static void change(struct rv_trace *t, uint32_t account)
{
	rv_ledger_settle(t);
	t->model.ledger.current = account;
}

/*
 * SVC mode's sp is on another stack: the kernel went on with another thread.
 * One that was here before comes back with the sp that it left with; another
 * sp is that of a new thread on the stack of a dead one.
 */
void rv_ledger_switch(struct rv_core *core, uint32_t sp)
{
	struct rv_trace *t = core->trace;
	struct rv_ledger *l = &t->model.ledger;
	struct rv_waiting *w;

	remember_thread(core, l->sp);
	w = thread_on(core, sp);
	if (w && w->sp == sp)
		change(t, w->account);
	else
		change(t, account_of(l, RV_FOR_KERNEL, 0, 0));
	if (w)
		w->sp = 0;
}

static void enter(struct rv_core *core, const struct rv_event *event)
{
	struct rv_trace *t = core->trace;
	struct rv_ledger *l = &t->model.ledger;
	uint32_t insn = 0, number = 0, kind = RV_FOR_FAULT;

	if (event->cause == RV_SVC) {
		kind = RV_FOR_SYSCALL;
		number = event->r[7];
		if (!(event->spsr & PSR_T) &&
		    rv_fetch_word(core, event->pc, &insn))
			insn &= 0xffffffu;
	} else if (event->cause == RV_IRQ || event->cause == RV_FIQ) {
		kind = RV_FOR_INTERRUPT;
	}
	/* the old ABI's number is in the instruction, and r7 anything */
	if (insn)
		number = 0;
	change(t, account_of(l, kind, number, insn));
	l->account[l->current].entries++;
}

/* A change of mode, its event just made: it may be one of account. */
void rv_ledger_mode(struct rv_core *core, const struct rv_event *event)
{
	struct rv_trace *t = core->trace;
	struct rv_ledger *l;

	if (!t)
		return;
	l = &t->model.ledger;
	if (l->lost && !t->on)
		return;
	if (event->to_mode == MODE_USR) {
		forget_thread(core, event->sp_svc);
		change(t, account_of(l, RV_FOR_USER, 0, 0));
	} else if (event->from_mode == MODE_USR) {
		enter(core, event);
	}
	l->sp = event->sp_svc;
	l->watched = event->to_mode == MODE_SVC ? core->stack_mask : 0;
}

/* The model begins anew, in the middle of whatever the processor does. */
void rv_ledger_begin(struct rv_core *core)
{
	struct rv_trace *t = core->trace;
	struct rv_ledger *l = &t->model.ledger;
	uint32_t mode = core->env->uncached_cpsr & PSR_MODE;
	uint32_t kind = mode == MODE_USR ? RV_FOR_USER : RV_FOR_KERNEL;

	l->sp = rv_sp_of(core->env, MODE_SVC);
	l->watched = mode == MODE_SVC ? core->stack_mask : 0;
	l->lost = 0;
	memset(l->waiting, 0, sizeof(l->waiting));
	change(t, account_of(l, kind, 0, 0));
}

/* Instructions are about to run, seen by the trace or not. */
void rv_ledger_run(struct rv_core *core)
{
	struct rv_trace *t = core->trace;

	if (!t)
		return;
	if (!t->on)
		t->model.ledger.lost = 1;
	else if (t->model.ledger.lost)
		rv_ledger_begin(core);
}
