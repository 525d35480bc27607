/* SPDX-License-Identifier: MIT */
/* One call, one wrong argument: the error must be the one Linux documents. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "hostile.h"

static int quiet;	/* leave out what qemu-arm does otherwise */

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

long good_argument(char kind, long value, int place)
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

/* The error that a wrong argument gives; 0 if this kind knows no such wrong. */
static int error_of(char kind, enum wrong wrong)
{
	int pointer = strchr("iIoO", kind) != NULL;
	int name = strchr("pnl", kind) != NULL;
	int descriptor = kind == 'f' || kind == 'D';

	switch (wrong) {
	case NIL:
		return name || kind == 'i' || kind == 'o' ? EFAULT : 0;
	case KERNEL:
	case UNMAPPED:
	case CROSSING:
		return pointer || name ? EFAULT : 0;
	case READ_ONLY:
		return kind == 'o' || kind == 'O' ? EFAULT : 0;
	case HUGE_:
		if (kind == 't')
			return ESRCH;
		if (descriptor)
			return EBADF;
		return strchr("ges", kind) ? EINVAL : 0;
	case NEGATIVE:
	case CLOSED:
		return descriptor ? EBADF : 0;
	case EMPTY:
		return name ? ENOENT : 0;
	case LONG:
		return name ? ENAMETOOLONG : 0;
	case UNKNOWN:
		return kind == 'x' ? EINVAL : 0;
	case UNALIGNED:
		return kind == 'u' ? EINVAL : 0;
	default:
		return 0;
	}
}

static long wrong_argument(char kind, enum wrong wrong)
{
	switch (wrong) {
	case KERNEL:
		return (long)KERNEL_HERE;
	case UNMAPPED:
		return (long)(arena + 3 * PAGE + 8);
	case READ_ONLY:
		return (long)(arena + PAGE + 8);
	case CROSSING:
		/* a name without an end */
		arena[3 * PAGE - 1] = strchr("pnl", kind) ? 'a' : 0;
		return (long)(arena + 3 * PAGE - 1);
	case UNALIGNED:
		return (long)(arena + 1);
	case HUGE_:
		return 0x7ffffff0;
	case NEGATIVE:
		return -1;
	case CLOSED:
		return 99;
	case EMPTY:
		return (long)"";
	case LONG:
		memset(arena, 'a', PAGE);
		return (long)arena;
	case UNKNOWN:
		return 0x7f000000;
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

	/* qemu-arm takes any flags */
	{ SYS_pipe2, 1, UNKNOWN, EINVAL, 1 },
	/* and looks at neither result nor argument where it could not copy */
	{ SYS_sysinfo, 0, NIL, EFAULT, 1 },
	{ SYS_clock_getres, 1, KERNEL, EFAULT, 1 },
	{ SYS_clock_getres, 1, UNMAPPED, EFAULT, 1 },
	{ SYS_clock_getres, 1, READ_ONLY, EFAULT, 1 },
	{ SYS_clock_getres, 1, CROSSING, EFAULT, 1 },
	{ SYS_nanosleep, 0, NIL, EFAULT, 1 },
	{ SYS_nanosleep, 0, KERNEL, EFAULT, 1 },
	{ SYS_nanosleep, 0, UNMAPPED, EFAULT, 1 },
	{ SYS_nanosleep, 0, CROSSING, EFAULT, 1 },
};

/* What qemu-arm does not have. */
static const int not_in_qemu[] = {
	SYS_hello, SYS_hello2
};

/* -1: not to be tried */
static int expected(const struct call *call, int place, enum wrong wrong)
{
	unsigned int i;

	for (i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
		if (exceptions[i].number != call->number ||
		    exceptions[i].place != place ||
		    exceptions[i].wrong != wrong)
			continue;
		return exceptions[i].qemu && quiet ? -1 : exceptions[i].error;
	}
	return place >= 0 ? error_of(call->kinds[place], wrong) : 0;
}

static void try_call(const struct call *call, int place, enum wrong wrong,
		     int wanted)
{
	long a[6] = { 0 }, result;
	int i, error;

	for (i = 0; call->kinds[i]; i++)
		a[i] = good_argument(call->kinds[i], call->values[i], i);
	if (place >= 0)
		a[place] = wrong_argument(call->kinds[place], wrong);
	errno = 0;
	result = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	error = result == -1 ? errno : 0;
	/* good arguments need not mean success, but never a fault */
	if (place < 0 ? error == EFAULT || error == ENOSYS : error != wanted) {
		printf("%s, argument %d %s: errno %d, not %d\n", call->name,
		       place + 1, wrong_names[wrong], error, wanted);
		tally->bad++;
	}
	if (!gives_random(call->number) && leaked(arena, 3 * PAGE)) {
		printf("%s, argument %d %s: kernel memory\n", call->name,
		       place + 1, wrong_names[wrong]);
		tally->leaks++;
	}
	tally->done++;
	_exit(0);
}

static void try_in_child(const struct call *call, int place, enum wrong wrong)
{
	int wanted = expected(call, place, wrong);
	pid_t child;

	if (wanted < 0 || (place < 0 && call->special) ||
	    (place >= 0 && !error_of(call->kinds[place], wrong)))
		return;
	child = syscall(SYS_fork);
	if (!child) {
		prepare();
		try_call(call, place, wrong, wanted);
	}
	if (wait_for(child, 3000)) {
		printf("%s, argument %d %s: the caller died\n", call->name,
		       place + 1, wrong_names[wrong]);
		tally->bad++;
	}
	clean_up();
}

int try_table(int is_quiet)
{
	unsigned int i;
	int place, wrong, number;

	quiet = is_quiet;
	map_arena();	/* each child gets it as it is here */
	for (i = 0; i < nr_calls; i++) {
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
