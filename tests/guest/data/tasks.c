/*
 * The structures of a Linux-shaped kernel, filled in by the compiler: three
 * tasks, one address space, a log that has wrapped.
 */
typedef unsigned int u32;
typedef unsigned long long u64;

struct list_head {
	struct list_head *next, *prev;
};

struct mm_struct {
	u32 *pgd;
	struct {
		struct {
			u64 counter;
		} id;
	} context;
	struct list_head mmap;
	unsigned long start_brk, start_stack;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct list_head vm_list;
	unsigned long vm_flags;
	void *vm_file;
};

struct task_struct {
	unsigned int state;
	void *stack;
	struct list_head tasks;
	struct mm_struct *mm;
	int exit_state;
	int pid;
	int tgid;
	char comm[16];
};

struct thread_info {
	unsigned long flags;
	int preempt_count;
	struct task_struct *task;
};

union thread_union {
	struct thread_info thread_info;
	unsigned long stack[2048];
};

extern struct task_struct init_task, worker, program;

u32 table[16];
extern struct mm_struct space;
struct vm_area_struct areas[3] = {
	{ 0x10000, 0x12000, { &areas[1].vm_list, &space.mmap }, 5, &table },
	{ 0x12000, 0x13000, { &areas[2].vm_list, &areas[0].vm_list }, 3, 0 },
	{ 0xbefe0000, 0xbf000000, { &space.mmap, &areas[1].vm_list }, 3, 0 },
};
struct mm_struct space = {
	.pgd = table,
	.context = { { 0x105 } },
	.mmap = { &areas[0].vm_list, &areas[2].vm_list },
	.start_brk = 0x12000,
	.start_stack = 0xbeffff00,
};

union thread_union init_stack __attribute__((aligned(8192))) = {
	.thread_info = { 0, 1, &init_task },
};
union thread_union program_stack __attribute__((aligned(8192))) = {
	.thread_info = { 2, 0, &program },
};
/* pt_regs lie 80 bytes under the top: 72 of their own and 8 that are spare. */
unsigned long *const program_regs = &program_stack.stack[2048 - 20];
union thread_union stray __attribute__((aligned(8192))) = {
	.thread_info = { 0, 0, &program },
};

struct task_struct init_task = {
	0, &init_stack, { &worker.tasks, &program.tasks }, 0, 0, 0, 0, "swapper"
};
struct task_struct worker = {
	2, &stray, { &program.tasks, &init_task.tasks }, 0, 0, 7, 7, "kworker"
};
struct task_struct program = {
	.state = 1,
	.stack = &program_stack,
	.tasks = { &init_task.tasks, &worker.tasks },
	.mm = &space,
	.pid = 9,
	.tgid = 8,
	.comm = "hello2",
};

struct record {
	u64 ts_nsec;
	unsigned short len, text_len, dict_len;
	unsigned char facility, level;
	char text[16];
};
struct record __log_buf[5] = {
	{ 3000001000ULL, 32, 5, 0, 0, 6, "third" },
	{ 0 },
	{ 1000000, 32, 5, 0, 0, 4, "first" },
	{ 2500000, 32, 6, 0, 1, 3, "second" },
	{ 0 },
};
u32 log_first_idx = 64;
u32 log_next_idx = 32;
u64 log_first_seq = 1;
u64 log_next_seq = 4;
int init_exited;
int init_exit_code = 0x0b;
const char linux_banner[] = "Linux version 6.1.0-test\n";

void _start(void)
{
	program_stack.stack[0] = (unsigned long)program_regs;
}
