/* Faults as signals: which, where, and life goes on. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static sigjmp_buf env;
static siginfo_t seen;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	seen = *info;
	siglongjmp(env, 1);
}

static void show(const char *what, uintptr_t address)
{
	int right = (uintptr_t)seen.si_addr == address;

	printf("%s: signal %d, code %d, address %s\n", what, seen.si_signo,
	       seen.si_code, right ? "right" : "wrong");
}

#define FAULT(what, address, access)			\
	do {						\
		if (!sigsetjmp(env, 1)) {		\
			access;				\
			printf("%s: no fault\n", what);	\
		} else {				\
			show(what, (uintptr_t)(address));\
		}					\
	} while (0)

int main(void)
{
	struct sigaction action = { 0 };
	volatile char *page, *gone;
	volatile int sink;
	int status, sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP }, i;

	by_lines();
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	for (i = 0; i < 5; i++)
		sigaction(sigs[i], &action, NULL);
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	gone = page + 4096;
	munmap((void *)gone, 4096);
	FAULT("null", 0, *(volatile int *)0 = 1);
	FAULT("small", 0x44, sink = *(volatile int *)0x44);
	FAULT("unmapped", gone + 10, sink = gone[10]);
	page[5] = 1;
	mprotect((void *)page, 4096, PROT_READ);
	FAULT("read-only", page + 5, page[5] = 2);
	FAULT("reading it", page + 5, sink = page[5]);
	mprotect((void *)page, 4096, PROT_NONE);
	FAULT("none", page + 7, sink = page[7]);
	mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
	FAULT("again", page, page[0] = 3);
	printf("kept %d\n", page[5]);
	FAULT("not code", page, ((void (*)(void))(uintptr_t)page)());
	FAULT("own text", handler, *(volatile char *)(void *)handler = 0);
	if (!sigsetjmp(env, 1)) {
		asm volatile("udf #7");
	} else {
		/* no si_code: Linux says ILL_ILLOPC, qemu-arm ILL_ILLOPN */
		printf("undefined: signal %d\n", seen.si_signo);
	}
	(void)sink;
	for (i = 0; i < 3; i++) {
		if (!fork()) {
			signal(SIGSEGV, SIG_DFL);
			if (i == 0)
				*(volatile int *)8 = 1;
			if (i == 1) {
				/* ignored, yet the instruction cannot go on */
				signal(SIGSEGV, SIG_IGN);
				*(volatile int *)8 = 1;
			}
			if (i == 2)
				abort();
			_exit(0);
		}
		wait(&status);
		printf("child %d: signal %d\n", i, WTERMSIG(status));
	}
	return 0;
}
