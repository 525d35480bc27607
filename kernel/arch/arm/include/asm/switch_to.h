/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_SWITCH_TO_H
#define __ASM_ARM_SWITCH_TO_H

#include <asm/thread_info.h>

/* Returns, on next's stack, the task that ran before it. */
extern struct task_struct *__switch_to(struct task_struct *prev,
				       struct thread_info *prev_ti,
				       struct thread_info *next_ti);

#endif
