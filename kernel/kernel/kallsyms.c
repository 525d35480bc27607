/*
 * Names for addresses of code. The tables are made by scripts/kallsyms.py
 * from the first link, in which they do not exist yet: hence weak.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/uaccess.h>

extern const unsigned int kallsyms_num_syms __weak;
extern const unsigned long kallsyms_addresses[] __weak;
extern const unsigned int kallsyms_name_offsets[] __weak;
extern const char kallsyms_names[] __weak;
extern const char kallsyms_types[] __weak;	/* as nm(1) gives them */

extern char _text[], _etext[];

/* The last symbol at or below addr; of several names for it the first. */
static unsigned int symbol_index(unsigned long addr)
{
	unsigned int i = kallsyms_num_syms - 1;

	while (kallsyms_addresses[i] > addr)
		i--;
	while (i && kallsyms_addresses[i - 1] == kallsyms_addresses[i])
		i--;
	return i;
}

int sprint_symbol(char *buf, unsigned long addr)
{
	unsigned long start, end = (unsigned long)_etext;
	unsigned int i, next;

	if (addr < (unsigned long)_text || addr >= end ||
	    !&kallsyms_num_syms || addr < kallsyms_addresses[0])
		return scnprintf(buf, KSYM_SYMBOL_LEN, "0x%lx", addr);
	i = symbol_index(addr);
	start = kallsyms_addresses[i];
	for (next = i; next < kallsyms_num_syms; next++) {
		if (kallsyms_addresses[next] == start)
			continue;
		end = kallsyms_addresses[next];
		break;
	}
	return scnprintf(buf, KSYM_SYMBOL_LEN, "%s+%#lx/%#lx",
			 kallsyms_names + kallsyms_name_offsets[i],
			 addr - start, end - start);
}

#define KALLSYMS_LINE_MAX (KSYM_NAME_LEN + 16)

/*
 * /proc/kallsyms: as many whole lines as fit; the file's position counts
 * symbols, not bytes.  Everyone sees the addresses, as with kptr_restrict 0.
 */
static ssize_t kallsyms_read(struct file *file, char __user *buf, size_t count,
			     loff_t *pos)
{
	unsigned int i = *pos;
	char line[KALLSYMS_LINE_MAX];
	size_t done = 0;
	int len;

	if (!&kallsyms_num_syms)
		return 0;
	for (; i < kallsyms_num_syms; i++) {
		len = scnprintf(line, sizeof(line), "%08lx %c %s\n",
				kallsyms_addresses[i], kallsyms_types[i],
				kallsyms_names + kallsyms_name_offsets[i]);
		if (done + len > count)
			break;
		if (copy_to_user(buf + done, line, len))
			return -EFAULT;
		done += len;
	}
	if (!done && i < kallsyms_num_syms && count)
		return -EINVAL;		/* not even one line fits */
	*pos = i;
	return done;
}

static const struct file_operations kallsyms_fops = {
	.read = kallsyms_read,
};

static int __init kallsyms_init(void)
{
	return vfs_mknod("/proc/kallsyms", S_IFREG | 0444, 0, &kallsyms_fops,
			 NULL);
}
late_initcall(kallsyms_init);
