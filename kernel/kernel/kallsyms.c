/*
 * Names for addresses of code. The tables are made by scripts/kallsyms.py
 * from the first link, in which they do not exist yet: hence weak.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>

extern const unsigned int kallsyms_num_syms __weak;
extern const unsigned long kallsyms_addresses[] __weak;
extern const unsigned int kallsyms_name_offsets[] __weak;
extern const char kallsyms_names[] __weak;
extern const char kallsyms_types[] __weak;	/* as nm(1) gives them */

extern char _text[], _etext[];

/* The last symbol at or below addr. */
static unsigned int symbol_index(unsigned long addr)
{
	unsigned int low = 0, high = kallsyms_num_syms;

	while (high - low > 1) {
		unsigned int mid = (low + high) / 2;

		if (kallsyms_addresses[mid] <= addr)
			low = mid;
		else
			high = mid;
	}
	/* of several names for one address take the first */
	while (low && kallsyms_addresses[low - 1] == kallsyms_addresses[low])
		low--;
	return low;
}

static unsigned long symbol_end(unsigned int index)
{
	unsigned long start = kallsyms_addresses[index];

	while (++index < kallsyms_num_syms)
		if (kallsyms_addresses[index] != start)
			return kallsyms_addresses[index];
	return (unsigned long)_etext;
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *size,
			    unsigned long *offset)
{
	unsigned int index;

	if (addr < (unsigned long)_text || addr >= (unsigned long)_etext ||
	    !&kallsyms_num_syms || addr < kallsyms_addresses[0])
		return NULL;
	index = symbol_index(addr);
	*offset = addr - kallsyms_addresses[index];
	*size = symbol_end(index) - kallsyms_addresses[index];
	return kallsyms_names + kallsyms_name_offsets[index];
}

int sprint_symbol(char *buf, unsigned long addr)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr, &size, &offset);

	if (!name)
		return scnprintf(buf, KSYM_SYMBOL_LEN, "0x%lx", addr);
	return scnprintf(buf, KSYM_SYMBOL_LEN, "%s+%#lx/%#lx", name, offset,
			 size);
}

#define KALLSYMS_LINE_MAX (KSYM_NAME_LEN + 16)

/*
 * /proc/kallsyms: as many whole lines as fit, from the symbol that the last
 * read ended before.  Everyone sees the addresses, as with kptr_restrict 0.
 */
static ssize_t kallsyms_read(struct file *file, char __user *buf, size_t count,
			     loff_t *pos)
{
	unsigned long i = (unsigned long)file->private_data;
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
	file->private_data = (void *)i;
	*pos += done;
	return done;
}

static const struct file_operations kallsyms_fops = {
	.read = kallsyms_read,
};

static int __init kallsyms_init(void)
{
	return proc_create("kallsyms", &kallsyms_fops);
}
late_initcall(kallsyms_init);
