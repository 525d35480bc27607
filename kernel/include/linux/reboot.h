#ifndef _LINUX_REBOOT_H
#define _LINUX_REBOOT_H

#include <linux/compiler.h>

/* Interrupts masked and the processor asleep for ever. */
void machine_power_off(void) __noreturn;
void kernel_power_off(void) __noreturn;

#endif
