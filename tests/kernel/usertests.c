/* SPDX-License-Identifier: MIT */
/*
 * Programs may do anything; the kernel must answer as Linux does and go on.
 * Each test runs in a child of its own and says which expectation failed.
 * Builds with any C library; every line holds on Linux as well, so that
 * qemu-arm is an oracle for all tests but those marked with `machine`.
 *
 *	usertests [-q] [TEST...]	-q: leave out what qemu-arm cannot do
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define NR_clock_gettime 263	/* with a 32-bit timespec */

static int failures;

#define EXPECT(c) do {							\
	if (!(c)) {							\
		printf("usertests.c:%d: %s: errno %d\n", __LINE__, #c,	\
		       errno);						\
		failures++;						\
	}								\
} while (0)

/* A fault, caught: what the handler saw. */
static sigjmp_buf fault_env;
static siginfo_t fault_info;
static volatile int fault_expected;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	/* outside FAULTS() it is a fault like any other */
	if (!fault_expected) {
		signal(sig, SIG_DFL);
		return;
	}
	fault_info = *info;
	siglongjmp(fault_env, 1);
}

static void catch_signal(int sig)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO };

	sigaction(sig, &sa, NULL);
}

#define FAULTS(statement) ({						\
	int faulted = sigsetjmp(fault_env, 1);				\
	fault_expected = !faulted;					\
	if (!faulted) { statement; }					\
	fault_expected = 0;						\
	faulted; })

static char *map(size_t size, int prot)
{
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* The status that a child ends with. */
#define STATUS(statement) ({						\
	int st = -1;							\
	pid_t child = fork();						\
	if (!child) { statement; _exit(0); }				\
	waitpid(child, &st, 0);						\
	st; })

static void test_bad_pointers(void)
{
	char *p = map(2 * PAGE, PROT_READ | PROT_WRITE);
	int fd = open("/tmp/f", O_RDWR | O_CREAT | O_TRUNC, 0600);
	static const uintptr_t bad[] = { 0, 1, 0x1000, 0xbf000000, 0xc0000000,
					 0xc0008000 };
	unsigned int i;

	munmap(p + PAGE, PAGE);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		EXPECT(syscall(SYS_write, fd, bad[i], 16) == -1 &&
		       errno == EFAULT);
		EXPECT(syscall(SYS_openat, AT_FDCWD, bad[i], 0) == -1 &&
		       errno == EFAULT);
		EXPECT(syscall(SYS_uname, bad[i]) == -1 && errno == EFAULT);
		EXPECT(syscall(NR_clock_gettime, 1, bad[i]) == -1 &&
		       errno == EFAULT);
		EXPECT(syscall(SYS_rt_sigprocmask, 0, bad[i], 0, 8) == 0 ||
		       errno == EFAULT);
	}
	/* the range wraps, or ends beyond user space */
	EXPECT(syscall(SYS_getrandom, 0xfffff000, 0x2000, 0) == -1 &&
	       errno == EFAULT);
	/* half of it is there */
	EXPECT(syscall(NR_clock_gettime, 1, p + PAGE - 4) == -1 &&
	       errno == EFAULT);
	EXPECT(syscall(SYS_uname, p + PAGE - 100) == -1 && errno == EFAULT);
	/* a name that ends exactly at the end of its page, and one beyond */
	memset(p, '/', PAGE);
	p[PAGE - 1] = 0;
	EXPECT(open(p + PAGE - 5, O_RDONLY) >= 0);
	p[PAGE - 1] = '/';
	EXPECT(open(p + PAGE - 5, O_RDONLY) == -1 && errno == EFAULT);
	close(fd);
}

static void test_read_only_target(void)
{
	char *p = map(PAGE, PROT_READ);

	EXPECT(p[5] == 0);
	EXPECT(syscall(SYS_uname, p) == -1 && errno == EFAULT);
	EXPECT(p[0] == 0);
	EXPECT(mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0);
	EXPECT(syscall(SYS_uname, p) == 0 && !strcmp(p, "Linux"));
}

static void test_faults(void)
{
	char *none = map(PAGE, PROT_NONE), *ro = map(PAGE, PROT_READ);

	catch_signal(SIGSEGV);
	EXPECT(FAULTS(*(volatile char *)0 = 1));
	EXPECT(fault_info.si_addr == 0 && fault_info.si_code == SEGV_MAPERR);
	EXPECT(FAULTS((void)*(volatile char *)none));
	EXPECT(fault_info.si_addr == none &&
	       fault_info.si_code == SEGV_ACCERR);
	EXPECT(FAULTS(*(volatile char *)(ro + 7) = 1));
	EXPECT(fault_info.si_addr == ro + 7 &&
	       fault_info.si_code == SEGV_ACCERR);
	EXPECT(!FAULTS((void)*(volatile char *)ro));
	EXPECT(FAULTS(*(volatile char *)ro = 1));
	munmap(ro, PAGE);
	EXPECT(FAULTS((void)*(volatile char *)ro));
	EXPECT(fault_info.si_code == SEGV_MAPERR);
	/* not executable */
	char *rw = map(PAGE, PROT_READ | PROT_WRITE);
	*(uint32_t *)rw = 0xe12fff1e;			/* bx lr */
	EXPECT(FAULTS(((void (*)(void))rw)()));
	EXPECT(fault_info.si_addr == rw && fault_info.si_code == SEGV_ACCERR);
	EXPECT(mprotect(rw, PAGE, PROT_READ | PROT_EXEC) == 0);
	__builtin___clear_cache(rw, rw + 4);
	EXPECT(!FAULTS(((void (*)(void))rw)()));
	EXPECT(FAULTS(*(volatile char *)rw = 1));
}

static void test_kernel_addresses(void)
{
	static const uintptr_t kernel[] = { 0xc0000000, 0xc0008000, 0xc0100000,
					    0xfa200000, 0xffff1000 };
	unsigned int i;

	catch_signal(SIGSEGV);
	for (i = 0; i < sizeof(kernel) / sizeof(*kernel); i++) {
		EXPECT(FAULTS((void)*(volatile int *)kernel[i]));
		EXPECT(fault_info.si_addr == (void *)kernel[i]);
		EXPECT(fault_info.si_code == SEGV_MAPERR);
		EXPECT(FAULTS(*(volatile int *)kernel[i] = 1));
		EXPECT(FAULTS(((void (*)(void))kernel[i])()));
	}
	EXPECT(syscall(SYS_uname, 0xffff0000) == -1 && errno == EFAULT);
	EXPECT(syscall(SYS_openat, AT_FDCWD, 0xffff0000, 0) == -1 &&
	       errno == EFAULT);
	/* the vectors page may be read, not written */
	EXPECT(*(volatile int *)0xffff0000 != 0);
	EXPECT(FAULTS(*(volatile int *)0xffff0000 = 1));
}

static void test_kuser_helpers(void)
{
	int (*cmpxchg)(int, int, volatile int *) = (void *)0xffff0fc0;
	int (*cmpxchg64)(const int64_t *, const int64_t *,
			 volatile int64_t *) = (void *)0xffff0f60;
	void (*barrier)(void) = (void *)0xffff0fa0;
	void *(*get_tls)(void) = (void *)0xffff0fe0;
	volatile int word = 5;
	volatile int64_t wide = 1LL << 40;
	int64_t old = 1LL << 40, new = 7;
	void *tls;

	EXPECT(cmpxchg(5, 6, &word) == 0 && word == 6);
	EXPECT(cmpxchg(5, 7, &word) != 0 && word == 6);
	EXPECT(cmpxchg64(&old, &new, &wide) == 0 && wide == 7);
	EXPECT(cmpxchg64(&old, &new, &wide) != 0 && wide == 7);
	barrier();
	asm volatile("mrc p15, 0, %0, c13, c0, 3" : "=r" (tls));
	EXPECT(get_tls() == tls);
}

static void test_illegal(void)
{
	uint32_t sp;

	catch_signal(SIGILL);
	EXPECT(FAULTS(asm volatile(".inst 0xe7f000f0")));	/* udf */
	EXPECT(fault_info.si_code == ILL_ILLOPC ||
	       fault_info.si_code == ILL_ILLOPN);
	EXPECT(FAULTS(asm volatile("mcr p15, 0, %0, c1, c0, 0" : : "r" (0))));
	EXPECT(FAULTS(asm volatile("mrc p15, 0, %0, c2, c0, 0" : "=r" (sp))));
	EXPECT(FAULTS(asm volatile(".inst 0xe1600070"))); /* smc */
	/* ignored in user mode, not a fault */
	EXPECT(!FAULTS(asm volatile("cpsid i")));
	EXPECT(!FAULTS(asm volatile("msr cpsr_c, #0x13")));
}

/* The number is no call; and ARM's own ones. */
static void test_bad_syscalls(void)
{
	static const unsigned int nr[] = { 223,	    600,     1023,    1024,
					   0xf0000, 0xf0007, 0xf07ff, 0xffff,
					   0xf0001, 0xf0006, 0xf0800,
					   0x80000000 };
	unsigned int i;

	for (i = 0; i < sizeof(nr) / sizeof(*nr); i++)
		EXPECT(syscall(nr[i], 1, 2, 3) == -1 && errno == ENOSYS);
	EXPECT(syscall(0xf0002, test_bad_syscalls,
		       (char *)test_bad_syscalls + 64, 0) == 0);
	/* GRND_INSECURE is not here */
	EXPECT(syscall(SYS_getrandom, NULL, 0, 4) == -1 && errno == EINVAL);
}

static volatile int counted;

static void count(int sig)
{
	(void)sig;
	counted++;
}

static void kill_without_stack(void)
{
	int self = getpid();

	signal(SIGUSR1, count);
	asm volatile("mov	sp, #0x1000\n\t"
		     "mov	r0, %0\n\t"
		     "mov	r1, #10\n\t"
		     "mov	r7, #37\n\t"
		     "svc	#0"
		     : : "r" (self) : "r0", "r1", "r7");
}

/* The kernel does not use the user's stack pointer. */
static void test_garbage_sp(void)
{
	static const uint32_t sp[] = { 0, 0xc0008000, 0x3, 0xffffffff };
	unsigned int i;
	long pid;

	for (i = 0; i < sizeof(sp) / sizeof(*sp); i++) {
		asm volatile("mov	r4, sp\n\t"
			     "mov	sp, %1\n\t"
			     "mov	r7, #20\n\t"
			     "svc	#0\n\t"
			     "mov	sp, r4\n\t"
			     "mov	%0, r0"
			     : "=r" (pid) : "r" (sp[i])
			     : "r0", "r4", "r7", "memory");
		EXPECT(pid == getpid());
	}
	/* a signal that finds no stack kills */
	EXPECT(WTERMSIG(STATUS(kill_without_stack())) == SIGSEGV);
}

/* All registers but r0 survive a call. */
static void test_registers_kept(void)
{
	register uint32_t bad;

	asm volatile(
		"mov r1, #0x11\n\tmov r2, #0x22\n\tmov r3, #0x33\n\t"
		"mov r4, #0x44\n\tmov r5, #0x55\n\tmov r6, #0x66\n\t"
		"mov r8, #0x88\n\tmov r9, #0x99\n\tmov r10, #0xaa\n\t"
		"mov r12, #0xcc\n\tmov lr, #0xee\n\t"
		"mov r7, #20\n\tsvc #0\n\t"
		"mov %0, #0\n\t"
		"cmp r1, #0x11\n\tcmpeq r2, #0x22\n\tcmpeq r3, #0x33\n\t"
		"cmpeq r4, #0x44\n\tcmpeq r5, #0x55\n\tcmpeq r6, #0x66\n\t"
		"cmpeq r7, #20\n\tcmpeq r8, #0x88\n\tcmpeq r9, #0x99\n\t"
		"cmpeq r10, #0xaa\n\tcmpeq r12, #0xcc\n\tcmpeq lr, #0xee\n\t"
		"movne %0, #1"
		: "=&r" (bad)
		:
		: "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10",
		  "r12", "lr", "cc", "memory");
	EXPECT(!bad);
}

static void *alternate_sp;

static void note_sp(int sig)
{
	(void)sig;
	alternate_sp = __builtin_frame_address(0);
}

static void test_signals(void)
{
	struct sigaction sa = { .sa_handler = count };
	stack_t ss = { .ss_sp = map(0x4000, PROT_READ | PROT_WRITE),
		       .ss_size = 0x4000 };
	sigset_t set, old;
	int fds[2], st;
	char c;
	pid_t child;

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	EXPECT(counted == 2);

	/* held back, once only, until unblocked */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	raise(SIGUSR1);
	EXPECT(counted == 2);
	sigpending(&set);
	EXPECT(sigismember(&set, SIGUSR1));
	sigprocmask(SIG_SETMASK, &old, NULL);
	EXPECT(counted == 3);

	/* real-time ones queue */
	sigaction(SIGRTMIN, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGRTMIN);
	raise(SIGRTMIN);
	sigprocmask(SIG_SETMASK, &old, NULL);
	EXPECT(counted == 5);

	/* on a stack of its own */
	sigaltstack(&ss, NULL);
	sa.sa_handler = note_sp;
	sa.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR2);
	EXPECT((char *)alternate_sp > (char *)ss.ss_sp &&
	       (char *)alternate_sp <= (char *)ss.ss_sp + ss.ss_size);

	/* a read that a signal interrupts: EINTR, or again with SA_RESTART */
	EXPECT(pipe(fds) == 0);
	sa.sa_handler = count;
	sa.sa_flags = 0;
	sigaction(SIGUSR1, &sa, NULL);
	child = fork();
	if (!child) {
		usleep(30000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	EXPECT(read(fds[0], &c, 1) == -1 && errno == EINTR);
	while (waitpid(child, &st, 0) == -1)
		;
	sa.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &sa, NULL);
	child = fork();
	if (!child) {
		usleep(30000);
		kill(getppid(), SIGUSR1);
		usleep(30000);
		_exit(write(fds[1], "x", 1) != 1);
	}
	EXPECT(read(fds[0], &c, 1) == 1 && c == 'x');
	while (waitpid(child, &st, 0) == -1)
		;
	EXPECT(counted == 7);

	/* by default they kill, with their own name */
	EXPECT(WTERMSIG(STATUS(raise(SIGTERM))) == SIGTERM);
	EXPECT(WTERMSIG(STATUS(kill(getpid(), SIGKILL))) == SIGKILL);
	EXPECT(WTERMSIG(STATUS(abort())) == SIGABRT);
	EXPECT(WTERMSIG(STATUS(signal(SIGSEGV, SIG_IGN);
			       *(volatile int *)4 = 1)) == SIGSEGV);
	EXPECT(STATUS(signal(SIGCHLD, SIG_DFL); raise(SIGCHLD)) == 0);
	EXPECT(kill(getpid(), 65) == -1 && errno == EINVAL);
	EXPECT(kill(99999, 0) == -1 && errno == ESRCH);
}

/* A handler may look at the registers, and change where it returns to. */
static void skip(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	uc->uc_mcontext.arm_pc += 4;
	uc->uc_mcontext.arm_r0 = 0x1234;
}

static void test_ucontext(void)
{
	struct sigaction sa = { .sa_sigaction = skip, .sa_flags = SA_SIGINFO };
	register uint32_t r0 asm("r0") = 0;

	sigaction(SIGILL, &sa, NULL);
	asm volatile(".inst 0xe7f000f0" : "+r" (r0));
	EXPECT(r0 == 0x1234);
}

/* Floating point is kept across threads, signals and forks. */
static volatile double spoiled;

static void spoil(int sig)
{
	double x = sig;
	int i;

	for (i = 0; i < 100; i++)
		x = x * 1.5 + 1.0 / x;
	spoiled = x;
}

static void *grind(void *arg)
{
	double x = (long)arg, y = 1.0, z = 0.5;
	uint32_t h = (long)arg;
	int i;

	for (i = 0; i < 300000; i++) {
		x = x * 1.0000001 + y;
		y = y * 0.999999 + z;
		z = z * 0.5 + 0.25;
		h = h * 1664525 + 1013904223;
	}
	return (void *)(uintptr_t)(h ^ (uint32_t)(x + y * 1000 + z));
}

static void test_threads(void)
{
	pthread_t t[8];
	void *want[8], *got;
	long i;

	signal(SIGUSR1, spoil);
	for (i = 0; i < 8; i++)
		want[i] = grind((void *)(i + 1));
	for (i = 0; i < 8; i++)
		EXPECT(pthread_create(&t[i], NULL, grind,
				      (void *)(i + 1)) == 0);
	for (i = 0; i < 8; i++)
		pthread_kill(t[i], SIGUSR1);
	for (i = 0; i < 8; i++) {
		pthread_join(t[i], &got);
		EXPECT(got == want[i]);
	}
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn;

static void *take_turns(void *arg)
{
	long me = (long)arg, i;

	for (i = 0; i < 100; i++) {
		pthread_mutex_lock(&mutex);
		while (turn % 3 != me)
			pthread_cond_wait(&cond, &mutex);
		turn++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *forever(void *arg)
{
	for (;;)
		(*(volatile long *)arg)++;
}

static void *crash(void *arg)
{
	*(volatile int *)arg = 1;
	return NULL;
}

static void test_thread_ends(void)
{
	static long spins;
	struct timespec ts;
	pthread_t t[3];
	long i;
	int st;

	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, take_turns, (void *)i);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	EXPECT(turn == 300);

	pthread_mutex_lock(&mutex);
	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	EXPECT(pthread_cond_timedwait(&cond, &mutex, &ts) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);

	/* exit takes all threads with it, wherever they are */
	st = STATUS(pthread_create(&t[0], NULL, forever, &spins);
		    pthread_create(&t[1], NULL, forever, &spins);
		    usleep(30000); exit(5));
	EXPECT(WIFEXITED(st) && WEXITSTATUS(st) == 5);
	/* and so does a fault in one of them */
	st = STATUS(pthread_create(&t[0], NULL, forever, &spins);
		    pthread_create(&t[1], NULL, crash, (void *)8);
		    for (;;) pause());
	EXPECT(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
	/* killed from outside while one sleeps and one runs */
	pid_t child = fork();
	if (!child) {
		pthread_create(&t[0], NULL, forever, &spins);
		for (;;)
			pause();
	}
	usleep(30000);
	kill(child, SIGKILL);
	EXPECT(waitpid(child, &st, 0) == child && WTERMSIG(st) == SIGKILL);
	/* the leader has gone, and the process can be killed all the same */
	child = fork();
	if (!child) {
		pthread_create(&t[0], NULL, forever, &spins);
		pthread_exit(NULL);
	}
	usleep(30000);
	EXPECT(!kill(child, SIGTERM));
	EXPECT(waitpid(child, &st, 0) == child && WTERMSIG(st) == SIGTERM);
	/* the leader goes first, another ends the process */
	st = STATUS(pthread_create(&t[0], NULL, crash, (void *)8);
		    pthread_exit(NULL));
	EXPECT(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
}

static unsigned long free_memory(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return info.freeram * (info.mem_unit ? info.mem_unit : 1);
}

/* More processes than ASIDs, and no page is lost over them. */
static void test_many_forks(void)
{
	unsigned long before = 0;
	int i, st, bad = 0;
	static volatile int shared = 1;

	for (i = 0; i < 300; i++) {
		if (i == 20)
			before = free_memory();
		st = STATUS(shared = i; _exit(shared != i));
		bad += st != 0 || shared != 1;
	}
	EXPECT(!bad);
	EXPECT(before - free_memory() < 16 * PAGE || free_memory() >= before);
}

/* Two processes, same address, different pages: no stale translation. */
static void test_address_spaces(void)
{
	int ping[2], pong[2], i, st;
	volatile int *p = (void *)map(PAGE, PROT_READ | PROT_WRITE);
	char c = 0;
	pid_t child;

	EXPECT(pipe(ping) == 0 && pipe(pong) == 0);
	*p = 0;
	child = fork();
	if (!child) {
		int bad = 0;

		for (i = 0; i < 50; i++) {
			bad += read(ping[0], &c, 1) != 1;
			bad += *p != i * 2;
			*p = (i + 1) * 2;
			bad += write(pong[1], &c, 1) != 1;
		}
		_exit(bad != 0);
	}
	for (i = 0; i < 50; i++) {
		EXPECT(*p == i * 3);
		*p = (i + 1) * 3;
		EXPECT(write(ping[1], &c, 1) == 1);
		EXPECT(read(pong[0], &c, 1) == 1);
	}
	waitpid(child, &st, 0);
	EXPECT(st == 0);
}

static void test_memory(void)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE), *q;
	uintptr_t brk0 = syscall(SYS_brk, 0);

	/* a hole in the middle */
	p[0] = 1;
	p[PAGE] = 2;
	p[3 * PAGE] = 4;
	EXPECT(munmap(p + PAGE, 2 * PAGE) == 0);
	catch_signal(SIGSEGV);
	EXPECT(FAULTS((void)*(volatile char *)(p + PAGE)));
	EXPECT(p[0] == 1 && p[3 * PAGE] == 4);
	/* a new mapping is zero, even where there was another */
	q = mmap(p, 4 * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	EXPECT(q == p && p[0] == 0 && p[PAGE] == 0 && p[3 * PAGE] == 0);

	/* a page can be had anew */
	p[0] = 9;
	q = mmap(p, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	EXPECT(q == p && p[0] == 0);

	/* the C library's heap may live there: leave it as it was */
	EXPECT((uintptr_t)syscall(SYS_brk, brk0 + 100000) == brk0 + 100000);
	memset((void *)brk0, 7, 100000);
	EXPECT((uintptr_t)syscall(SYS_brk, brk0) == brk0);
	EXPECT((uintptr_t)syscall(SYS_brk, brk0 + 100000) == brk0 + 100000);
	EXPECT(*(char *)(brk0 + PAGE) == 0);
	EXPECT((uintptr_t)syscall(SYS_brk, 0xc0000000) == brk0 + 100000);
	EXPECT((uintptr_t)syscall(SYS_brk, brk0) == brk0);

	EXPECT(map(0, PROT_READ) == MAP_FAILED && errno == EINVAL);
	/* MAP_SHARED_VALIDATE is not here */
	p = mmap(NULL, PAGE, PROT_READ, 3 | MAP_ANONYMOUS, -1, 0);
	EXPECT(p == MAP_FAILED && errno == EINVAL);
	EXPECT(map(0xf0000000, PROT_READ) == MAP_FAILED && errno == ENOMEM);
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0);
	EXPECT(p == MAP_FAILED && errno == EBADF);
	EXPECT(munmap((void *)1, PAGE) == -1 && errno == EINVAL);
}

static void test_mprotect_hole(void)
{
	char *p = map(3 * PAGE, PROT_READ);

	munmap(p + PAGE, PAGE);
	EXPECT(mprotect(p, 3 * PAGE, PROT_WRITE) == -1 && errno == ENOMEM);
	EXPECT(syscall(SYS_mprotect, p + 1, PAGE, PROT_READ) == -1 &&
	       errno == EINVAL);
	EXPECT(mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0);
	p[0] = 1;
}

static void test_file_mapping(void)
{
	int fd = open("/tmp/map", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char buf[5000], *p;

	memset(buf, 'a', sizeof(buf));
	buf[4999] = 'z';
	EXPECT(write(fd, buf, sizeof(buf)) == sizeof(buf));
	p = mmap(NULL, sizeof(buf), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	EXPECT(p != MAP_FAILED && p[0] == 'a' && p[4999] == 'z' &&
	       p[5000] == 0);
	p[0] = 'b';
	EXPECT(pread(fd, buf, 1, 0) == 1 && buf[0] == 'a');
	close(fd);
	EXPECT(p[4096] == 'a');
	/* into a page that is not there yet */
	fd = open("/tmp/map", O_RDONLY);
	p = map(2 * PAGE, PROT_READ | PROT_WRITE);
	EXPECT(read(fd, p + 1, 4999) == 4999 && p[1] == 'a' && p[4999] == 'a');
	close(fd);
}

/* A 32-bit Thumb instruction, its second half on a page that is not there. */
static void test_thumb_across_pages(void)
{
	/* mov.w r0, #42; bx lr */
	static const uint16_t code[] = { 0xf04f, 0x002a, 0x4770 };
	static char image[2 * PAGE];
	int fd = open("/tmp/thumb", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	memcpy(image + PAGE - 2, code, sizeof(code));
	EXPECT(write(fd, image, sizeof(image)) == sizeof(image));
	p = mmap(NULL, sizeof(image), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
		 0);
	EXPECT(p[0] == 0);
	EXPECT(((int (*)(void))(p + PAGE - 2 + 1))() == 42);
	close(fd);
}

/* Unaligned accesses of which the first half, or the second, is missing. */
static void test_data_across_pages(void)
{
	char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);
	uint32_t x;

	p[PAGE - 1] = 1;
	asm volatile("str	%1, [%0]"
		     : : "r" (p + PAGE - 2), "r" (0x11223344) : "memory");
	asm volatile("ldr	%0, [%1]" : "=r" (x) : "r" (p + PAGE - 2));
	EXPECT(x == 0x11223344);
	p[2 * PAGE] = 1;
	EXPECT(mmap(p + PAGE, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) == p + PAGE);
	asm volatile("str	%1, [%0]"
		     : : "r" (p + 2 * PAGE - 2), "r" (x) : "memory");
	EXPECT(p[2 * PAGE] == 0x22 && p[2 * PAGE - 1] == 0x33);
	/* and where there is nothing: the address is that of the hole */
	catch_signal(SIGSEGV);
	EXPECT(munmap(p + PAGE, PAGE) == 0);
	p += PAGE - 2;
	EXPECT(FAULTS(asm volatile("ldr	%0, [%1]" : "=r" (x) : "r" (p))));
	EXPECT(fault_info.si_addr == p + 2);
}

static int deep(int n)
{
	volatile char frame[1024];

	frame[0] = n;
	return n ? deep(n - 1) + frame[0] - (char)n : 0;
}

static int endless(int n)
{
	volatile char frame[1024];

	frame[n & 1023] = n;
	return endless(n + 1) + frame[n & 1023];
}

static void test_stack(void)
{
	EXPECT(deep(4000) == 0);
	EXPECT(WTERMSIG(STATUS(endless(0))) == SIGSEGV);
}

/* Memory runs out: someone dies, the kernel does not. */
static void test_out_of_memory(void)
{
	int st = STATUS({
		char *p = map(256 << 20, PROT_READ | PROT_WRITE);
		unsigned long i;

		if (p == MAP_FAILED)
			_exit(1);
		for (i = 0; i < 256u << 20; i += PAGE)
			p[i] = 1;
	});
	EXPECT(WIFSIGNALED(st) ? WTERMSIG(st) == SIGKILL : 1);
	EXPECT(STATUS(_exit(3)) == 3 << 8);
}

static void *exec_wait(void *arg)
{
	execl("/proc/self/exe", "usertests", "wait", NULL);
	return arg;
}

/* exec ends all other threads, and keeps the process's number. */
static void test_exec_threads(void)
{
	static long spins;
	pthread_t t;
	int fds[2];
	pid_t child;

	EXPECT(STATUS(freopen("/dev/null", "w", stdout);
		      pthread_create(&t, NULL, forever, &spins);
		      usleep(20000); exec_wait(NULL)) == 0);
	/* from a thread that is not the first */
	EXPECT(pipe(fds) == 0);
	child = fork();
	if (!child) {
		freopen("/dev/null", "w", stdout);
		pthread_create(&t, NULL, forever, &spins);
		pthread_create(&t, NULL, exec_wait, NULL);
		for (;;)
			pause();
	}
	int st;
	EXPECT(waitpid(child, &st, 0) == child && st == 0);
}

/* A parent that does not care leaves no zombies. */
static void test_ignored_children(void)
{
	pid_t child;
	int i;

	signal(SIGCHLD, SIG_IGN);
	for (i = 0; i < 3; i++) {
		child = fork();
		if (!child)
			_exit(1);
	}
	/* waits for all of them, and then has none */
	EXPECT(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	EXPECT(kill(child, 0) == -1 && errno == ESRCH);
}

static int bomb(void)
{
	int n = 0, bad = 0, hold[2];
	pid_t child;
	char c;

	if (pipe(hold))
		return 1;
	for (;;) {
		child = fork();
		if (child < 0)
			break;
		if (!child) {
			close(hold[1]);
			_exit(read(hold[0], &c, 1));
		}
		n++;
	}
	bad += n < 50 || (errno != ENOMEM && errno != EAGAIN);
	close(hold[1]);
	while (n--)
		bad += wait(NULL) <= 0;
	return bad;
}

/*
 * As many processes as memory holds, and then an error.  Memory may as well
 * run out under the one that counts: then it dies, and the rest with it.
 */
static void test_fork_bomb(void)
{
	unsigned long before;
	int st, i;

	EXPECT(STATUS(_exit(0)) == 0);
	before = free_memory();
	st = STATUS(_exit(bomb()));
	EXPECT(st == 0 || WTERMSIG(st) == SIGKILL);
	for (i = 0; i < 100 && free_memory() + 64 * PAGE < before; i++)
		usleep(10000);
	EXPECT(i < 100);
}

static void test_big_arguments(void)
{
	static char *args[3] = { "x", NULL, NULL };
	char *big = map(1 << 20, PROT_READ | PROT_WRITE);

	memset(big, 'a', (1 << 20) - 1);
	args[1] = big;
	EXPECT(execv("/proc/self/exe", args) == -1 && errno == E2BIG);
	/* no end in sight: the string runs into nothing */
	args[1] = big + (1 << 20) - 10;
	big[(1 << 20) - 1] = 'a';
	EXPECT(execv("/proc/self/exe", args) == -1 &&
	       (errno == EFAULT || errno == E2BIG));
}

static void write_file(const char *name, const void *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	EXPECT(write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void test_exec_errors(void)
{
	static char *const argv[] = { "x", NULL };
	uint32_t elf[32] = { 0x464c457f, 0x00010101, 0, 0, 0x00280002, 1,
			     0x10000, 52 };
	int i;

	EXPECT(execv("/tmp/none", argv) == -1 && errno == ENOENT);
	write_file("/tmp/x", "", 0);
	EXPECT(execv("/tmp/x", argv) == -1 && errno == ENOEXEC);
	write_file("/tmp/x", "#!garbage", 9);
	EXPECT(execv("/tmp/x", argv) == -1);
	write_file("/tmp/x", elf, 40);
	EXPECT(execv("/tmp/x", argv) == -1 && errno == ENOEXEC);
	/* a header, and nonsense in every field behind it */
	for (i = 0; i < 40; i++) {
		unsigned int j;

		srand(i);
		elf[10] = 52 | 32 << 16;
		elf[11] = 1 | 40 << 16;
		for (j = 13; j < 32; j++)
			elf[j] = rand() * 2u;
		elf[13] = 1;
		write_file("/tmp/x", elf, sizeof(elf));
		int st = STATUS(execv("/tmp/x", argv); _exit(errno));
		EXPECT(WIFSIGNALED(st) || WEXITSTATUS(st) == ENOEXEC ||
		       WEXITSTATUS(st) == EINVAL ||
		       WEXITSTATUS(st) == ENOMEM);
	}
	EXPECT(execve("/proc/self/exe", (char **)0x10, NULL) == -1 &&
	       errno == EFAULT);
}

static void test_futex_errors(void)
{
	int word = 1;
	struct timespec ts = { 0, 20000000 };
	long before, after;

	EXPECT(syscall(SYS_futex, &word, 0, 2, NULL) == -1 &&
	       errno == EAGAIN);
	EXPECT(syscall(SYS_futex, (char *)&word + 1, 0, 1, NULL) == -1 &&
	       errno == EINVAL);
	EXPECT(syscall(SYS_futex, 0xc0008000, 0, 1, NULL) == -1 &&
	       errno == EFAULT);
	EXPECT(syscall(SYS_futex, 0x1000, 0, 1, NULL) == -1 &&
	       errno == EFAULT);
	EXPECT(syscall(SYS_futex, &word, 1, 1) == 0);
	before = time(NULL);
	long spec[2] = { 0, 20000000 };
	EXPECT(syscall(SYS_futex, &word, 0, 1, spec) == -1 &&
	       errno == ETIMEDOUT);
	after = time(NULL);
	EXPECT(after - before <= 1);
	(void)ts;
}

static void test_wait(void)
{
	int st;
	pid_t child;

	EXPECT(waitpid(-1, &st, 0) == -1 && errno == ECHILD);
	EXPECT(waitpid(-1, &st, WNOHANG) == -1 && errno == ECHILD);
	child = fork();
	if (!child) {
		usleep(30000);
		_exit(9);
	}
	EXPECT(waitpid(child, &st, WNOHANG) == 0);
	EXPECT(waitpid(child, &st, 0) == child && st == 9 << 8);
	EXPECT(waitpid(child, &st, 0) == -1 && errno == ECHILD);
	/* an orphan does not disturb anybody */
	EXPECT(STATUS(if (!fork()) { usleep(10000); _exit(1); }) == 0);
}

/* A write that cannot be done does not move the file's end. */
static void test_failed_write(void)
{
	int fd = open("/tmp/hole", O_RDWR | O_CREAT | O_TRUNC, 0600);

	EXPECT(pwrite(fd, (void *)1, 10, 1000) == -1 && errno == EFAULT);
	EXPECT(lseek(fd, 0, SEEK_END) == 0);
	close(fd);
	unlink("/tmp/hole");
}

/* Where a name cannot be put: a directory must not get lost over it. */
static void test_rename_nowhere(void)
{
	EXPECT(!mkdir("/tmp/lost", 0700) && !mkdir("/tmp/there", 0700));
	EXPECT(rename("/tmp/lost", "/tmp/there/.") == -1 && errno == EBUSY);
	EXPECT(rename("/tmp/lost", "/tmp/there/..") == -1 && errno == EBUSY);
	EXPECT(rename("/tmp/lost/.", "/tmp/else") == -1 && errno == EBUSY);
	EXPECT(!chdir("/tmp/there") && !rmdir("/tmp/there"));
	EXPECT(rename("/tmp/lost", "x") == -1 && errno == ENOENT);
	EXPECT(!chdir("/") && !rmdir("/tmp/lost"));
}

static int word;

static void *sleep_on_word(void *arg)
{
	while (!word)
		syscall(SYS_futex, &word, 0, 0, NULL);
	return arg;
}

/* From one queue to the same one: it ends, and nobody is forgotten there. */
static void test_requeue_in_place(void)
{
	pthread_t t[2];

	pthread_create(&t[0], NULL, sleep_on_word, NULL);
	pthread_create(&t[1], NULL, sleep_on_word, NULL);
	usleep(50000);
	EXPECT(syscall(SYS_futex, &word, 3, 0, 0x7fffffff, &word) == 2);
	word = 1;
	EXPECT(syscall(SYS_futex, &word, 1, 2) >= 0);
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
}

static long microseconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Time is not up before it is up, wherever in a tick the sleep begins. */
static void test_timeouts(void)
{
	struct timespec ts = { 0, 12300000 };
	long spec[2] = { 0, 12300000 }, before;
	sigset_t set;
	int i;

	sigemptyset(&set);
	for (i = 0; i < 8; i++) {
		before = microseconds(CLOCK_MONOTONIC);
		while (microseconds(CLOCK_MONOTONIC) - before < 1300 * i)
			;
		before = microseconds(CLOCK_MONOTONIC);
		EXPECT(syscall(SYS_futex, &word, 0, 0, spec) == -1);
		EXPECT(microseconds(CLOCK_MONOTONIC) - before >= 12300);
		before = microseconds(CLOCK_MONOTONIC);
		EXPECT(sigtimedwait(&set, NULL, &ts) == -1 && errno == EAGAIN);
		EXPECT(microseconds(CLOCK_MONOTONIC) - before >= 12300);
	}
}

static void *work(void *arg)
{
	while (microseconds(CLOCK_THREAD_CPUTIME_ID) < 60000)
		;
	return arg;
}

/* What threads and children have used is not forgotten with them. */
static void test_used_time(void)
{
	struct rusage usage;
	pthread_t t;
	pid_t child;
	int st;

	pthread_create(&t, NULL, work, NULL);
	pthread_join(t, NULL);
	EXPECT(microseconds(CLOCK_PROCESS_CPUTIME_ID) >= 60000);
	child = fork();
	if (!child) {
		work(NULL);
		_exit(0);
	}
	EXPECT(wait4(child, &st, 0, &usage) == child && st == 0);
	EXPECT(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 50000);
}

/* Run only by name, to see that a failure is one. */
static void test_must_fail(void)
{
	EXPECT(getpid() == 0);
}

struct test {
	const char *name;
	void (*run)(void);
	int machine;	/* qemu-arm answers otherwise, or not at all */
};

#define TEST(name)	{ #name, test_##name, 0 }
#define MACHINE(name)	{ #name, test_##name, 1 }

/* Rights are given up for good, by threads and children alike. */
static void *who(void *arg)
{
	(void)arg;
	return (void *)(uintptr_t)getuid();
}

static uid_t sender;

static void note_sender(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	sender = info->si_uid;
}

static void test_credentials(void)
{
	struct sigaction sa = { .sa_sigaction = note_sender,
				.sa_flags = SA_SIGINFO };
	const uid_t nobody = 65534;
	int dropped = getuid() == 0, st;
	uid_t real, effective, saved;
	pthread_t thread;
	void *seen;

	if (dropped) {
		EXPECT(!setresuid(0, nobody, 0));
		EXPECT(getuid() == 0 && geteuid() == nobody);
		EXPECT(kill(getppid(), 0) == 0);
		EXPECT(!setresuid(nobody, nobody, nobody));
		EXPECT(kill(getppid(), 0) == -1 && errno == EPERM);
	}
	EXPECT(!getresuid(&real, &effective, &saved));
	EXPECT(real != 0 && real == effective && real == saved);
	EXPECT(setuid(0) == -1 && errno == EPERM);
	EXPECT(setresuid(-1, 0, -1) == -1 && errno == EPERM);
	EXPECT(!setresuid(-1, -1, real));
	sigaction(SIGUSR1, &sa, NULL);
	EXPECT(!kill(getpid(), SIGUSR1) && sender == real);
	EXPECT(!pthread_create(&thread, NULL, who, NULL));
	EXPECT(!pthread_join(thread, &seen) && seen == (void *)(uintptr_t)real);
	if (!fork())
		_exit(getuid() != real || setuid(0) != -1);
	EXPECT(wait(&st) > 0 && st == 0);
}

/* Who may send a signal to some of a group only has sent it. */
static void test_kill_group(void)
{
	const uid_t nobody = 65534;
	int fds[2], st;
	char c;

	EXPECT(!pipe(fds) && !setpgid(0, 0));
	if (!fork()) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1));
	}
	if (!getuid())
		EXPECT(!setresuid(nobody, nobody, nobody));
	EXPECT(!kill(0, 0));
	close(fds[1]);
	EXPECT(wait(&st) > 0 && st == 0);
}

static const struct test tests[] = {
	{ "must_fail", test_must_fail, 1 },
	TEST(bad_pointers),
	TEST(read_only_target),
	TEST(faults),
	MACHINE(kernel_addresses),
	TEST(kuser_helpers),
	MACHINE(illegal),
	MACHINE(bad_syscalls),
	MACHINE(garbage_sp),
	TEST(registers_kept),
	TEST(signals),
	TEST(ucontext),
	TEST(threads),
	TEST(thread_ends),
	MACHINE(many_forks),
	TEST(address_spaces),
	TEST(memory),
	MACHINE(mprotect_hole),
	TEST(file_mapping),
	TEST(thumb_across_pages),
	TEST(data_across_pages),
	TEST(stack),
	MACHINE(out_of_memory),
	MACHINE(fork_bomb),
	MACHINE(big_arguments),
	MACHINE(exec_errors),
	MACHINE(exec_threads),
	TEST(ignored_children),
	TEST(futex_errors),
	TEST(wait),
	TEST(credentials),
	TEST(kill_group),
	TEST(failed_write),
	TEST(rename_nowhere),
	TEST(requeue_in_place),
	TEST(timeouts),
	TEST(used_time),
};

static int wanted(const struct test *test, int argc, char **argv, int quick)
{
	int i;

	if (quick && test->machine)
		return 0;
	for (i = 0; i < argc; i++)
		if (!strcmp(argv[i], test->name))
			return 1;
	return argc == 0 && test->run != test_must_fail;
}

int main(int argc, char **argv)
{
	int quick = argc > 1 && !strcmp(argv[1], "-q");
	int st, bad = 0, ran = 0;
	unsigned int i;
	pid_t child;

	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		if (!wanted(&tests[i], argc - 1 - quick, argv + 1 + quick,
			    quick))
			continue;
		fflush(stdout);
		/* the last test's children may still hold all memory */
		while ((child = fork()) == -1)
			usleep(10000);
		if (!child) {
			tests[i].run();
			fflush(stdout);
			_exit(failures != 0);
		}
		while (waitpid(child, &st, 0) == -1)
			;
		ran++;
		if (st) {
			printf("FAILED %s (status %x)\n", tests[i].name, st);
			bad++;
		}
	}
	printf("%d tests, %d failed\n", ran, bad);
	return bad != 0;
}
