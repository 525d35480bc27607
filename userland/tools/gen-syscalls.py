#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generate user land's view of the system calls from the kernel's syscall.tbl.

usage: gen-syscalls.py header|stubs TABLE > FILE

`header` gives <sys/syscall.h>: __NR_name and SYS_name of every call. `stubs` gives an assembly
file with one weak function for each call, so that C code can define a friendlier one.
A line of the table reads `<number> <abi> <name> [<entry point>]`; a line without an entry point
is a number that Linux reserves but this kernel does not implement, and still gets a stub.
"""

from __future__ import annotations

import sys
from pathlib import Path

#: Calls whose C function of the same name does something more than the call.
C_NAMES = {"exit": "_exit", "brk": "__brk", "clone": "__sys_clone"}

HEADER = """\
/* Generated from syscall.tbl by gen-syscalls.py. */
#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H
"""

STUBS = """\
/* Generated from syscall.tbl by gen-syscalls.py. */
#include "asm.h"

	.syntax unified
	.arm
	.cfi_sections .debug_frame

/*
 * In: r0 to r3 and the stack: up to six arguments, as C passes them.
 * Out: r0 result, or -1 with errno set. Clobbers: r1 to r3, ip.
 */
	.macro	stub name, number
WEAK_ENTRY(\\name)
	mov	ip, sp
	push	{r4, r5, r7, fp, lr}
	.cfi_def_cfa_offset 20
	.cfi_offset lr, -4
	.cfi_offset fp, -8
	.cfi_offset r7, -12
	.cfi_offset r5, -16
	.cfi_offset r4, -20
	add	fp, sp, #12		@ a frame, so that stacks can be read
	ldm	ip, {r4, r5}		@ arguments five and six
	ldr	r7, =\\number
	svc	#0
	pop	{r4, r5, r7, fp, lr}
	.cfi_def_cfa_offset 0
	.cfi_restore r4
	.cfi_restore r5
	.cfi_restore r7
	.cfi_restore fp
	.cfi_restore lr
	cmn	r0, #4096		@ C = 1: r0 is one of -4096 ... -1
	bxcc	lr
	b	__syscall_error
	.ltorg
END(\\name)
	.endm
"""


def read_table(path: Path) -> list[tuple[int, str]]:
    """Return (number, name) for each call of the EABI, in the order of the file."""
    calls = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) < 3 or not words[0].isdigit():
            raise SystemExit(f"{path}:{number}: expected '<number> <abi> <name> [<entry point>]'")
        if words[1] in ("common", "eabi"):
            calls.append((int(words[0]), words[2]))
    return calls


def header(calls: list[tuple[int, str]]) -> str:
    """Return the text of <sys/syscall.h>."""
    lines = [HEADER]
    for number, name in calls:
        lines.append(f"#define __NR_{name} {number}")
        lines.append(f"#define SYS_{name} __NR_{name}")
    return "\n".join([*lines, "", "#endif", ""])


def stubs(calls: list[tuple[int, str]]) -> str:
    """Return the text of the assembly file with every stub."""
    lines = [f"\tstub\t{C_NAMES.get(name, name)}, {number}" for number, name in calls]
    note = '\t.section .note.GNU-stack, "", %progbits'
    return "\n".join([STUBS, *lines, "", note, ""])


def main() -> None:
    """Write what the first argument names to standard output."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("header", "stubs"):
        raise SystemExit(__doc__)
    calls = read_table(Path(sys.argv[2]))
    sys.stdout.write(header(calls) if sys.argv[1] == "header" else stubs(calls))


if __name__ == "__main__":
    main()
