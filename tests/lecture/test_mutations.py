"""Each scenario shows something of the kernel's: with that broken, it fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from ringview.cli.headless import run_scenario
from ringview.errors import RingviewError
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.scenario.course import ASSIGNMENT, ROWS
from ringview.scenario.images import provide_images
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import Scenario

LIMIT = 3_000_000
"""Instructions: several times what any of them takes; a broken kernel may go on for ever."""


class Mutation(NamedTuple):
    """A change of one place in the kernel, and what it breaks."""

    breaks: str
    file: str
    old: str
    new: str


ENTRY, ENTRY_HEADER = "arch/arm/kernel/entry-common.S", "arch/arm/kernel/entry-header.S"
UACCESS = "arch/arm/include/asm/uaccess.h"
NO_CHECK = Mutation(
    "access_ok lets every address pass",
    UACCESS,
    "return size <= TASK_SIZE && addr <= TASK_SIZE - size;",
    "return 1;",
)

MUTATIONS: dict[str, Mutation] = {
    "hello": Mutation("the greeting", "kernel/sys-hello.c", "Hello from kernel!", "Hello!"),
    "hello-einval": Mutation(
        "the length is not checked",
        "kernel/sys-hello.c",
        "if (len < sizeof(greeting))",
        "if (!len)",
    ),
    "hello-efault": NO_CHECK,
    "hello2": Mutation(
        "the answer is not counted",
        "kernel/sys-hello2.c",
        "= atomic_inc_return(&nr_calls)",
        "= 6 + atomic_inc_return(&nr_calls)",
    ),
    "hello2-efault": Mutation(
        "the handler does not look whether its answer has arrived",
        "kernel/sys-hello2.c",
        "if (copy_to_user(uout, &out, sizeof(out)))",
        "if (copy_to_user(uout, &out, sizeof(out)) > sizeof(out))",
    ),
    "nosys": Mutation("a missing call's error", "kernel/sys_ni.c", "-ENOSYS", "-EINVAL"),
    "hangup": Mutation(
        "tgkill sends nothing",
        "kernel/kill.c",
        "tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig)",
        "tgid <= 0 ? -EINVAL : 0",
    ),
    "uname": Mutation("the machine's name", "init/version.c", '"armv7l"', '"pdp11"'),
    "strange-sp": Mutation(
        "the entry code follows the user's stack pointer",
        ENTRY,
        "	mrs	r8, spsr\n",
        "	ldr	r8, [r8, #-8]\n	ldr	r8, [r8]\n	mrs	r8, spsr\n",
    ),
    "rings": Mutation(
        "another signal for an undefined instruction",
        "arch/arm/kernel/traps.c",
        "arm_notify_die(what, regs, SIGILL, ILL_ILLOPC,",
        "arm_notify_die(what, regs, SIGTRAP, ILL_ILLOPC,",
    ),
    "border": Mutation(
        "user mode may read the kernel",
        "arch/arm/include/asm/pgtable.h",
        "#define _PAGE_KERNEL		(PTE_TYPE_SMALL | PTE_WBWA | PTE_AP0)",
        "#define _PAGE_KERNEL		(PTE_TYPE_SMALL | PTE_WBWA | PTE_AP0 | PTE_AP1)",
    ),
    "auxv": Mutation(
        "the page size in the vector",
        "fs/binfmt_elf.c",
        "{ AT_PAGESZ, PAGE_SIZE }",
        "{ AT_PAGESZ, 512 }",
    ),
    "threads": Mutation(
        "threads get copies of the memory",
        "kernel/fork.c",
        "	if (clone_flags & CLONE_VM)\n",
        "	if (0)\n",
    ),
    "abi": Mutation(
        "the instruction's number is not looked at",
        ENTRY_HEADER,
        "	eorne	scno, r10",
        "	eoreq	scno, r10",
    ),
    "pingpong": Mutation(
        "the table of the next process is not set",
        "arch/arm/mm/context.c",
        "		write_ttbr0(__pa(mm->pgd) | TTB_RGN_WBWA);",
        "		(void)mm;",
    ),
    "absent": Mutation(
        "faults of the kernel's are not fixed up",
        "arch/arm/mm/extable.c",
        "	if (!e)\n",
        "	if (e)\n",
    ),
    "uaccess": Mutation(
        "get_user leaves what was there",
        "arch/arm/lib/getuser.S",
        "	str	r0, [ip]\n	mov	r0, #0\n	mov	r1, #0\n",
        "	str	r0, [ip]\n	mov	r0, #7\n	mov	r1, #0\n",
    ),
    "atomic": Mutation(
        "pagefault_disable does nothing",
        "include/linux/uaccess.h",
        "	current->pagefault_disabled++;\n",
        "",
    ),
    "handler": NO_CHECK,
    "io": Mutation(
        "no lock is ever in the way",
        "fs/locks.c",
        "	} else if (conflict) {\n",
        "	} else if (0) {\n",
    ),
    "vdso": Mutation(
        "the page of time is written once, at boot",
        "kernel/time/timekeeping.c",
        "	update_vsyscall(tk.coarse);\n}\n\n",
        "}\n\n",
    ),
    "leds": Mutation(
        "the driver takes any LED",
        "drivers/leds/leds-gpio.c",
        "	if (leds & ~LEDS_ALL)\n",
        "	if (0)\n",
    ),
    "write-table": Mutation(
        "nothing is write protected", "init/main.c", "	mark_rodata_ro();\n", ""
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of kernel, user land and scenarios, to be broken."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    root = tmp_path_factory.mktemp("mutated")
    source = find_tree(own=False)
    for part in ("kernel", "userland", "scenarios"):
        skip = shutil.ignore_patterns("build", "out", "__pycache__")
        shutil.copytree(source.root / part, root / part, ignore=skip)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGVIEW_TREE", str(root))
        yield root


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_scenario_fails_when_what_it_shows_is_broken(name: str, tree: Path) -> None:
    mutation = MUTATIONS[name]
    path = tree / "kernel" / mutation.file
    text = path.read_text()
    assert text.count(mutation.old) == 1, (mutation.file, mutation.old)
    path.write_text(text.replace(mutation.old, mutation.new))
    try:
        scenario = replace(load_scenario(name), limit=LIMIT)
        images = provide_images(scenario)
        assert images.kernel.path.exists()
        held = _holds(scenario)
    finally:
        path.write_text(text)
    assert not held, mutation.breaks


def _holds(scenario: Scenario) -> bool:
    """Whether it runs to its end as it should; a kernel may end, or a beat never come."""
    try:
        return run_scenario(scenario).held
    except RingviewError:
        return False


def test_every_row_has_its_scenario_and_every_scenario_its_mutation() -> None:
    rows: set[int] = set()
    for path in shipped_scenarios():
        rows |= set(load_scenario(path).rows)
        # The races have theirs where their verdicts are tested.
        assert path.stem in MUTATIONS or path.stem.startswith("race-")
    assert rows == {*ROWS, ASSIGNMENT}
