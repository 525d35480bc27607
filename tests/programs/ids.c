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

/* A child that has said that it is there, and ends with the pipe it reads. */
static pid_t start(int to_child[2], void (*first)(void))
{
	int from_child[2];
	pid_t child;
	char byte;

	pipe(to_child);
	pipe(from_child);
	child = fork();
	if (!child) {
		close(to_child[1]);
		dup2(to_child[0], 0);
		dup2(from_child[1], 3);
		first();
		write(3, "x", 1);
		_exit(read(0, &byte, 1));
	}
	close(to_child[0]);
	close(from_child[1]);
	read(from_child[0], &byte, 1);
	close(from_child[0]);
	return child;
}

static void nothing(void)
{
}

static void own_session(void)
{
	setsid();
}

static void another_program(void)
{
	char *words[] = { "ids", "wait", NULL };

	execv(self_name(), words);
}

/* Whose group may be changed, and to which. */
static void groups(void)
{
	int hold[2], hold2[2];
	pid_t child = start(hold, nothing), other;

	SAY(setpgid(child, child));
	SAY(getpgid(child) == child);
	SAY(setpgid(0, child));
	SAY(getpgrp() == child);
	SAY(setpgid(0, 0));
	SAY(setpgid(child, 999999));
	SAY(setpgid(child, -1));
	SAY(setpgid(999999, 0));
	SAY(setpgid(-5, 0));
	SAY(setpgid(getppid(), 0));
	other = start(hold2, own_session);
	SAY(setpgid(other, 0));
	SAY(setpgid(0, other));
	SAY(setpgid(child, other));
	close(hold2[1]);
	waitpid(other, NULL, 0);
	other = start(hold2, another_program);
	SAY(setpgid(other, 0));
	close(hold2[1]);
	close(hold[1]);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char *argv[])
{
	struct utsname name;
	struct rlimit limit;
	struct rusage usage;
	struct tms times_used;
	cpu_set_t cpus;

	by_lines();
	if (argc > 1) {
		write(3, "x", 1);
		return read(0, &name, 1);
	}
	SAY(getuid() == geteuid());
	SAY(getgid() == getegid());
	if (!fork()) {
		SAY(setsid() == getpid());
		SAY(getpgrp() == getpid());
		SAY(setsid());
		SAY(setpgid(0, 0));
		SAY(setpgid(0, getppid()));
		if (!fork()) {
			SAY(setsid() == getpid());
			SAY(setpgid(getpid(), 0));
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	wait(NULL);
	if (!fork()) {
		groups();
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
