/* Names: the walk along a path, and the calls that make and change names. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

#define MAX_SYMLINKS 40

static struct dentry *walk(struct dentry *base, const char *name, int flags,
			   int *links);

static struct dentry *follow_link(struct dentry *link, int *links)
{
	struct inode *inode = link->d_inode;
	struct dentry *to;
	char *target;
	int len;

	if (++*links > MAX_SYMLINKS)
		return ERR_PTR(-ELOOP);
	target = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!target)
		return ERR_PTR(-ENOMEM);
	len = inode->i_get_link(inode, target, PATH_MAX - 1);
	if (len < 0) {
		to = ERR_PTR(len);
	} else {
		target[len] = '\0';
		to = walk(link->d_parent, target, LOOKUP_FOLLOW, links);
	}
	kfree(target);
	return to;
}

/* The dentry, not referenced: the caller holds fs_mutex. */
static struct dentry *walk(struct dentry *base, const char *name, int flags,
			   int *links)
{
	struct dentry *dentry = *name == '/' ? root_dentry : base;

	for (;;) {
		size_t len;

		while (*name == '/')
			name++;
		if (!*name)
			return dentry;
		if (!S_ISDIR(dentry->d_inode->i_mode))
			return ERR_PTR(-ENOTDIR);
		for (len = 0; name[len] && name[len] != '/'; len++)
			;
		if (len > NAME_MAX)
			return ERR_PTR(-ENAMETOOLONG);
		dentry = d_lookup(dentry, name, len);
		name += len;
		if (IS_ERR(dentry))
			return dentry;
		if (S_ISLNK(dentry->d_inode->i_mode) &&
		    (*name || flags & LOOKUP_FOLLOW)) {
			dentry = follow_link(dentry, links);
			if (IS_ERR(dentry))
				return dentry;
		}
		/* a slash at the end asks for a directory */
		if (*name == '/' && !S_ISDIR(dentry->d_inode->i_mode))
			return ERR_PTR(-ENOTDIR);
	}
}

/* Threads may share an fs_struct: one may leave a directory meanwhile. */
struct dentry *get_fs_pwd(struct fs_struct *fs)
{
	struct dentry *pwd;

	preempt_disable();
	pwd = dget(fs->pwd);
	preempt_enable();
	return pwd;
}

void set_fs_pwd(struct fs_struct *fs, struct dentry *pwd)
{
	preempt_disable();
	swap(fs->pwd, pwd);
	preempt_enable();
	dput(pwd);
}

/* Where a name that is not absolute starts, referenced. */
static struct dentry *base_of(int dfd, const char *name)
{
	struct dentry *base;
	struct file *file;

	if (*name == '/')
		return dget(root_dentry);
	if (dfd == AT_FDCWD)
		return get_fs_pwd(current->fs);
	file = fget(dfd);
	if (!file)
		return ERR_PTR(-EBADF);
	base = file->f_dentry ? dget(file->f_dentry) : ERR_PTR(-ENOTDIR);
	fput(file);
	return base;
}

struct dentry *lookup_at(int dfd, const char *name, int flags)
{
	struct dentry *base, *dentry;
	int links = 0;

	if (!*name)
		return ERR_PTR(-ENOENT);
	base = base_of(dfd, name);
	if (IS_ERR(base))
		return base;
	mutex_lock(&fs_mutex);
	dentry = walk(base, name, flags, &links);
	if (!IS_ERR(dentry) && flags & LOOKUP_DIRECTORY &&
	    !S_ISDIR(dentry->d_inode->i_mode))
		dentry = ERR_PTR(-ENOTDIR);
	if (!IS_ERR(dentry))
		dget(dentry);
	mutex_unlock(&fs_mutex);
	dput(base);
	return dentry;
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
	char *name = getname(uname);
	struct dentry *dentry;

	if (IS_ERR(name))
		return ERR_CAST(name);
	dentry = lookup_at(dfd, name, flags);
	kfree(name);
	return dentry;
}

/*
 * Splits a name at its last component, *last with *len, and returns the
 * directory that it is in; the caller holds fs_mutex.
 */
static struct dentry *walk_parent(struct dentry *base, const char *name,
				  const char **last, size_t *len)
{
	size_t end = strlen(name), start;
	struct dentry *dir;
	char *prefix;
	int links = 0;

	while (end && name[end - 1] == '/')
		end--;
	for (start = end; start && name[start - 1] != '/'; start--)
		;
	*last = name + start;
	*len = end - start;
	if (!*len)
		return ERR_PTR(*name ? -EEXIST : -ENOENT);
	if (*len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	prefix = copy_name(name, start);
	if (!prefix)
		return ERR_PTR(-ENOMEM);
	dir = walk(base, prefix, LOOKUP_FOLLOW, &links);
	kfree(prefix);
	if (!IS_ERR(dir) && !S_ISDIR(dir->d_inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	return dir;
}

static int do_create(struct dentry *base, const char *name,
		     struct inode *inode)
{
	struct dentry *dir, *dentry;
	const char *last;
	size_t len;

	dir = walk_parent(base, name, &last, &len);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	if (!IS_ERR(d_lookup(dir, last, len)))
		return -EEXIST;
	if (last[len] == '/' && !S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (d_unlinked(dir))
		return -ENOENT;
	dentry = d_alloc(dir, last, len, inode);
	if (!dentry)
		return -ENOMEM;
	d_add(dentry);
	return 0;
}

int create_at(int dfd, const char *name, struct inode *inode)
{
	struct dentry *base;
	int err;

	if (!inode)
		return -ENOMEM;
	base = base_of(dfd, name);
	err = PTR_ERR(base);
	if (!IS_ERR(base)) {
		mutex_lock(&fs_mutex);
		err = do_create(base, name, inode);
		mutex_unlock(&fs_mutex);
		dput(base);
	}
	if (err)
		iput(inode);
	return err;
}

/* The same under a name of the user's. */
static int user_create_at(int dfd, const char __user *uname,
			  struct inode *inode)
{
	char *name = getname(uname);
	int err;

	if (IS_ERR(name)) {
		iput(inode);
		return PTR_ERR(name);
	}
	err = create_at(dfd, name, inode);
	kfree(name);
	return err;
}

int vfs_mkdir(const char *name, umode_t mode)
{
	return create_at(AT_FDCWD, name, new_inode(S_IFDIR | (mode & 07777)));
}

SYSCALL_DEFINE3(mkdirat, int, dfd, const char __user *, name, umode_t, mode)
{
	mode &= 07777 & ~current->fs->umask;
	return user_create_at(dfd, name, new_inode(S_IFDIR | mode));
}

SYSCALL_DEFINE2(mkdir, const char __user *, name, umode_t, mode)
{
	return sys_mkdirat(AT_FDCWD, name, mode);
}

static int simple_get_link(struct inode *inode, char *buf, int size)
{
	int len = min_t(loff_t, inode->i_size, size);

	memcpy(buf, inode->i_private, len);
	return len;
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

int vfs_symlink(const char *target, const char *name)
{
	return create_at(AT_FDCWD, name, new_symlink(target));
}

SYSCALL_DEFINE2(symlink, const char __user *, utarget, const char __user *,
		name)
{
	char *target = getname(utarget);
	struct inode *inode;

	if (IS_ERR(target))
		return PTR_ERR(target);
	inode = new_symlink(target);
	kfree(target);
	return user_create_at(AT_FDCWD, name, inode);
}

SYSCALL_DEFINE2(link, const char __user *, old, const char __user *, new)
{
	struct dentry *dentry = user_lookup_at(AT_FDCWD, old, 0);
	int err = -EPERM;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (!S_ISDIR(dentry->d_inode->i_mode)) {
		ihold(dentry->d_inode);
		dentry->d_inode->i_nlink++;
		err = user_create_at(AT_FDCWD, new, dentry->d_inode);
		if (err)
			dentry->d_inode->i_nlink--;
	}
	dput(dentry);
	return err;
}

int vfs_readlink(struct dentry *dentry, char *buf, int size)
{
	struct inode *inode = dentry->d_inode;
	int len = -EINVAL;

	mutex_lock(&fs_mutex);
	if (S_ISLNK(inode->i_mode))
		len = inode->i_get_link(inode, buf, size);
	mutex_unlock(&fs_mutex);
	return len;
}

/* "." or "..", which are nobody's to take away */
static bool is_dots(const char *last, size_t len)
{
	return last[0] == '.' && (len == 1 || (len == 2 && last[1] == '.'));
}

static int do_unlink(struct dentry *base, const char *name, bool directory)
{
	struct dentry *dir, *dentry;
	const char *last;
	size_t len;

	dir = walk_parent(base, name, &last, &len);
	if (IS_ERR(dir))
		return PTR_ERR(dir) != -EEXIST ? PTR_ERR(dir) :
		       directory	       ? -EBUSY :
						 -EISDIR;
	if (is_dots(last, len)) {
		if (!directory)
			return -EISDIR;
		return len == 1 ? -EINVAL : -ENOTEMPTY;
	}
	dentry = d_lookup(dir, last, len);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (!directory && S_ISDIR(dentry->d_inode->i_mode))
		return -EISDIR;
	if (directory && !S_ISDIR(dentry->d_inode->i_mode))
		return -ENOTDIR;
	if (!directory && last[len] == '/')
		return -ENOTDIR;
	if (!list_empty(&dentry->d_subdirs))
		return -ENOTEMPTY;
	d_drop(dentry);
	return 0;
}

/* A name of the user's, and where it starts from. */
struct path_name {
	char *name;
	struct dentry *base;
};

static int get_path_name(struct path_name *path, int dfd,
			 const char __user *uname)
{
	path->name = getname(uname);
	if (IS_ERR(path->name))
		return PTR_ERR(path->name);
	path->base = base_of(dfd, path->name);
	if (!IS_ERR(path->base))
		return 0;
	kfree(path->name);
	return PTR_ERR(path->base);
}

static void put_path_name(struct path_name *path)
{
	dput(path->base);
	kfree(path->name);
}

static int unlink_at(int dfd, const char __user *uname, bool directory)
{
	struct path_name path;
	int err = get_path_name(&path, dfd, uname);

	if (err)
		return err;
	mutex_lock(&fs_mutex);
	err = do_unlink(path.base, path.name, directory);
	mutex_unlock(&fs_mutex);
	put_path_name(&path);
	return err;
}

SYSCALL_DEFINE1(unlink, const char __user *, name)
{
	return unlink_at(AT_FDCWD, name, false);
}

SYSCALL_DEFINE1(rmdir, const char __user *, name)
{
	return unlink_at(AT_FDCWD, name, true);
}

SYSCALL_DEFINE3(unlinkat, int, dfd, const char __user *, name, int, flag)
{
	if (flag & ~AT_REMOVEDIR)
		return -EINVAL;
	return unlink_at(dfd, name, flag & AT_REMOVEDIR);
}

static int do_rename(const struct path_name *from, const struct path_name *to)
{
	struct dentry *old, *target, *dir;
	const char *last;
	char *new_name;
	int links = 0;
	size_t len;

	dir = walk_parent(from->base, from->name, &last, &len);
	if (!IS_ERR(dir) && is_dots(last, len))
		return -EBUSY;
	old = walk(from->base, from->name, 0, &links);
	if (IS_ERR(old))
		return PTR_ERR(old);
	dir = walk_parent(to->base, to->name, &last, &len);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	if (old == root_dentry || is_dots(last, len))
		return -EBUSY;
	if (d_unlinked(dir))
		return -ENOENT;
	if (is_ancestor(old, dir))
		return -EINVAL;
	target = d_lookup(dir, last, len);
	if (target == old)
		return 0;
	if (!IS_ERR(target)) {
		bool is_dir = S_ISDIR(target->d_inode->i_mode);

		if (is_dir != S_ISDIR(old->d_inode->i_mode))
			return is_dir ? -EISDIR : -ENOTDIR;
		if (!list_empty(&target->d_subdirs))
			return -ENOTEMPTY;
	}
	new_name = copy_name(last, len);
	if (!new_name)
		return -ENOMEM;
	if (!IS_ERR(target))
		d_drop(target);
	swap(old->d_name, new_name);
	kfree(new_name);
	d_move(old, dir);
	return 0;
}

SYSCALL_DEFINE2(rename, const char __user *, ufrom, const char __user *, uto)
{
	struct path_name from, to;
	int err = get_path_name(&from, AT_FDCWD, ufrom);

	if (err)
		return err;
	err = get_path_name(&to, AT_FDCWD, uto);
	if (!err) {
		mutex_lock(&fs_mutex);
		err = do_rename(&from, &to);
		mutex_unlock(&fs_mutex);
		put_path_name(&to);
	}
	put_path_name(&from);
	return err;
}

/* The tree as every program finds it, before the initramfs adds to it. */
void __init vfs_caches_init(void)
{
	static const char *const dirs[] = { "/dev", "/proc", "/tmp" };

	root_dentry = d_alloc(NULL, "", 0, new_inode(S_IFDIR | 0755));
	if (!root_dentry)
		panic("no memory for the root directory");
	init_fs.pwd = dget(root_dentry);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (vfs_mkdir(dirs[i], 0755))
			panic("cannot make %s", dirs[i]);
}
