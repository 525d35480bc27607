/* SPDX-License-Identifier: MIT */
/* uname: prints what the kernel says of itself: six texts in one structure. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in Linux's <linux/utsname.h>: 390 bytes, which no six registers hold. */
#define NEW_UTS_LEN 64

struct new_utsname {
	char sysname[NEW_UTS_LEN + 1];
	char nodename[NEW_UTS_LEN + 1];
	char release[NEW_UTS_LEN + 1];
	char version[NEW_UTS_LEN + 1];
	char machine[NEW_UTS_LEN + 1];
	char domainname[NEW_UTS_LEN + 1];
};

int main(void)
{
	struct new_utsname name;

	if (syscall(SYS_uname, &name) < 0) {
		perror("uname");
		return 1;
	}
	printf("%s %s on %s\n", name.sysname, name.release, name.machine);
	return 0;
}
