/* One of each: faults that are mended, fixed up, caught and deadly. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define KERNEL 0xc0008000
#define NR_HELLO 400

static volatile int caught;
static volatile uintptr_t nowhere;
static unsigned int shared[2 * PAGE / 4] __attribute__((aligned(PAGE))) = { 1 };
static const char *const mode[] = { "none", "table", "pan", "null" };

/* Goes on behind the instruction; behind the call, if there was none. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	ucontext_t *u = context;
	int seen = sig;

	caught += seen;
	if (u->uc_mcontext.arm_pc == (uintptr_t)info->si_addr && sig == SIGSEGV)
		u->uc_mcontext.arm_pc = u->uc_mcontext.arm_lr & ~1;
	else
		u->uc_mcontext.arm_pc += 4;
}

static void catch_signal(int sig)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO;
	sigaction(sig, &action, NULL);
}

static char *fresh(int pages)
{
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((noinline)) static void write_text(void)
{
	*(volatile unsigned int *)(uintptr_t)write_text = 0;
}

__attribute__((noinline)) static void read_kernel(void)
{
	*(volatile unsigned int *)KERNEL;
}

__attribute__((noinline)) static void touch_fresh(void)
{
	*(volatile char *)fresh(1) = 1;
}

__attribute__((noinline)) static void jump_null(void)
{
	((void (*)(void))nowhere)();
	asm volatile("");
}

__attribute__((noinline)) static void jump_data(void)
{
	((void (*)(void))(uintptr_t)shared)();
	asm volatile("");
}

__attribute__((noinline)) static void undefined(void)
{
	asm volatile(".inst 0xe7f000f0");
}

__attribute__((noinline)) static void privileged(void)
{
	asm volatile("mcr p15, 0, %0, c1, c0, 0" : : "r"(0));
}

__attribute__((noinline)) static void unaligned(void)
{
	asm volatile("ldrd r2, r3, [%0]" : : "r"((char *)shared + 2)
		     : "r2", "r3");
}

/* The kernel's copy meets a page that is not there yet. */
__attribute__((noinline)) static long copy_to_absent(void)
{
	char *page = fresh(1);

	return syscall(SYS_getrandom, page + 100, 64, 0);
}

/* Absent from the source's second page on: the copy faults half way. */
__attribute__((noinline)) static long copy_from_absent(void)
{
	char *pages = fresh(2);
	int pipes[2];

	pages[PAGE - 8] = 7;
	if (syscall(SYS_pipe2, pipes, 0))
		return write(1, pages + PAGE - 8, 16);
	return write(pipes[1], pages + PAGE - 8, 16);
}

/* No page can ever be there. */
__attribute__((noinline)) static long copy_to_nowhere(void)
{
	return syscall(SYS_uname, 0x1000);
}

__attribute__((noinline)) static void copy_on_write(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		*(volatile unsigned int *)&shared[0] = 2;	/* the user's */
		syscall(SYS_getrandom, &shared[PAGE / 4], 16, 0); /* kernel's */
		_exit(0);
	}
	waitpid(child, &status, 0);
}

int main(int argc, char *argv[])
{
	unsigned int how = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	long results[3];

	catch_signal(SIGSEGV);
	catch_signal(SIGILL);
	catch_signal(SIGBUS);
	touch_fresh();
	write_text();
	read_kernel();
	jump_null();
	jump_data();
	undefined();
	privileged();
	unaligned();
	results[0] = copy_to_absent();
	results[1] = copy_from_absent();
	results[2] = copy_to_nowhere();
	copy_on_write();
	if (how)
		syscall(NR_HELLO, mode, how);
	return results[0] + results[1] + results[2] == 0;
}
