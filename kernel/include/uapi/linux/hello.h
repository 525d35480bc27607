#ifndef _UAPI_LINUX_HELLO_H
#define _UAPI_LINUX_HELLO_H

/* What hello2 is given: a structure that points at the name. */
struct hello2_in {
	char *name;
	unsigned int len;
	unsigned int val;
};

/* What it gives back. */
struct hello2_out {
	unsigned int nr_calls;
	unsigned int rand_data[4];
};

#endif
