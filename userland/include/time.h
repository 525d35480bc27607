/* SPDX-License-Identifier: MIT */
#ifndef _TIME_H
#define _TIME_H

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6

/* Seconds of 32 bits, as the calls without "64" in their name take them. */
struct timespec {
	long tv_sec;
	long tv_nsec;
};

#endif
