/* Calls that every Linux has by the same name, for strace to put into words. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int signal)
{
}

static void texts(void)
{
	char bytes[40];
	int i;

	for (i = 0; i < 40; i++)
		bytes[i] = i * 7;
	write(1, bytes, 40);
	write(1, "\0011\001x\0", 6);
	write(1, "0123456789012345678901234567890123456789", 40);
	write(1, "\\x41\377\a\b\033", 8);
	write(1, "abcdefghijklmnopqrstuvwxyz0123456\001", 32);
	syscall(SYS_getrandom, bytes, 40, 0);
	syscall(SYS_getrandom, bytes, 2, 3);
}

static void files(void)
{
	struct iovec parts[2];
	char first[4], second[60];
	int ends[2];

	parts[0].iov_base = first;
	parts[0].iov_len = sizeof(first);
	parts[1].iov_base = second;
	parts[1].iov_len = sizeof(second);
	syscall(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK);
	write(ends[1], "hello\nworld\n", 12);
	syscall(SYS_readv, ends[0], parts, 2);
	syscall(SYS_readv, ends[0], parts, 2);
	syscall(SYS_readv, 99, parts, 2);
	syscall(SYS_openat, AT_FDCWD, "/none",
		O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY |
			O_NONBLOCK | O_EXCL | O_TRUNC | O_NOCTTY | O_SYNC |
			O_DIRECT | O_NOATIME | O_PATH);
	syscall(SYS_openat, AT_FDCWD, "/none", O_WRONLY | O_DSYNC);
	syscall(SYS_fcntl, 99, 1234, 3);
	syscall(SYS_fcntl, 99, F_DUPFD, 10);
	syscall(SYS_ioctl, 99, 0x1234, 0x77);
	syscall(SYS_dup3, 0, 0, O_CLOEXEC);
	syscall(SYS_flock, 99, LOCK_SH | LOCK_NB);
	syscall(SYS_faccessat, AT_FDCWD, "/none", R_OK | X_OK);
	syscall(SYS_writev, 99, parts, 0);
	syscall(SYS_umask, 0);
	syscall(SYS_umask, 07777);
	syscall(SYS_umask, 022);
	syscall(SYS_fchmod, 99, 0);
	syscall(SYS_fchmod, 99, 04755);
	chdir("/");
	syscall(SYS_getcwd, second, sizeof(second));
}

static void memory(void)
{
	char *map = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);

	syscall(SYS_mprotect, NULL, 4096, PROT_READ | 8);
	syscall(SYS_munmap, 1, 3);
	syscall(SYS_msync, map, 4096, MS_SYNC);
	syscall(SYS_msync, map, 4096, MS_SYNC | 0x70);
}

static void processes(void)
{
	struct rusage usage;
	struct sysinfo info;

	syscall(SYS_getrusage, RUSAGE_SELF, &usage);
	syscall(SYS_getrusage, 77, &usage);
	syscall(SYS_sysinfo, &info);
	syscall(SYS_futex, &info, 9 | 128, 77, NULL, NULL, -1);
	syscall(SYS_futex, &info, 1, 1);
	syscall(SYS_kill, getpid(), SIGUSR1);
	syscall(SYS_clone, 0, 0, 0, 0, 0) ? 0 : (_exit(3), 0);
	syscall(SYS_wait4, -1, NULL, 0x80000000, NULL);
}

static void signals(void)
{
	struct sigaction action;
	sigset_t set;

	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART | SA_NOCLDSTOP | SA_NOCLDWAIT |
			  SA_NODEFER | SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, 40);
	sigprocmask(SIG_BLOCK, &set, NULL);
	syscall(SYS_rt_sigprocmask, 77, &set, NULL, 8);
	syscall(SYS_kill, getpid(), 99);
}

int main(void)
{
	signals();
	texts();
	files();
	memory();
	processes();
	syscall(9999, 1, 2, 0, 0, 0, 0);
	return 0;
}
