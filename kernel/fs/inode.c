/*
 * Files held in memory. A page of contents, once allocated, stays until its
 * inode goes: so readers need no lock over a copy to the user, which may
 * fault and page in from this very file.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* Slots of a page that holds addresses of pages: contents, or such again. */
#define SLOTS (PAGE_SIZE / sizeof(void *))

/* Keeps i_size in one word, so that it is read and written at once. */
#define MAX_FILE_SIZE (LONG_MAX & PAGE_MASK)

struct inode *new_inode(umode_t mode)
{
	static atomic_t last_ino;
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_nlink = S_ISDIR(mode);		/* its "." */
	inode->i_ino = atomic_inc_return(&last_ino);
	inode->i_mtime = ktime_get_real_ns();
	inode->i_uid = current_euid();
	inode->i_gid = current_egid();
	atomic_set(&inode->i_count, 1);
	mutex_init(&inode->i_rwsem);
	if (S_ISREG(mode) || S_ISDIR(mode))
		inode->i_fop = &ramfs_file_operations;
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
	for (int i = 0; inode->i_pages && i < SLOTS; i++) {
		void **pages = inode->i_pages[i];

		for (int j = 0; pages && j < SLOTS; j++)
			free_page((unsigned long)pages[j]);
		free_page((unsigned long)pages);
	}
	free_page((unsigned long)inode->i_pages);
	if (S_ISLNK(inode->i_mode) || S_ISFIFO(inode->i_mode))
		kfree(inode->i_private);
	kfree(inode);
}

void *inode_page(struct inode *inode, unsigned long index)
{
	void **pages = inode->i_pages ? inode->i_pages[index / SLOTS] : NULL;

	return pages ? pages[index % SLOTS] : NULL;
}

/* The page in a slot; if there was none, a new one. NULL without memory. */
static void *fill_slot(void **slot)
{
	unsigned long page = *slot ? 0 : get_zeroed_page(GFP_KERNEL);

	preempt_disable();
	/* of two who fill it at once, the second throws his away */
	if (!*slot) {
		*slot = (void *)page;
		page = 0;
	}
	preempt_enable();
	free_page(page);
	return *slot;
}

/*
 * The page to write to. No lock: a fault on a shared mapping comes here with
 * mmap_lock, and a write may fault with i_rwsem.
 */
void *inode_page_alloc(struct inode *inode, unsigned long index)
{
	void **slots = fill_slot((void **)&inode->i_pages), *page = NULL;

	if (slots)
		slots = fill_slot(&slots[index / SLOTS]);
	if (slots)
		page = fill_slot(&slots[index % SLOTS]);
	return page ? page : ERR_PTR(-ENOSPC);
}

int generic_file_truncate(struct inode *inode, loff_t size)
{
	if (size < 0)
		return -EINVAL;
	if (size > MAX_FILE_SIZE)
		return -EFBIG;
	guard(mutex)(&inode->i_rwsem);
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
	return 0;
}

/* How to copy: to the user, from him, or inside the kernel; what is left. */
typedef unsigned long (*copy_t)(void *to, const void *from, unsigned long n);

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

/* Page by page, to end, which is looked up once: the file may be cut. */
static ssize_t rw_pages(struct inode *inode, bool write, char *buf,
			size_t count, loff_t *pos, loff_t end, copy_t copy)
{
	size_t done = 0;

	while (done < count && *pos < end) {
		unsigned long index = *pos >> PAGE_SHIFT, left;
		unsigned long offset = *pos & ~PAGE_MASK;
		size_t n = min_t(size_t, count - done, PAGE_SIZE - offset);
		char *page = write ? inode_page_alloc(inode, index) :
				     inode_page(inode, index);

		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		/* a hole reads as zeros */
		if (!page)
			page = page_address(zero_page);
		n = min_t(loff_t, n, end - *pos);
		left = write ? copy(page + offset, buf + done, n) :
			       copy(buf + done, page + offset, n);
		done += n - left;
		*pos += n - left;
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	return done;
}

/* i_rwsem is held. What could not be copied moves no end, not over a hole. */
static ssize_t write_pages(struct inode *inode, const char *buf, size_t count,
			   loff_t *pos, copy_t copy)
{
	ssize_t ret = rw_pages(inode, true, (char *)buf, count, pos,
			       MAX_FILE_SIZE, copy);

	if (ret > 0 && *pos > inode->i_size)
		inode->i_size = *pos;
	inode->i_mtime = ktime_get_real_ns();
	return !ret && count ? -EFBIG : ret;
}

static ssize_t ramfs_read(struct file *file, char __user *buf, size_t count,
			  loff_t *pos)
{
	struct inode *inode = file_inode(file);

	return rw_pages(inode, false, buf, count, pos, inode->i_size, copy_out);
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	struct inode *inode = file_inode(file);

	if (file->f_op != &ramfs_file_operations)
		return -EINVAL;
	return rw_pages(inode, false, buf, count, pos, inode->i_size,
			copy_kernel);
}

static ssize_t ramfs_write(struct file *file, const char __user *buf,
			   size_t count, loff_t *pos)
{
	struct inode *inode = file_inode(file);

	guard(mutex)(&inode->i_rwsem);
	if (file->f_flags & O_APPEND)
		*pos = inode->i_size;
	return write_pages(inode, buf, count, pos, copy_in);
}

ssize_t inode_write(struct inode *inode, const void *buf, size_t count,
		    loff_t pos)
{
	guard(mutex)(&inode->i_rwsem);
	return write_pages(inode, buf, count, &pos, copy_kernel);
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
	.llseek = generic_llseek,
};
