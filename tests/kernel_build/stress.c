/*
 * Threads and processes that get in each other's way on names, directories,
 * files and a pipe. argv[1] is how often; prints what must come out.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

static int times;
static int pipe_fds[2];
static long received;

static void *rename_files(void *unused)
{
	char from[40], to[40];

	for (int i = 0; i < times; i++) {
		int fd;

		sprintf(from, "/tmp/d/%d", i % 7);
		sprintf(to, "/tmp/d/%d", (i + 3) % 7);
		fd = open(from, O_CREAT | O_RDWR, 0644);
		write(fd, "hello", 5);
		rename(from, to);
		close(fd);
		unlink(from);
		mkdir("/tmp/d/sub", 0755);
		rename("/tmp/d/sub", "/tmp/d/bus");
		rmdir("/tmp/d/bus");
	}
	return NULL;
}

static void *walk_directories(void *unused)
{
	char buf[100];
	struct stat st;

	for (int i = 0; i < times; i++) {
		DIR *dir = opendir("/tmp/d");

		while (readdir(dir))
			;
		closedir(dir);
		chdir(i & 1 ? "/tmp/d" : "/tmp");
		getcwd(buf, sizeof(buf));
		stat("0", &st);
		chdir("sub");
		chdir("/");
	}
	return NULL;
}

static void *grow_and_cut(void *number)
{
	int fd = open("/tmp/big", O_CREAT | O_RDWR, 0644);
	char buf[6000];

	memset(buf, (long)number, sizeof(buf));
	for (int i = 0; i < times; i++) {
		pwrite(fd, buf, sizeof(buf), i * 4000 % 200000);
		pread(fd, buf + 1, sizeof(buf) - 1, i * 777 % 100000);
		if (i % 50 == 0)
			ftruncate(fd, i * 10);
		close(dup(fd));
	}
	close(fd);
	return NULL;
}

static void *fill_pipe(void *unused)
{
	char buf[4000] = "";

	for (int i = 0; i < times; i++)
		write(pipe_fds[1], buf, 1000 + i % 3000);
	return NULL;
}

static void *drain_pipe(void *unused)
{
	char buf[8000];
	int n;

	while ((n = read(pipe_fds[0], buf, sizeof(buf))) > 0)
		received += n;
	return NULL;
}

static int read_maps(int status)
{
	char buf[500];

	for (int i = 0; i < 20; i++) {
		int fd = open("/proc/self/maps", O_RDONLY);

		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	return status;
}

static void round_of_all(void)
{
	void *(*const work[])(void *) = {
		rename_files,
		walk_directories,
		grow_and_cut,
		fill_pipe,
	};
	pthread_t threads[8], reader;
	long expected = 0;
	int status;

	pipe(pipe_fds);
	received = 0;
	pthread_create(&reader, NULL, drain_pipe, NULL);
	for (long i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, work[i % 4], (void *)i);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(read_maps(i));
		waitpid(pid, &status, 0);
		if (status != i << 8)
			printf("child %d ended with %x\n", i, status);
	}
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	close(pipe_fds[1]);
	pthread_join(reader, NULL);
	close(pipe_fds[0]);
	for (int i = 0; i < times; i++)
		expected += 2 * (1000 + i % 3000);
	printf("pipe %s\n", received == expected ? "whole" : "broken");
	for (int i = 0; i < 7; i++) {
		char name[40];

		sprintf(name, "/tmp/d/%d", i);
		unlink(name);
	}
	unlink("/tmp/big");
}

static long free_kilobytes(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return info.freeram / 1024;
}

int main(int argc, char **argv)
{
	long before, after;

	times = atoi(argv[1]);
	mkdir("/tmp/d", 0755);
	round_of_all();
	before = free_kilobytes();
	round_of_all();
	round_of_all();
	after = free_kilobytes();
	printf("directory %s\n", rmdir("/tmp/d") ? "left over" : "empty");
	printf("memory %s\n", before - after <= 16 ? "given back" : "lost");
	return 0;
}
