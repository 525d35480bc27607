/* Who one is: users, groups, limits, names. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	struct utsname name;
	struct rlimit limit;
	struct rusage usage;
	struct tms times_used;
	cpu_set_t cpus;

	by_lines();
	SAY(getuid() == geteuid());
	SAY(getgid() == getegid());
	if (!fork()) {
		SAY(setsid() == getpid());
		SAY(getpgrp() == getpid());
		SAY(setsid());
		_exit(0);
	}
	wait(NULL);
	if (!fork()) {
		SAY(setpgid(0, 0));
		SAY(getpgid(0) == getpid());
		SAY(setpgid(0, -1));
		_exit(0);
	}
	wait(NULL);
	SAY(getpgid(999999));
	SAY(sched_yield());
	SAY(sched_getaffinity(0, sizeof(cpus), &cpus) >= 0);
	SAY(CPU_COUNT(&cpus) > 0);
	SAY(getrlimit(RLIMIT_NOFILE, &limit));
	SAY(limit.rlim_cur >= 16);
	SAY(getrlimit(99, &limit));
	limit.rlim_cur = 10;
	limit.rlim_max = 5;
	SAY(setrlimit(RLIMIT_NOFILE, &limit));
	SAY(getrusage(RUSAGE_SELF, &usage));
	SAY(getrusage(RUSAGE_CHILDREN, &usage));
	SAY(getrusage(55, &usage));
	SAY(times(&times_used) != -1);
	SAY(uname(&name));
	printf("%s, %.3s\n", name.sysname, name.machine);
	SAY(sysconf(_SC_CLK_TCK));
	SAY(sysconf(_SC_OPEN_MAX) > 0);
	SAY(sysconf(_SC_PHYS_PAGES) > 0);
	SAY(isatty(77));
	SAY(gethostname(name.nodename, sizeof(name.nodename)));
	return 0;
}
