#ifndef _UAPI_LINUX_LEDS_GPIO_H
#define _UAPI_LINUX_LEDS_GPIO_H

#include <asm-generic/ioctl.h>

/* The board's user LEDs, USR0 in bit 0 to USR3 in bit 3; 1 is lit. */
#define LEDS_ALL	0xf
#define LEDS_SET	_IOW('L', 1, unsigned int)
#define LEDS_GET	_IOR('L', 2, unsigned int)

/*
 * mmap() with MAP_SHARED gives the page of the GPIO block's registers: USR0 is
 * bit 21 of it.
 */
#define LEDS_SHIFT	21
#define GPIO_DATAOUT	0x13c	/* what the pins are driven to */
#define GPIO_CLEARDATAOUT 0x190	/* a 1 drives its pin low */
#define GPIO_SETDATAOUT	0x194	/* a 1 drives its pin high */

#endif
