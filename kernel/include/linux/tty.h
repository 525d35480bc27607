#ifndef _LINUX_TTY_H
#define _LINUX_TTY_H

/* What the serial driver does for the terminal on it. */
void tty_driver_write(const char *s, unsigned int count);
/* Called by the driver's interrupt for each character received. */
void tty_receive_char(unsigned char c);

#endif
