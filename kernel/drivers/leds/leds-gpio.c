// SPDX-License-Identifier: MIT
/*
 * /dev/leds: the BeagleBone Black's four user LEDs, on pins 21 to 24 of GPIO1.
 * By ioctl() the kernel moves them; by mmap() a program does, on the registers
 * themselves.  (Linux has them in sysfs.)
 */
#include <linux/clk.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <uapi/linux/leds_gpio.h>

#define MISC_MAJOR	10
#define LEDS_MINOR	241

#define GPIO1_PHYS	0x4804c000	/* TRM chapter 25 */
#define GPIO_OE		0x134		/* a 0 makes its pin an output */

static void __iomem *gpio;

static int leds_set(unsigned int leds)
{
	if (leds & ~LEDS_ALL)
		return -EINVAL;
	writel(leds << LEDS_SHIFT, gpio + GPIO_SETDATAOUT);
	writel((~leds & LEDS_ALL) << LEDS_SHIFT, gpio + GPIO_CLEARDATAOUT);
	return 0;
}

static long leds_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int __user *uleds = (unsigned int __user *)arg;
	unsigned int leds;

	switch (cmd) {
	case LEDS_SET:
		if (get_user(leds, uleds))
			return -EFAULT;
		return leds_set(leds);
	case LEDS_GET:
		leds = readl(gpio + GPIO_DATAOUT) >> LEDS_SHIFT & LEDS_ALL;
		return put_user(leds, uleds);
	}
	return -ENOTTY;
}

/* One page, of device memory: no cache may hold it or gather its writes. */
static int leds_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma->vm_end - vma->vm_start != PAGE_SIZE ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start, __phys_to_pfn(GPIO1_PHYS),
			       PAGE_SIZE,
			       pgprot_device(vm_get_page_prot(vma->vm_flags)));
}

static const struct file_operations leds_fops = {
	.unlocked_ioctl = leds_ioctl,
	.mmap = leds_mmap,
};

static int __init leds_init(void)
{
	gpio = ioremap(GPIO1_PHYS, PAGE_SIZE);
	module_clk_enable(CM_PER_GPIO1_CLKCTRL);
	leds_set(0);
	writel(readl(gpio + GPIO_OE) & ~(LEDS_ALL << LEDS_SHIFT),
	       gpio + GPIO_OE);
	return vfs_mknod("/dev/leds", S_IFCHR | 0600,
			 MKDEV(MISC_MAJOR, LEDS_MINOR), &leds_fops, NULL);
}
device_initcall(leds_init);
