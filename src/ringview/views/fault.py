"""Why the latest fault happened: one sentence, its evidence, and what the kernel does about it."""

from __future__ import annotations

from collections.abc import Iterator

from ringview.arm.fault import FaultStatus, fsr_is_write
from ringview.arm.psr import Mode
from ringview.guest.kernel import Mapping
from ringview.machine.events import Transition
from ringview.session.aftermath import Aftermath, Ending
from ringview.views.checked import as_user, checked_as
from ringview.views.decode import decode
from ringview.views.frame import FaultStory
from ringview.views.inputs import Scene, Walk, is_user_address
from ringview.views.meaning import place
from ringview.views.operation import Kind
from ringview.views.stages import explain
from ringview.views.system import fsr_note
from ringview.views.words import address, counted, read_word

_EX_TABLE_MAX = 4096  # entries; a wild pair of symbols must not make us read the whole kernel


def fault_story(
    scene: Scene,
    fault: Transition,
    aftermath: Aftermath | None = None,
    *,
    coming: bool = False,
) -> FaultStory:
    """Explain a fault.

    Args:
        scene: the present stop, at or after it; right before it if it is ``coming``.
        fault: an abort or an undefined instruction.
        aftermath: what it led to by the recording; None if that is not known at present.
        coming: it is what the next instruction does.
    """
    instruction = _instruction(scene, fault)
    va = fault.fault_address
    then = aftermath.at_fault if aftermath is not None else None
    walk = explain(then) if then is not None else scene.know.walk(va) if va is not None else None
    outcome = outcome_text(scene, fault, aftermath) if aftermath is not None else ""
    return FaultStory(
        fault.icount,
        _sentence(scene, fault, instruction, walk, coming=coming),
        tuple(_evidence(scene, fault, instruction, walk, aftermath)),
        outcome or prediction(scene, fault, aftermath),
        recorded=bool(outcome),
        coming=coming,
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


def _sentence(
    scene: Scene, fault: Transition, instruction: str, walk: Walk | None, *, coming: bool
) -> str:
    who = "the program" if fault.from_mode is Mode.USR else "the kernel"
    if fault.cause == "undefined":
        what = f"{instruction or 'An instruction'} in {_where(scene, fault.pc)}"
        encoding = read_word(scene.now.read_virtual, fault.pc)
        privileged = encoding is not None and decode(encoding).kind in (Kind.SYSTEM, Kind.SMC)
        if privileged and fault.from_mode is Mode.USR:
            ran = "is about to run it" if coming else "ran it"
            return f"{what} is for PL1 only, and {who} {ran} at PL0, in USR mode."
        return f"{what} is not a defined instruction for {who} in {fault.from_mode.name} mode."
    va = fault.fault_address or 0
    status = fault.fault.text if fault.fault is not None else "an unknown fault status"
    what = place(scene, va)
    target = address(va) + (f" ({what})" if what != address(va) else "")
    reason = _reason(fault, walk, checked_as(scene, fault))
    rights = " with the rights of PL0" if as_user(scene, fault) else ""
    if fault.cause == "prefetch abort":
        went = "is about to execute" if coming else "went to"
        return f"{who.capitalize()} {went} {target} at {_level(fault)}, {reason}: {status}."
    access = _access(fault)
    verb = f"is about to {access}" if coming else {"read": "read", "write": "wrote"}[access]
    return (
        f"{instruction or 'An instruction'} in {_where(scene, fault.pc)} {verb} {target} "
        f"at {_level(fault)}{rights}, {reason}: {status}."
    )


_TRANSLATION = (FaultStatus.TRANSLATION_SECTION, FaultStatus.TRANSLATION_PAGE)
_PERMISSION = (FaultStatus.PERMISSION_SECTION, FaultStatus.PERMISSION_PAGE)
_DOMAIN = (FaultStatus.DOMAIN_SECTION, FaultStatus.DOMAIN_PAGE)
_NULL = 4096  # addresses below are what a null pointer, with an offset, leads to


def _reason(fault: Transition, walk: Walk | None, level: str) -> str:
    """Why the core refused, for one who does not know the manual's names."""
    va = fault.fault_address or 0
    if fault.fault in _TRANSLATION:
        null = "a null pointer, and " if va < _NULL else "but "
        return f"{null}no page is mapped there"
    if fault.fault in _DOMAIN:
        domain = walk.domain.split()[0] if walk is not None and walk.domain else "its domain"
        number = f"domain {domain}" if domain.isdigit() else domain
        closed = f"but DACR closes {number}"
        user = is_user_address(va) and fault.from_mode is not Mode.USR
        return closed + (", the user's memory, to the kernel (software PAN)" if user else "")
    if fault.fault in _PERMISSION:
        if level == "PL0" and not is_user_address(va):
            return "but the kernel's half is closed to user mode"
        verb = {"read": "read", "write": "written", "execute": "executed"}[_access(fault)]
        return f"but that page may not be {verb} {'even ' * (level == 'PL1')}at {level}"
    if fault.fault is FaultStatus.ALIGNMENT:
        return "but the address is not aligned"
    return "and the core refused"


def _evidence(
    scene: Scene,
    fault: Transition,
    instruction: str,
    walk: Walk | None,
    aftermath: Aftermath | None,
) -> list[str]:
    lines = [f"pc = {address(fault.pc)}: {instruction or 'cannot be read'}"]
    line = scene.know.line(fault.pc)
    source = scene.know.source(line[0]) if line is not None else ()
    if line is not None and 0 < line[1] <= len(source):
        lines.append(f"{line[0]}:{line[1]}: {' '.join(source[line[1] - 1].split())}")
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
    if walk is not None:
        lines.extend(_denial(fault, walk, checked_as(scene, fault)))
    if aftermath is not None and fault.fault_address is not None:
        lines.extend(_mapping(fault, aftermath.area))
    return lines


def _denial(fault: Transition, walk: Walk, level: str) -> Iterator[str]:
    """The descriptor and the rule that refused the access."""
    rule = walk.rule(level, _access(fault))
    if walk.mapped and (rule is None or rule.allowed):
        yield f"the tables allow it by now: {address(walk.va)} is mapped to PA {address(walk.pa)}"
        return
    if walk.stages:
        last = next((s for s in reversed(walk.stages) if s.descriptor_pa), walk.stages[-1])
        at = f" at PA {address(last.descriptor_pa)}" if last.descriptor_pa else ""
        yield f"{last.level} descriptor{at} = {address(last.raw)}: {last.meaning}"
    if rule is not None and rule.rule:
        yield f"rule for {level} {_access(fault)}: {rule.rule}"
    if walk.domain:
        yield f"domain {walk.domain} (DACR)"


def _mapping(fault: Transition, area: Mapping | None) -> Iterator[str]:
    """What the program's mappings say of a user address."""
    va = fault.fault_address or 0
    if not is_user_address(va):
        return
    if area is None:
        yield f"no mapping (VMA) of the program covers {address(va)}"
        return
    name = f" {area.name}" if area.name else ""
    yield f"mapping (VMA) {address(area.start)}-{address(area.end)} {area.permissions}{name}"


# --------------------------------------------------------------------------------- what comes of it


SIGNALS = {4: "SIGILL", 5: "SIGTRAP", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV"}
"""Signals for faults (include/uapi/asm-generic/signal.h)."""


def outcome_text(scene: Scene, fault: Transition, found: Aftermath) -> str:
    """Return what a fault did lead to, by the recording; "" where that is not recorded."""
    spent = counted(found.icount - fault.icount, "instruction")
    if found.ending is Ending.RETRIED:
        return f"{_mended(found)}, and the same instruction is tried again, {spent} later."
    if found.ending is Ending.SIGNAL:
        signal = SIGNALS.get(found.signal, f"signal {found.signal}")
        handler = place(scene, found.pc)
        return f"The kernel sends {signal}; {spent} later its handler {handler} begins."
    if found.ending is Ending.KILLED:
        return _death(fault, found)
    if found.ending is Ending.ELSEWHERE and fault.from_mode is not Mode.USR:
        return (
            f"It cannot be mended: __ex_table has a fix-up for this pc, and {spent} later the "
            f"kernel goes on at {place(scene, found.pc)}; the copy reports what it could not move."
        )
    if found.ending is Ending.ELSEWHERE:
        return f"After {spent} the program goes on at {place(scene, found.pc)}."
    if found.oops:
        return f"{_NO_FIXUP}: the kernel prints an oops, longer than was looked into."
    return ""


_NO_FIXUP = "No fix-up stands in __ex_table for this pc"


_AREAS = {
    "program": "the program's file",
    "[stack]": "the stack",
    "[heap]": "the heap",
    "[vdso]": "the vDSO",
    "[vvar]": "the vDSO's data",
}


def _mended(found: Aftermath) -> str:
    before, after = found.at_fault, found.after
    if before is None or after is None:
        return "The kernel gives the program what the instruction needs"
    name = found.area.name if found.area is not None else ""
    of = f" of {_AREAS.get(name, name)}" if name else ""
    if after.pa is None:
        return "The kernel changes nothing that the tables would show"
    if before.pa is None:
        return f"The kernel brings in a page{of}, at PA {address(after.pa & -4096)}"
    if before.pa >> 12 != after.pa >> 12:
        return (
            f"Copy on write: the kernel copies the page{of} from PA {address(before.pa & -4096)} "
            f"to PA {address(after.pa & -4096)}, the program's own from now on"
        )
    if before.verdicts != after.verdicts:
        return (
            f"Copy on write, without a copy: nobody else uses the page{of} any more, so the kernel "
            f"makes it writable where it is, at PA {address(after.pa & -4096)}"
        )
    return "The kernel finds it mended already"


def _death(fault: Transition, found: Aftermath) -> str:
    signal = SIGNALS.get(found.signal, f"signal {found.signal}" if found.signal else "")
    spent = counted(found.icount - fault.icount, "instruction")
    if found.oops:
        return (
            f"{_NO_FIXUP}: the kernel prints an oops and ends the thread it worked for, "
            f"{spent} later."
        )
    by = f"{signal} kills the program" if signal else "the program ends"
    if fault.fault_address is not None and found.area is None:
        return f"No mapping (VMA) of the program allows it: {by}, {spent} later."
    return f"Nothing can be done about it: {by}, {spent} later."


def prediction(scene: Scene, fault: Transition, found: Aftermath | None) -> str:
    """Return what the kernel will do with a fault, by its own rules (arch/arm/mm/fault.c)."""
    user = fault.from_mode is Mode.USR
    if fault.cause == "undefined":
        if user:
            return "No hook of the kernel takes this instruction: the program gets SIGILL."
        return "The kernel has no use for it either: it prints an oops."
    va = fault.fault_address
    fixup = fixup_of(scene, fault.pc) if not user else None
    mendable = va is not None and is_user_address(va) and fault.fault in _TRANSLATION + _PERMISSION
    allowed = _area_allows(fault, found)
    if mendable and allowed is not False:
        sure = "since" if allowed else "if"
        start = (
            f"do_page_fault mends it, {sure} a mapping (VMA) of the program allows the access, and "
            "the instruction is tried again"
        )
        return start + ("." if allowed else f"; else {_unmended(scene, fault, fixup)}.")
    text = _unmended(scene, fault, fixup)
    why = "No mapping (VMA) allows it: " if mendable else "Nothing mends that: "
    return f"{why}{text}."


def _unmended(scene: Scene, fault: Transition, fixup: int | None) -> str:
    if fault.from_mode is Mode.USR:
        return f"the program gets {'SIGBUS' if fault.fault is FaultStatus.ALIGNMENT else 'SIGSEGV'}"
    if fault.fault in _DOMAIN or fixup is None:
        return "the kernel prints an oops"
    return (
        f"__ex_table sends the kernel on at {place(scene, fixup)}, and the copy reports what it "
        "could not move"
    )


def _area_allows(fault: Transition, found: Aftermath | None) -> bool | None:
    """Whether the program's mapping allows the access, as __do_page_fault asks; None: unknown."""
    if found is None or fault.fault_address is None:
        return None
    if found.area is None:
        return None  # a stack may still grow
    letter = {"execute": "x", "write": "w"}.get(_access(fault))
    permissions = found.area.permissions
    return letter in permissions if letter else permissions.strip("-") != ""


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
