#ifndef _UAPI_LINUX_UACCESS_DEMO_H
#define _UAPI_LINUX_UACCESS_DEMO_H

#include <asm-generic/ioctl.h>

#define UACCESS_DEMO_MAX 64	/* bytes that one request moves at most */

/* One use of one primitive on the caller's memory. */
struct uaccess_demo {
	void *ptr;		/* where */
	unsigned int size;	/* how many bytes, where the primitive asks */
	unsigned int value;	/* to put; or what was got */
	int result;		/* what the primitive returned */
};

#define UACCESS_DEMO_ACCESS_OK	_IOWR('u', 1, struct uaccess_demo)
#define UACCESS_DEMO_GET_USER	_IOWR('u', 2, struct uaccess_demo)
#define UACCESS_DEMO_PUT_USER	_IOWR('u', 3, struct uaccess_demo)
#define UACCESS_DEMO_COPY_FROM	_IOWR('u', 4, struct uaccess_demo)
#define UACCESS_DEMO_COPY_TO	_IOWR('u', 5, struct uaccess_demo)
#define UACCESS_DEMO_STRNCPY	_IOWR('u', 6, struct uaccess_demo)
#define UACCESS_DEMO_STRNLEN	_IOWR('u', 7, struct uaccess_demo)
#define UACCESS_DEMO_STRLEN	_IOWR('u', 8, struct uaccess_demo)
#define UACCESS_DEMO_CLEAR	_IOWR('u', 9, struct uaccess_demo)
#define UACCESS_DEMO_ATOMIC	_IOWR('u', 10, struct uaccess_demo)
#define UACCESS_DEMO_HANDLER	_IOWR('u', 11, struct uaccess_demo)

#endif
