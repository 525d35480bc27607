/* SPDX-License-Identifier: MIT */
/*
 * io: one file by every call of the IO model: opened, written, read, moved in,
 * mapped, synchronised, locked against a second process, closed.  In between
 * ioctl, which only the terminal understands, and at the end entries of /proc,
 * which are files only in how they are read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/termios.h>

#define NAME "/tmp/notes"
#define TEXT "open, read, write"
#define PAGE_SIZE 4096

/* How wide is it?  A question to a terminal; a file has no answer. */
static void ask_for_width(int fd, const char *what)
{
	struct winsize size;

	if (syscall(SYS_ioctl, fd, TIOCGWINSZ, &size) < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: %u columns\n", what, size.ws_col);
}

/* A second process opens the file by itself, and may not lock it. */
static void ask_for_lock(void)
{
	int fd = open(NAME, O_RDWR);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		printf("other process: %s\n", strerror(errno));
	_exit(0);
}

static void lock(int fd)
{
	long child;

	flock(fd, LOCK_EX);
	child = syscall(SYS_fork);
	if (!child)
		ask_for_lock();
	syscall(SYS_wait4, child, NULL, 0, NULL);
}

static void show(const char *path)
{
	char text[128];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n >= 0) {
		text[n] = '\0';
		printf("%s: %s", path, text);
	}
}

int main(void)
{
	char text[sizeof(TEXT)] = "";
	char *page;
	int fd;

	fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0) {
		perror(NAME);
		return 1;
	}
	write(fd, TEXT, strlen(TEXT));
	lseek(fd, 6, SEEK_SET);
	read(fd, text, 4);
	printf("handle %d, bytes 6 to 9: %s\n", fd, text);

	page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	memcpy(page, "OPEN", 4);
	syscall(SYS_fsync, fd);
	lseek(fd, 0, SEEK_SET);
	read(fd, text, strlen(TEXT));
	printf("after a store: %s\n", text);

	ask_for_width(STDOUT_FILENO, "terminal");
	ask_for_width(fd, "file");
	lock(fd);
	show("/proc/locks");
	close(fd);
	show("/proc/self/comm");
	return 0;
}
