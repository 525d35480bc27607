"""Why the latest fault happened: one sentence, its evidence, and what the kernel does about it."""

from __future__ import annotations

from collections.abc import Sequence

from ringview.arm.fault import FaultStatus, fsr_is_write
from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.views.frame import FaultStory
from ringview.views.inputs import Scene, Walk, is_user_address
from ringview.views.meaning import place
from ringview.views.operation import Kind, decode
from ringview.views.system import fsr_note
from ringview.views.words import address, counted, read_word

_EX_TABLE_MAX = 4096  # entries; a wild pair of symbols must not make us read the whole kernel


def fault_story(
    scene: Scene, fault: Transition, later: Sequence[Transition], *, complete: bool = False
) -> FaultStory:
    """Explain a fault.

    Args:
        scene: the present stop, at or after it.
        fault: an abort or an undefined instruction.
        later: the transitions after it that are recorded, in order.
        complete: these are all there will be: the run has ended.
    """
    instruction = _instruction(scene, fault)
    va = fault.fault_address
    walk = scene.know.walk(va) if va is not None else None
    return FaultStory(
        fault.icount,
        _sentence(scene, fault, instruction),
        tuple(_evidence(scene, fault, instruction, walk)),
        _what_next(scene, fault, later, complete=complete),
    )


def _level(fault: Transition) -> str:
    return "PL0" if fault.from_mode is Mode.USR else "PL1"


def _access(fault: Transition) -> str:
    if fault.cause == "prefetch abort":
        return "execute"
    return "write" if fsr_is_write(fault.fault_status) else "read"


def _instruction(scene: Scene, fault: Transition) -> str:
    if fault.cpsr_before >> 5 & 1:
        pc = fault.pc & ~1
        code = scene.now.read_virtual(pc, 4) or scene.now.read_virtual(pc, 2)
        rows = scene.know.disassemble_thumb(pc, code) if code else ()
        return f"{rows[0].mnemonic} {rows[0].operands}".strip() if rows else ""
    encoding = read_word(scene.now.read_virtual, fault.pc)
    if encoding is None:
        encoding = scene.know.image_word(fault.pc)
    if encoding is None:
        return ""
    return " ".join(scene.know.disassemble(fault.pc, encoding)).strip()


def _where(scene: Scene, pc: int) -> str:
    line = scene.know.line(pc)
    source = f" ({line[0]}:{line[1]})" if line is not None else ""
    return place(scene, pc) + source


def _sentence(scene: Scene, fault: Transition, instruction: str) -> str:
    who = "the program" if fault.from_mode is Mode.USR else "the kernel"
    if fault.cause == "undefined":
        what = f"{instruction or 'An instruction'} in {_where(scene, fault.pc)}"
        encoding = read_word(scene.now.read_virtual, fault.pc)
        privileged = encoding is not None and decode(encoding).kind in (Kind.SYSTEM, Kind.SMC)
        if privileged and fault.from_mode is Mode.USR:
            return f"{what} is for PL1 only, and {who} ran it at PL0, in USR mode."
        return f"{what} is not a defined instruction for {who} in {fault.from_mode.name} mode."
    va = fault.fault_address or 0
    status = fault.fault.text if fault.fault is not None else "an unknown fault status"
    what = place(scene, va)
    target = address(va) + (f" ({what})" if what != address(va) else "")
    if fault.cause == "prefetch abort":
        return (
            f"{who.capitalize()} went to {target} at {_level(fault)}, "
            f"and nothing can be executed there: {status}."
        )
    verb = {"read": "read", "write": "wrote"}[_access(fault)]
    return (
        f"{instruction or 'An instruction'} in {_where(scene, fault.pc)} {verb} {target} "
        f"at {_level(fault)}: {status}."
    )


def _evidence(scene: Scene, fault: Transition, instruction: str, walk: Walk | None) -> list[str]:
    lines = [f"pc = {address(fault.pc)}: {instruction or 'cannot be read'}"]
    if fault.cause == "undefined":
        encoding = read_word(scene.now.read_virtual, fault.pc)
        if encoding is not None:
            lines.append(f"encoding {address(encoding)}")
        return lines
    data = fault.cause == "data abort"
    status, far = ("DFSR", "DFAR") if data else ("IFSR", "IFAR")
    lines.append(
        f"{status} = {address(fault.fault_status)}: {fsr_note(fault.fault_status, data=data)}"
    )
    if fault.fault_address is not None:
        lines.append(f"{far} = {address(fault.fault_address)}")
    if walk is None:
        return lines
    rule = walk.rule(_level(fault), _access(fault))
    denied = not walk.mapped or (rule is not None and not rule.allowed)
    if not denied:
        lines.append(
            f"the tables allow it by now: {address(walk.va)} is mapped to PA {address(walk.pa)}"
        )
        return lines
    if walk.stages:
        last = next((s for s in reversed(walk.stages) if s.descriptor_pa), walk.stages[-1])
        at = f" at PA {address(last.descriptor_pa)}" if last.descriptor_pa else ""
        lines.append(f"{last.level} descriptor{at} = {address(last.raw)}: {last.meaning}")
    if rule is not None and rule.rule:
        lines.append(f"rule for {_level(fault)} {_access(fault)}: {rule.rule}")
    if walk.domain:
        lines.append(f"domain {walk.domain}")
    return lines


def _what_next(
    scene: Scene, fault: Transition, later: Sequence[Transition], *, complete: bool
) -> str:
    outcome = _outcome(scene, fault, later, complete=complete)
    if outcome:
        return outcome
    user = fault.from_mode is Mode.USR
    if fault.cause == "undefined":
        if user:
            return "No hook of the kernel takes this instruction: the program gets SIGILL."
        return "The kernel has no use for it either: it prints an oops."
    if user:
        return (
            "do_page_fault looks for a mapping (VMA) around the address: if one allows this access "
            "a page is brought in and the instruction tried again, else the program gets SIGSEGV."
        )
    fixup = fixup_of(scene, fault.pc)
    if fault.fault_address is not None and is_user_address(fault.fault_address):
        start = (
            "do_page_fault brings the page in if a mapping (VMA) of the program allows it, and the "
            "instruction is tried again"
        )
        if fixup is None:
            return f"{start}; else there is no fix-up for this pc, and the kernel prints an oops."
        return (
            f"{start}; else __ex_table sends the kernel on at {place(scene, fixup)}, "
            "and the copy reports what it could not move."
        )
    if fixup is not None:
        return f"__ex_table has an entry for this pc: the kernel goes on at {place(scene, fixup)}."
    return (
        "No mapping covers it and __ex_table has no entry for this pc: the kernel prints an oops."
    )


def _outcome(
    scene: Scene, fault: Transition, later: Sequence[Transition], *, complete: bool
) -> str:
    """What did happen, where the run is recorded that far: told for faults of the program only."""
    if fault.from_mode is not Mode.USR:
        return ""
    for t in later:
        if t.contextid != fault.contextid or t.to_mode is not Mode.USR:
            continue
        spent = counted(t.icount - fault.icount, "instruction")
        if t.target == fault.pc:
            return f"The kernel repairs it in {spent}, and the same instruction is tried again."
        return f"After {spent} the program goes on at {place(scene, t.target)}."
    if not complete:
        return ""
    if fault.cause == "undefined":
        return "The kernel has no use for it: SIGILL kills the program."
    signal = "SIGBUS" if fault.fault is FaultStatus.ALIGNMENT else "SIGSEGV"
    return f"No mapping (VMA) of the program allows it: {signal} kills the program."


def fixup_of(scene: Scene, pc: int) -> int | None:
    """Return where __ex_table sends the kernel if the instruction at ``pc`` faults, None if
    nowhere.

    The table holds pairs of words, (instruction, fix-up), sorted by the first
    (arch/arm/include/asm/extable.h, include/asm-generic/vmlinux.lds.h).
    """
    start = scene.know.symbol("__start___ex_table")
    stop = scene.know.symbol("__stop___ex_table")
    if start is None or stop is None or not 0 < stop - start <= 8 * _EX_TABLE_MAX:
        return None
    low, high = 0, (stop - start) // 8
    while low < high:
        middle = (low + high) // 2
        entry = read_word(scene.now.read_virtual, start + 8 * middle)
        if entry is None:
            return None
        if entry == pc:
            return read_word(scene.now.read_virtual, start + 8 * middle + 4)
        if entry < pc:
            low = middle + 1
        else:
            high = middle
    return None
