#ifndef _UAPI_LINUX_STAT_H
#define _UAPI_LINUX_STAT_H

#include <linux/types.h>

#define S_IFMT 00170000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000

#define S_ISLNK(m) (((m) & S_IFMT) == S_IFLNK)
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m) (((m) & S_IFMT) == S_IFDIR)
#define S_ISFIFO(m) (((m) & S_IFMT) == S_IFIFO)

/* As the EABI lays it out: 64-bit members are aligned to 8 bytes. */
struct stat64 {
	__u64 st_dev;
	__u32 __pad0;
	__u32 __st_ino;
	__u32 st_mode;
	__u32 st_nlink;
	__u32 st_uid;
	__u32 st_gid;
	__u64 st_rdev;
	__u32 __pad3;
	__s64 st_size;
	__u32 st_blksize;
	__u64 st_blocks;
	__u32 st_atime;
	__u32 st_atime_nsec;
	__u32 st_mtime;
	__u32 st_mtime_nsec;
	__u32 st_ctime;
	__u32 st_ctime_nsec;
	__u64 st_ino;
};

_Static_assert(sizeof(struct stat64) == 104, "Linux's ABI");

#endif
