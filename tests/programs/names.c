/* Names: directories, links, renames, and what is refused. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
	char *found[32];
	struct dirent *entry;
	DIR *directory = opendir(path);
	int count = 0, i;

	if (!directory) {
		printf("no %s: %s\n", path, strerror(errno));
		return;
	}
	while ((entry = readdir(directory)) && count < 32)
		found[count++] = strdup(entry->d_name);
	closedir(directory);
	qsort(found, count, sizeof(*found), by_name);
	for (i = 0; i < count; i++) {
		printf("%s%s", found[i], i + 1 < count ? ", " : "\n");
		free(found[i]);
	}
}

static void touch(const char *name)
{
	close(open(name, O_CREAT | O_WRONLY, 0600));
}

int main(void)
{
	char top[] = "/tmp/namesXXXXXX", here[PATH_MAX], name[300];
	struct stat a, b;
	int fd;

	SAY(mkdtemp(top) != NULL);
	SAY(chdir(top));
	SAY(strcmp(getcwd(here, sizeof(here)), top));
	SAY(getcwd(here, 3) != NULL);
	SAY(mkdir("a", 0755));
	SAY(mkdir("a", 0755));
	SAY(mkdir("a/b/c", 0755));
	SAY(mkdir("a/b", 0700));
	touch("a/file");
	touch("a/other");
	list("a");
	list("a/file");
	list("nowhere");
	SAY(rmdir("a"));
	SAY(rmdir("a/file"));
	SAY(unlink("a/b"));
	SAY(rename("a/file", "a/b"));
	SAY(rename("a/b", "a/file"));
	SAY(rename("a/file", "a/other"));
	SAY(rename("a/none", "a/other"));
	SAY(rename("a", "a/b/inside"));
	SAY(rename("a/b", "moved"));
	SAY(rename("a/other", "a/file/"));
	SAY(mkdir("full", 0700));
	SAY(mkdir("full/inside", 0700));
	SAY(rename("moved", "full"));
	SAY(rename("full/inside", "moved"));
	SAY(rename("full", "moved"));
	SAY(rename("a/..", "moved"));
	SAY(rmdir("moved/."));
	SAY(rmdir("moved/.."));
	list("a");
	list(".");
	SAY(open("a/other/x", O_RDONLY));
	SAY(open("", O_RDONLY));
	SAY(open("a", O_WRONLY));
	SAY(open("a/other", O_CREAT | O_EXCL | O_RDWR, 0600));
	SAY(open("a/other", O_DIRECTORY | O_RDONLY));
	memset(name, 'n', 299);
	name[299] = 0;
	SAY(open(name, O_CREAT | O_RDWR, 0600));
	name[255] = 0;
	fd = open(name, O_CREAT | O_RDWR, 0600);
	printf("255 characters %d\n", fd >= 0);
	SAY(unlink(name));
	SAY(link("a/other", "linked"));
	SAY(link("a/other", "linked"));
	SAY(link("a", "b"));
	SAY(rename("linked", "a/other"));
	stat("a/other", &a);
	stat("linked", &b);
	printf("same %d, links %d\n", a.st_ino == b.st_ino, (int)a.st_nlink);
	SAY(symlink("a/other", "soft"));
	SAY(symlink("loop", "loop"));
	SAY(open("loop", O_RDONLY));
	SAY(readlink("soft", name, sizeof(name)));
	printf("%.7s\n", name);
	SAY(readlink("soft", name, 3));
	SAY(readlink("linked", name, 3));
	lstat("soft", &a);
	printf("link %d\n", S_ISLNK(a.st_mode));
	stat("soft", &a);
	printf("file %d\n", S_ISREG(a.st_mode));
	SAY(open("soft", O_RDONLY | O_NOFOLLOW));
	SAY(unlink("soft"));
	SAY(unlink("loop"));
	SAY(unlink("linked"));
	SAY(unlink("a/other"));
	SAY(access("a", R_OK | W_OK | X_OK));
	SAY(access("none", F_OK));
	SAY(access("a", 99));
	SAY(chdir("a/.."));
	SAY(strcmp(getcwd(here, sizeof(here)), top));
	fd = open("a", O_RDONLY | O_DIRECTORY);
	SAY(chdir("a"));
	SAY(openat(fd, "none", O_RDONLY));
	SAY(close(openat(fd, "at", O_CREAT | O_WRONLY, 0600)));
	SAY(unlink("at"));
	SAY(openat(99, "none", O_RDONLY));
	SAY(read(fd, name, 1));
	SAY(chdir(".."));
	SAY(rmdir("a"));
	SAY(rmdir("moved"));
	SAY(chdir(".."));
	SAY(rmdir(top));
	SAY(rmdir(top));
	SAY(chdir(top));
	return 0;
}
