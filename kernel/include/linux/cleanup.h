/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

/*
 * What a variable holds is given back where its scope ends, whichever way
 * that is left; those declared last first:
 *
 *	struct file *file __free(fput) = fget(fd);
 *	guard(mutex)(&fs_mutex);
 */
#define DEFINE_FREE(name, type, put)					\
	static inline void __free_##name(void *p)			\
	{								\
		type _T = *(type *)p;					\
		put;							\
	}
#define __free(name) __attribute__((cleanup(__free_##name)))

#define DEFINE_GUARD(name, type, lock, unlock)				\
	static inline type __lock_##name(type _T)			\
	{								\
		lock;							\
		return _T;						\
	}								\
	DEFINE_FREE(guard_##name, type, unlock)
#define guard(name)							\
	typeof(__lock_##name(NULL)) __guard_##name			\
	__free(guard_##name) = __lock_##name

#endif
