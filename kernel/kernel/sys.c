/* What a program may ask about the system and about itself. */
#include <linux/fdtable.h>
#include <linux/jiffies.h>
#include <linux/time.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <uapi/linux/resource.h>
#include <uapi/linux/sysinfo.h>

#define USER_HZ 100	/* what times() counts in, whatever HZ is */

SYSCALL_DEFINE1(newuname, struct new_utsname __user *, name)
{
	return copy_to_user(name, utsname(), sizeof(*name)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(umask, int, mask)
{
	int old = current->fs->umask;

	current->fs->umask = mask & 0777;
	return old;
}

/* The limits that this kernel has; those of the rest are infinite. */
static struct rlimit64 get_rlimit(unsigned int resource)
{
	struct rlimit64 limit = { RLIM64_INFINITY, RLIM64_INFINITY };

	if (resource == RLIMIT_STACK) {
		limit.rlim_cur = current->signal->rlim_stack;
	} else if (resource == RLIMIT_NOFILE) {
		limit.rlim_cur = current->signal->rlim_nofile;
		limit.rlim_max = NR_OPEN_DEFAULT;
	} else if (resource == RLIMIT_CORE) {
		limit.rlim_cur = 0;
	}
	return limit;
}

SYSCALL_DEFINE4(prlimit64, pid_t, pid, unsigned int, resource,
		const struct rlimit64 __user *, new_rlim,
		struct rlimit64 __user *, old_rlim)
{
	struct signal_struct *sig = current->signal;
	struct rlimit64 new, old;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (pid && pid != current->tgid)
		return find_task_by_vpid(pid) ? -EPERM : -ESRCH;
	old = get_rlimit(resource);
	if (new_rlim) {
		if (copy_from_user(&new, new_rlim, sizeof(new)))
			return -EFAULT;
		if (new.rlim_cur > new.rlim_max)
			return -EINVAL;
		if (new.rlim_max > old.rlim_max)
			return -EPERM;
		if (resource == RLIMIT_STACK)
			sig->rlim_stack =
				min_t(u64, new.rlim_cur, RLIM_INFINITY);
		else if (resource == RLIMIT_NOFILE)
			sig->rlim_nofile = new.rlim_cur;
	}
	if (old_rlim && copy_to_user(old_rlim, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(getrlimit, unsigned int, resource, struct rlimit __user *,
		rlim)
{
	struct rlimit64 limit = get_rlimit(resource);
	struct rlimit value = {
		.rlim_cur = min_t(u64, limit.rlim_cur, RLIM_INFINITY),
		.rlim_max = min_t(u64, limit.rlim_max, RLIM_INFINITY),
	};

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(rlim, &value, sizeof(value)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(sysinfo, struct sysinfo __user *, uinfo)
{
	struct sysinfo info = {
		.uptime = ktime_get_ns() / NSEC_PER_SEC,
		.totalram = totalram_pages << PAGE_SHIFT,
		.freeram = nr_free_pages() << PAGE_SHIFT,
		.mem_unit = 1,
	};

	return copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : 0;
}

void process_times(unsigned long *utime, unsigned long *stime)
{
	struct task_struct *tsk;

	guard(preempt)();
	*utime = current->signal->utime;
	*stime = current->signal->stime;
	for_each_thread(current, tsk) {
		*utime += tsk->utime;
		*stime += tsk->stime;
	}
}

static clock_t ticks_to_clock_t(unsigned long ticks)
{
	return ticks * USER_HZ / HZ;
}

SYSCALL_DEFINE1(times, struct tms __user *, tbuf)
{
	unsigned long utime, stime;
	struct tms tms;

	process_times(&utime, &stime);
	tms.tms_utime = ticks_to_clock_t(utime);
	tms.tms_stime = ticks_to_clock_t(stime);
	tms.tms_cutime = ticks_to_clock_t(current->signal->cutime);
	tms.tms_cstime = ticks_to_clock_t(current->signal->cstime);
	if (tbuf && copy_to_user(tbuf, &tms, sizeof(tms)))
		return -EFAULT;
	return ticks_to_clock_t(jiffies);
}

SYSCALL_DEFINE2(getrusage, int, who, struct rusage __user *, ru)
{
	unsigned long utime = current->signal->cutime;
	unsigned long stime = current->signal->cstime;
	struct rusage usage = { 0 };

	if (who == RUSAGE_SELF) {
		process_times(&utime, &stime);
		usage.ru_maxrss = current->mm->rss << (PAGE_SHIFT - 10);
		usage.ru_minflt = current->min_flt;
		usage.ru_majflt = current->maj_flt;
	} else if (who != RUSAGE_CHILDREN) {
		return -EINVAL;
	}
	usage.ru_utime = ticks_to_timeval(utime);
	usage.ru_stime = ticks_to_timeval(stime);
	return copy_to_user(ru, &usage, sizeof(usage)) ? -EFAULT : 0;
}

/* One CPU, whoever asks. */
SYSCALL_DEFINE3(sched_getaffinity, pid_t, pid, unsigned int, len,
		unsigned long __user *, user_mask_ptr)
{
	if (pid && !find_task_by_vpid(pid))
		return -ESRCH;
	if (len < sizeof(unsigned long) || (len & (sizeof(unsigned long) - 1)))
		return -EINVAL;
	if (put_user(1UL, user_mask_ptr))
		return -EFAULT;
	return sizeof(unsigned long);
}
