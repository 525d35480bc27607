"""The course's recipe for adding a system call, as data: which file gets which lines, and why.

Facts: lecture rows 10 and 11 and the assignment; the same steps as in Linux
(Documentation/process/adding-syscalls.rst).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Line:
    """One line that a step writes.

    Attributes:
        text: as it is written; runs of blanks count as one.
        instead: another line that does as well, "" if none.
    """

    text: str
    instead: str = ""

    @property
    def pattern(self) -> str:
        """A pattern for the whole line, however it is spaced."""
        ways = [re.findall(r"\w+|[^\w\s]", way) for way in (self.text, self.instead) if way]
        words = "|".join(r"\s*".join(map(re.escape, pieces)) for pieces in ways)
        return rf"[ \t]*(?:{words})[ \t]*(?:#.*)?"


@dataclass(frozen=True)
class Step:
    """One step of a recipe.

    Attributes:
        number: from 1, in the course's order.
        file: the file that is edited, relative to ``kernel/``.
        what: what is to be done, in a sentence.
        lines: what must stand in the file once, each; empty if the file itself is the step.
        remove: pattern of all that the finished step has written, taken out for the lab.
        why: what the step is for, in a sentence.
        without: what happens if it is missing and the others are done, in a sentence.
    """

    number: int
    file: str
    what: str
    lines: tuple[Line, ...]
    remove: str
    why: str
    without: str


@dataclass(frozen=True)
class Recipe:
    """A lab: the call that a student adds.

    Attributes:
        name: the call's name, without ``sys_``; also that of the program and the scenario.
        number: its number.
        option: its Kconfig symbol, without ``CONFIG_``.
        title: what the lab is about.
        task: what the call does, for the lab's own page.
        steps: in the course's order.
        strip: what else goes: (file below ``kernel/``, pattern of what is taken out); with the
            pattern "", the whole file or folder.
        also: scenarios that the call has to pass besides the lab's own: its errors.
    """

    name: str
    number: int
    option: str
    title: str
    task: str
    steps: tuple[Step, ...]
    strip: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()

    @property
    def scenarios(self) -> tuple[str, ...]:
        """All that the call has to pass, the lab's own first."""
        return (self.name, *self.also)

    @property
    def handler(self) -> str:
        """The handler's symbol."""
        return f"sys_{self.name}"

    @cached_property
    def by_file(self) -> dict[str, Step]:
        """The step that edits a file."""
        return {step.file: step for step in self.steps}

    def step(self, file: str) -> Step:
        """The step whose file ends like this."""
        return next(step for step in self.steps if step.file.endswith(file))


PROTOTYPES = "include/linux/syscalls.h"
GENERIC = "include/uapi/asm-generic/unistd.h"
KCONFIG = "init/Kconfig"
MAKEFILE = "kernel/Makefile"
NI = "kernel/sys_ni.c"
TABLE = "arch/arm/tools/syscall.tbl"
DEFCONFIG = "arch/arm/configs/bbb_defconfig"


COUNT = 402
"""One more than the highest number of the course's calls."""


def _recipe(
    name: str,
    number: int,
    option: str,
    parameters: int,
    prototype: str,
    title: str,
    task: str,
    strip: tuple[tuple[str, str], ...] = (),
    also: tuple[str, ...] = (),
) -> Recipe:
    handler, source = f"sys_{name}", f"kernel/sys-{name}.c"
    steps = (
        Step(
            1,
            PROTOTYPES,
            f"declare the handler: its name begins with sys_, so {handler}",
            (Line(prototype),),
            rf"^asmlinkage long {handler}\([^;]*;\n",
            "other files of the kernel can call the handler, and the compiler compares the two",
            "nothing fails yet: SYSCALL_DEFINE declares what it defines; but nobody checks the "
            "handler's parameters, and no other file could call it",
        ),
        Step(
            2,
            source,
            f"write the handler with SYSCALL_DEFINE{parameters}({name}, …) in a new file",
            (),
            "",
            "this is the code that runs in SVC mode when a program asks for the call",
            "make finds no source for the object that the Makefile names",
        ),
        Step(
            3,
            KCONFIG,
            f"add the option {option}, which depends on EXPERT",
            (Line(f"config {option}"),),
            rf"^config {option}\n(?:[ \t].*\n|\n)*",
            "the kernel can be built without the call",
            f"the configuration names CONFIG_{option}, which no Kconfig file defines, and the "
            "build stops",
        ),
        Step(
            4,
            MAKEFILE,
            f"compile the file when the option is set: obj-$(CONFIG_{option})",
            # The finished kernel compiles it for one of several ways to write it.
            (
                Line(
                    f"obj-$(CONFIG_{option}) += sys-{name}.o",
                    instead=f"obj-$(CONFIG_{name.upper()}_SINGLE_COPY) += sys-{name}.o",
                ),
            ),
            rf"^.*\bCONFIG_{option}\b.*\n",
            "a file that no Makefile names is never compiled",
            f"the handler is never compiled; COND_SYSCALL stands in for it, and {handler} is the "
            "address of sys_ni_syscall, which returns -ENOSYS",
        ),
        Step(
            5,
            GENERIC,
            f"give the number to architectures without a table of their own: __NR_{name}; and "
            "__NR_syscalls is one more than the highest number",
            (
                Line(f"#define __NR_{name} {number}"),
                Line(f"__SYSCALL(__NR_{name}, {handler})"),
                Line(f"#define __NR_syscalls {COUNT}"),
            ),
            rf"^.*\b(?:__NR|sys)_{name}\b.*\n",
            "arm64 and riscv take the number from here",
            "nothing happens on ARM, which has a table of its own; on arm64 the call would not "
            "exist",
        ),
        Step(
            6,
            NI,
            f"let the kernel link without the handler: COND_SYSCALL({name})",
            (Line(f"COND_SYSCALL({name});"),),
            rf"^COND_SYSCALL\({name}\);\n",
            "with the option off, the call answers -ENOSYS instead of being an undefined symbol",
            f"nothing fails while the option is on; with it off, the table asks for {handler}, "
            "which nobody defines, and the kernel does not link",
        ),
        Step(
            7,
            TABLE,
            f"give the call its number on ARM: {number} common {name} {handler}",
            (Line(f"{number} common {name} {handler}"),),
            rf"^{number}[ \t].*\n",
            f"entry {number} of sys_call_table is made from this line",
            f"number {number} leads to sys_ni_syscall or lies beyond the table, and the program "
            "gets -ENOSYS",
        ),
        Step(
            8,
            DEFCONFIG,
            f"switch it on: CONFIG_{option}=y, here or in a merged fragment",
            (Line(f"CONFIG_{option}=y"),),
            rf"^CONFIG_{option}=.*\n",
            "an option that nobody sets is off",
            f"{option} is off, so the handler is not compiled, and COND_SYSCALL lets the call "
            "answer -ENOSYS",
        ),
    )
    return Recipe(name, number, option, title, task, steps, strip, also)


HELLO = _recipe(
    "hello",
    400,
    "HELLO_SYSCALL",
    2,
    "asmlinkage long sys_hello(char __user *buf, unsigned int len);",
    "add a system call, step by step",
    "sys_hello(char __user *buf, unsigned int len) writes the text “Hello from kernel!” with its "
    "NUL to the caller's buffer. It returns 0, -EINVAL if len is too small for the text, -EFAULT "
    "if the buffer cannot be written.",
    # A driver that calls the handler itself.
    strip=(
        ("drivers/Kconfig", r"^config UACCESS_DEMO\n(?:[ \t].*\n|\n)*"),
        ("drivers/misc/Makefile", r"^.*\bCONFIG_UACCESS_DEMO\b.*\n"),
        ("drivers/misc/uaccess-demo.c", ""),
    ),
    also=("hello-einval", "hello-efault"),
)

HELLO2 = _recipe(
    "hello2",
    401,
    "HELLO2_SYSCALL",
    2,
    "asmlinkage long sys_hello2(struct hello2_in __user *in, struct hello2_out __user *out);",
    "the assignment: a call whose argument is a structure that holds a pointer",
    "sys_hello2(struct hello2_in __user *in, struct hello2_out __user *out), with the structures "
    "of include/uapi/linux/hello.h, prints the input's fields to the kernel log by pr_info as "
    "sys_hello2(name : <name>, len : <len>, val : <val>), fills the output with the number of "
    "calls so far and four random words, and returns 0 or a negative error: -EFAULT if in, the "
    "name that it points to, or out cannot be used. A call that fails on in or the name leaves "
    "out as it was. How long a name may be is yours to say, but there has to be a limit. "
    "Another thread may change the structure, or what its pointer leads to, at any moment.",
    # The variants of the finished call, right and wrong, would give the answer away.
    strip=(
        (KCONFIG, r'^choice\n\tprompt "How hello2(?:(?!^endchoice)[^\n]*\n)*endchoice\n\n*'),
        (MAKEFILE, r"^.*\bCONFIG_HELLO2_\w+.*\n"),
        ("kernel/hello2", ""),
        ("README.md", r"^## Ways to be wrong\n(?:(?!## ).*\n)*"),
        ("README.md", r"^\| 11\. Ways to be wrong .*\n"),
        ("lib/Kconfig.debug", r"^config PLANTED_SECRET\n(?:[ \t].*\n|\n)*"),
    ),
    also=("hello2-efault",),
)

RECIPES = {recipe.name: recipe for recipe in (HELLO, HELLO2)}
