/* SPDX-License-Identifier: MIT */
/* What each child finds when it starts, and what becomes of it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "hostile.h"

#define WNOHANG 1
#define TALLY 0x21234000

char *arena;
int file, directory;
pid_t self;
struct tally *tally;

/* Where no argument points, far from what a long copy runs into. */
void map_tally(void)
{
	tally = mmap((void *)TALLY, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

void map_arena(void)
{
	arena = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(arena, OURS, 3 * PAGE);
	arena[PAGE] = '\0';	/* ends the name that is too long */
	mprotect(arena + PAGE, PAGE, PROT_READ);
	munmap(arena + 3 * PAGE, PAGE);
}

void prepare(void)
{
	syscall(SYS_mkdir, HOME, 0700);
	file = open(HOME "/file", O_RDWR | O_CREAT, 0600);
	write(file, "contents of a file", 18);
	lseek(file, 0, SEEK_SET);
	syscall(SYS_symlink, "file", HOME "/link");
	directory = open(HOME, O_RDONLY);
	syscall(SYS_chdir, HOME);
	self = getpid();
	if (!arena)
		map_arena();
}

void clean_up(void)
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

static void sleep_ms(long ms)
{
	long time[2] = { 0, ms * 1000000 };	/* seconds, nanoseconds */

	syscall(SYS_nanosleep, time, NULL);
}

int wait_for(pid_t child, int patience)
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
