/*
 * /proc: texts that are written when they are first read. /proc/self is a
 * directory here, not a link, whose files speak of whoever reads them.
 */
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include "internal.h"

#define PROC_TEXT_MAX (8 * PAGE_SIZE)

static void proc_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
}

static ssize_t proc_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	int (*show)(char *buf, int size) = file_inode(file)->i_private;
	size_t len;

	guard(mutex)(&file_inode(file)->i_rwsem);
	if (!file->private_data) {
		char *text = kmalloc(PROC_TEXT_MAX, GFP_KERNEL);

		if (!text)
			return -ENOMEM;
		text[show(text, PROC_TEXT_MAX)] = '\0';
		file->private_data = text;
	}
	len = strlen(file->private_data);
	if (*pos >= len)
		return 0;
	count = min_t(size_t, count, len - *pos);
	if (copy_to_user(buf, file->private_data + *pos, count))
		return -EFAULT;
	*pos += count;
	return count;
}

static const struct file_operations proc_text_fops = {
	.release = proc_release,
	.read = proc_read,
	.llseek = generic_llseek,
};

static int show_version(char *buf, int size)
{
	return scnprintf(buf, size, "%s", linux_banner);
}

static int show_comm(char *buf, int size)
{
	return scnprintf(buf, size, "%s\n", current->comm);
}

static int map_name(struct vm_area_struct *vma, char *buf, int size)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_file && vma->vm_file->f_dentry) {
		guard(mutex)(&fs_mutex);
		return max(dentry_path(vma->vm_file->f_dentry, buf, size), 0);
	}
	if (vma->vm_start == mm->context.vdso)
		return scnprintf(buf, size, "[vdso]");
	if (vma->vm_flags & VM_PFNMAP)
		return scnprintf(buf, size, "[vvar]");
	if (vma->vm_start <= mm->start_stack && vma->vm_end > mm->start_stack)
		return scnprintf(buf, size, "[stack]");
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return scnprintf(buf, size, "[heap]");
	return 0;
}

static int show_map(struct vm_area_struct *vma, char *buf, int size)
{
	struct inode *inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;
	unsigned long flags = vma->vm_flags;
	int len;

	len = scnprintf(buf, size, "%08lx-%08lx %c%c%c%c %08lx %s %-10lu",
			vma->vm_start, vma->vm_end,
			flags & VM_READ ? 'r' : '-',
			flags & VM_WRITE ? 'w' : '-',
			flags & VM_EXEC ? 'x' : '-',
			flags & VM_SHARED ? 's' : 'p',
			inode ? vma->vm_pgoff << PAGE_SHIFT : 0,
			inode ? "00:01" : "00:00", inode ? inode->i_ino : 0);
	buf[len++] = ' ';
	len += map_name(vma, buf + len, size - len - 1);
	buf[len++] = '\n';
	return len;
}

/* Room for one more line, whatever the file's name. */
#define MAP_LINE_MAX (PATH_MAX + 80)

static int show_maps(char *buf, int size)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int len = 0;

	if (!mm)
		return 0;
	mmap_read_lock(mm);
	list_for_each_entry(vma, &mm->mmap, vm_list)
		if (size - len > MAP_LINE_MAX)
			len += show_map(vma, buf + len, size - len);
	mmap_read_unlock(mm);
	return len;
}

static int exe_get_link(struct inode *inode, char *buf, int size)
{
	struct mm_struct *mm = current->mm;

	if (!mm || !mm->exe_file || !mm->exe_file->f_dentry)
		return -ENOENT;
	return dentry_path(mm->exe_file->f_dentry, buf, size);
}

static int __init proc_init(void)
{
	static const struct {
		const char *name;
		int (*show)(char *buf, int size);
	} files[] = {
		{ "/proc/version", show_version },
		{ "/proc/locks", show_locks },
		{ "/proc/self/comm", show_comm },
		{ "/proc/self/maps", show_maps },
	};
	struct inode *exe = new_inode(S_IFLNK | 0777);
	int err = vfs_mkdir("/proc/self", 0555);

	for (size_t i = 0; i < ARRAY_SIZE(files) && !err; i++)
		err = vfs_mknod(files[i].name, S_IFREG | 0444, 0,
				&proc_text_fops, files[i].show);
	if (exe)
		exe->i_get_link = exe_get_link;
	return err ? err : create_at(AT_FDCWD, "/proc/self/exe", exe);
}
fs_initcall(proc_init);
