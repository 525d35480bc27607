/* SPDX-License-Identifier: MIT */
/* exit42 [STATUS]: ends at once, with a status that is easy to recognise. */
#include <stdlib.h>

int main(int argc, char *argv[])
{
	return argc > 1 ? atoi(argv[1]) : 42;
}
