/* What only the files of fs/ use of each other. */
#ifndef _FS_INTERNAL_H
#define _FS_INTERNAL_H

#include <linux/fs.h>

/* fs/dcache.c, for fs/namei.c: fs_mutex is held, nothing comes referenced. */
extern struct mutex fs_mutex;

/* len bytes and a NUL, to be freed with kfree(). */
char *copy_name(const char *name, size_t len);
struct dentry *d_alloc(struct dentry *parent, const char *name, size_t len,
		       struct inode *inode);
/* "." and ".." too; -ENOENT if there is no such name. */
struct dentry *d_lookup(struct dentry *dir, const char *name, size_t len);
void d_add(struct dentry *dentry);
/* Takes the name away; open files keep the inode. */
void d_drop(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *dir);
bool d_unlinked(struct dentry *dentry);
bool is_ancestor(struct dentry *dir, struct dentry *of);

/* fs/read_write.c: one call at a time has a file's position, a stream none */
loff_t *pos_lock(struct file *file);
void pos_unlock(struct file *file);

#endif
