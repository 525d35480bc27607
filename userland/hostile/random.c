/* SPDX-License-Identifier: MIT */
/* Calls drawn at random; each error must be one that the manual page has. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "hostile.h"

#define ARM_PRIVATE 0x0f0000
#define SIGALRM 14
#define CLONE_VM 0x100
#define CLONE_PARENT 0x8000

static uint32_t state;

static uint32_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static long draw_argument(void)
{
	static const char *const names[] = {
		HOME "/file", "new", "other", "dir", "dir/a", ".", "..", "/",
		"", "file/x", "/dev/null", "/dev/zero", "/proc/self/maps",
		"/proc/self/exe", "/none/such"
	};
	static const uint32_t odd[] = {
		0, 1, 2, 3, 4, 8, 16, 0x7f, 0xff, 0x1000, 0x7fffffff,
		0x80000000, 0xffffffff, 0xfffffff0, 0xffff0fe0, 0xbeffffff,
		0xbf000000, KERNEL_FIRST, KERNEL_HERE, 0xdead0001
	};
	uint32_t r = draw();

	switch (r & 15) {
	case 0:
	case 1:
	case 2:
		return (long)(arena + (r >> 8) % (3 * PAGE));
	case 3:
		return (long)(arena + ((r >> 8) & 3) * PAGE - (r >> 12) % 9);
	case 4:
		return (long)(arena + ((r >> 8) & 3) * PAGE);
	case 5:
	case 6:
		return (long)names[(r >> 8) % (sizeof(names) / sizeof(*names))];
	case 7:
	case 8:
		return odd[(r >> 8) % (sizeof(odd) / sizeof(*odd))];
	case 9:
		return 1L << ((r >> 8) & 31);
	case 10:
		return file;
	case 11:
		r = draw();
		/* what is kept and told again must not look like a leak */
		return r >= KERNEL_FIRST && r < KERNEL_LAST ? r ^ 1u << 31 : r;
	case 12:
		return -(long)((r >> 8) % 200);
	default:
		return (r >> 8) % 70;
	}
}

/* Is there an error that this call's page does not have? */
static int documented(const struct call *call, const long *a, int error)
{
	unsigned int i;

	/* what cannot fail may return what looks like an error */
	if (error == ENOMEM || error == EINTR ||
	    (!call->kinds[0] && !call->also[0]))
		return 1;
	for (i = 0; i < sizeof(call->also) / sizeof(*call->also); i++)
		if (call->also[i] == error)
			return 1;
	for (i = 0; call->kinds[i]; i++) {
		char kind = call->kinds[i];

		if ((error == EFAULT && strchr("pnliIoO", kind)) ||
		    (error == EBADF && strchr("fDd", kind)) ||
		    (error == ENOTDIR && kind == 'd') ||
		    (error == EINVAL && strchr("xesgu", kind)) ||
		    (error == ESRCH && kind == 't'))
			return 1;
		if (strchr("pnl", kind) &&
		    (error == ENOENT || error == ENAMETOOLONG ||
		     error == ENOTDIR || error == ELOOP || error == EACCES))
			return 1;
	}
	return 0;
}

/* What would hit somebody else, or never come back. */
static int spare(int number, long *a)
{
	switch (number) {
	case SYS_exit:
	case SYS_exit_group:
	case SYS_vfork:
	case SYS_sigreturn:
	case SYS_rt_sigreturn:
		return draw() % 64 != 0 || number == SYS_vfork;
	case ARM_PRIVATE + 5:		/* set_tls: errno is found by it */
		return 1;
	case SYS_clone:
		a[0] &= ~CLONE_PARENT;	/* whose end would signal ours */
		if (!a[1])		/* two on one stack judge wrongly */
			a[0] &= ~CLONE_VM;
		break;
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
		if (a[0] != 0)
			a[0] = draw() & 1 ? self : 999999;
		if (number == SYS_tgkill && a[1] != 0)
			a[1] = self;
		break;
	}
	return 0;
}

static void on_alarm(int signal)
{
}

static void ring_the_alarm(void)
{
	long every[4] = { 0, 3000, 0, 3000 };	/* interval, first */
	/* handler, flags, restorer, mask */
	unsigned long action[5] = { (unsigned long)on_alarm };

	syscall(SYS_rt_sigaction, SIGALRM, action, NULL, 8);
	syscall(SYS_setitimer, 0, every, NULL);
}

static void call_at_random(int count)
{
	int i, j;

	for (i = 0; i < count; i++) {
		const struct call *call = &calls[draw() % nr_calls];
		int number = call->number, error;
		long a[6], result;

		if (draw() % 8 == 0) {
			number = draw() % NR_LAST;
			if (draw() % 16 == 0)
				number = ARM_PRIVATE + draw() % 8;
			for (j = 0; j < (int)nr_calls; j++)
				if (calls[j].number == number)
					break;
			call = j < (int)nr_calls ? &calls[j] : NULL;
		}
		for (j = 0; j < 6; j++) {
			char kind = 0;

			a[j] = draw_argument();
			if (call && j < (int)strlen(call->kinds))
				kind = call->kinds[j];
			/* more often than not what gets past the first check */
			if (kind && draw() % 3)
				a[j] = good_argument(kind, call->values[j], j);
		}
		if (spare(number, a))
			continue;
		errno = 0;
		result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
		error = result == -1 ? errno : 0;
		if (self != getpid() || gettid() != self)
			syscall(SYS_exit, 0);
		tally->done++;
		if (call && error && !documented(call, a, error)) {
			tally->bad++;
			tally[1 + tally->bad % 16].done = number;
			tally[1 + tally->bad % 16].bad = error;
		}
		if (gives_random(number)) {
			munmap(arena, 3 * PAGE);
			map_arena();
		}
		if (leaked(arena, PAGE)) {
			/* bytes of several calls, or this one's own? */
			memset(arena, OURS, PAGE);
			for (j = 0; j < 6; j++)
				if ((char *)a[j] >= arena &&
				    (char *)a[j] < arena + 3 * PAGE)
					a[j] &= ~7;
			syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
			if (!leaked(arena, PAGE))
				continue;
			/* a file gives back what programs wrote */
			if (what_leaked != POISON &&
			    (number == SYS_read || number == SYS_readv ||
			     number == SYS_pread64))
				continue;
			tally->leaks++;
			tally[32].done = number;
			tally[32].bad = what_leaked;
			memset(arena, OURS, PAGE);
		}
	}
}

static void random_child(uint32_t seed)
{
	int i;

	state = seed ? seed : 1;
	syscall(SYS_setsid);
	prepare();
	for (i = 0; i < 3; i++)
		close(i);
	open("/dev/null", O_RDWR);
	ring_the_alarm();
	call_at_random(400);
	_exit(0);
}

int try_at_random(uint32_t seed, uint32_t count)
{
	uint32_t children = 0, killed = 0, before = free_memory(), i;
	int status;

	while (tally->done < count) {
		pid_t child = syscall(SYS_fork);

		if (!child)
			random_child(seed + children * 2654435761u);
		if (child < 0) {
			printf("fork: errno %d\n", errno);
			return 1;
		}
		status = wait_for(child, 20);
		killed += status != 0;
		children++;
		clean_up();
	}
	for (i = 1; i <= 16; i++)
		if (tally[i].done || tally[i].bad)
			printf("call %u: errno %u is not documented\n",
			       tally[i].done, tally[i].bad);
	if (tally->leaks)
		printf("%08x after call %u\n", tally[32].bad, tally[32].done);
	printf("%u calls by %u children, of which %u died; "
	       "%u undocumented errors, %u leaks, %d KiB lost\n",
	       tally->done, children, killed, tally->bad, tally->leaks,
	       (int)(before - free_memory()) / 1024);
	return tally->bad || tally->leaks;
}
