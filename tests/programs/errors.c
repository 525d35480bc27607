/* One error each of many: what the C library says of it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	char *bad = (char *)0x1000, text[16];
	struct iovec vector = { bad, 16 };
	int null = open("/dev/null", O_RDWR);
	struct termios tio;
	struct winsize ws;

	by_lines();
	SAY(read(99, text, 1));
	SAY(read(-1, text, 1));
	SAY(write(99, text, 1));
	SAY(read(null, text, 1));
	SAY(write(null, text, 16));
	SAY(write(null, NULL, 0));
	SAY(open(bad, O_RDONLY));
	SAY(open("/dev/none", O_RDWR));
	SAY(open("/dev/null/x", O_RDWR));
	SAY(stat(bad, NULL));
	SAY(chdir("/dev/null"));
	SAY(chdir(bad));
	SAY(rmdir("/"));
	SAY(mkdir("/", 0));
	SAY(mkdir("", 0));
	SAY(unlink("/"));
	SAY(rename("/", "/tmp/x"));
	/* no bad descriptor with it: qemu-arm looks at the vector first */
	SAY(writev(null, &vector, -1));
	SAY(pipe((int *)bad));
	SAY(ioctl(null, TCGETS, &tio));
	SAY(ioctl(null, TIOCGWINSZ, &ws));
	SAY(ioctl(99, TCGETS, &tio));
	SAY(tcgetattr(null, &tio));
	SAY(isatty(null));
	SAY(dup(-1));
	SAY(fcntl(-1, F_GETFL));
	SAY(fchmod(-1, 0));
	SAY(ftruncate(null, 5));
	SAY(kill(0x7fffffff, 0));
	SAY(waitpid(0x7fffffff, NULL, 0));
	SAY(munmap((void *)1, 4096));
	SAY(getrlimit(77, NULL));
	SAY(lseek(null, 0, 99));
	SAY(readlink("/tmp", text, 16));
	SAY(readlink("/dev/null", text, 0));
	SAY(execve("/dev/null", NULL, NULL));
	SAY(execve("", NULL, NULL));
	SAY(syscall(SYS_sigaltstack, bad, NULL));
	/* no bad pointer for nanosleep(): qemu-arm says EINVAL, not EFAULT */
	SAY(getcwd(text, 1) != NULL);
	SAY(access("/", 0));
	SAY(access("", 0));
	SAY(umask(0777) != 0777);
	return 0;
}
