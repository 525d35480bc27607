#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/list.h>

/* A function to be run once, from the tick's interrupt. */
struct timer_list {
	struct list_head entry;
	unsigned long expires;	/* in jiffies */
	void (*function)(struct timer_list *timer);
};

#define timer_pending(timer) (!list_empty(&(timer)->entry))

void timer_setup(struct timer_list *timer,
		 void (*function)(struct timer_list *timer));
void mod_timer(struct timer_list *timer, unsigned long expires);
/* 1 if the timer was pending. */
int del_timer(struct timer_list *timer);

/* One tick: called by the clock event's interrupt handler. */
void tick_handle_periodic(void);

#endif
