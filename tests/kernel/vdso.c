/* The vDSO's two mappings: their rights, and fork() and execve(). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define COARSE 6

static sigjmp_buf back;

static void caught(int sig)
{
	siglongjmp(back, sig);
}

/* The signal that a store ends in, or 0. */
static int store(volatile char *at)
{
	int sig = sigsetjmp(back, 1);

	if (!sig)
		*at = 0;
	return sig;
}

static int error(int ret)
{
	return ret < 0 ? errno : 0;
}

static void rights(char *image)
{
	int fd = open("/dev/zero", O_RDONLY);

	signal(SIGSEGV, caught);
	signal(SIGBUS, caught);
	for (char *page = image - PAGE; page <= image; page += PAGE) {
		printf("store %d\n", store(page));
		printf("read %d\n", error(read(fd, page, 4)));
		printf("mprotect %d\n",
		       error(mprotect(page, PAGE, PROT_READ | PROT_WRITE)));
		printf("elf %d\n", !memcmp(page, "\177ELF", 4));
	}
}

/* Until a tick comes in between, both read the same. */
static int agree(void)
{
	struct {
		int sec, nsec;
	} kernel;
	struct timespec ours;

	for (int i = 0; i < 3; i++) {
		usleep(12000);
		clock_gettime(COARSE, &ours);
		syscall(SYS_clock_gettime32, COARSE, &kernel);
		if (!kernel.nsec || ours.tv_sec != kernel.sec ||
		    ours.tv_nsec != kernel.nsec)
			return 0;
	}
	return 1;
}

int main(int argc, char *argv[])
{
	char *image = (char *)getauxval(AT_SYSINFO_EHDR);

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("image %lx\n", (unsigned long)image);
	if (argc > 1 && !strcmp(argv[1], "show"))
		return 0;
	rights(image);
	printf("agree %d\n", agree());
	if (!fork()) {
		printf("child %d\n", agree() && image[1] == 'E');
		execl("/proc/self/exe", "vdso", "show", NULL);
		_exit(1);
	}
	wait(NULL);
	printf("munmap %d\n", error(munmap(image, PAGE)));
	printf("gone %d\n", store(image));
	return 0;
}
