/* SPDX-License-Identifier: MIT */
/* From the initial stack to main(), and what is found on the way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <thread.h>
#include <unistd.h>

int main(int argc, char *argv[], char *envp[]);
void start_c(long *stack) __attribute__((noreturn));
void exit_group(int status) __attribute__((noreturn));
long __syscall_error(long result);

char **environ;

void start_c(long *stack)
{
	int argc = stack[0];
	char **argv = (char **)(stack + 1);

	environ = argv + argc + 1;
	exit(main(argc, argv, environ));
}

void exit(int status)
{
	exit_group(status);
}

const struct auxv *auxv_start(void)
{
	char **p = environ;

	while (*p)
		p++;
	return (const struct auxv *)(p + 1);
}

unsigned long getauxval(unsigned long type)
{
	const struct auxv *entry;

	for (entry = auxv_start(); entry->type != AT_NULL; entry++) {
		if (entry->type == type)
			return entry->value;
	}
	errno = ENOENT;
	return 0;
}

char *getenv(const char *name)
{
	size_t length = strlen(name);
	char **p;

	for (p = environ; *p; p++) {
		if (!strncmp(*p, name, length) && (*p)[length] == '=')
			return *p + length + 1;
	}
	return NULL;
}

/* The first thread has no struct thread, and TPIDRURO is 0 in it. */
int *__errno_location(void)
{
	static int first_errno;
	struct thread *self;

	asm("mrc p15, 0, %0, c13, c0, 3" : "=r"(self));
	return self ? &self->error : &first_errno;
}

/* Every stub comes here with a result that is a negative error number. */
long __syscall_error(long result)
{
	errno = -result;
	return -1;
}
