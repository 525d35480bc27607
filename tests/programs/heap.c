/* malloc of many sizes, small by brk and large by mmap, checked and freed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 200

static uint32_t state = 12345;

static uint32_t random_word(void)
{
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

int main(void)
{
	unsigned char *blocks[BLOCKS] = { 0 };
	size_t sizes[BLOCKS] = { 0 };
	uint32_t sum = 0;
	int round, i;
	size_t j;

	for (round = 0; round < 2000; round++) {
		i = random_word() % BLOCKS;
		if (blocks[i]) {
			for (j = 0; j < sizes[i]; j += 97) {
				if (blocks[i][j] != (unsigned char)i)
					return 1;
			}
			sum = sum * 31 + sizes[i];
			free(blocks[i]);
			blocks[i] = NULL;
			continue;
		}
		sizes[i] = random_word() % (round % 50 ? 2000 : 300000) + 1;
		blocks[i] = malloc(sizes[i]);
		if (!blocks[i])
			return 2;
		memset(blocks[i], i, sizes[i]);
	}
	blocks[0] = realloc(blocks[0], 1000000);
	if (!blocks[0] || !calloc(1000, 100))
		return 3;
	printf("sum %08x\n", sum);
	return 0;
}
