/* What only the files of fs/ use of each other. */
#ifndef _FS_INTERNAL_H
#define _FS_INTERNAL_H

#include <linux/fs.h>

/* The tree of names, and where each task is in it. */
extern struct mutex fs_mutex;

/* fs/dcache.c: fs_mutex is held, nothing comes referenced. */
/* "." and ".." too, and "", which is dir; -ENOENT if there is no such name. */
struct dentry *d_lookup(struct dentry *dir, const struct qstr *name);
/* Enters an inode under a name, with its reference; 0 or -ENOMEM. */
int d_add(struct dentry *dir, const struct qstr *name, struct inode *inode);
/* Takes the name away; open files keep the inode. */
void d_drop(struct dentry *dentry);
/* Gives it another name elsewhere. */
void d_move(struct dentry *dentry, struct dentry *dir, const struct qstr *name);
bool d_unlinked(struct dentry *dentry);
bool is_ancestor(struct dentry *dir, struct dentry *of);
/* The absolute name: its length, or an error. */
int dentry_path(struct dentry *dentry, char *buf, int size);

/* fs/read_write.c: one call at a time has a file's position, a stream none */
struct file *pos_lock(struct file *file);
void pos_unlock(struct file *file);
DEFINE_GUARD(pos, struct file *, pos_lock(_T), pos_unlock(_T))

#endif
