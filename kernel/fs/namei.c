/* Names: the walk along a path, and the calls that make and change names. */
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

#define MAX_SYMLINKS 40

static struct dentry *walk(struct dentry *dentry, const char *name, int flags,
			   struct qstr *last, int *links);

static struct dentry *follow_link(struct dentry *link, int *links)
{
	char *target __free(kfree) = NULL;
	int len;

	if (++*links > MAX_SYMLINKS)
		return ERR_PTR(-ELOOP);
	target = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!target)
		return ERR_PTR(-ENOMEM);
	len = link->d_inode->i_get_link(link->d_inode, target, PATH_MAX);
	if (len < 0)
		return ERR_PTR(len);
	return walk(link->d_parent, target, LOOKUP_FOLLOW, NULL, links);
}

/*
 * The dentry of a name. With last, the directory that its last component is
 * in, which need not exist; "" for the root's.
 */
static struct dentry *walk(struct dentry *dentry, const char *name, int flags,
			   struct qstr *last, int *links)
{
	if (*name == '/')
		dentry = &root_dentry;
	for (;;) {
		struct qstr this = { NULL, 0 };
		const char *rest;

		while (*name == '/')
			name++;
		if (!*name && !last)
			return dentry;
		if (!S_ISDIR(dentry->d_inode->i_mode))
			return ERR_PTR(-ENOTDIR);
		this.name = name;
		while (*name && *name != '/')
			name++;
		this.len = name - this.name;
		if (this.len > NAME_MAX)
			return ERR_PTR(-ENAMETOOLONG);
		for (rest = name; *rest == '/'; rest++)
			;
		if (last && !*rest) {
			*last = this;
			return dentry;
		}
		dentry = d_lookup(dentry, &this);
		if (!IS_ERR(dentry) && S_ISLNK(dentry->d_inode->i_mode) &&
		    (*name || flags & LOOKUP_FOLLOW))
			dentry = follow_link(dentry, links);
		if (IS_ERR(dentry))
			return dentry;
		/* a slash at the end asks for a directory */
		if (*name && !S_ISDIR(dentry->d_inode->i_mode))
			return ERR_PTR(-ENOTDIR);
	}
}

/* The same from a directory on, referenced; fs_mutex is held. */
static struct dentry *path_at(int dfd, const char *name, int flags,
			      struct qstr *last)
{
	struct dentry *dentry = current->fs->pwd;
	struct file *file __free(fput) = NULL;
	int links = 0;

	if (*name != '/' && dfd != AT_FDCWD) {
		file = fget(dfd);
		if (!file)
			return ERR_PTR(-EBADF);
		dentry = file->f_dentry;
		if (!dentry)
			return ERR_PTR(-ENOTDIR);
	}
	dentry = walk(dentry, name, flags, last, &links);
	return IS_ERR(dentry) ? dentry : dget(dentry);
}

struct dentry *lookup_at(int dfd, const char *name, int flags)
{
	guard(mutex)(&fs_mutex);
	return path_at(dfd, name, flags, NULL);
}

char *getname(const char __user *uname)
{
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name, uname, PATH_MAX);
	if (len > 0 && len < PATH_MAX)
		return name;
	kfree(name);
	if (len == 0)
		return ERR_PTR(-ENOENT);
	return ERR_PTR(len < 0 ? len : -ENAMETOOLONG);
}

struct dentry *user_lookup_at(int dfd, const char __user *uname, int flags)
{
	char *name __free(kfree) = getname(uname);

	return IS_ERR(name) ? ERR_CAST(name) : lookup_at(dfd, name, flags);
}

int create_at(int dfd, const char *name, struct inode *inode)
{
	struct inode *mine __free(iput) = inode;	/* until it is in */
	struct dentry *dir __free(dput) = NULL;
	struct qstr last;

	if (!inode)
		return -ENOMEM;
	guard(mutex)(&fs_mutex);
	dir = path_at(dfd, name, LOOKUP_FOLLOW, &last);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	if (!IS_ERR(d_lookup(dir, &last)))
		return -EEXIST;
	if (last.name[last.len] && !S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (d_unlinked(dir))
		return -ENOENT;
	if (d_add(dir, &last, inode))
		return -ENOMEM;
	mine = NULL;
	return 0;
}

/* The same under a name of the user's. */
static int user_create(const char __user *uname, struct inode *inode)
{
	char *name __free(kfree) = getname(uname);

	if (!IS_ERR(name))
		return create_at(AT_FDCWD, name, inode);
	iput(inode);
	return PTR_ERR(name);
}

int vfs_mkdir(const char *name, umode_t mode)
{
	return create_at(AT_FDCWD, name, new_inode(S_IFDIR | (mode & 07777)));
}

int vfs_mknod(const char *name, umode_t mode, dev_t dev,
	      const struct file_operations *fops, void *data)
{
	struct inode *inode = new_inode(mode);

	if (inode) {
		inode->i_rdev = dev;
		inode->i_fop = fops;
		inode->i_private = data;
	}
	return create_at(AT_FDCWD, name, inode);
}

SYSCALL_DEFINE2(mkdir, const char __user *, name, umode_t, mode)
{
	mode &= 07777 & ~current->fs->umask;
	return user_create(name, new_inode(S_IFDIR | mode));
}

static int simple_get_link(struct inode *inode, char *buf, int size)
{
	return strscpy(buf, inode->i_private, size);
}

/* NULL without memory. */
static struct inode *new_symlink(const char *target)
{
	struct inode *inode = new_inode(S_IFLNK | 0777);

	if (!inode)
		return NULL;
	inode->i_get_link = simple_get_link;
	inode->i_size = strlen(target);
	inode->i_private = kstrdup(target, GFP_KERNEL);
	if (inode->i_private)
		return inode;
	iput(inode);
	return NULL;
}

SYSCALL_DEFINE2(symlink, const char __user *, utarget, const char __user *,
		name)
{
	char *target __free(kfree) = getname(utarget);

	if (IS_ERR(target))
		return PTR_ERR(target);
	return user_create(name, new_symlink(target));
}

SYSCALL_DEFINE3(readlink, const char __user *, name, char __user *, buf,
		int, size)
{
	struct dentry *dentry __free(dput) = user_lookup_at(AT_FDCWD, name, 0);
	char *target __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	int len;

	if (size <= 0)
		return -EINVAL;
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (!S_ISLNK(dentry->d_inode->i_mode))
		return -EINVAL;
	if (!target)
		return -ENOMEM;
	mutex_lock(&fs_mutex);
	len = dentry->d_inode->i_get_link(dentry->d_inode, target, PATH_MAX);
	mutex_unlock(&fs_mutex);
	/* what does not fit is cut off, without an error */
	len = min(len, size);
	return len > 0 && copy_to_user(buf, target, len) ? -EFAULT : len;
}

SYSCALL_DEFINE2(link, const char __user *, old, const char __user *, new)
{
	struct dentry *dentry __free(dput) = user_lookup_at(AT_FDCWD, old, 0);

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (S_ISDIR(dentry->d_inode->i_mode))
		return -EPERM;
	ihold(dentry->d_inode);
	return user_create(new, dentry->d_inode);
}

static int do_unlink(const char __user *uname, bool directory)
{
	char *name __free(kfree) = getname(uname);
	struct dentry *dir __free(dput) = NULL, *dentry;
	struct qstr last;

	if (IS_ERR(name))
		return PTR_ERR(name);
	guard(mutex)(&fs_mutex);
	dir = path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &last);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	dentry = d_lookup(dir, &last);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (S_ISDIR(dentry->d_inode->i_mode) != directory)
		return directory ? -ENOTDIR : -EISDIR;
	if (!directory && last.name[last.len])
		return -ENOTDIR;
	/* the root, ".", ".." */
	if (!last.len)
		return -EBUSY;
	if (dentry == dir)
		return -EINVAL;
	if (dentry == dir->d_parent || !list_empty(&dentry->d_subdirs))
		return -ENOTEMPTY;
	d_drop(dentry);
	return 0;
}

SYSCALL_DEFINE1(unlink, const char __user *, name)
{
	return do_unlink(name, false);
}

SYSCALL_DEFINE1(rmdir, const char __user *, name)
{
	return do_unlink(name, true);
}

static int do_rename(struct dentry *old_dir, const struct qstr *old_last,
		     struct dentry *new_dir, const struct qstr *new_last)
{
	struct dentry *old = d_lookup(old_dir, old_last);
	struct dentry *target = d_lookup(new_dir, new_last);
	bool is_dir;

	if (IS_ERR(old))
		return PTR_ERR(old);
	/* the root, "." and ".." are nobody's to take away */
	if (is_ancestor(old, old_dir) ||
	    (!IS_ERR(target) && is_ancestor(target, new_dir)))
		return -EBUSY;
	is_dir = S_ISDIR(old->d_inode->i_mode);
	if (!is_dir && (old_last->name[old_last->len] ||
			new_last->name[new_last->len]))
		return -ENOTDIR;
	if (d_unlinked(new_dir))
		return -ENOENT;
	if (is_ancestor(old, new_dir))
		return -EINVAL;
	if (!IS_ERR(target)) {
		/* two names of one file both stay */
		if (target->d_inode == old->d_inode)
			return 0;
		if (is_dir != S_ISDIR(target->d_inode->i_mode))
			return is_dir ? -ENOTDIR : -EISDIR;
		if (!list_empty(&target->d_subdirs))
			return -ENOTEMPTY;
		d_drop(target);
	}
	d_move(old, new_dir, new_last);
	return 0;
}

SYSCALL_DEFINE2(rename, const char __user *, ufrom, const char __user *, uto)
{
	struct dentry *old_dir __free(dput) = NULL;
	struct dentry *new_dir __free(dput) = NULL;
	char *from __free(kfree) = getname(ufrom);
	char *to __free(kfree) = getname(uto);
	struct qstr old_last, new_last;

	if (IS_ERR(from))
		return PTR_ERR(from);
	if (IS_ERR(to))
		return PTR_ERR(to);
	guard(mutex)(&fs_mutex);
	old_dir = path_at(AT_FDCWD, from, LOOKUP_FOLLOW, &old_last);
	if (IS_ERR(old_dir))
		return PTR_ERR(old_dir);
	new_dir = path_at(AT_FDCWD, to, LOOKUP_FOLLOW, &new_last);
	if (IS_ERR(new_dir))
		return PTR_ERR(new_dir);
	return do_rename(old_dir, &old_last, new_dir, &new_last);
}

/* The tree as every program finds it, before the initramfs adds to it. */
void __init vfs_caches_init(void)
{
	static const char *const dirs[] = { "/dev", "/proc", "/tmp" };

	root_dentry.d_inode = new_inode(S_IFDIR | 0755);
	if (!root_dentry.d_inode)
		panic("no memory for the root directory");
	root_dentry.d_inode->i_nlink++;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (vfs_mkdir(dirs[i], 0755))
			panic("cannot make %s", dirs[i]);
}
