#ifndef _LINUX_CONSOLE_H
#define _LINUX_CONSOLE_H

/* What the serial driver does for the log and for the terminal on it. */
void console_init(void);
void tty_driver_write(const char *s, unsigned int count);
/* Wait until everything printed has left the console. */
void console_flush_on_panic(void);

/* Called by the driver's interrupt for each character received. */
void tty_receive_char(unsigned char c);
/* Who feeds the console from a file does not want to see it again. */
void noecho(void);

#endif
