/* SPDX-License-Identifier: MIT */
#ifndef __LINUX_COMPLETION_H
#define __LINUX_COMPLETION_H

#include <linux/wait.h>

struct completion {
	unsigned int		done;
	wait_queue_head_t	wait;
};

static inline void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

static inline void complete(struct completion *x)
{
	x->done++;
	wake_up(&x->wait);
}

static inline void wait_for_completion(struct completion *x)
{
	wait_event(x->wait, READ_ONCE(x->done));
	x->done--;
}

#endif
