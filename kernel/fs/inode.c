/*
 * Files held in memory. A page of contents, once allocated, stays until its
 * inode goes: so readers need no lock over a copy to the user, which may
 * fault and page in from this very file.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* Keeps i_size in one word, so that it is read and written at once. */
#define MAX_FILE_SIZE (LONG_MAX & PAGE_MASK)

struct inode *new_inode(umode_t mode)
{
	static atomic_t last_ino;
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_nlink = S_ISDIR(mode) ? 2 : 1;
	inode->i_ino = atomic_inc_return(&last_ino);
	inode->i_mtime = ktime_get_real_ns();
	inode->i_uid = current_euid();
	inode->i_gid = current_egid();
	atomic_set(&inode->i_count, 1);
	mutex_init(&inode->i_rwsem);
	if (S_ISREG(mode))
		inode->i_fop = &ramfs_file_operations;
	else if (S_ISDIR(mode))
		inode->i_fop = &simple_dir_operations;
	return inode;
}

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

void iput(struct inode *inode)
{
	if (!inode || !atomic_dec_and_test(&inode->i_count))
		return;
	for (unsigned int i = 0; i < inode->i_nrpages; i++)
		free_page((unsigned long)inode->i_pages[i]);
	kfree(inode->i_pages);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_private);
	kfree(inode);
}

void *inode_page(struct inode *inode, unsigned long index)
{
	void *page = NULL;

	/* the array may be replaced by a longer one, but not in between */
	preempt_disable();
	if (index < inode->i_nrpages)
		page = inode->i_pages[index];
	preempt_enable();
	return page;
}

static int grow_page_array(struct inode *inode, unsigned long index)
{
	unsigned int n = max_t(unsigned int, inode->i_nrpages, 8);
	void **pages, **old;

	if (index < inode->i_nrpages)
		return 0;
	while (n <= index)
		n *= 2;
	pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOSPC;
	preempt_disable();
	old = pages;
	/* of two who grow it at once, the second throws his away */
	if (n > inode->i_nrpages) {
		old = inode->i_pages;
		if (old)
			memcpy(pages, old, inode->i_nrpages * sizeof(*pages));
		inode->i_pages = pages;
		inode->i_nrpages = n;
	}
	preempt_enable();
	kfree(old);
	return 0;
}

/*
 * The page to write to. No lock: a fault on a shared mapping comes here with
 * mmap_lock, and a write may fault with i_rwsem.
 */
void *inode_page_alloc(struct inode *inode, unsigned long index)
{
	int err = grow_page_array(inode, index);
	void *page, *mine;

	if (err)
		return ERR_PTR(err);
	page = inode_page(inode, index);
	if (page)
		return page;
	mine = (void *)get_zeroed_page(GFP_KERNEL);
	if (!mine)
		return ERR_PTR(-ENOSPC);
	preempt_disable();
	if (!inode->i_pages[index])
		swap(inode->i_pages[index], mine);
	page = inode->i_pages[index];
	preempt_enable();
	free_page((unsigned long)mine);
	return page;
}

int generic_file_truncate(struct inode *inode, loff_t size)
{
	if (!S_ISREG(inode->i_mode))
		return S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	if (size < 0)
		return -EINVAL;
	if (size > MAX_FILE_SIZE)
		return -EFBIG;
	mutex_lock(&inode->i_rwsem);
	/* what is cut off must read as zeros if the file grows again */
	for (loff_t pos = size; pos < inode->i_size;
	     pos = ALIGN_DOWN(pos, PAGE_SIZE) + PAGE_SIZE) {
		char *page = inode_page(inode, pos >> PAGE_SHIFT);
		unsigned long offset = pos & ~PAGE_MASK;

		if (page)
			memset(page + offset, 0, PAGE_SIZE - offset);
	}
	inode->i_size = size;
	inode->i_mtime = ktime_get_real_ns();
	mutex_unlock(&inode->i_rwsem);
	return 0;
}

/* How to copy: to the user, from him, or inside the kernel; what is left. */
typedef unsigned long (*copy_t)(void *to, const void *from, unsigned long n);

/* One step of a read: how much of a page, 0 at the end of the file. */
static size_t chunk_at(struct inode *inode, loff_t pos, size_t count)
{
	loff_t left = inode->i_size - pos;

	if (left <= 0)
		return 0;
	count = min_t(size_t, count, PAGE_SIZE - (pos & ~PAGE_MASK));
	return min_t(loff_t, count, left);
}

static ssize_t read_pages(struct inode *inode, char *to, size_t count,
			  loff_t *pos, copy_t copy)
{
	size_t done = 0, n, left;

	while ((n = chunk_at(inode, *pos, count - done))) {
		char *page = inode_page(inode, *pos >> PAGE_SHIFT);

		/* a hole reads as zeros */
		if (!page)
			page = page_address(zero_page);
		left = copy(to + done, page + (*pos & ~PAGE_MASK), n);
		done += n - left;
		*pos += n - left;
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	return done;
}

static ssize_t write_pages(struct inode *inode, const char *from,
			   size_t count, loff_t *pos, copy_t copy)
{
	size_t done = 0;

	while (done < count) {
		unsigned long offset = *pos & ~PAGE_MASK, left;
		size_t n = min_t(size_t, count - done, PAGE_SIZE - offset);
		char *page;

		if (*pos >= MAX_FILE_SIZE)
			return done ? (ssize_t)done : -EFBIG;
		page = inode_page_alloc(inode, *pos >> PAGE_SHIFT);
		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		left = copy(page + offset, from + done, n);
		done += n - left;
		*pos += n - left;
		/* what could not be copied moves no end, not over a hole */
		if (left < n && *pos > inode->i_size)
			inode->i_size = *pos;
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	inode->i_mtime = ktime_get_real_ns();
	return done;
}

static unsigned long copy_out(void *to, const void *from, unsigned long n)
{
	return copy_to_user(to, from, n);
}

/*
 * copy_from_user() would clear what it could not read, and so wipe file
 * contents that no one has overwritten.
 */
static unsigned long copy_in(void *to, const void *from, unsigned long n)
{
	return access_ok(from, n) ? raw_copy_from_user(to, from, n) : n;
}

static unsigned long copy_kernel(void *to, const void *from, unsigned long n)
{
	memcpy(to, from, n);
	return 0;
}

static ssize_t ramfs_read(struct file *file, char __user *buf, size_t count,
			  loff_t *pos)
{
	return read_pages(file_inode(file), buf, count, pos, copy_out);
}

static ssize_t ramfs_kernel_read(struct file *file, void *buf, size_t count,
				 loff_t *pos)
{
	return read_pages(file_inode(file), buf, count, pos, copy_kernel);
}

static ssize_t ramfs_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	struct inode *inode = file_inode(file);
	ssize_t ret;

	mutex_lock(&inode->i_rwsem);
	if (file->f_flags & O_APPEND)
		*pos = inode->i_size;
	ret = write_pages(inode, buf, count, pos, copy_in);
	mutex_unlock(&inode->i_rwsem);
	return ret;
}

ssize_t inode_write(struct inode *inode, const void *buf, size_t count,
		    loff_t pos)
{
	ssize_t ret;

	mutex_lock(&inode->i_rwsem);
	ret = write_pages(inode, buf, count, &pos, copy_kernel);
	mutex_unlock(&inode->i_rwsem);
	return ret;
}

ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *pos,
				const void *from, size_t available)
{
	size_t n, left;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= available || !count)
		return 0;
	n = min_t(size_t, count, available - *pos);
	left = copy_to_user(to, from + *pos, n);
	if (left == n)
		return -EFAULT;
	*pos += n - left;
	return n - left;
}

loff_t generic_llseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset += file->f_pos;
	else if (whence == SEEK_END)
		offset += file_inode(file)->i_size;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

const struct file_operations ramfs_file_operations = {
	.read = ramfs_read,
	.write = ramfs_write,
	.kernel_read = ramfs_kernel_read,
	.llseek = generic_llseek,
};

const struct file_operations simple_dir_operations = {
	.llseek = generic_llseek,
};
