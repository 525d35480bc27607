/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/gfp.h>

/* Blocks are aligned to their size class: 32, 64 ... 2048, then pages. */
#define KMALLOC_MAX_CACHE_SIZE	2048

extern void kmem_cache_init(void);
extern void *kmalloc(size_t size, gfp_t gfp);
extern void kfree(const void *ptr);

DEFINE_FREE(kfree, void *, if (!IS_ERR(_T)) kfree(_T))

#define kzalloc(size, gfp)	kmalloc(size, (gfp) | __GFP_ZERO)

static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	if (size && n > (size_t)-1 / size)
		return NULL;
	return kzalloc(n * size, gfp);
}

#endif
