#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#include <uapi/linux/errno.h>

/* Never seen by a program: the signal code turns these into a restart. */
#define ERESTARTSYS 512
#define ERESTARTNOHAND 514

#endif
