/* /dev/leds: what may be mapped and how, and who sees whose stores. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define LEDS_SET 0x40044c01
#define LEDS_GET 0x80044c02
#define SETDATAOUT (0x194 / 4)
#define LEDS_SHIFT 21

static void try_map(const char *what, int fd, int flags, size_t len, off_t off)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, off);

	printf("%s %d\n", what, at == MAP_FAILED ? errno : 0);
}

int main(void)
{
	int fd = open("/dev/leds", O_RDWR);
	int reader = open("/dev/leds", O_RDONLY);
	unsigned int leds = 1;
	volatile unsigned int *gpio;

	setvbuf(stdout, NULL, _IOLBF, 0);
	try_map("private", fd, MAP_PRIVATE, PAGE, 0);
	try_map("two pages", fd, MAP_SHARED, 2 * PAGE, 0);
	try_map("offset", fd, MAP_SHARED, PAGE, PAGE);
	try_map("read only", reader, MAP_SHARED, PAGE, 0);
	printf("pointer %d\n", ioctl(fd, LEDS_SET, -4096) < 0 ? errno : 0);
	printf("command %d\n", ioctl(fd, 0x4c03, 0) < 0 ? errno : 0);
	ioctl(fd, LEDS_SET, &leds);

	gpio = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!fork()) {
		gpio[SETDATAOUT] = 4 << LEDS_SHIFT;
		_exit(0);
	}
	wait(NULL);
	ioctl(fd, LEDS_GET, &leds);
	printf("both %x\n", leds);
	printf("protect %d %d\n", mprotect((void *)gpio, PAGE, PROT_READ),
	       mprotect((void *)gpio, PAGE, PROT_READ | PROT_WRITE));
	gpio[SETDATAOUT] = 8 << LEDS_SHIFT;
	munmap((void *)gpio, PAGE);
	ioctl(fd, LEDS_GET, &leds);
	printf("all %x\n", leds);
	return 0;
}
