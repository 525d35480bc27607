#ifndef _LINUX_POLL_H
#define _LINUX_POLL_H

#include <uapi/linux/poll.h>

#endif
