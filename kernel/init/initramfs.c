/*
 * The first files: an archive in cpio's "newc" format that the boot loader
 * put into memory. Each entry is a header of 110 hexadecimal characters,
 * the name with its NUL, and the contents; the last two end at multiples
 * of 4.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#define CPIO_MAGIC "070701"
#define CPIO_MAGIC_LEN 6
#define CPIO_HEADER_LEN 110
#define CPIO_FIELD_LEN 8
#define CPIO_TRAILER "TRAILER!!!"

/* fields after the magic, by position */
enum cpio_field {
	CPIO_MODE = 1,
	CPIO_FILESIZE = 6,
	CPIO_NAMESIZE = 11,
	CPIO_FIELDS = 13,
};

static u32 __init cpio_field(const char *header, enum cpio_field field)
{
	char text[CPIO_FIELD_LEN + 1] = { 0 };
	unsigned long long value = 0;

	memcpy(text, header + CPIO_MAGIC_LEN + field * CPIO_FIELD_LEN,
	       CPIO_FIELD_LEN);
	kstrtoull(text, 16, &value);
	return value;
}

static int __init make_file(const char *name, umode_t mode, const char *data,
			    u32 size)
{
	struct dentry *dentry;
	ssize_t written;
	int err;

	err = create_at(AT_FDCWD, name, new_inode(mode));
	if (err)
		return err;
	dentry = lookup_at(AT_FDCWD, name, 0);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	written = inode_write(dentry->d_inode, data, size, 0);
	dput(dentry);
	return written == size ? 0 : -ENOSPC;
}

static int __init make_entry(const char *name, umode_t mode, const char *data,
			     u32 size)
{
	char target[256];
	int err;

	if (S_ISDIR(mode)) {
		/* those that are there already may be named again */
		err = vfs_mkdir(name, mode);
		return err == -EEXIST ? 0 : err;
	}
	if (S_ISLNK(mode)) {
		if (size >= sizeof(target))
			return -ENAMETOOLONG;
		memcpy(target, data, size);
		target[size] = '\0';
		return vfs_symlink(target, name);
	}
	if (S_ISREG(mode))
		return make_file(name, mode, data, size);
	/* device nodes are the drivers' own affair */
	return 0;
}

static const char *__init unpack(const char *p, const char *end)
{
	while (end - p >= CPIO_HEADER_LEN) {
		u32 name_size, size;
		const char *name = p + CPIO_HEADER_LEN, *data;
		int err;

		/* between archives, and behind the last, there may be zeros */
		if (!*p) {
			p += 4;
			continue;
		}
		if (memcmp(p, CPIO_MAGIC, CPIO_MAGIC_LEN))
			return "no cpio magic";
		name_size = cpio_field(p, CPIO_NAMESIZE);
		size = cpio_field(p, CPIO_FILESIZE);
		if (!name_size || name_size > end - name)
			return "truncated name";
		data = p + ALIGN(CPIO_HEADER_LEN + name_size, 4);
		if (data > end || size > end - data ||
		    name[name_size - 1])
			return "truncated archive";
		if (!strcmp(name, CPIO_TRAILER))
			return NULL;
		err = make_entry(name, cpio_field(p, CPIO_MODE), data, size);
		if (err)
			pr_err("initramfs: %s: error %d\n", name, err);
		p = data + ALIGN(size, 4);
	}
	return NULL;
}

void __init populate_rootfs(void)
{
	const char *message;

	if (!initrd_start)
		return;
	pr_info("Unpacking initramfs...\n");
	message = unpack((const char *)initrd_start,
			 (const char *)initrd_end);
	if (message)
		pr_emerg("Initramfs unpacking failed: %s\n", message);
}
