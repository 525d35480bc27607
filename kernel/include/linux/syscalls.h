#ifndef _LINUX_SYSCALLS_H
#define _LINUX_SYSCALLS_H

/*
 * A system call's handler is the function sys_<name>, found by the table
 * that is made from arch/arm/tools/syscall.tbl. The argument registers
 * r0-r3 are passed as they are, r4 and r5 on the stack, so a handler is an
 * ordinary C function; a 64-bit argument takes an even pair of registers.
 */

#include <linux/compiler.h>
#include <linux/linkage.h>
#include <linux/types.h>

struct __kernel_old_itimerval;
struct __kernel_old_timeval;
struct __kernel_timespec;
struct hello2_in;
struct hello2_out;
struct iovec;
struct linux_dirent64;
struct new_utsname;
struct old_timespec32;
struct pollfd;
struct rlimit;
struct rlimit64;
struct rusage;
struct stat64;
struct statfs64;
struct statx;
struct sysinfo;
struct timezone;
struct tms;

/*
 * The macro declares what it defines, so that a prototype below which does
 * not match is an error at the handler.
 */
#define __SYSCALL_DEFINE(name, ...)				\
	asmlinkage long sys_##name(__VA_ARGS__);		\
	asmlinkage long sys_##name(__VA_ARGS__)
#define SYSCALL_DEFINE0(name) __SYSCALL_DEFINE(name, void)
#define SYSCALL_DEFINE1(name, t1, a1) __SYSCALL_DEFINE(name, t1 a1)
#define SYSCALL_DEFINE2(name, t1, a1, t2, a2) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2)
#define SYSCALL_DEFINE3(name, t1, a1, t2, a2, t3, a3) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3)
#define SYSCALL_DEFINE4(name, t1, a1, t2, a2, t3, a3, t4, a4) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4)
#define SYSCALL_DEFINE5(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define SYSCALL_DEFINE6(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) \
	__SYSCALL_DEFINE(name, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)

asmlinkage long sys_ni_syscall(void);

/* fs/ */
asmlinkage long sys_open(const char __user *name, int flags, umode_t mode);
asmlinkage long sys_openat(int dfd, const char __user *name, int flags,
			   umode_t mode);
asmlinkage long sys_creat(const char __user *name, umode_t mode);
asmlinkage long sys_close(unsigned int fd);
asmlinkage long sys_read(unsigned int fd, char __user *buf, size_t count);
asmlinkage long sys_write(unsigned int fd, const char __user *buf,
			  size_t count);
asmlinkage long sys_readv(unsigned long fd, const struct iovec __user *vec,
			  unsigned long vlen);
asmlinkage long sys_writev(unsigned long fd, const struct iovec __user *vec,
			   unsigned long vlen);
asmlinkage long sys_pread64(unsigned int fd, char __user *buf, size_t count,
			    loff_t pos);
asmlinkage long sys_pwrite64(unsigned int fd, const char __user *buf,
			     size_t count, loff_t pos);
asmlinkage long sys_lseek(unsigned int fd, off_t offset, unsigned int whence);
asmlinkage long sys_llseek(unsigned int fd, unsigned long high,
			   unsigned long low, loff_t __user *result,
			   unsigned int whence);
asmlinkage long sys_stat64(const char __user *name,
			   struct stat64 __user *buf);
asmlinkage long sys_lstat64(const char __user *name,
			    struct stat64 __user *buf);
asmlinkage long sys_fstat64(unsigned long fd, struct stat64 __user *buf);
asmlinkage long sys_fstatat64(int dfd, const char __user *name,
			      struct stat64 __user *buf, int flag);
asmlinkage long sys_statx(int dfd, const char __user *name, unsigned int flags,
			  unsigned int mask, struct statx __user *buf);
asmlinkage long sys_fcntl(unsigned int fd, unsigned int cmd,
			  unsigned long arg);
asmlinkage long sys_flock(unsigned int fd, unsigned int cmd);
asmlinkage long sys_fcntl64(unsigned int fd, unsigned int cmd,
			    unsigned long arg);
asmlinkage long sys_ioctl(unsigned int fd, unsigned int cmd,
			  unsigned long arg);
asmlinkage long sys_dup(unsigned int fd);
asmlinkage long sys_dup2(unsigned int oldfd, unsigned int newfd);
asmlinkage long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags);
asmlinkage long sys_pipe(int __user *fds);
asmlinkage long sys_pipe2(int __user *fds, int flags);
asmlinkage long sys_getcwd(char __user *buf, unsigned long size);
asmlinkage long sys_chdir(const char __user *name);
asmlinkage long sys_fchdir(unsigned int fd);
asmlinkage long sys_readlink(const char __user *name, char __user *buf,
			     int size);
asmlinkage long sys_readlinkat(int dfd, const char __user *name,
			       char __user *buf, int size);
asmlinkage long sys_access(const char __user *name, int mode);
asmlinkage long sys_faccessat(int dfd, const char __user *name, int mode);
asmlinkage long sys_faccessat2(int dfd, const char __user *name, int mode,
			       int flags);
asmlinkage long sys_unlink(const char __user *name);
asmlinkage long sys_unlinkat(int dfd, const char __user *name, int flag);
asmlinkage long sys_rename(const char __user *from, const char __user *to);
asmlinkage long sys_renameat(int olddfd, const char __user *from, int newdfd,
			     const char __user *to);
asmlinkage long sys_link(const char __user *old, const char __user *name);
asmlinkage long sys_linkat(int olddfd, const char __user *old, int newdfd,
			   const char __user *name, int flags);
asmlinkage long sys_symlink(const char __user *target,
			    const char __user *name);
asmlinkage long sys_symlinkat(const char __user *target, int dfd,
			      const char __user *name);
asmlinkage long sys_chmod(const char __user *name, umode_t mode);
asmlinkage long sys_fchmod(unsigned int fd, umode_t mode);
asmlinkage long sys_fchmodat(int dfd, const char __user *name, umode_t mode);
asmlinkage long sys_chown(const char __user *name, uid_t uid, gid_t gid);
asmlinkage long sys_lchown(const char __user *name, uid_t uid, gid_t gid);
asmlinkage long sys_fchown(unsigned int fd, uid_t uid, gid_t gid);
asmlinkage long sys_fchownat(int dfd, const char __user *name, uid_t uid,
			     gid_t gid, int flag);
asmlinkage long sys_utimensat(int dfd, const char __user *name,
			      const struct __kernel_timespec __user *ts,
			      int flags);
asmlinkage long sys_utimensat_time32(int dfd, const char __user *name,
				     const struct old_timespec32 __user *ts,
				     int flags);
asmlinkage long sys_statfs64(const char __user *name, size_t size,
			     struct statfs64 __user *buf);
asmlinkage long sys_fstatfs64(unsigned int fd, size_t size,
			      struct statfs64 __user *buf);
asmlinkage long sys_mkdir(const char __user *name, umode_t mode);
asmlinkage long sys_mkdirat(int dfd, const char __user *name, umode_t mode);
asmlinkage long sys_rmdir(const char __user *name);
asmlinkage long sys_getdents64(unsigned int fd,
			       struct linux_dirent64 __user *dirent,
			       unsigned int count);
asmlinkage long sys_truncate64(const char __user *name, loff_t length);
asmlinkage long sys_ftruncate(unsigned int fd, unsigned long length);
asmlinkage long sys_ftruncate64(unsigned int fd, loff_t length);
asmlinkage long sys_fsync(unsigned int fd);
asmlinkage long sys_fdatasync(unsigned int fd);
asmlinkage long sys_sync(void);
asmlinkage long sys_poll(struct pollfd __user *ufds, unsigned int nfds,
			 int timeout_msecs);
asmlinkage long sys_ppoll(struct pollfd __user *ufds, unsigned int nfds,
			  struct __kernel_timespec __user *ts,
			  const void __user *sigmask, size_t sigsetsize);
asmlinkage long sys_ppoll_time32(struct pollfd __user *ufds,
				 unsigned int nfds,
				 struct old_timespec32 __user *ts,
				 const void __user *sigmask,
				 size_t sigsetsize);
asmlinkage long sys_select(int n, unsigned long __user *in,
			   unsigned long __user *out,
			   unsigned long __user *ex,
			   struct __kernel_old_timeval __user *tv);
asmlinkage long sys_pselect6(int n, unsigned long __user *in,
			     unsigned long __user *out,
			     unsigned long __user *ex,
			     struct __kernel_timespec __user *ts,
			     const void __user *sig);
asmlinkage long sys_pselect6_time32(int n, unsigned long __user *in,
				    unsigned long __user *out,
				    unsigned long __user *ex,
				    struct old_timespec32 __user *ts,
				    const void __user *sig);

/* kernel/time/ */
asmlinkage long sys_clock_gettime(clockid_t which,
				  struct __kernel_timespec __user *tp);
asmlinkage long sys_clock_gettime32(clockid_t which,
				    struct old_timespec32 __user *tp);
asmlinkage long sys_clock_getres(clockid_t which,
				 struct __kernel_timespec __user *tp);
asmlinkage long sys_clock_getres_time32(clockid_t which,
					struct old_timespec32 __user *tp);
asmlinkage long sys_clock_nanosleep(clockid_t which, int flags,
				    const struct __kernel_timespec __user *rqtp,
				    struct __kernel_timespec __user *rmtp);
asmlinkage long sys_clock_nanosleep_time32(clockid_t which, int flags,
					   struct old_timespec32 __user *rqtp,
					   struct old_timespec32 __user *rmtp);
asmlinkage long sys_nanosleep_time32(struct old_timespec32 __user *rqtp,
				     struct old_timespec32 __user *rmtp);
asmlinkage long sys_gettimeofday(struct __kernel_old_timeval __user *tv,
				 struct timezone __user *tz);
asmlinkage long sys_getitimer(int which,
			      struct __kernel_old_itimerval __user *value);
asmlinkage long sys_setitimer(int which,
			      struct __kernel_old_itimerval __user *value,
			      struct __kernel_old_itimerval __user *old);

/* kernel/sys.c, kernel/reboot.c, kernel/printk.c, drivers/char/random.c */
asmlinkage long sys_newuname(struct new_utsname __user *name);
asmlinkage long sys_getuid(void);
asmlinkage long sys_geteuid(void);
asmlinkage long sys_getgid(void);
asmlinkage long sys_getegid(void);
asmlinkage long sys_setuid(uid_t uid);
asmlinkage long sys_setgid(gid_t gid);
asmlinkage long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid);
asmlinkage long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid);
asmlinkage long sys_getresuid(uid_t __user *ruid, uid_t __user *euid,
			      uid_t __user *suid);
asmlinkage long sys_getresgid(gid_t __user *rgid, gid_t __user *egid,
			      gid_t __user *sgid);
asmlinkage long sys_umask(int mask);
asmlinkage long sys_getrlimit(unsigned int resource,
			      struct rlimit __user *rlim);
asmlinkage long sys_prlimit64(pid_t pid, unsigned int resource,
			      const struct rlimit64 __user *new_rlim,
			      struct rlimit64 __user *old_rlim);
asmlinkage long sys_sysinfo(struct sysinfo __user *info);
asmlinkage long sys_times(struct tms __user *tbuf);
asmlinkage long sys_getrusage(int who, struct rusage __user *ru);
asmlinkage long sys_reboot(int magic1, int magic2, unsigned int cmd,
			   void __user *arg);
asmlinkage long sys_syslog(int type, char __user *buf, int len);
asmlinkage long sys_getrandom(char __user *buf, size_t count,
			      unsigned int flags);

/* the course's calls */
asmlinkage long sys_hello(char __user *buf, unsigned int len);
asmlinkage long sys_hello2(struct hello2_in __user *in,
			   struct hello2_out __user *out);

#endif
