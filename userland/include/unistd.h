/* SPDX-License-Identifier: MIT */
/*
 * The plain system calls. Their stubs are generated from the kernel's
 * syscall.tbl: number into r7, arguments into r0 to r5, svc 0; a result between
 * -4095 and -1 becomes errno and -1.
 */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <stddef.h>

#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

/* Any system call by its number: syscall(400, buf, len). */
long syscall(long number, ...);

ssize_t read(int fd, void *buf, size_t count);
ssize_t write(int fd, const void *buf, size_t count);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int unlink(const char *path);
int dup(int fd);

pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
int sched_yield(void);

uid_t getuid(void);
int setuid(uid_t uid);

int brk(void *end);
void *sbrk(ptrdiff_t increment);

void _exit(int status) __attribute__((noreturn));

extern char **environ;

#endif
