/*
 * The tick and the timers it runs: a list in the order of expiry, which a
 * handful of sleepers does not make long. Masked interrupts own it.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/timer.h>

/* The first wrap comes five minutes after boot, as a test of its users. */
#define INITIAL_JIFFIES ((unsigned long)(-300 * HZ))

volatile unsigned long jiffies = INITIAL_JIFFIES;

static LIST_HEAD(timers);

long timeout_to_jiffies(u64 ns)
{
	if (ns == NO_TIMEOUT)
		return MAX_SCHEDULE_TIMEOUT;
	if (ns > (u64)MAX_JIFFY_OFFSET * TICK_NSEC)
		return MAX_JIFFY_OFFSET;
	/* part of the current tick is over: one more */
	return ns ? (ns + TICK_NSEC - 1) / TICK_NSEC + 1 : 0;
}

void timer_setup(struct timer_list *timer,
		 void (*function)(struct timer_list *timer))
{
	INIT_LIST_HEAD(&timer->entry);
	timer->function = function;
}

int del_timer(struct timer_list *timer)
{
	int pending;

	guard(irqsave)();
	pending = timer_pending(timer);
	list_del_init(&timer->entry);
	return pending;
}

void mod_timer(struct timer_list *timer, unsigned long expires)
{
	struct timer_list *later;

	guard(irqsave)();
	list_del_init(&timer->entry);
	timer->expires = expires;
	list_for_each_entry(later, &timers, entry)
		if (time_before(expires, later->expires))
			break;
	list_add_tail(&timer->entry, &later->entry);
}

static void run_local_timers(void)
{
	while (!list_empty(&timers)) {
		struct timer_list *timer =
			list_first_entry(&timers, struct timer_list, entry);

		if (time_before(jiffies, timer->expires))
			return;
		list_del_init(&timer->entry);
		timer->function(timer);
	}
}

void tick_handle_periodic(void)
{
	jiffies++;
	update_wall_time();
	run_local_timers();
	scheduler_tick();
}

struct process_timer {
	struct timer_list timer;
	struct task_struct *task;
};

static void process_timeout(struct timer_list *t)
{
	wake_up_process(container_of(t, struct process_timer, timer)->task);
}

long schedule_timeout(long timeout)
{
	struct process_timer timer = { .task = current };
	unsigned long expires;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	expires = jiffies + timeout;
	timer_setup(&timer.timer, process_timeout);
	mod_timer(&timer.timer, expires);
	schedule();
	del_timer(&timer.timer);
	timeout = expires - jiffies;
	return timeout < 0 ? 0 : timeout;
}
