/* Words for what a call returned, the same with every C library. */
#ifndef SAY_H
#define SAY_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void say(const char *what, long result)
{
	printf("%s = %ld%s%s\n", what, result, result == -1 ? " " : "",
	       result == -1 ? strerror(errno) : "");
}

#define SAY(call) (errno = 0, say(#call, (long)(call)))

/* Whole lines, wherever they go, so that children and parents do not mix. */
static inline void by_lines(void)
{
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

/*
 * What starts this program again, by exec: SELF, since an execve() that
 * qemu-arm passes to the host needs a script around an ARM program there.
 */
static inline const char *self_name(void)
{
	return getenv("SELF");
}

#endif
