/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_FILELOCK_H
#define _LINUX_FILELOCK_H

#include <linux/fs.h>

/* The last descriptor of an open file is closed. */
void locks_remove_flock(struct file *file);
int show_locks(char *buf, int size);

#endif
