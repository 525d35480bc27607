#ifndef _LINUX_FS_H
#define _LINUX_FS_H

/*
 * Names and files. There are no mounts and no disks: every dentry in the
 * tree below the root is the truth itself, held in memory until unlinked.
 * fs_mutex (fs/dcache.c) owns the tree, i_rwsem a file's contents.
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/list.h>
#include <linux/limits.h>
#include <linux/mutex.h>
#include <linux/stat.h>
#include <linux/types.h>
#include <linux/wait.h>

#define FMODE_READ 1
#define FMODE_WRITE 2

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define SEEK_MAX 4	/* SEEK_DATA and SEEK_HOLE are refused by files */

struct dentry;
struct file;
struct inode;
struct vm_area_struct;

/* Buffers are user pointers in read and write, never kernel ones. */
struct file_operations {
	void (*release)(struct inode *inode, struct file *file);
	ssize_t (*read)(struct file *file, char __user *buf, size_t count,
			loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf,
			 size_t count, loff_t *pos);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd,
			       unsigned long arg);
	__poll_t (*poll)(struct file *file);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
};

struct inode {
	umode_t i_mode;
	unsigned int i_nlink;
	ino_t i_ino;
	dev_t i_rdev;
	loff_t i_size;
	u64 i_mtime;			/* nanoseconds since 1970 */
	uid_t i_uid, i_gid;		/* stat() tells, no one asks */
	atomic_t i_count;
	atomic_t i_execs;		/* address spaces that run it */
	const struct file_operations *i_fop;
	struct mutex i_rwsem;		/* one writer at a time */
	/* where a symbolic link leads: its length; fs_mutex is held */
	int (*i_get_link)(struct inode *inode, char *buf, int size);
	void **i_pages;			/* contents, see fs/inode.c */
	void *i_private;		/* goes with a link or a pipe */
};

/* One component of a name, not ended by a NUL. */
struct qstr {
	const char *name;
	size_t len;
};

struct dentry {
	struct dentry *d_parent;	/* itself for the root */
	struct inode *d_inode;
	struct list_head d_subdirs;	/* in the order of creation */
	struct list_head d_child;	/* empty once unlinked */
	atomic_t d_count;		/* the tree's reference included */
	char d_name[NAME_MAX + 1];	/* "" for the root */
};

struct file {
	atomic_t f_count;
	unsigned int f_flags;		/* O_... */
	unsigned int f_mode;		/* FMODE_... */
	loff_t f_pos;			/* f_pos_lock, for files that seek */
	struct mutex f_pos_lock;
	struct inode *f_inode;
	struct dentry *f_dentry;	/* NULL for a pipe */
	const struct file_operations *f_op;
	void *private_data;
};

/* Where a task's relative names start. */
struct fs_struct {
	atomic_t count;
	int umask;
	struct dentry *pwd;		/* fs_mutex */
};

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

#define MAJOR(dev) ((unsigned int)((dev) >> 20))
#define MINOR(dev) ((unsigned int)((dev) & 0xfffff))
#define MKDEV(major, minor) ((dev_t)((major) << 20 | (minor)))

/* fs/inode.c */
struct inode *new_inode(umode_t mode);
void iput(struct inode *inode);
void ihold(struct inode *inode);
DEFINE_FREE(iput, struct inode *, if (!IS_ERR(_T)) iput(_T))
loff_t generic_llseek(struct file *file, loff_t offset, int whence);
int generic_file_truncate(struct inode *inode, loff_t size);
/* The page of contents at a page index, NULL for a hole. */
void *inode_page(struct inode *inode, unsigned long index);
/* The same, made if need be; or an error. */
void *inode_page_alloc(struct inode *inode, unsigned long index);
ssize_t inode_write(struct inode *inode, const void *buf, size_t count,
		    loff_t pos);
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos);
extern const struct file_operations ramfs_file_operations;

/* fs/dcache.c, fs/namei.c: fs_mutex is taken inside; names are the kernel's */
extern struct dentry root_dentry;

#define LOOKUP_FOLLOW 1		/* a symbolic link at the end, too */

struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);
DEFINE_FREE(dput, struct dentry *, if (!IS_ERR(_T)) dput(_T))
/* A referenced dentry, or an error. */
struct dentry *lookup_at(int dfd, const char *name, int flags);
struct dentry *user_lookup_at(int dfd, const char __user *name, int flags);
/* Enters a new inode under a name, and gives its reference to the tree. */
int create_at(int dfd, const char *name, struct inode *inode);
/* Copies a name from the user; to be freed with kfree(). */
char *getname(const char __user *name);
/* A file of a driver's, in /dev or /proc. */
int vfs_mknod(const char *name, umode_t mode, dev_t dev,
	      const struct file_operations *fops, void *data);
int vfs_mkdir(const char *name, umode_t mode);
void vfs_caches_init(void);

/* fs/open.c, fs/read_write.c */
struct file *do_filp_open(int dfd, const char *name, int flags, umode_t mode);
struct file *open_exec(const char *name);
struct file *alloc_file(struct inode *inode, struct dentry *dentry, int flags);
struct file *get_file(struct file *file);
void fput(struct file *file);
DEFINE_FREE(fput, struct file *, if (!IS_ERR(_T)) fput(_T))

/* fs/stat.c: the file of a name, or dfd's own for "" if flags allow that */
struct inode *inode_at(int dfd, const char __user *name, int flags);
struct inode *inode_of_fd(unsigned int fd);

/* fs/select.c: to be called whenever a file may have become ready */
void poll_notify(void);

/* init/initramfs.c */
void populate_rootfs(void);

#endif
