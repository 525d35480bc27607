/* SPDX-License-Identifier: MIT */
/* Signals as Linux's ARM EABI has them. */
#ifndef _UAPI_ASMARM_SIGNAL_H
#define _UAPI_ASMARM_SIGNAL_H

#include <linux/types.h>

#define _NSIG		64
#define _NSIG_BPW	32
#define _NSIG_WORDS	(_NSIG / _NSIG_BPW)

typedef struct {
	unsigned long sig[_NSIG_WORDS];
} sigset_t;

#define SIGHUP		 1
#define SIGINT		 2
#define SIGQUIT		 3
#define SIGILL		 4
#define SIGTRAP		 5
#define SIGABRT		 6
#define SIGBUS		 7
#define SIGFPE		 8
#define SIGKILL		 9
#define SIGUSR1		10
#define SIGSEGV		11
#define SIGUSR2		12
#define SIGPIPE		13
#define SIGALRM		14
#define SIGTERM		15
#define SIGCHLD		17
#define SIGCONT		18
#define SIGSTOP		19
#define SIGTSTP		20
#define SIGTTIN		21
#define SIGTTOU		22
#define SIGURG		23
#define SIGWINCH	28
#define SIGSYS		31

#define SA_NOCLDWAIT	0x00000002u
#define SA_SIGINFO	0x00000004u
#define SA_RESTORER	0x04000000u
#define SA_ONSTACK	0x08000000u
#define SA_RESTART	0x10000000u
#define SA_NODEFER	0x40000000u
#define SA_RESETHAND	0x80000000u

#define SIG_BLOCK	0
#define SIG_UNBLOCK	1
#define SIG_SETMASK	2

typedef void (*__sighandler_t)(int);

#define SIG_DFL		((__sighandler_t)0)
#define SIG_IGN		((__sighandler_t)1)

struct sigaction {
	__sighandler_t	sa_handler;
	unsigned long	sa_flags;
	void		(*sa_restorer)(void);
	sigset_t	sa_mask;
};

#define SS_ONSTACK	1
#define SS_DISABLE	2
#define MINSIGSTKSZ	2048

typedef struct sigaltstack {
	void		*ss_sp;
	int		ss_flags;
	size_t		ss_size;
} stack_t;

typedef union sigval {
	int		sival_int;
	void		*sival_ptr;
} sigval_t;

#define SI_MAX_SIZE	128

typedef struct siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union {
		int _pad[(SI_MAX_SIZE - 3 * sizeof(int)) / sizeof(int)];
		struct {			/* kill(), SIGCHLD */
			pid_t		_pid;
			uid_t		_uid;
			union {
				sigval_t _sigval;
				int	_status;
			};
			clock_t		_utime;
			clock_t		_stime;
		} _proc;
		struct {			/* SIGILL FPE SEGV BUS TRAP */
			void		*_addr;
		} _sigfault;
	} _sifields;
} siginfo_t;

#define si_pid		_sifields._proc._pid
#define si_uid		_sifields._proc._uid
#define si_status	_sifields._proc._status
#define si_addr		_sifields._sigfault._addr

#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_TKILL	-6

#define ILL_ILLOPC	1
#define SEGV_MAPERR	1	/* nothing is mapped there */
#define SEGV_ACCERR	2	/* the mapping forbids it */
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#define TRAP_BRKPT	1
#define CLD_EXITED	1
#define CLD_KILLED	2

#endif
