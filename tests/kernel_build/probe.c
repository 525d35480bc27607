/* What the tests of the kernel's start run inside it; argv[1] says which. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <sys/random.h>
#include <sys/syscall.h>

extern char **environ;

static int arguments(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		printf("<%s>\n", argv[i]);
	for (char **e = environ; *e; e++)
		printf("%s\n", *e);
	return 0;
}

struct hello2_in {
	char *name;
	unsigned int len;
	unsigned int val;
};

static int hello2(int times)
{
	unsigned int out[5];
	struct hello2_in in = { "probe", 6, 0 };
	long ret = 0;

	for (in.val = 0; in.val < times; in.val++)
		ret = syscall(401, &in, out);
	printf("%ld %d %u\n", ret, ret ? errno : 0, out[0]);
	return 0;
}

static int hello(void)
{
	char buf[64];
	long ret = syscall(400, buf, sizeof(buf));

	printf("%ld %d\n", ret, ret ? errno : 0);
	return 0;
}

static int randoms(void)
{
	unsigned int words[4];

	getrandom(words, sizeof(words), 0);
	printf("%08x %08x %08x %08x\n", words[0], words[1], words[2], words[3]);
	return 0;
}

static void caught(int sig)
{
	write(1, "[caught]", 8);
}

/* Echo each read as its length and bytes, until an end of file. */
static int terminal(int raw)
{
	struct termios saved, t;
	char buf[100];
	int n;

	signal(SIGINT, caught);
	tcgetattr(0, &saved);
	t = saved;
	if (raw)
		t.c_lflag &= ~(ICANON | ECHO | ISIG);
	tcsetattr(0, TCSANOW, &t);
	while ((n = read(0, buf, sizeof(buf))) > 0) {
		printf("{%d", n);
		for (int i = 0; i < n; i++)
			printf(" %02x", buf[i]);
		printf("}\n");
		fflush(stdout);
		if (raw && buf[0] == 'q')
			break;
	}
	printf("end %d\n", n);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "arguments"))
		return arguments(argc, argv);
	if (!strcmp(what, "hello"))
		return hello();
	if (!strcmp(what, "hello2"))
		return hello2(atoi(argv[2]));
	if (!strcmp(what, "random"))
		return randoms();
	if (!strcmp(what, "lines"))
		return terminal(0);
	if (!strcmp(what, "raw"))
		return terminal(1);
	return 9;
}
