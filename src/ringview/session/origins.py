"""Says in a sentence who accessed something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringview.arm.disasm import disassemble
from ringview.arm.psr import Mode
from ringview.session.matching import Hit
from ringview.session.syscalls import THREAD_SIZE
from ringview.session.wanted import Wanted

if TYPE_CHECKING:
    from ringview.machine.events import Transition
    from ringview.session.codemap import CodeMap
    from ringview.session.recorder import Recorder
    from ringview.session.syscalls import SyscallRecord

_THUMB = 1 << 5
_MODE = 0x1F


def tell(hit: Hit, code: CodeMap, recorder: Recorder, calls: Sequence[SyscallRecord]) -> str:
    """Who did it: ``in.len written at icount 424,356 by str r3, [r0] in memcpy+0x44, …:36``.

    Args:
        hit: what was found.
        code: symbols and lines.
        recorder: knows changes of mode.
        calls: the system calls of the run.
    """
    assert hit.wanted is not None
    verb = "written" if hit.write else "read"
    head = f"{hit.wanted.thing} {verb} at icount {hit.icount:,} by"
    where = _place(hit, code)
    if hit.exception:
        return f"{head} the processor: {hit.exception}, from {where}"
    thumb = bool(hit.cpsr & _THUMB)
    found = disassemble(hit.insn.to_bytes(4, "little"), hit.pc, thumb)
    text = found[0].text if found else f"{hit.insn:#010x}"
    return f"{head} {text} in {where}{_behalf(hit, recorder, calls)}"


def _place(hit: Hit, code: CodeMap) -> str:
    # Before the MMU is on, the kernel's code runs at physical addresses.
    pc = hit.pc if hit.cpsr & _MODE == Mode.USR else code.linked(hit.pc, mmu=False)
    line = code.line(pc)
    # The name alone, so that the sentence fits on a line; the code pane has the path.
    file = "" if line is None else f", {line.file.rpartition('/')[2]}:{line.number}"
    return code.describe(pc) + file


def _behalf(hit: Hit, recorder: Recorder, calls: Sequence[SyscallRecord]) -> str:
    """Whom the kernel worked for."""
    if hit.cpsr & _MODE == Mode.USR:
        return ""
    latest = recorder.transitions.at_or_before(hit.icount)
    while latest is not None and not latest.is_exception:
        latest = recorder.transitions.before(latest.icount)
    if latest is None:
        return ", while booting"
    stack = hit.sp & ~(THREAD_SIZE - 1)
    for call in reversed(calls):
        done = call.exit is not None and call.exit <= hit.icount
        if call.enter > hit.icount or done or call.sp_kernel & ~(THREAD_SIZE - 1) != stack:
            continue
        name = f"sys_{call.name}" if call.name else f"system call {call.nr}"
        return f", {'during' if latest.cause in ('irq', 'fiq') else 'on behalf of'} {name}"
    return f", while handling {_A[latest.cause]}" if _from_user(latest) else ""


_A = {
    "data abort": "a data abort of the program",
    "prefetch abort": "a prefetch abort of the program",
    "undefined": "an undefined instruction of the program",
}


def _from_user(event: Transition) -> bool:
    return event.from_mode is Mode.USR and event.cause in _A


def tell_nobody(wanted: Wanted, loads: Sequence[tuple[int, bytes]], ram: bool) -> str:
    """Why there is no access before now.

    Args:
        wanted: what was looked for.
        loads: what the loader put into memory, (physical address, bytes).
        ram: whether it is RAM.
    """
    verb = {"read": "read", "write": "written"}.get(wanted.kind, "accessed")
    if wanted.value is not None:
        return f"{wanted.thing} was never {verb} with {wanted.value:#x} there before this"
    text = f"{wanted.thing} was never {verb} before this"
    if wanted.kind == "read":
        return text
    if wanted.is_register:
        return text + ": it is as the loader set it before reset"
    if any(
        pa < start + len(data) and start < pa + size
        for pa, size in wanted.ranges
        for start, data in loads
    ):
        return text + ": written by the loader before reset"
    return text + (": it is zero since reset" if ram else "")
