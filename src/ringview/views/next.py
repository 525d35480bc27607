"""One sentence on what the next instruction is about to do."""

from __future__ import annotations

from ringview.arm.psr import decode_psr
from ringview.views.code import access_note, condition_reason, value_text
from ringview.views.effect import Access, Effect
from ringview.views.entry import arithmetic, compared
from ringview.views.frame import Translation
from ringview.views.inputs import HIGH_VECTORS, Scene
from ringview.views.meaning import meaning, place, psr_text, vector_name
from ringview.views.operation import Kind, Operation
from ringview.views.system import system_note
from ringview.views.words import address, by_role, listed, register_list

_CP15 = {
    (1, 0, 0, 0): "SCTLR, system control",
    (1, 0, 0, 2): "CPACR, access to VFP and NEON",
    (2, 0, 0, 0): "TTBR0, the user's translation table",
    (2, 0, 0, 1): "TTBR1, the second translation table",
    (2, 0, 0, 2): "TTBCR, the split between TTBR0 and TTBR1",
    (3, 0, 0, 0): "DACR, the rights of the domains",
    (5, 0, 0, 0): "DFSR, the data fault status",
    (5, 0, 0, 1): "IFSR, the instruction fault status",
    (6, 0, 0, 0): "DFAR, the data fault address",
    (6, 0, 0, 2): "IFAR, the instruction fault address",
    (7, 0, 5, 4): "ISB, an instruction barrier",
    (7, 0, 10, 4): "DSB, a data barrier",
    (7, 0, 10, 5): "DMB, a data barrier",
    (12, 0, 0, 0): "VBAR, the vectors' base",
    (13, 0, 0, 1): "CONTEXTIDR, which holds the ASID",
    (13, 0, 0, 2): "TPIDRURW, a thread register",
    (13, 0, 0, 3): "TPIDRURO, the user's thread pointer",
    (13, 0, 0, 4): "TPIDRPRW, the kernel's own thread register",
}


_CP15_NAMES = {
    (1, 0, 0, 0): "sctlr",
    (2, 0, 0, 0): "ttbr0",
    (2, 0, 0, 1): "ttbr1",
    (2, 0, 0, 2): "ttbcr",
    (3, 0, 0, 0): "dacr",
    (5, 0, 0, 0): "dfsr",
    (5, 0, 0, 1): "ifsr",
    (6, 0, 0, 0): "dfar",
    (6, 0, 0, 2): "ifar",
    (12, 0, 0, 0): "vbar",
    (13, 0, 0, 1): "contextidr",
    (13, 0, 0, 3): "tpidruro",
}
"""Those whose value the registers pane shows too."""


def next_effect(scene: Scene, translation: Translation | None) -> str:
    """Return what the next instruction will do.

    Args:
        scene: the stop.
        translation: the walk of the access that the instruction makes, if that was computed.
    """
    effect = scene.effect
    if effect is None:
        if scene.thumb:
            return _thumb(scene)
        return (
            f"No instruction can be fetched from {address(scene.pc)}: a Prefetch Abort comes next."
        )
    mnemonic, operands = scene.know.disassemble(effect.va, effect.operation.encoding)
    text = f"{mnemonic} {operands}".strip()
    if not effect.holds:
        reason = condition_reason(effect.operation.condition, scene.cpsr)
        return f"{text}: skipped, because {reason}."
    sentence = _exceptional(scene, effect) or _control(scene, effect) or _system(scene, effect)
    if not sentence and effect.accesses:
        sentence = _memory(scene, effect)
    if not sentence:
        sentence = _plain(scene, effect)
    return f"{text}: {by_role(sentence)}{_denied(scene, effect, translation)}."


def _thumb(scene: Scene) -> str:
    """Thumb instructions are named, not evaluated, but for svc."""
    pc = scene.pc & ~1
    code = scene.now.read_virtual(pc, 4) or scene.now.read_virtual(pc, 2)
    if not code:
        return f"No instruction can be fetched from {address(pc)}: a Prefetch Abort comes next."
    row = scene.know.disassemble_thumb(pc, code)[0]
    text = f"{row.mnemonic} {row.operands}".strip()
    return f"{text}: {_svc(scene)}." if scene.at_svc else f"{text} (Thumb)."


def _vectors(scene: Scene) -> int:
    system = scene.now.system
    return HIGH_VECTORS if system.get("sctlr", 0) >> 13 & 1 else system.get("vbar", 0)


def _svc(scene: Scene) -> str:
    number = scene.now.registers["r7"]
    name = scene.know.syscall(number)
    asked = f"r7 = {number} asks for {name}" if name else f"r7 = {number} names no system call"
    modes = "" if scene.mode == "SVC" else f"{scene.mode} → SVC, "
    vector = address(_vectors(scene) + 8)
    return f"takes the Supervisor Call exception: {modes}PC = {vector}; {asked}"


def _exceptional(scene: Scene, effect: Effect) -> str:
    base = _vectors(scene)
    if effect.kind is Kind.SVC:
        return _svc(scene)
    if effect.kind is Kind.UNDEFINED:
        return f"takes the Undefined Instruction exception, PC = {address(base + 4)}"
    if effect.kind is Kind.BKPT:
        return f"takes a Prefetch Abort as a breakpoint, PC = {address(base + 12)}"
    if effect.kind is Kind.SMC:
        return "calls the monitor, which this machine does not have"
    if effect.kind is Kind.WAIT:
        return "waits: the core sleeps until an interrupt comes"
    return ""


def _control(scene: Scene, effect: Effect) -> str:
    e = effect.operation
    if effect.kind is Kind.EXCEPTION_RETURN:
        spsr = scene.now.registers.get("spsr", 0)
        pc, psr = effect.target, spsr
        for access in effect.accesses:
            data = scene.now.read_virtual(access.va, 4)
            value = int.from_bytes(data, "little") if data is not None else None
            if access.register == "pc":
                pc = value
            elif access.register == "cpsr" and value is not None:
                psr = value
        to = decode_psr(psr).mode_text
        where = "" if pc is None else f", PC = {address(pc)} ({place(scene, pc)})"
        return f"returns from the exception: {scene.mode} → {to}{where}, CPSR = {psr_text(psr)}"
    if effect.kind is Kind.MODE_CHANGE:
        return _mode_change(e)
    if effect.kind is Kind.CALL and effect.target is not None:
        back = address(effect.va + 4)
        return f"calls {place(scene, effect.target)}; lr = {back}, to come back here"
    if effect.kind not in (Kind.BRANCH, Kind.RETURN):
        return ""
    verb = "returns to" if effect.kind is Kind.RETURN else "goes to"
    target = effect.target
    if target is None:
        loads = [a for a in effect.accesses if a.register == "pc" and not a.write]
        data = scene.now.read_virtual(loads[0].va, 4) if loads else None
        target = int.from_bytes(data, "little") & ~1 if data is not None else None
    if target is None:
        return "goes to a computed address"
    others = [a.register for a in effect.accesses if not a.write and a.register not in ("pc", "")]
    restored = f", after restoring {register_list(others)}" if others else ""
    if e.condition != "al":
        restored += f", because {condition_reason(e.condition, scene.cpsr)}"
    where = place(scene, target)
    name = vector_name(effect.va)
    via = f" from the {name}" if name else ""
    source = meaning(scene, effect.accesses[0].va) if len(effect.accesses) == 1 else ""
    if source and not source.startswith("→"):
        via += f", by its address in {source}"
    return f"{verb} {where}{via}{restored}"


def _mode_change(operation: Operation) -> str:
    if operation.immediate:
        return f"changes the mode to {decode_psr(operation.immediate).mode_text}"
    return _masks(operation.encoding) or "writes the control bits of the CPSR"


def _masks(encoding: int) -> str:
    """CPSIE and CPSID in words, "" for another instruction (ARM DDI 0406C, B9.3.2)."""
    if encoding & 0xFFF10020 != 0xF1000000 or encoding >> 18 & 3 < 2:
        return ""
    names = [
        name
        for name, bit in (("asynchronous aborts", 8), ("IRQ", 7), ("FIQ", 6))
        if encoding >> bit & 1
    ]
    disables = encoding >> 18 & 1
    return f"{'masks' if disables else 'lets in'} {listed(names)}"


def _system(scene: Scene, effect: Effect) -> str:
    """MCR and MRC to coprocessor 15, by the register's name (ARM DDI 0406C, B3.17)."""
    e = effect.operation.encoding
    if effect.kind is Kind.BARRIER:
        return "a barrier: what comes before is complete before what follows"
    if effect.kind is not Kind.SYSTEM or e >> 8 & 15 != 15 or e >> 24 & 15 != 14:
        return ""
    key = (e >> 16 & 15, e >> 21 & 7, e & 15, e >> 5 & 7)
    reads = bool(e >> 20 & 1)
    name = _CP15.get(key)
    if name is None:
        if key[0] == 8 and not reads:
            return "invalidates entries of the TLB"
        if key[0] == 7 and not reads:
            return "maintains a cache or a branch predictor"
        name = "a system control register"
    rt = effect.operation.writes[:1] if reads else effect.operation.reads[:1]
    known = _CP15_NAMES.get(key)
    if known is None or known not in scene.now.system or not rt:
        return f"{'reads' if reads else 'writes'} {name}"
    system = dict(scene.now.system)
    if not reads:
        system[known] = scene.now.registers.get(rt[0], 0)
    note = system_note(known, system)
    value = address(system[known]) + (f" ({note})" if note else "")
    return f"reads {name} into {rt[0]}: {value}" if reads else f"writes {name}: {value}"


def _memory(scene: Scene, effect: Effect) -> str:
    accesses = effect.accesses
    first = accesses[0]
    if len(accesses) == 1:
        return _single(scene, first)
    names = [a.register for a in accesses if a.register]
    note = access_note(scene, accesses)
    if not names:
        return note
    where = meaning(scene, first.va)
    where = f", {where}" if where and not where.startswith("→") else ""
    if first.write:
        return f"stores {register_list(names)} at {address(first.va)}{where}"
    return f"loads {register_list(names)} from {address(first.va)}{where}"


def _single(scene: Scene, access: Access) -> str:
    what = {1: "byte", 2: "halfword", 4: "word"}[access.size]
    as_user = ", checked as PL0" if access.unprivileged else ""
    where = meaning(scene, access.va)
    where = f" ({where})" if where and not where.startswith("→") else ""
    at = f"{address(access.va)}{where}{as_user}"
    if access.write:
        value = scene.now.registers.get(access.register)
        if value is None:
            return f"stores a {what} at {at}"
        note = meaning(scene, value) if access.size == 4 else ""
        note = f" ({note.removeprefix('→ ')})" if note else ""
        return f"stores {access.register} = {value_text(value, access.size)}{note} at {at}"
    data = scene.now.read_virtual(access.va, access.size)
    into = f" into {access.register}" if access.register else ""
    if data is None:
        return f"loads the {what} at {at}{into}"
    value = int.from_bytes(data, "little")
    note = meaning(scene, value) if access.size == 4 else ""
    note = f" ({note.removeprefix('→ ')})" if note else ""
    return f"loads the {what} {value_text(value, access.size)}{note} at {at}{into}"


def _plain(scene: Scene, effect: Effect) -> str:
    e = effect.operation.encoding
    if e & 0x0FBF0FFF == 0x010F0000:
        name = f"spsr_{scene.mode.lower()}" if e >> 22 & 1 else "cpsr"
        value = scene.now.registers.get("spsr" if e >> 22 & 1 else "cpsr", 0)
        return f"copies {name} ({psr_text(value)}) into {effect.operation.writes[0]}"
    flags = compared(effect, scene.now.registers)
    if flags is not None:
        verb = "compares" if e >> 21 & 15 == 10 else "tests"
        first = effect.operation.reads[0]
        with_value = address(scene.now.registers.get(first, 0))
        return f"{verb} {first} = {with_value}: the flags become {decode_psr(flags).flags_text}"
    name, result = arithmetic(effect, scene.now.registers)
    if name and result is not None:
        what = meaning(scene, result).removeprefix("→ ")
        note = f" ({what})" if what else ""
        also = ", and the flags" if "cpsr" in effect.operation.writes else ""
        return f"sets {name} to {address(result)}{note}{also}"
    writes = [name for name in effect.operation.writes if name != "cpsr"]
    flags = "cpsr" in effect.operation.writes
    if not writes and flags:
        return "sets the flags"
    if not writes:
        return "changes no register"
    text = f"writes {register_list(writes)}"
    return text + (" and the flags" if flags else "")


def _denied(scene: Scene, effect: Effect, translation: Translation | None) -> str:
    """Say that the access will abort, if the tables deny it."""
    if translation is None or not effect.accesses:
        return ""
    access = effect.accesses[0]
    if translation.va != access.va:
        return ""
    wanted = "write" if access.write else "read"
    level = "PL0" if access.unprivileged or scene.mode == "USR" else "PL1"
    for verdict in translation.verdicts:
        if (verdict.privilege, verdict.access) == (level, wanted) and not verdict.allowed:
            return f"; the tables deny it: a Data Abort comes ({verdict.fault or verdict.rule})"
    return ""
