/* SPDX-License-Identifier: MIT */
/*
 * A program that means ill, towards every system call.
 *
 *	hostile table [-q]	each call with each kind of wrong argument: the
 *				error must be the one that Linux documents
 *				(-q: leave out what qemu-arm does otherwise)
 *	hostile list		the calls that the table has
 *	hostile random SEED N	N calls with arguments drawn at random, each
 *				error one that the manual page has
 *
 * What the kernel writes for a program must not hold anything of its own: it
 * is searched for kernel addresses, and for the bytes that CONFIG_DEBUG_POISON
 * fills memory with.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hostile.h"

#define PAGE 4096
#define NR_CALLS (sizeof(calls) / sizeof(*calls))
#define NR_LAST 460
#define ARM_PRIVATE 0x0f0000
#define AT_FDCWD (-100)

#define KERNEL_FIRST 0xc0000000u	/* its linear map of 32 MiB */
#define KERNEL_LAST 0xc2000000u
#define KERNEL_HERE 0xc0008000u		/* the one address we name ourselves */
#define POISON 0x6b6b6b6bu
#define OURS 0x5a

#define SIGALRM 14
#define WNOHANG 1
#define CLONE_VM 0x100
#define CLONE_PARENT 0x8000

#define HOME "/tmp/hostile"
#define TALLY 0x21234000

/* Four pages; the second cannot be written, the fourth is not there. */
static char *arena;
static int file, directory, closed = 99;
static pid_t self;
static int quiet;

/* Seen by the parent whatever becomes of the child. */
static struct tally {
	uint32_t done, bad, leaks;
} *tally;

static void map_arena(void)
{
	arena = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(arena, OURS, 3 * PAGE);
	arena[PAGE] = '\0';	/* ends the name that is too long */
	mprotect(arena + PAGE, PAGE, PROT_READ);
	munmap(arena + 3 * PAGE, PAGE);
}

static void prepare(void)
{
	syscall(SYS_mkdir, HOME, 0700);
	file = open(HOME "/file", O_RDWR | O_CREAT, 0600);
	write(file, "contents of a file", 18);
	lseek(file, 0, SEEK_SET);
	syscall(SYS_symlink, "file", HOME "/link");
	directory = open(HOME, O_RDONLY);
	syscall(SYS_chdir, HOME);
	self = getpid();
	map_arena();
}

/* Files fill memory: none outlives its child. */
static void clean_up(void)
{
	static const char *const names[] = {
		"file", "new", "other", "dir/a", "link"
	};
	unsigned int i;

	syscall(SYS_chdir, "/");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char name[64];

		snprintf(name, sizeof(name), HOME "/%s", names[i]);
		syscall(SYS_unlink, name);
		syscall(SYS_rmdir, name);
	}
	syscall(SYS_rmdir, HOME "/dir");
	syscall(SYS_unlink, HOME "/dir");
}

static uint32_t what_leaked;

/* Words that only the kernel can have put there. */
static int leaked(const char *from, size_t size)
{
	const uint32_t *word = (const uint32_t *)from;
	size_t i;

	for (i = 0; i < size / 4; i++)
		if (word[i] == POISON ||
		    (word[i] >= KERNEL_FIRST && word[i] < KERNEL_LAST &&
		     (word[i] & ~0xfffu) != KERNEL_HERE &&
		     word[i] != KERNEL_FIRST))
			return what_leaked = word[i], 1;
	return 0;
}

static void sleep_ms(long ms)
{
	long time[2] = { 0, ms * 1000000 };	/* seconds, nanoseconds */

	syscall(SYS_nanosleep, time, NULL);
}

/* The status of a child; -1 if it had to be killed. */
static int wait_for(pid_t child, int patience)
{
	int status;

	for (; patience > 0; patience--) {
		if (syscall(SYS_wait4, child, &status, WNOHANG, NULL) == child)
			return status;
		sleep_ms(10);
	}
	kill(-child, SIGKILL);
	kill(child, SIGKILL);
	syscall(SYS_wait4, child, &status, 0, NULL);
	return -1;
}

/* ---- one call, one wrong argument ------------------------------------- */

enum wrong {
	GOOD,
	NIL,
	KERNEL,
	UNMAPPED,
	READ_ONLY,
	CROSSING,
	UNALIGNED,
	HUGE_,
	NEGATIVE,
	CLOSED,
	EMPTY,
	LONG,
	UNKNOWN,
	NR_WRONG,
};

static const char *const wrong_names[] = {
	"good", "null", "kernel", "unmapped", "read-only", "crossing",
	"unaligned", "huge", "negative", "closed", "empty", "long", "unknown"
};

static long good_argument(char kind, long value, int place)
{
	char *room = arena + place * 512;

	switch (kind) {
	case 'f':
		return file;
	case 'D':
		return directory;
	case 'l':
		return (long)strcpy(room, HOME "/link");
	case 'd':
		return AT_FDCWD;
	case 'p':
		return (long)strcpy(room, HOME "/file");
	case 'n':
		return (long)strcpy(room, HOME "/new");
	case 'i':
	case 'I':
		memset(room, 0, 512);
		return (long)room;
	case 'o':
	case 'O':
		memset(room, OURS, 512);
		return (long)room;
	case 's':
		return 8;
	case 'u':
		return (long)arena;
	case 't':
		return self;
	}
	return value;
}

/* A wrong value and its error, or 0 if this kind knows no such wrong. */
static int wrong_argument(char kind, enum wrong wrong, long *value)
{
	int pointer = kind && strchr("iIoO", kind) != NULL;
	int name = kind && strchr("pnl", kind) != NULL;
	int number = kind && strchr("fDgetsx", kind) != NULL;

	switch (wrong) {
	case NIL:
		*value = 0;
		if (kind == 'g')
			return 0;
		return name || kind == 'i' || kind == 'o' ? EFAULT : 0;
	case KERNEL:
		*value = (long)KERNEL_HERE;
		return pointer || name ? EFAULT : 0;
	case UNMAPPED:
		*value = (long)(arena + 3 * PAGE + 8);
		return pointer || name ? EFAULT : 0;
	case READ_ONLY:
		*value = (long)(arena + PAGE + 8);
		return kind == 'o' || kind == 'O' ? EFAULT : 0;
	case CROSSING:
		*value = (long)(arena + 3 * PAGE - 1);
		arena[3 * PAGE - 1] = 0;
		if (name)
			arena[3 * PAGE - 1] = 'a';
		return pointer || name ? EFAULT : 0;
	case HUGE_:
		*value = 0x7ffffff0;
		if (kind == 't')
			return ESRCH;
		if (kind == 'f' || kind == 'D')
			return EBADF;
		return number && kind != 'x' ? EINVAL : 0;
	case NEGATIVE:
		*value = -1;
		return kind == 'f' || kind == 'D' ? EBADF : 0;
	case CLOSED:
		*value = closed;
		return kind == 'f' || kind == 'D' ? EBADF : 0;
	case EMPTY:
		*value = (long)"";
		return name ? ENOENT : 0;
	case LONG:
		memset(arena, 'a', PAGE);
		*value = (long)arena;
		return name ? ENAMETOOLONG : 0;
	case UNKNOWN:
		*value = 0x7f000000;
		return kind == 'x' ? EINVAL : 0;
	case UNALIGNED:
		*value = (long)(arena + 1);
		return kind == 'u' ? EINVAL : 0;
	default:
		return 0;
	}
}

/* Where Linux looks at something else first, or not at all. */
static const struct {
	int number;
	int place;
	enum wrong wrong;
	int error;		/* 0: this succeeds */
	int qemu;		/* qemu-arm differs */
} exceptions[] = {
	/* one byte fits: a short count, if qemu-arm did not want all or none */
	{ SYS_read, 1, CROSSING, 0, 1 },
	{ SYS_write, 1, CROSSING, 0, 1 },
	{ SYS_pread64, 1, CROSSING, 0, 1 },
	{ SYS_pwrite64, 1, CROSSING, 0, 1 },
	/* a NULL is found before it is followed */
	{ SYS_sched_getparam, 1, NIL, EINVAL, 0 },
	/* whether one may is asked before whom */
	{ SYS_rt_sigqueueinfo, 0, HUGE_, EPERM, 0 },

	/* qemu-arm takes any flags and advice */
	{ SYS_pipe2, 1, UNKNOWN, EINVAL, 1 },
	{ SYS_madvise, 2, HUGE_, EINVAL, 1 },
	/* and looks at neither result nor argument where it could not copy */
	{ SYS_sysinfo, 0, NIL, EFAULT, 1 },
	{ SYS_getitimer, 1, NIL, EFAULT, 1 },
	{ SYS_clock_getres, 1, KERNEL, EFAULT, 1 },
	{ SYS_clock_getres, 1, UNMAPPED, EFAULT, 1 },
	{ SYS_clock_getres, 1, READ_ONLY, EFAULT, 1 },
	{ SYS_clock_getres, 1, CROSSING, EFAULT, 1 },
	{ SYS_clock_getres_time64, 1, KERNEL, EFAULT, 1 },
	{ SYS_clock_getres_time64, 1, UNMAPPED, EFAULT, 1 },
	{ SYS_clock_getres_time64, 1, READ_ONLY, EFAULT, 1 },
	{ SYS_clock_getres_time64, 1, CROSSING, EFAULT, 1 },
	{ SYS_nanosleep, 0, NIL, EFAULT, 1 },
	{ SYS_nanosleep, 0, KERNEL, EFAULT, 1 },
	{ SYS_nanosleep, 0, UNMAPPED, EFAULT, 1 },
	{ SYS_nanosleep, 0, CROSSING, EFAULT, 1 },
};

/* What qemu-arm does not have. */
static const int not_in_qemu[] = {
	SYS_set_robust_list, SYS_get_robust_list, SYS_hello, SYS_hello2
};

static int expected(const struct call *call, int place, enum wrong wrong,
		    int error)
{
	unsigned int i;

	for (i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
		if (exceptions[i].number != call->number ||
		    exceptions[i].place != place ||
		    exceptions[i].wrong != wrong)
			continue;
		return exceptions[i].qemu && quiet ? -1 : exceptions[i].error;
	}
	return error;
}

static void try_call(const struct call *call, int place, enum wrong wrong)
{
	long a[6] = { 0 }, result;
	int i, error = 0, wanted;

	for (i = 0; call->kinds[i]; i++)
		a[i] = good_argument(call->kinds[i], call->values[i], i);
	if (place >= 0) {
		error = wrong_argument(call->kinds[place], wrong, &a[place]);
		if (!error)
			_exit(0);
	} else if (call->special) {
		_exit(0);
	}
	wanted = expected(call, place, wrong, error);
	if (wanted < 0)
		_exit(0);
	errno = 0;
	result = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	error = result == -1 ? errno : 0;
	/* good arguments need not mean success, but never a fault */
	if (place < 0 ? error == EFAULT || error == ENOSYS : error != wanted) {
		printf("%s, argument %d %s: errno %d, not %d\n", call->name,
		       place + 1, wrong_names[wrong], error, wanted);
		tally->bad++;
	}
	if (leaked(arena, 3 * PAGE)) {
		printf("%s, argument %d %s: kernel memory\n", call->name,
		       place + 1, wrong_names[wrong]);
		tally->leaks++;
	}
	tally->done++;
	_exit(0);
}

static void try_in_child(const struct call *call, int place, enum wrong wrong)
{
	long value;
	pid_t child;

	if (place >= 0) {
		map_arena();
		value = wrong_argument(call->kinds[place], wrong, &value);
		munmap(arena, 3 * PAGE);
		if (!value)
			return;
	}
	child = syscall(SYS_fork);
	if (!child) {
		prepare();
		try_call(call, place, wrong);
	}
	if (wait_for(child, 3000)) {
		printf("%s, argument %d %s: the caller died\n", call->name,
		       place + 1, wrong_names[wrong]);
		tally->bad++;
	}
	clean_up();
}

static int try_table(void)
{
	unsigned int i;
	int place, wrong, number;

	for (i = 0; i < NR_CALLS; i++) {
		int known = !quiet;
		unsigned int j;

		for (j = 0; j < sizeof(not_in_qemu) / sizeof(int); j++)
			known |= 2 * (not_in_qemu[j] == calls[i].number);
		if (known == 2)
			continue;
		try_in_child(&calls[i], -1, GOOD);
		for (place = 0; calls[i].kinds[place]; place++)
			for (wrong = NIL; wrong < NR_WRONG; wrong++)
				try_in_child(&calls[i], place, wrong);
	}
	/* what is no call at all */
	for (number = NR_LAST; number < NR_LAST + 100 && !quiet; number++) {
		if (syscall(number, -1, -1, -1, -1, -1, -1) != -1 ||
		    errno != ENOSYS) {
			printf("call %d: errno %d\n", number, errno);
			tally->bad++;
		}
	}
	printf("%u tries, %u wrong, %u leaks\n", tally->done, tally->bad,
	       tally->leaks);
	return tally->bad || tally->leaks;
}

/* ---- at random ---------------------------------------------------------- */

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
	case SYS_reboot:
	case SYS_sigreturn:
	case SYS_rt_sigreturn:
		return draw() % 64 != 0 || number == SYS_vfork;
	case ARM_PRIVATE + 5:		/* set_tls: errno is found by it */
		return 1;
	case SYS_utimensat:		/* else told again */
	case SYS_utimensat_time64:
		a[2] = 0;
		break;
	case SYS_syslog:
		if (a[0] >= 6 && a[0] <= 8)	/* the console's level */
			a[0] = 10;
		break;
	case SYS_clone:
		a[0] &= ~CLONE_PARENT;	/* whose end would signal ours */
		if (!a[1])		/* two on one stack judge wrongly */
			a[0] &= ~CLONE_VM;
		break;
	case SYS_kill:
	case SYS_tkill:
	case SYS_rt_sigqueueinfo:
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
		const struct call *call = &calls[draw() % NR_CALLS];
		int number = call->number, error;
		long a[6], result;

		if (draw() % 8 == 0) {
			number = draw() % NR_LAST;
			if (draw() % 16 == 0)
				number = ARM_PRIVATE + draw() % 8;
			for (j = 0; j < (int)NR_CALLS; j++)
				if (calls[j].number == number)
					break;
			call = j < (int)NR_CALLS ? &calls[j] : NULL;
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
		/* random bytes may look like anything */
		if (number == SYS_getrandom || number == SYS_hello2) {
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

static uint32_t free_memory(void)
{
	uint32_t info[16] = { 0 };

	syscall(SYS_sysinfo, info);
	return info[5];
}

static int try_at_random(uint32_t seed, uint32_t count)
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

int main(int argc, char *argv[])
{
	unsigned int i;

	/* where no argument points, far from what a long copy runs into */
	tally = mmap((void *)TALLY, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	syscall(SYS_setpgid, 0, 0);
	if (argc == 4 && !strcmp(argv[1], "random"))
		return try_at_random(atoi(argv[2]), atoi(argv[3]));
	quiet = argc > 2 && !strcmp(argv[2], "-q");
	if (argc > 1 && !strcmp(argv[1], "table"))
		return try_table();
	for (i = 0; i < NR_CALLS; i++)
		printf("%s\n", calls[i].name);
	return 0;
}
