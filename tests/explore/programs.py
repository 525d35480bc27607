"""A tree of its own, in which tests write handlers and hostile programs."""

from __future__ import annotations

import shutil
from pathlib import Path

from ringview.explore.target import Target, find_target
from ringview.guest.tree import Tree, find_tree
from ringview.scenario.images import provide_images
from ringview.scenario.load import parse_scenario

# Makes sys_hello(&box, 32) while the other thread changes box.len.
BOX = """
#include <stdio.h>
#include <thread.h>
#include <unistd.h>

static struct { unsigned int len; char data[60]; } box = { 4, "abcdefghijklmnopqrstuvwxyz" };
static volatile int ready, stop;

static void *adversary(void *unused)
{
	volatile unsigned int *len = &box.len;

	while (!stop) {
		*len = 48;
		ready = 1;
		sched_yield();
		*len = 4;
		sched_yield();
	}
	return NULL;
}

int main(void)
{
	struct thread *other = thread_create(adversary, NULL);
	long result;

	while (!ready)
		sched_yield();
	sched_yield();
	result = syscall(400, &box, 32);
	stop = 1;
	thread_join(other);
	printf("%ld\\n", result);
	return 0;
}
"""

# As BOX, but the adversary draws a random number (getrandom) in each of its turns.
DRAWS = BOX.replace(
    "*len = 48;", "*len = 48;\n\t\tsyscall(384, &drawn, sizeof(drawn), 0);"
).replace("static volatile int", "static unsigned int drawn;\nstatic volatile int")

# As BOX, but between two of its stores the adversary makes a call of its own: sys_hello(NULL, 0).
OWN_CALL = BOX.replace(
    "\t\tsched_yield();\n\t\t*len = 4;",
    "\t\tsched_yield();\n\t\t*len = 4;\n\t\tsyscall(400, NULL, 0);\n\t\t*len = 6;",
).replace("\tsched_yield();\n\tresult", "\tresult")

# Writes to the console, to a file and by writev, and sleeps, while the adversary changes it all.
WRITES = """
#include <fcntl.h>
#include <stdio.h>
#include <thread.h>
#include <unistd.h>

static char text[64] = "abcdefgh\\n";
static struct { void *base; unsigned long len; } iov[2] = { { text, 4 }, { text + 4, 5 } };
static long ts[2] = { 0, 5000 };
static volatile int ready, stop;

static void *adversary(void *unused)
{
	volatile char *t = text;
	volatile long *n = ts;

	while (!stop) {
		t[0] = 'X';
		t[7] = 'Y';
		*(volatile unsigned long *)&iov[0].len = 2;
		n[1] = 9000000;
		ready = 1;
		sched_yield();
		t[0] = 'a';
		t[7] = 'h';
		*(volatile unsigned long *)&iov[0].len = 4;
		n[1] = 5000;
		sched_yield();
	}
	return NULL;
}

int main(void)
{
	int fd = open("/tmp/f", O_RDWR | O_CREAT, 0644);
	struct thread *other = thread_create(adversary, NULL);

	while (!ready)
		sched_yield();
	sched_yield();
	write(1, text, 9);
	write(fd, text, 9);
	syscall(146, 1, iov, 2);
	syscall(162, ts, NULL);
	stop = 1;
	thread_join(other);
	return 0;
}
"""

# Changes every word of hello2's structure and the first bytes of the name: many images.
SCRAMBLE = """
#include <stdio.h>
#include <thread.h>
#include <unistd.h>

static char name[64] = "beagle", other_name[64] = "border";
static struct { char *name; unsigned int len, val; } in = { name, 6, 7 };
static unsigned int out[5];
static volatile int ready, stop;

static void *adversary(void *unused)
{
	volatile char *text = name;
	unsigned int i;

	while (!stop) {
		for (i = 0; i < 6; i++)
			text[i] ^= 32;
		*(char *volatile *)&in.name = other_name;
		*(volatile unsigned int *)&in.val = 8;
		*(volatile unsigned int *)&in.len = 5;
		ready = 1;
		*(char *volatile *)&in.name = name;
		*(volatile unsigned int *)&in.val = 7;
		*(volatile unsigned int *)&in.len = 6;
		sched_yield();
	}
	return NULL;
}

int main(void)
{
	struct thread *thread = thread_create(adversary, NULL);
	long result;

	while (!ready)
		sched_yield();
	result = syscall(401, &in, out);
	stop = 1;
	thread_join(thread);
	printf("%ld\\n", result);
	return 0;
}
"""

HANDLER = """
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

struct box { unsigned int len; char data[60]; };
#define ROOM 32
%s
SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, size)
{
	struct box __user *b = (struct box __user *)buf;
	char text[ROOM + 1];
%s
}
"""


class Workshop:
    """A copy of kernel/ and userland/, changed by tests; what is not changed is not built again."""

    def __init__(self, folder: Path) -> None:
        original = find_tree()
        for part in ("kernel", "userland", "scenarios"):
            shutil.copytree(
                original.root / part,
                folder / part,
                ignore=shutil.ignore_patterns("build", "out", "*.o"),
            )
        self.tree = Tree(folder, folder / "images")
        for name, text in (
            ("box", BOX),
            ("draws", DRAWS),
            ("owncall", OWN_CALL),
            ("scramble", SCRAMBLE),
            ("writes", WRITES),
        ):
            (self.tree.userland / f"{name}.c").write_text(text)

    def handler(self, body: str, helpers: str = "") -> None:
        """Write sys_hello anew."""
        (self.tree.kernel / "kernel/sys-hello.c").write_text(HANDLER % (helpers, body))

    def change(self, name: str, old: str, new: str) -> None:
        """Change a source of the kernel, from what it is in the checkout."""
        text = (find_tree().kernel / name).read_text()
        assert old in text
        (self.tree.kernel / name).write_text(text.replace(old, new, 1))

    def target(self, program: str, settings: str = "HELLO2: single_copy") -> Target:
        """Build what is needed, and find the race."""
        text = f"title: test\nkernel: {{set: {{{settings}}}}}\nprogram: {program}\n"
        scenario = parse_scenario(text, tree=self.tree)
        return find_target(scenario, images=provide_images(scenario, tree=self.tree))
