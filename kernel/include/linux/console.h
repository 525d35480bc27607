#ifndef _LINUX_CONSOLE_H
#define _LINUX_CONSOLE_H

#include <linux/types.h>

struct console {
	const char *name;
	void (*write)(const char *s, unsigned int count);
	void (*flush)(void);	/* wait until the device is idle */
};

/* Prints what is in the log already, so that nothing is lost. */
void register_console(const struct console *con);
void console_init(void);

#endif
