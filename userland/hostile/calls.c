/* SPDX-License-Identifier: MIT */
/*
 * What the manual pages say of each call, as far as it is tried.
 *
 * A row: the call; a letter for each argument; values for those that have a
 * fixed one; errors beside those that the letters stand for.
 *
 *	f  an open file		EBADF
 *	d  where names start	EBADF
 *	D  an open directory	EBADF
 *	p  an existing file	EFAULT ENOENT ENAMETOOLONG ENOTDIR ELOOP EACCES
 *	l  a symbolic link	the same
 *	n  a new name		the same, EEXIST
 *	i  is read, I or NULL	EFAULT
 *	o  is written, O or NULL EFAULT
 *	x  flags		EINVAL for unknown ones
 *	e  one of a few		EINVAL for none of them
 *	s  sizeof(sigset_t)	EINVAL for another
 *	g  a signal		EINVAL
 *	t  a process		ESRCH
 *	u  a page's address	EINVAL if it is none
 *	.  anything else, by the value in the row; never tried wrong
 *
 * SPECIAL: not called with good arguments: it would not come back, or stay.
 */
#include <errno.h>
#include <sys/syscall.h>

#include "hostile.h"

#define ALSO(...) { __VA_ARGS__ }
#define NAMES EEXIST, EISDIR, EBUSY, EINVAL, ENOTEMPTY, EPERM, ENOSPC, \
	EXDEV, ENXIO, EROFS, EMFILE, ENFILE, ETXTBSY, ENOTDIR

const struct call calls[] = {
#define CALL(name, kinds, ...) { #name, SYS_##name, 0, kinds, __VA_ARGS__ }
#define APART(name, kinds, ...) \
	{ #name, SYS_##name, SPECIAL, kinds, __VA_ARGS__ }
	APART(exit, ".", { 0 }, { 0 }),
	APART(exit_group, ".", { 0 }, { 0 }),
	APART(fork, "", { 0 }, ALSO(EAGAIN)),
	APART(vfork, "", { 0 }, ALSO(EAGAIN)),
	APART(clone, "......", { 17 }, ALSO(EAGAIN, EINVAL, EFAULT)),
	APART(execve, "p..", { 0 }, ALSO(ENOEXEC, E2BIG, NAMES)),
	APART(pause, "", { 0 }, ALSO(EINTR)),
	APART(sigreturn, "", { 0 }, { 0 }),
	APART(rt_sigreturn, "", { 0 }, { 0 }),
	APART(rt_sigsuspend, "is", { 0, 8 }, ALSO(EINTR)),
	APART(kill, "tg", { 0 }, ALSO(EPERM, ENOSYS)),	/* SIGSTOP */
	APART(tkill, "tg", { 0 }, ALSO(EPERM, EINVAL, ENOSYS)),
	APART(tgkill, "tt.", { 0 }, ALSO(EPERM, EINVAL, ENOSYS)),
	APART(wait4, "....", { -1, 0, 1 }, ALSO(ECHILD, EINVAL, ESRCH, EFAULT)),

	/* files */
	CALL(read, "fo.", { 0, 0, 16 }, ALSO(EISDIR, EINVAL, EIO)),
	CALL(write, "fi.", { 0, 0, 16 },
	     ALSO(EFBIG, ENOSPC, EPIPE, EINVAL, EIO, EDESTADDRREQ)),
	CALL(pread64, "fo....", { 0, 0, 16 }, ALSO(EISDIR, EINVAL, ESPIPE)),
	CALL(pwrite64, "fi....", { 0, 0, 16 },
	     ALSO(EFBIG, ENOSPC, EINVAL, ESPIPE)),
	CALL(readv, "fi.", { 0, 0, 1 }, ALSO(EISDIR, EINVAL)),
	CALL(writev, "fi.", { 0, 0, 1 },
	     ALSO(EFBIG, ENOSPC, EPIPE, EINVAL, EDESTADDRREQ)),
	CALL(open, "p..", { 0 }, ALSO(NAMES)),
	CALL(openat, "dp..", { 0 }, ALSO(NAMES)),
	CALL(close, "f", { 0 }, ALSO(EIO)),
	CALL(lseek, "f.e", { 0 }, ALSO(EINVAL, ESPIPE, EOVERFLOW, ENXIO)),
	CALL(_llseek, "f..oe", { 0 }, ALSO(EINVAL, ESPIPE, ENXIO)),
	CALL(link, "pn", { 0 }, ALSO(NAMES, EMLINK)),
	CALL(symlink, "pn", { 0 }, ALSO(NAMES)),
	CALL(unlink, "p", { 0 }, ALSO(NAMES)),
	CALL(rename, "pn", { 0 }, ALSO(NAMES, EMLINK)),
	CALL(mkdir, "n.", { 0, 0700 }, ALSO(NAMES)),
	CALL(rmdir, "p", { 0 }, ALSO(NAMES)),
	CALL(chdir, "p", { 0 }, ALSO(ENOTDIR)),
	CALL(getcwd, "o.", { 0, 64 }, ALSO(ERANGE, ENOENT)),
	CALL(chmod, "p.", { 0, 0644 }, ALSO(NAMES)),
	CALL(fchmod, "f.", { 0, 0644 }, ALSO(EPERM)),
	CALL(access, "px", { 0 }, ALSO(NAMES)),
	CALL(faccessat, "dpx", { 0 }, ALSO(NAMES)),
	CALL(stat64, "po", { 0 }, ALSO(NAMES)),
	CALL(lstat64, "po", { 0 }, ALSO(NAMES)),
	CALL(fstat64, "fo", { 0 }, { 0 }),
	CALL(fstatat64, "dpox", { 0 }, ALSO(NAMES)),
	CALL(readlink, "lo.", { 0, 0, 64 }, ALSO(EINVAL)),
	CALL(ftruncate, "f.", { 0 }, ALSO(EINVAL, EFBIG, EPERM)),
	CALL(ftruncate64, "f...", { 0 }, ALSO(EINVAL, EFBIG, EPERM)),
	CALL(getdents64, "Do.", { 0, 0, 512 }, ALSO(EINVAL, ENOTDIR, ENOENT)),
	CALL(fsync, "f", { 0 }, ALSO(EINVAL, EROFS)),
	CALL(fdatasync, "f", { 0 }, ALSO(EINVAL, EROFS)),
	CALL(umask, ".", { 022 }, { 0 }),
	CALL(dup, "f", { 0 }, ALSO(EMFILE)),
	CALL(dup2, "f.", { 0, 20 }, ALSO(EBUSY)),
	CALL(dup3, "f.x", { 0, 20 }, ALSO(EBUSY)),
	CALL(pipe, "o", { 0 }, ALSO(EMFILE, ENFILE)),
	CALL(pipe2, "ox", { 0 }, ALSO(EMFILE, ENFILE)),
	CALL(fcntl, "fe.", { 0, 1 }, ALSO(EMFILE, EPERM)),
	CALL(fcntl64, "fe.", { 0, 1 }, ALSO(EMFILE, EPERM)),
	CALL(flock, "f.", { 0, 5 }, ALSO(EINVAL, EAGAIN, ENOLCK)),
	CALL(ioctl, "f..", { 0, 0x5401 },
	     ALSO(ENOTTY, EINVAL, EFAULT, EPERM, ESRCH)),
	CALL(poll, "i..", { 0, 1 }, ALSO(EINVAL)),
	CALL(_newselect, ".IIII", { 1 }, ALSO(EBADF, EINVAL)),
	CALL(pselect6, ".IIII.", { 1 }, ALSO(EBADF, EINVAL, EFAULT)),

	/* memory */
	CALL(brk, ".", { 0 }, { 0 }),
	APART(mmap2, ".....", { 0 },
	      ALSO(EINVAL, EBADF, EACCES, ENODEV, EPERM, EEXIST, EOVERFLOW)),
	APART(munmap, "u.", { 0, 4096 }, ALSO(EINVAL)),
	CALL(mprotect, "u..", { 0, 4096, 3 }, ALSO(EACCES, EINVAL)),
	CALL(msync, "u.x", { 0, 4096, 4 }, ALSO(EBUSY)),

	/* processes */
	CALL(getpid, "", { 0 }, { 0 }),
	CALL(gettid, "", { 0 }, { 0 }),
	CALL(getppid, "", { 0 }, { 0 }),
	CALL(getpgrp, "", { 0 }, { 0 }),
	CALL(getpgid, "t", { 0 }, { 0 }),
	CALL(setpgid, "t.", { 0 }, ALSO(EPERM, EINVAL, EACCES)),
	CALL(setsid, "", { 0 }, ALSO(EPERM)),
	CALL(times, "O", { 0 }, { 0 }),
	CALL(getrusage, "eo", { 0 }, { 0 }),
	CALL(ugetrlimit, "eo", { 0 }, { 0 }),
	CALL(prlimit64, "teIO", { 0, 4 }, ALSO(EPERM, EINVAL)),
	CALL(uname, "o", { 0 }, { 0 }),
	CALL(sysinfo, "o", { 0 }, { 0 }),
	CALL(syslog, "e..", { 10 }, ALSO(EPERM, EFAULT, EINVAL)),
	CALL(set_tid_address, ".", { 0 }, { 0 }),
	CALL(sched_yield, "", { 0 }, { 0 }),
	CALL(sched_getaffinity, "t.o", { 0, 4 }, ALSO(EINVAL)),
	CALL(futex, "......", { 0, 129 },
	     ALSO(EAGAIN, EFAULT, EINVAL, ETIMEDOUT, ENOSYS, EPERM, ESRCH)),
	CALL(getrandom, "o.x", { 0, 16 }, ALSO(EAGAIN)),

	/* users */
	CALL(getuid32, "", { 0 }, { 0 }),
	CALL(geteuid32, "", { 0 }, { 0 }),
	CALL(getgid32, "", { 0 }, { 0 }),
	CALL(getegid32, "", { 0 }, { 0 }),
	CALL(setuid32, ".", { 0 }, ALSO(EPERM, EAGAIN, EINVAL)),
	CALL(setgid32, ".", { 0 }, ALSO(EPERM, EINVAL)),
	CALL(getresuid32, "ooo", { 0 }, { 0 }),
	CALL(getresgid32, "ooo", { 0 }, { 0 }),
	CALL(setresuid32, "...", { 0 }, ALSO(EPERM, EAGAIN, EINVAL)),
	CALL(setresgid32, "...", { 0 }, ALSO(EPERM, EINVAL)),

	/* signals */
	CALL(rt_sigaction, "gIOs", { 10, 0, 0, 8 }, { 0 }),
	CALL(rt_sigprocmask, ".IOs", { 0, 0, 0, 8 }, ALSO(EINVAL)),
	CALL(rt_sigpending, "o.", { 0, 8 }, ALSO(EINVAL)),
	APART(rt_sigtimedwait, "i.Is", { 0, 0, 0, 8 }, ALSO(EAGAIN, EINVAL)),
	CALL(sigaltstack, "I.", { 0 }, ALSO(EINVAL, EPERM)),
	CALL(sigaltstack, ".O", { 0 }, ALSO(EINVAL, EPERM)),

	/* time */
	CALL(gettimeofday, "OO", { 0 }, { 0 }),
	CALL(clock_gettime, "eo", { 0 }, { 0 }),
	CALL(clock_gettime64, "eo", { 0 }, { 0 }),
	CALL(clock_getres, "eO", { 0 }, { 0 }),
	CALL(clock_nanosleep, "e.i.", { 1 }, ALSO(EINVAL, EOPNOTSUPP)),
	CALL(nanosleep, "i.", { 0 }, ALSO(EINVAL)),
	CALL(setitimer, "eIO", { 0 }, ALSO(EINVAL)),

	/* the course's */
	CALL(hello, "o.", { 0, 64 }, ALSO(EINVAL)),
	CALL(hello2, "io", { 0 }, ALSO(EINVAL, ENAMETOOLONG)),
};

const unsigned int nr_calls = sizeof(calls) / sizeof(*calls);
