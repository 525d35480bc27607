// SPDX-License-Identifier: MIT
/* PID 0: the thread that boots, and idles ever after. */
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

struct signal_struct init_signals = {
	.sigcnt		= ATOMIC_INIT(1),
	.live		= 1,
	.thread_head	= LIST_HEAD_INIT(init_task.thread_node),
	.shared_pending	= {
		.list	= LIST_HEAD_INIT(init_signals.shared_pending.list),
	},
	.wait_chldexit	= {
		.head	= LIST_HEAD_INIT(init_signals.wait_chldexit.head),
	},
	.rlim_stack	= _STK_LIM,
	.rlim_nofile	= NR_OPEN_DEFAULT,
	.pgrp		= 1,
	.session	= 1,
};

struct task_struct init_task = {
	.stack		= &init_thread_union,
	.flags		= PF_KTHREAD,
	.usage		= ATOMIC_INIT(2),
	.run_list	= LIST_HEAD_INIT(init_task.run_list),
	.tasks		= LIST_HEAD_INIT(init_task.tasks),
	.active_mm	= &init_mm,
	.real_parent	= &init_task,
	.children	= LIST_HEAD_INIT(init_task.children),
	.sibling	= LIST_HEAD_INIT(init_task.sibling),
	.group_leader	= &init_task,
	.thread_node	= LIST_HEAD_INIT(init_signals.thread_head),
	.comm		= "swapper",
	.cred		= &init_cred,
	.fs		= &init_fs,
	.files		= &init_files,
	.signal		= &init_signals,
	.pending	= {
		.list	= LIST_HEAD_INIT(init_task.pending.list),
	},
};

/* Its stack; head.S enters start_kernel() on it. */
union thread_union init_thread_union = {
	.thread_info = {
		.preempt_count	= INIT_PREEMPT_COUNT,
		.task		= &init_task,
	},
};
