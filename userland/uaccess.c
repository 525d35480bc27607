/* SPDX-License-Identifier: MIT */
/*
 * uaccess: has the kernel use each of its ways to reach user memory three
 * times: on memory of ours, on an address where nothing is, and on the
 * kernel's own. Needs a kernel with UACCESS_DEMO.
 *
 *	uaccess			all of them
 *	uaccess atomic		only the copy in atomic context, absent page
 *	uaccess handler		only a handler called by the kernel itself
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/uaccess_demo.h>

#define NOWHERE	((void *)0x00000040)
#define KERNEL	((void *)0xc0008000)
#define PAGE	4096

static int device;

static struct uaccess_demo use(unsigned int cmd, void *ptr, unsigned int size)
{
	struct uaccess_demo request = {
		.ptr = ptr,
		.size = size,
		.value = 42,
	};

	if (syscall(SYS_ioctl, device, cmd, &request) < 0)
		perror("ioctl");
	return request;
}

static void thrice(const char *name, unsigned int cmd)
{
	char text[16] = "beagle";
	int good = use(cmd, text, sizeof(text)).result;
	int nowhere = use(cmd, NOWHERE, 16).result;
	int kernel = use(cmd, KERNEL, 16).result;

	printf("%-18s %5d %8d %7d\n", name, good, nowhere, kernel);
}

static void all(void)
{
	printf("%-18s %5s %8s %7s\n", "", "good", "nowhere", "kernel");
	thrice("access_ok", UACCESS_DEMO_ACCESS_OK);
	thrice("get_user", UACCESS_DEMO_GET_USER);
	printf("get_user failed and set its variable to %u\n",
	       use(UACCESS_DEMO_GET_USER, NOWHERE, 4).value);
	thrice("put_user", UACCESS_DEMO_PUT_USER);
	thrice("copy_from_user", UACCESS_DEMO_COPY_FROM);
	thrice("copy_to_user", UACCESS_DEMO_COPY_TO);
	thrice("strncpy_from_user", UACCESS_DEMO_STRNCPY);
	thrice("strlen_user", UACCESS_DEMO_STRLEN);
	thrice("strnlen_user", UACCESS_DEMO_STRNLEN);
	thrice("clear_user", UACCESS_DEMO_CLEAR);
}

static void atomic(void)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	printf("atomic copy: %d bytes left\n",
	       use(UACCESS_DEMO_ATOMIC, page, 16).result);
	printf("ordinary copy: %d bytes left\n",
	       use(UACCESS_DEMO_COPY_FROM, page, 16).result);
	printf("atomic copy: %d bytes left\n",
	       use(UACCESS_DEMO_ATOMIC, page, 16).result);
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "all";

	device = open("/dev/uaccess", O_RDWR);
	if (device < 0) {
		perror("/dev/uaccess");
		return 1;
	}
	if (!strcmp(what, "atomic"))
		atomic();
	else if (!strcmp(what, "handler"))
		printf("sys_hello called by the kernel: %d\n",
		       use(UACCESS_DEMO_HANDLER, NULL, 0).result);
	else
		all();
	return 0;
}
