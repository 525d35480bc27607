/* SPDX-License-Identifier: MIT */
/* What the parts of hostile share. */
#ifndef _HOSTILE_H
#define _HOSTILE_H

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define PAGE 4096
#define NR_LAST 460
#define HOME "/tmp/hostile"
#define OURS 0x5a			/* what we fill memory with */
#define AT_FDCWD (-100)

#define KERNEL_FIRST 0xc0000000u	/* its linear map of 32 MiB */
#define KERNEL_LAST 0xc2000000u
#define KERNEL_HERE 0xc0008000u		/* the one address we name ourselves */

/* calls.c */
#define SPECIAL 1

struct call {
	const char *name;
	int number;
	int special;
	const char *kinds;
	long values[6];
	int also[16];
};

extern const struct call calls[];
extern const unsigned int nr_calls;

/* stage.c: what a child finds, and who waits for it */
/* Four pages; the second cannot be written, the fourth is not there. */
extern char *arena;
extern int file, directory;
extern pid_t self;

/* Seen by the parent whatever becomes of the child. */
extern struct tally {
	uint32_t done, bad, leaks;
} *tally;

void map_tally(void);
void map_arena(void);
void prepare(void);
/* Files fill memory: none outlives its child. */
void clean_up(void);
/* The status of a child; -1 if it had to be killed. */
int wait_for(pid_t child, int patience);

/* leaks.c */
#define POISON 0x6b6b6b6bu
extern uint32_t what_leaked;
/* Its result is random bytes, which may look like anything. */
int gives_random(int number);
/* Words that only the kernel can have put there. */
int leaked(const char *from, size_t size);
uint32_t free_memory(void);

/* wrong.c: a good argument of a kind, and every wrong one */
long good_argument(char kind, long value, int place);
int try_table(int quiet);

/* random.c */
int try_at_random(uint32_t seed, uint32_t count);

#endif
