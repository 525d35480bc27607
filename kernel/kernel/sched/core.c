// SPDX-License-Identifier: MIT
/*
 * The scheduler: one queue, every runnable task gets the CPU for one tick in
 * turn.  A task is on the queue exactly while its state is TASK_RUNNING; the
 * one that runs is at no place of it, the idle task never is.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/entry.h>
#include <asm/irq_regs.h>
#include <asm/mmu_context.h>
#include <asm/switch_to.h>
#include <asm/tlbflush.h>

#define SCHED_TIMESLICE		1	/* ticks */

static LIST_HEAD(runqueue);		/* of run_list; IRQs are masked */

static void enqueue_task(struct task_struct *p)
{
	list_add_tail(&p->run_list, &runqueue);
	p->on_rq = 1;
}

static void dequeue_task(struct task_struct *p)
{
	list_del(&p->run_list);
	p->on_rq = 0;
}

static struct task_struct *pick_next_task(void)
{
	struct task_struct *p;

	if (list_empty(&runqueue))
		return &init_task;
	p = list_first_entry(&runqueue, struct task_struct, run_list);
	dequeue_task(p);
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
	vfp_disable();
	prev = __switch_to(prev, task_thread_info(prev),
			   task_thread_info(next));
	barrier();
	return prev;
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
	if (prev != &init_task) {
		/*
		 * A preempted task stays runnable whatever state it was
		 * about to sleep in: it has not called schedule() yet.
		 */
		if (preempt || prev->state == TASK_RUNNING ||
		    (prev->state != TASK_DEAD &&
		     signal_pending_state(prev->state, prev))) {
			if (!preempt)
				prev->state = TASK_RUNNING;
			enqueue_task(prev);
		}
	}
	next = pick_next_task();
	next->time_slice = SCHED_TIMESLICE;
	if (next == prev) {
		local_irq_enable();
		return;
	}
	if (preempt)
		prev->nivcsw++;
	else
		prev->nvcsw++;
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
	unsigned long flags;
	int ret = 0;

	local_irq_save(flags);
	if (p->state & state) {
		p->state = TASK_RUNNING;
		if (!p->on_rq && p != current)
			enqueue_task(p);
		ret = 1;
	}
	local_irq_restore(flags);
	return ret;
}

int wake_up_process(struct task_struct *p)
{
	return wake_up_state(p, TASK_NORMAL);
}

void wake_up_new_task(struct task_struct *p)
{
	unsigned long flags;

	local_irq_save(flags);
	p->state = TASK_RUNNING;
	enqueue_task(p);
	local_irq_restore(flags);
}

/* A task's state before it has run: as if just switched away from. */
void sched_fork(struct task_struct *p)
{
	p->on_rq = 0;
	p->time_slice = SCHED_TIMESLICE;
	INIT_LIST_HEAD(&p->run_list);
	/* schedule() and schedule_tail() each take one off. */
	task_thread_info(p)->preempt_count = PREEMPT_OFFSET;
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
	if (--curr->time_slice <= 0 && !list_empty(&runqueue))
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
