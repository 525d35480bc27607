"""The course's table of contents: the systems that its lecture on the user interface teaches.

Each row is shown by at least one scenario, which names it by ``rows:``. The titles are ours.
"""

from __future__ import annotations

ROWS = {
    1: "The IO model: open, read, write, lseek, ioctl, mmap, locks; and where it does not fit",
    2: "A system call, hop by hop",
    3: "Context: what a call keeps and what a process switch must change",
    4: "Rings: what PL0 may not do",
    5: "Calling conventions: EABI and the old ABI",
    6: "syscall(2): a program that signals itself and dies",
    7: "The vDSO: the kernel's answer without the kernel",
    8: "The auxiliary vector on the initial stack",
    9: "sys_call_table, which nobody may write",
    10: "Adding a call: with the option, and without",
    11: "sys_hello: an answer and two errors",
    12: "One translation table, two privileges",
    13: "The stack is switched on entry",
    14: "Threads share memory, not stacks",
    15: "User memory that is not there: paged in, or -EFAULT",
    16: "Check, then use: a second thread in between",
    17: "The kernel's accesses to user memory, one by one",
    18: "Atomic context: a copy that must not sleep",
    19: "Calling a handler from within the kernel",
    20: "uname: an answer too large for registers",
}
"""Row of the lecture to its subject."""

ASSIGNMENT = 0
"""Stands for the assignment among row numbers; written ``assignment`` in a scenario."""

ASSIGNMENT_TITLE = "The assignment: sys_hello2"
