/*
 * The tree of names: every dentry below the root is the truth itself.
 * fs_mutex owns the tree; it is never held while user memory is touched.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "internal.h"

DEFINE_MUTEX(fs_mutex);

struct dentry root_dentry = {
	.d_parent = &root_dentry,
	.d_subdirs = LIST_HEAD_INIT(root_dentry.d_subdirs),
	.d_child = LIST_HEAD_INIT(root_dentry.d_child),
	.d_count = ATOMIC_INIT(2),	/* init_fs has one */
};

struct dentry *dget(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	return dentry;
}

void dput(struct dentry *dentry)
{
	/* the last one to leave a directory may free its parents too */
	while (dentry && atomic_dec_and_test(&dentry->d_count)) {
		struct dentry *parent = dentry->d_parent;

		iput(dentry->d_inode);
		kfree(dentry);
		dentry = parent;
	}
}

bool d_unlinked(struct dentry *dentry)
{
	return dentry != &root_dentry && list_empty(&dentry->d_child);
}

static void d_link(struct dentry *dentry, struct dentry *dir,
		   const struct qstr *name)
{
	memcpy(dentry->d_name, name->name, name->len);
	dentry->d_name[name->len] = '\0';
	dentry->d_parent = dget(dir);
	list_add_tail(&dentry->d_child, &dir->d_subdirs);
	dentry->d_inode->i_nlink++;
	if (S_ISDIR(dentry->d_inode->i_mode))
		dir->d_inode->i_nlink++;
}

/* The reference to the directory stays. */
static void d_unlink(struct dentry *dentry)
{
	list_del_init(&dentry->d_child);
	dentry->d_inode->i_nlink--;
	if (S_ISDIR(dentry->d_inode->i_mode))
		dentry->d_parent->d_inode->i_nlink--;
}

int d_add(struct dentry *dir, const struct qstr *name, struct inode *inode)
{
	struct dentry *dentry = kzalloc(sizeof(*dentry), GFP_KERNEL);

	if (!dentry)
		return -ENOMEM;
	INIT_LIST_HEAD(&dentry->d_subdirs);
	atomic_set(&dentry->d_count, 1);
	dentry->d_inode = inode;
	d_link(dentry, dir, name);
	return 0;
}

void d_drop(struct dentry *dentry)
{
	d_unlink(dentry);
	if (S_ISDIR(dentry->d_inode->i_mode))
		dentry->d_inode->i_nlink--;
	dput(dentry);
}

void d_move(struct dentry *dentry, struct dentry *dir, const struct qstr *name)
{
	struct dentry *from = dentry->d_parent;

	d_unlink(dentry);
	d_link(dentry, dir, name);
	dput(from);
}

struct dentry *d_lookup(struct dentry *dir, const struct qstr *name)
{
	const char *s = name->name;
	struct dentry *child;

	if (!name->len || (name->len == 1 && s[0] == '.'))
		return dir;
	if (name->len == 2 && s[0] == '.' && s[1] == '.')
		return dir->d_parent;
	list_for_each_entry(child, &dir->d_subdirs, d_child)
		if (!strncmp(child->d_name, s, name->len) &&
		    !child->d_name[name->len])
			return child;
	return ERR_PTR(-ENOENT);
}

bool is_ancestor(struct dentry *dir, struct dentry *of)
{
	while (of != dir && of != &root_dentry)
		of = of->d_parent;
	return of == dir;
}

/* Written from its end; the root is the only one whose name is "". */
int dentry_path(struct dentry *dentry, char *buf, int size)
{
	char *at = buf + size - 1;
	int len;

	*at = '\0';
	do {
		len = strlen(dentry->d_name);
		if (at - buf <= len)
			return -ENAMETOOLONG;
		at -= len;
		memcpy(at, dentry->d_name, len);
		*--at = '/';
		dentry = dentry->d_parent;
	} while (dentry != &root_dentry);
	len = buf + size - 1 - at;
	memmove(buf, at, len + 1);
	return len;
}
