/* Randomness: different each time, whole, and with its errors. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	unsigned char a[64], b[64];
	int fd = open("/dev/urandom", O_RDONLY), zero, i, same = 0;

	SAY(getrandom(a, 64, 0));
	SAY(getrandom(b, 64, GRND_NONBLOCK));
	for (i = 0; i < 64; i++)
		same += a[i] == b[i];
	printf("differ %d\n", same < 16);
	SAY(read(fd, a, 64));
	SAY(memcmp(a, b, 64) != 0);
	SAY(getrandom(a, 64, 0x100));
	SAY(getrandom((void *)4, 64, 0));
	SAY(getrandom(a, 0, 0));
	SAY(getentropy(a, 64));
	SAY(getentropy(a, 257));
	zero = open("/dev/zero", O_RDWR);
	SAY(read(zero, a, 64));
	for (same = i = 0; i < 64; i++)
		same += a[i];
	SAY(same);
	SAY(write(zero, a, 64));
	return 0;
}
