/* SPDX-License-Identifier: MIT */
/*
 * A heap in a hundred lines: all blocks, free or not, form one list in the
 * order of their addresses; malloc() takes the first that fits and splits it,
 * free() joins neighbours. The list only grows, by sbrk().
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <thread.h>
#include <unistd.h>

#define ALIGNMENT 8		/* AAPCS: the largest any type asks for */
#define GROWTH (16 * 1024)	/* bytes asked of the kernel at least */

/* @size: bytes after this header. */
struct block {
	size_t size;
	bool free;
	struct block *next;
	struct block *previous;
};

_Static_assert(sizeof(struct block) % ALIGNMENT == 0,
	       "what follows a header must be aligned");

static struct mutex heap_lock = MUTEX_INIT;
static struct block *first; /* heap_lock */
static struct block *last; /* heap_lock */

static bool adjacent(const struct block *a, const struct block *b)
{
	return (const char *)(a + 1) + a->size == (const char *)b;
}

static void split(struct block *block, size_t size)
{
	struct block *rest = (struct block *)((char *)(block + 1) + size);

	if (block->size < size + sizeof(*rest) + ALIGNMENT)
		return;
	*rest = (struct block){ .size = block->size - size - sizeof(*rest),
				.free = true,
				.next = block->next,
				.previous = block };
	if (rest->next)
		rest->next->previous = rest;
	else
		last = rest;
	block->next = rest;
	block->size = size;
}

static void join_next(struct block *block)
{
	struct block *next = block->next;

	if (!next || !next->free || !adjacent(block, next))
		return;
	block->size += sizeof(*next) + next->size;
	block->next = next->next;
	if (block->next)
		block->next->previous = block;
	else
		last = block;
}

static struct block *grow(size_t size)
{
	size_t bytes = size + sizeof(struct block);
	struct block *block;

	if (bytes < GROWTH)
		bytes = GROWTH;
	block = sbrk(bytes);
	if (block == (void *)-1)
		return NULL;
	*block = (struct block){ .size = bytes - sizeof(*block),
				 .free = true,
				 .previous = last };
	if (last)
		last->next = block;
	else
		first = block;
	last = block;
	return block;
}

void *malloc(size_t size)
{
	struct block *block;

	if (size > INT32_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	mutex_lock(&heap_lock);
	for (block = first; block; block = block->next) {
		if (block->free && block->size >= size)
			break;
	}
	if (!block)
		block = grow(size);
	if (block) {
		split(block, size);
		block->free = false;
	}
	mutex_unlock(&heap_lock);
	return block ? block + 1 : NULL;
}

void free(void *pointer)
{
	struct block *block = (struct block *)pointer - 1;

	if (!pointer)
		return;
	mutex_lock(&heap_lock);
	block->free = true;
	join_next(block);
	if (block->previous && block->previous->free)
		join_next(block->previous);
	mutex_unlock(&heap_lock);
}

void *calloc(size_t count, size_t size)
{
	unsigned long long bytes = (unsigned long long)count * size;
	void *block;

	if (bytes > INT32_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	block = malloc(bytes);
	if (block)
		memset(block, 0, bytes);
	return block;
}

void *realloc(void *pointer, size_t size)
{
	struct block *block = (struct block *)pointer - 1;
	void *bigger;

	if (!pointer)
		return malloc(size);
	if (size <= block->size)
		return pointer;
	bigger = malloc(size);
	if (!bigger)
		return NULL;
	memcpy(bigger, pointer, block->size);
	free(pointer);
	return bigger;
}
