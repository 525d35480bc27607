// SPDX-License-Identifier: MIT
/* Strings in user memory: length unknown, so byte by byte. */
#include <linux/uaccess.h>

/*
 * Copies up to @count bytes, the NUL included if there is one in reach.
 * The address is checked byte by byte: a string may end right below
 * TASK_SIZE.
 */
long strncpy_from_user(char *dst, const char __user *src, long count)
{
	long n;
	char c;

	for (n = 0; n < count; n++) {
		if (get_user(c, src + n))
			return -EFAULT;
		dst[n] = c;
		if (!c)
			break;
	}
	return n;
}

long strnlen_user(const char __user *str, long count)
{
	long n;
	char c;

	for (n = 0; n < count; n++) {
		if (get_user(c, str + n))
			return 0;
		if (!c)
			return n + 1;
	}
	return count + 1;
}
