/*
 * The first files: an archive in cpio's "newc" format that the boot loader
 * put into memory. Each entry is a header of 110 hexadecimal characters,
 * the name with its NUL, and the contents; the last two end at multiples
 * of 4.
 */
#include <linux/errno.h>
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
};

static u32 __init cpio_field(const char *header, enum cpio_field field)
{
	const char *digit = header + CPIO_MAGIC_LEN + field * CPIO_FIELD_LEN;
	u32 value = 0;

	for (int i = 0; i < CPIO_FIELD_LEN; i++, digit++)
		value = value << 4 | ((*digit & 15) + (*digit > '9' ? 9 : 0));
	return value;
}

/* Device nodes are the drivers' own affair, links nobody's. */
static int __init make_entry(const char *name, umode_t mode, const char *data,
			     u32 size)
{
	struct inode *inode;
	int err;

	if (!S_ISDIR(mode) && !S_ISREG(mode))
		return 0;
	inode = new_inode(mode);
	if (inode && inode_write(inode, data, size, 0) != size) {
		iput(inode);
		return -ENOSPC;
	}
	err = create_at(AT_FDCWD, name, inode);
	/* those that are there already may be named again */
	return S_ISDIR(mode) && err == -EEXIST ? 0 : err;
}

static const char *__init unpack(const char *p, const char *end)
{
	while (end - p >= CPIO_HEADER_LEN) {
		u32 name_size = cpio_field(p, CPIO_NAMESIZE);
		u32 size = cpio_field(p, CPIO_FILESIZE);
		const char *name = p + CPIO_HEADER_LEN, *data;
		int err;

		/* between archives, and behind the last, there may be zeros */
		if (!*p) {
			p += 4;
			continue;
		}
		if (memcmp(p, CPIO_MAGIC, CPIO_MAGIC_LEN))
			return "no cpio magic";
		if (!name_size || name_size > end - name)
			return "truncated name";
		data = p + ALIGN(CPIO_HEADER_LEN + name_size, 4);
		if (data > end || size > end - data || name[name_size - 1])
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
	message = unpack((char *)initrd_start, (char *)initrd_end);
	if (message)
		pr_emerg("Initramfs unpacking failed: %s\n", message);
}
