#ifndef _LINUX_TTY_H
#define _LINUX_TTY_H

#include <linux/types.h>

/* What a serial driver does for the terminal on it. */
struct tty_driver {
	const char *name;
	void (*write)(const char *s, unsigned int count);
};

void tty_register_driver(const struct tty_driver *driver);
/* Called by the driver's interrupt for each character received. */
void tty_receive_char(unsigned char c);

#endif
