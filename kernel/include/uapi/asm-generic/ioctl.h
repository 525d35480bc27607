#ifndef _UAPI_ASM_GENERIC_IOCTL_H
#define _UAPI_ASM_GENERIC_IOCTL_H

/* A command: direction in 2 bits, size in 14, the driver's letter, a number. */
#define _IOC(dir, type, nr, size) \
	((dir) << 30 | (size) << 16 | (type) << 8 | (nr))
#define _IOC_NONE	0U
#define _IOC_WRITE	1U
#define _IOC_READ	2U

#define _IO(type, nr)		_IOC(_IOC_NONE, (type), (nr), 0U)
#define _IOR(type, nr, t)	_IOC(_IOC_READ, (type), (nr), sizeof(t))
#define _IOW(type, nr, t)	_IOC(_IOC_WRITE, (type), (nr), sizeof(t))
#define _IOWR(type, nr, t) \
	_IOC(_IOC_READ | _IOC_WRITE, (type), (nr), sizeof(t))

#endif
