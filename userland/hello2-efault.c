/* SPDX-License-Identifier: MIT */
/*
 * hello2-efault: calls sys_hello2 with every kind of address that leads
 * nowhere, then with lengths that are not the name's, and says what each call
 * gave. The last call is a good one: the kernel must have come to no harm.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SYS_HELLO2 401
#define KERNEL	   ((void *)0xc0008000)
#define PAGE	   4096
#define BEFORE	   8	/* bytes of a thing in the last page that is there */
#define LONG	   200	/* bytes of a name that is longer than any */

struct hello2_in {
	char *name;
	unsigned int len;
	unsigned int val;
};

struct hello2_out {
	unsigned int nr_calls;
	unsigned int rand_data[4];
};

static struct hello2_in in;
static struct hello2_out out;
static char longest[LONG];

/* One call, and its result in a line. */
static void call(const char *what, void *question, void *answer)
{
	long ret = syscall(SYS_HELLO2, question, answer);

	printf("%-32s %s\n", what, ret < 0 ? strerror(errno) : "answered");
}

/* A name is given as what @name points to, and how long it is said to be. */
static void named(const char *what, char *name, unsigned int len)
{
	in.name = name;
	in.len = len;
	call(what, &in, &out);
}

/* Two pages of the program's, the second one given back. */
static char *last_page(void)
{
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	pages[0] = 1;	/* the first page is here */
	munmap(pages + PAGE, PAGE);
	return pages;
}

int main(void)
{
	char name[] = "beagle";
	char *page = last_page(), *nowhere = page + PAGE;
	char *border = nowhere - BEFORE;

	in = (struct hello2_in){ name, strlen(name), 7 };
	call("in: NULL", NULL, &out);
	call("in: nothing there", nowhere, &out);
	call("in: the kernel's", KERNEL, &out);
	memcpy(border, &in, BEFORE);
	call("in: half of it there", border, &out);

	memset(border, 'x', BEFORE);
	named("in.name: NULL", NULL, strlen(name));
	named("in.name: nothing there", nowhere, strlen(name));
	named("in.name: the kernel's", KERNEL, strlen(name));
	named("in.name: half of it there", border, 2 * BEFORE);

	in.name = name;
	in.len = strlen(name);
	call("out: NULL", &in, NULL);
	call("out: nothing there", &in, nowhere);
	call("out: the kernel's", &in, KERNEL);
	call("out: half of it there", &in, border);
	mprotect(page, PAGE, PROT_READ);
	call("out: only to be read", &in, page);

	named("in.len: minus one", name, -1);
	named("in.len: 0", name, 0);
	memset(longest, 'y', sizeof(longest));
	named("in.len: 200", longest, sizeof(longest));

	named("all as it should be", name, strlen(name));
	return 0;
}
