/*
 * The tree of names: every dentry below the root is the truth itself.
 * fs_mutex owns the tree; it is never held while user memory is touched.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "internal.h"

DEFINE_MUTEX(fs_mutex);

struct dentry *root_dentry;

char *copy_name(const char *name, size_t len)
{
	char *copy = kmemdup(name, len + 1, GFP_KERNEL);

	if (copy)
		copy[len] = '\0';
	return copy;
}

struct dentry *d_alloc(struct dentry *parent, const char *name,
		       size_t len, struct inode *inode)
{
	struct dentry *dentry = kzalloc(sizeof(*dentry), GFP_KERNEL);

	if (!dentry)
		return NULL;
	dentry->d_name = copy_name(name, len);
	if (!dentry->d_name) {
		kfree(dentry);
		return NULL;
	}
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_child);
	atomic_set(&dentry->d_count, 1);
	dentry->d_inode = inode;
	dentry->d_parent = parent ? dget(parent) : dentry;
	return dentry;
}

struct dentry *dget(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	return dentry;
}

void dput(struct dentry *dentry)
{
	/* the last one to leave a directory may free its parents too */
	while (atomic_dec_and_test(&dentry->d_count)) {
		struct dentry *parent = dentry->d_parent;

		iput(dentry->d_inode);
		kfree(dentry->d_name);
		kfree(dentry);
		dentry = parent;
	}
}

bool d_unlinked(struct dentry *dentry)
{
	return dentry != root_dentry && list_empty(&dentry->d_child);
}

void d_add(struct dentry *dentry)
{
	struct dentry *dir = dentry->d_parent;

	list_add_tail(&dentry->d_child, &dir->d_subdirs);
	if (S_ISDIR(dentry->d_inode->i_mode))
		dir->d_inode->i_nlink++;
}

void d_drop(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	list_del_init(&dentry->d_child);
	inode->i_nlink--;
	if (S_ISDIR(inode->i_mode)) {
		inode->i_nlink--;
		dentry->d_parent->d_inode->i_nlink--;
	}
	dput(dentry);
}

struct dentry *d_lookup(struct dentry *dir, const char *name, size_t len)
{
	struct dentry *child;

	if (len == 1 && name[0] == '.')
		return dir;
	if (len == 2 && name[0] == '.' && name[1] == '.')
		return dir->d_parent;
	list_for_each_entry(child, &dir->d_subdirs, d_child)
		if (!strncmp(child->d_name, name, len) && !child->d_name[len])
			return child;
	return ERR_PTR(-ENOENT);
}

void d_move(struct dentry *dentry, struct dentry *dir)
{
	struct dentry *from = dentry->d_parent;

	list_del_init(&dentry->d_child);
	if (S_ISDIR(dentry->d_inode->i_mode))
		from->d_inode->i_nlink--;
	dentry->d_parent = dget(dir);
	d_add(dentry);
	dput(from);
}

bool is_ancestor(struct dentry *dir, struct dentry *of)
{
	for (; of != root_dentry; of = of->d_parent)
		if (of == dir)
			return true;
	return dir == root_dentry;
}

/* As dentry_path(), for the i_get_link functions: fs_mutex is held. */
int dentry_path_locked(struct dentry *dentry, char *buf, int size)
{
	struct dentry *d;
	int len = 0, pos;

	for (d = dentry; d != root_dentry; d = d->d_parent)
		len += strlen(d->d_name) + 1;
	pos = len;
	if (!len)
		len = 1;
	if (len >= size)
		return -ENAMETOOLONG;
	buf[0] = '/';
	buf[len] = '\0';
	for (d = dentry; d != root_dentry; d = d->d_parent) {
		pos -= strlen(d->d_name);
		memcpy(buf + pos, d->d_name, strlen(d->d_name));
		buf[--pos] = '/';
	}
	return len;
}

int dentry_path(struct dentry *dentry, char *buf, int size)
{
	int len;

	mutex_lock(&fs_mutex);
	len = dentry_path_locked(dentry, buf, size);
	mutex_unlock(&fs_mutex);
	return len;
}

/* The n-th entry of a directory and its name there; fs_mutex is held. */
static struct dentry *nth_entry(struct dentry *dir, loff_t n,
				const char **name)
{
	struct dentry *child;

	*name = n ? ".." : ".";
	if (n < 2)
		return n ? dir->d_parent : dir;
	list_for_each_entry(child, &dir->d_subdirs, d_child) {
		*name = child->d_name;
		if (n-- == 2)
			return child;
	}
	return NULL;
}

int dentry_child(struct dentry *dir, loff_t n, char *name, umode_t *mode,
		 ino_t *ino)
{
	struct dentry *child;
	const char *found;

	mutex_lock(&fs_mutex);
	child = nth_entry(dir, n, &found);
	if (child) {
		strscpy(name, found, NAME_MAX + 1);
		*mode = child->d_inode->i_mode;
		*ino = child->d_inode->i_ino;
	}
	mutex_unlock(&fs_mutex);
	return child ? 0 : -ENOENT;
}
