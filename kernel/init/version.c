/* What the kernel calls itself: /proc/version, uname, the first log line. */
#include <generated/utsrelease.h>
#include <linux/kernel.h>
#include <linux/utsname.h>

/* No date and no builder: the same sources give the same image. */
#ifdef CONFIG_PREEMPT
#define UTS_VERSION "#1 PREEMPT"
#else
#define UTS_VERSION "#1"
#endif

struct new_utsname init_uts_ns = {
	.sysname = "Linux",
	.nodename = "beagle",
	.release = UTS_RELEASE,
	.version = UTS_VERSION,
	.machine = "armv7l",
	.domainname = "(none)",
};

const char linux_banner[] =
	"Linux version " UTS_RELEASE " (ringview) " UTS_VERSION "\n";
