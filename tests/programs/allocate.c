/* Memory asked for in every way until there is none, and given back. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	void *blocks[64], *p;
	size_t i, size;

	SAY(posix_memalign(&p, 4096, 10000));
	SAY((uintptr_t)p % 4096);
	free(p);
	SAY(posix_memalign(&p, 3, 100));
	p = aligned_alloc(64, 640);
	SAY((uintptr_t)p % 64);
	free(p);
	SAY(malloc(0x7fffffff) == NULL ? -1 : 0);
	SAY(calloc(0x10000, 0x10001) == NULL ? -1 : 0);
	p = malloc(100);
	memset(p, 'x', 100);
	for (size = 200; size < 400000; size *= 2)
		p = realloc(p, size);
	for (i = 0; i < 100; i++) {
		if (((char *)p)[i] != 'x')
			return 1;
	}
	free(p);
	for (i = 0; i < 64; i++) {
		blocks[i] = malloc((i + 1) * 4000);
		if (!blocks[i])
			return 2;
		memset(blocks[i], (int)i, (i + 1) * 4000);
	}
	for (i = 0; i < 64; i++) {
		if (((unsigned char *)blocks[i])[i * 4000] != i)
			return 3;
	}
	for (i = 0; i < 64; i += 2)
		free(blocks[i]);
	for (i = 1; i < 64; i += 2)
		free(blocks[i]);
	p = malloc(0);
	SAY(p != NULL);
	free(p);
	SAY(malloc_usable_size(malloc(100)) >= 100);
	p = strdup("copied");
	printf("%s\n", (char *)p);
	SAY(asprintf((char **)&p, "%d-%s", 5, "made"));
	printf("%s\n", (char *)p);
	return 0;
}
