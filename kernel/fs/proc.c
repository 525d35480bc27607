/*
 * /proc: texts that are written when they are opened. /proc/self is a
 * directory here, not a link, whose files speak of whoever reads them.
 */
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#define PROC_TEXT_MAX (8 * PAGE_SIZE)

struct proc_text {
	size_t len;
	char text[];
};

static int proc_open(struct inode *inode, struct file *file)
{
	int (*show)(char *buf, int size) = inode->i_private;
	struct proc_text *text = kmalloc(PROC_TEXT_MAX, GFP_KERNEL);
	int len;

	if (!text)
		return -ENOMEM;
	len = show(text->text, PROC_TEXT_MAX - sizeof(*text));
	if (len < 0) {
		kfree(text);
		return len;
	}
	text->len = len;
	file->private_data = text;
	return 0;
}

static void proc_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
}

static ssize_t proc_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	struct proc_text *text = file->private_data;

	return simple_read_from_buffer(buf, count, pos, text->text, text->len);
}

static const struct file_operations proc_text_fops = {
	.open = proc_open,
	.release = proc_release,
	.read = proc_read,
	.llseek = generic_llseek,
};

static int create_proc_inode(const char *name,
			     const struct file_operations *fops, void *data)
{
	struct inode *inode = new_inode(S_IFREG | 0444);
	char path[64];

	if (!inode)
		return -ENOMEM;
	inode->i_fop = fops;
	inode->i_private = data;
	snprintf(path, sizeof(path), "/proc/%s", name);
	return create_at(AT_FDCWD, path, inode);
}

int proc_create(const char *name, const struct file_operations *fops)
{
	return create_proc_inode(name, fops, NULL);
}

/* A text; @show returns the length that it wrote. */
static int proc_create_text(const char *name, int (*show)(char *buf, int size))
{
	return create_proc_inode(name, &proc_text_fops, show);
}

static int show_version(char *buf, int size)
{
	return scnprintf(buf, size, "%s", linux_banner);
}

static int show_meminfo(char *buf, int size)
{
	return scnprintf(buf, size,
			 "MemTotal:       %8lu kB\n"
			 "MemFree:        %8lu kB\n"
			 "MemAvailable:   %8lu kB\n",
			 totalram_pages << (PAGE_SHIFT - 10),
			 nr_free_pages() << (PAGE_SHIFT - 10),
			 nr_free_pages() << (PAGE_SHIFT - 10));
}

static int show_interrupts(char *buf, int size)
{
	int len = scnprintf(buf, size, "           CPU0\n");

	for (unsigned int irq = 0; irq < NR_IRQS; irq++)
		if (irq_name(irq))
			len += scnprintf(buf + len, size - len,
					 "%3u: %10u  INTC  %s\n", irq,
					 kstat_irqs(irq), irq_name(irq));
	return len;
}

static int show_comm(char *buf, int size)
{
	return scnprintf(buf, size, "%s\n", current->comm);
}

static int map_name(struct vm_area_struct *vma, char *buf, int size)
{
	struct mm_struct *mm = vma->vm_mm;
	int len;

	if (vma->vm_file && vma->vm_file->f_dentry) {
		len = dentry_path(vma->vm_file->f_dentry, buf, size);
		return max(len, 0);
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
	return dentry_path_locked(mm->exe_file->f_dentry, buf, size);
}

static int __init proc_create_exe(void)
{
	struct inode *inode = new_inode(S_IFLNK | 0777);

	if (!inode)
		return -ENOMEM;
	inode->i_get_link = exe_get_link;
	return create_at(AT_FDCWD, "/proc/self/exe", inode);
}

static int __init proc_init(void)
{
	static const struct {
		const char *name;
		int (*show)(char *buf, int size);
	} files[] = {
		{ "version", show_version },
		{ "meminfo", show_meminfo },
		{ "interrupts", show_interrupts },
		{ "locks", show_locks },
		{ "self/comm", show_comm },
		{ "self/maps", show_maps },
	};
	int err = vfs_mkdir("/proc/self", 0555);

	for (size_t i = 0; i < ARRAY_SIZE(files) && !err; i++)
		err = proc_create_text(files[i].name, files[i].show);
	return err ? err : proc_create_exe();
}
fs_initcall(proc_init);
