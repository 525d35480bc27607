/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <asm/mmu.h>
#include <asm/pgtable.h>

/* One for each page frame of DDR, in mem_map[]. */
struct page {
	atomic_t		_refcount;	/* how many use it */
	u8			order;		/* of the block it heads;
						 * slab: its blocks' class */
	u8			flags;		/* PG_ bits */
	u16			inuse;		/* slab: blocks handed out */
	struct list_head	lru;		/* free list or partial slabs */
	void			*freelist;	/* slab: first free block */
};

#define PG_buddy	0x01	/* heads a block on a free list */
#define PG_slab		0x02	/* holds kmalloc blocks */

struct file;

/* A range of user addresses with one set of permissions. */
struct vm_area_struct {
	unsigned long		vm_start;	/* first byte */
	unsigned long		vm_end;		/* one past the last */
	struct list_head	vm_list;	/* mm->mmap, by address */
	struct mm_struct	*vm_mm;
	unsigned long		vm_flags;	/* VM_ bits */
	unsigned long		vm_pgoff;	/* offset in file, in pages */
	struct file		*vm_file;	/* NULL: anonymous */
	unsigned long		vm_filelen;	/* bytes that the file backs;
						 * the rest reads as zeros */
};

struct mm_struct {
	pgd_t			*pgd;
	mm_context_t		context;
	atomic_t		mm_users;	/* tasks sharing it */
	struct mutex		mmap_lock;	/* vmas, tables, fields below */
	struct list_head	mmap;
	unsigned long		mmap_base;	/* mmap() goes down from here */
	unsigned long		rss;		/* pages present */
	unsigned long		start_brk, brk, start_stack;
	struct file		*exe_file;
};

extern struct mm_struct init_mm;

#endif
