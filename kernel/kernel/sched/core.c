// SPDX-License-Identifier: MIT
/*
 * The scheduler: one queue, every runnable task gets the CPU for one tick in
 * turn.  A task is on the queue exactly while its state is TASK_RUNNING; the
 * one that runs is at no place of it, the idle task never is.
 */
#include <linux/init.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/entry.h>
#include <asm/irq_regs.h>
#include <asm/mmu_context.h>
#include <asm/switch_to.h>

static LIST_HEAD(runqueue);		/* of run_list; IRQs are masked */

static void enqueue_task(struct task_struct *p)
{
	list_add_tail(&p->run_list, &runqueue);
	p->on_rq = 1;
}

static struct task_struct *pick_next_task(void)
{
	struct task_struct *p;

	if (list_empty(&runqueue))
		return &init_task;
	p = list_first_entry(&runqueue, struct task_struct, run_list);
	list_del(&p->run_list);
	p->on_rq = 0;
	return p;
}

/*
 * IRQs are masked from here until the other task's own path opens them.
 * Kernel threads run on the kernel's own table.
 */
static struct task_struct *context_switch(struct task_struct *prev,
					  struct task_struct *next)
{
	next->active_mm = next->mm ? next->mm : &init_mm;
	switch_mm(prev->active_mm, next->active_mm);
	vfp_save_state(&task_thread_info(prev)->vfpstate);
	vfp_load_state(&task_thread_info(next)->vfpstate);
	return __switch_to(prev, task_thread_info(prev),
			   task_thread_info(next));
}

/* What is left to do for the task that ran before; also a new task's start. */
static void finish_task_switch(struct task_struct *prev)
{
	local_irq_enable();
	if (prev->state == TASK_DEAD)
		put_task_struct(prev);
}

static void __schedule(int preempt)
{
	struct task_struct *prev = current, *next;

	local_irq_disable();
	BUG_ON(*task_stack_end(prev) != STACK_END_MAGIC);
	clear_tsk_thread_flag(prev, TIF_NEED_RESCHED);
	/*
	 * A preempted task stays runnable whatever state it was about to
	 * sleep in: it has not called schedule() yet.
	 */
	if (prev != &init_task &&
	    (preempt || prev->state == TASK_RUNNING ||
	     signal_pending_state(prev->state, prev))) {
		if (!preempt)
			prev->state = TASK_RUNNING;
		enqueue_task(prev);
	}
	next = pick_next_task();
	if (next == prev) {
		local_irq_enable();
		return;
	}
	finish_task_switch(context_switch(prev, next));
}

void schedule(void)
{
	BUG_ON(in_interrupt());
	preempt_disable();
	__schedule(0);
	preempt_enable_no_resched();
}

/* From preempt_enable(): the tick came while it was forbidden. */
void preempt_schedule(void)
{
	if (preempt_count() || irqs_disabled())
		return;
	do {
		preempt_disable();
		__schedule(1);
		preempt_enable_no_resched();
	} while (need_resched());
}

/* From __irq_svc, IRQs masked; returns the same way. */
asmlinkage void preempt_schedule_irq(void)
{
	do {
		preempt_disable();
		__schedule(1);
		local_irq_disable();
		preempt_enable_no_resched();
	} while (need_resched());
}

/* A new task's first instructions, from ret_from_fork. */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	preempt_enable_no_resched();
	if (current->set_child_tid)
		put_user(current->pid, current->set_child_tid);
}

int wake_up_state(struct task_struct *p, unsigned int state)
{
	guard(irqsave)();
	if (!(p->state & state))
		return 0;
	p->state = TASK_RUNNING;
	if (!p->on_rq && p != current)
		enqueue_task(p);
	return 1;
}

int wake_up_process(struct task_struct *p)
{
	return wake_up_state(p, TASK_NORMAL);
}

/* Every tick, from the timer's interrupt. */
void scheduler_tick(void)
{
	struct task_struct *curr = current;

	if (curr == &init_task)
		return;
	if (user_mode(get_irq_regs()))
		curr->utime++;
	else
		curr->stime++;
	if (!list_empty(&runqueue))
		set_tsk_need_resched(curr);
}

SYSCALL_DEFINE0(sched_yield)
{
	preempt_disable();
	__schedule(1);
	preempt_enable_no_resched();
	return 0;
}

void __init sched_init(void)
{
	*task_stack_end(&init_task) = STACK_END_MAGIC;
	init_task.active_mm = &init_mm;
}

/* PID 0 from now on: asleep whenever nobody else can run. */
void __noreturn cpu_startup_entry(void)
{
	for (;;) {
		local_irq_disable();
		if (!need_resched() && list_empty(&runqueue))
			arch_cpu_idle();
		/* What woke us is served here. */
		local_irq_enable();
		if (!list_empty(&runqueue))
			schedule();
	}
}
