/* SPDX-License-Identifier: MIT */
/*
 * leds: lights the board's LEDs by a call of the driver's, then by a store to
 * the GPIO block's register, which the driver has mapped into this process.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/leds_gpio.h>

#define PAGE_SIZE 4096
#define USR0 (1 << 0)
#define USR3 (1 << 3)

int main(void)
{
	volatile uint32_t *gpio;
	unsigned int leds = USR0 | USR3;
	int fd = open("/dev/leds", O_RDWR);

	if (fd < 0) {
		perror("/dev/leds");
		return 1;
	}
	syscall(SYS_ioctl, fd, LEDS_SET, &leds);
	leds = 0;
	syscall(SYS_ioctl, fd, LEDS_GET, &leds);
	printf("by ioctl: %#x\n", leds);

	gpio = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (gpio == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	gpio[GPIO_CLEARDATAOUT / 4] = USR3 << LEDS_SHIFT;
	leds = gpio[GPIO_DATAOUT / 4] >> LEDS_SHIFT & LEDS_ALL;
	printf("by mmap: %#x\n", leds);

	leds = ~0U;
	if (syscall(SYS_ioctl, fd, LEDS_SET, &leds) < 0)
		perror("32 LEDs");
	close(fd);
	return 0;
}
