"""The story of one transition, in the order in which the core and then the entry code did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ringview.arm.psr import Mode, decode_psr
from ringview.machine.events import Transition
from ringview.session.syscalls import SIGRETURNS
from ringview.views.decode import decode
from ringview.views.entry import ENTRY_LENGTH, Saving, saving_text
from ringview.views.frame import TransitionStory
from ringview.views.inputs import HIGH_VECTORS, THREAD_SIZE, Call, Scene
from ringview.views.meaning import error_name, place, psr_text, stack_name
from ringview.views.restore import WayOut, restoring_text
from ringview.views.switch import switch
from ringview.views.timeline import MODE_WRITES
from ringview.views.words import address, counted, read_word, signed

EXCEPTIONS = {
    "svc": "Supervisor Call",
    "undefined": "Undefined Instruction",
    "prefetch abort": "Prefetch Abort",
    "data abort": "Data Abort",
    "irq": "IRQ",
    "fiq": "FIQ",
    "smc": "Secure Monitor Call",
}

_LINK = {
    "svc": (0, "the instruction after the svc: where to return to"),
    "undefined": (0, "the instruction after the undefined one"),
    "prefetch abort": (4, "the faulting instruction + 4, so that subs pc, lr, #4 retries it"),
    "data abort": (8, "the faulting instruction + 8, so that subs pc, lr, #8 retries it"),
    "irq": (4, "the interrupted instruction + 4, so that subs pc, lr, #4 resumes it"),
    "fiq": (4, "the interrupted instruction + 4, so that subs pc, lr, #4 resumes it"),
}

_MAX_SAVINGS = 8

NO_WAY = WayOut()


def transition_story(
    scene: Scene,
    transition: Transition,
    before: Transition | None,
    call: Call | None,
    savings: Sequence[Saving],
    device: str = "",
    way: WayOut = NO_WAY,
) -> TransitionStory:
    """Tell what one transition did.

    Args:
        scene: the present stop, at or after the transition.
        transition: the one to tell.
        before: the transition before it, None if there is none.
        call: the system call that it enters or leaves, if it does.
        savings: stores of the entry code after it.
        device: who raised the interrupt, if it took one and that is known.
        way: what the instructions before it did, if it is a return.
    """
    t = transition
    if way.cpsr is not None and not transition.is_exception:
        # The recording of an untraced stretch knows the mode for certain, not the other bits.
        t = replace(transition, cpsr_before=way.cpsr)
    just_now = scene.now.icount == t.icount
    if t.is_exception:
        cause, steps = _entry(scene, t, call, device)
    elif t.cause in MODE_WRITES:
        cause, steps = _mode_write(scene, t)
    elif t.to_mode is not Mode.USR and before is not None and _is_handover(t, before):
        cause, steps = _handover(scene, t, before, way.cpsr)
    else:
        cause, steps = _return(scene, t, call, way.cpsr)
    steps = [*(restoring_text(scene, t, load) for load in way.loads), *steps]
    steps += _savings(scene, t, savings)
    return TransitionStory(
        icount=t.icount,
        headline=headline(scene, t, before),
        cause=cause,
        from_mode=t.from_mode.name,
        to_mode=t.to_mode.name,
        steps=tuple(steps),
        just_now=just_now,
        coming=scene.now.icount == t.icount - 1,
        **switch(scene, t, savings, way.loads)._asdict(),
    )


def headline(scene: Scene, t: Transition, before: Transition | None = None) -> str:
    """Return the transition as one line: ``USR → SVC: svc #0 took the exception at ffff_0008``."""
    modes = f"{t.from_mode.name} → {t.to_mode.name}"
    if t.is_exception:
        name = EXCEPTIONS.get(t.cause, t.cause)
        where = place(scene, t.pc)
        if t.cause in ("irq", "fiq"):
            return f"{modes}: {name} taken before {where}, vector {address(t.target)}"
        return f"{modes}: {name} taken by {where}, vector {address(t.target)}"
    if t.cause in MODE_WRITES:
        return f"{modes}: {place(scene, t.pc)} wrote the mode into the CPSR"
    if before is not None and _is_handover(t, before) and t.to_mode is not Mode.USR:
        return f"{modes}: {place(scene, t.pc)} hands over to {place(scene, t.target)}"
    return f"{modes}: {place(scene, t.pc)} returns to {place(scene, t.target)}"


def _is_handover(t: Transition, before: Transition) -> bool:
    """Whether an exception's entry code leaves its mode for another place than the interrupted
    one.
    """
    entered = before.is_exception and before.to_mode is t.from_mode
    return entered and t.target not in (before.pc, (before.pc + 4) & 0xFFFFFFFF)


# ------------------------------------------------------------------------------------------ entries


def _entry(scene: Scene, t: Transition, call: Call | None, device: str) -> tuple[str, list[str]]:
    mode = t.to_mode.name.lower()
    steps = [
        f"lr_{mode} = {address(t.lr)}: {_link_reason(t)}.",
        f"spsr_{mode} = {address(t.spsr)}, the old CPSR kept whole: {psr_text(t.spsr)}.",
        f"CPSR: {cpsr_changes(t.cpsr_before, t.cpsr_after)}.",
        _vector(scene, t),
        _stack_switch(scene, t),
    ]
    if t.from_mode is Mode.USR:
        steps.append(
            f"TTBR0 stays {address(t.ttbr0)}: the kernel runs in the same address space, "
            "and may now use its own half of it."
        )
    return _entry_cause(scene, t, call, device), steps


def _entry_cause(scene: Scene, t: Transition, call: Call | None, device: str) -> str:
    if t.cause == "svc":
        comment = _comment(scene, t)
        number = t.registers[7]
        name = scene.know.syscall(number) or (call.name if call is not None else "")
        what = f"r7 = {number} asks for {name}" if name else f"r7 = {number} names no system call"
        return f"svc #{comment} at {address(t.pc)}; {what}."
    if t.cause in ("irq", "fiq"):
        who = device or "A device raised an interrupt"
        return f"{who}; the instruction at {address(t.pc)} has to wait."
    if t.fault is not None:
        at = "" if t.fault_address is None else f" at {address(t.fault_address)}"
        return f"{t.fault.text[0].upper()}{t.fault.text[1:]}{at}."
    if t.cause == "undefined":
        where = f"The instruction at {address(t.pc)}"
        return f"{where} is not defined, or not allowed, in {t.from_mode.name} mode."
    return ""


def _comment(scene: Scene, t: Transition) -> int:
    """The immediate of the svc that was taken, 0 where it cannot be read."""
    if t.cpsr_before >> 5 & 1:
        data = scene.now.read_virtual(t.pc & ~1, 2)
        return data[0] if data else 0
    encoding = read_word(scene.now.read_virtual, t.pc)
    return decode(encoding).immediate if encoding is not None else 0


def _link_reason(t: Transition) -> str:
    distance, reason = _LINK.get(t.cause, (0, "where to return to"))
    del distance
    return reason


def cpsr_changes(before: int, after: int) -> str:
    """Return the CPSR bits that differ: ``M USR → SVC, I 0 → 1 (IRQ masked); flags kept``."""
    old, new = decode_psr(before), decode_psr(after)
    parts = [f"M {old.mode_text} → {new.mode_text}"] if before & 31 != after & 31 else []
    masks = (
        ("A", old.a, new.a, "asynchronous aborts"),
        ("I", old.i, new.i, "IRQ"),
        ("F", old.f, new.f, "FIQ"),
    )
    for name, was, now, what in masks:
        if was != now:
            parts.append(
                f"{name} {int(was)} → {int(now)} ({what} {'masked' if now else 'enabled'})"
            )
    if old.thumb != new.thumb:
        parts.append(f"T {int(old.thumb)} → {int(new.thumb)}")
    flags = (
        f"flags {old.flags_text} → {new.flags_text}"
        if old.flags_text != new.flags_text
        else f"flags {new.flags_text} kept"
    )
    return "; ".join((", ".join(parts) or "no control bit changed", flags))


def _vector(scene: Scene, t: Transition) -> str:
    vector = t.target if t.vector is None else t.vector
    slot = vector & 0x1F
    name = EXCEPTIONS.get(t.cause, t.cause)
    if scene.now.system.get("sctlr", 0) >> 13 & 1:
        base = f"SCTLR.V is 1, so the vectors lie at {address(HIGH_VECTORS)}"
    else:
        base = f"SCTLR.V is 0, so the vectors lie at VBAR, {address(vector - slot)}"
    return f"PC = {address(vector)}: {base}, and {name} enters at offset {slot:#04x}."


def _stack_switch(scene: Scene, t: Transition) -> str:
    mode = t.to_mode.name.lower()
    if t.to_mode is t.from_mode:
        return f"sp stays sp_{mode}: the same mode, the same stack."
    if t.to_mode is Mode.SVC:
        own = stack_name(scene, t.sp_svc)
        top = _is_top(scene, t.sp_svc)
        state = f"the {'empty ' if top else ''}{own}" if own else "a kernel stack"
        text = f"sp is now sp_svc = {address(t.sp_svc)}, {state}."
    else:
        text = f"sp is now sp_{mode}, a small stack of this mode's own."
    if t.from_mode is Mode.USR:
        text = text[:-1] + f"; the user's sp_usr = {address(t.sp_usr)} stays as it is."
    return text


def _is_top(scene: Scene, sp: int) -> bool:
    return scene.task is not None and sp == scene.task.stack + THREAD_SIZE - 8


# ------------------------------------------------------------------------------------------ returns


def _return(
    scene: Scene, t: Transition, call: Call | None, cpsr: int | None
) -> tuple[str, list[str]]:
    left = t.from_mode.name.lower()
    same = "the same mode" if t.to_mode is t.from_mode else t.to_mode.name
    steps = [
        f"CPSR = spsr_{left}: {_restored(scene, t, cpsr)}.",
        f"PC = {address(t.target)}, {place(scene, t.target)}: where {same} goes on.",
    ]
    if t.to_mode is Mode.USR:
        steps.append(
            f"sp is sp_usr = {address(t.sp_usr)} again; "
            f"sp_svc = {address(t.sp_svc)}"
            + (", the kernel stack is empty." if _is_top(scene, t.sp_svc) else ".")
        )
        steps.append(f"TTBR0 stays {address(t.ttbr0)}; the kernel's half is out of reach again.")
    elif t.to_mode is not t.from_mode:
        steps.append(f"sp is sp_{t.to_mode.name.lower()} again.")
    cause = f"An exception return at {address(t.pc)} restored PC and CPSR in one step."
    if call is not None and t.to_mode is Mode.USR and call.exit == t.icount:
        word = t.registers[0]
        if call.returns_to(t.target):
            steps.append(
                f"r0 = {address(word)} carries the result of {call.name}: {result_words(word)}."
            )
        elif call.name not in SIGRETURNS:
            steps.append(
                f"This is not behind the svc of {call.name}: a signal comes first, and r0 = "
                f"{address(word)} is not the result."
            )
        spent = counted(call.instructions_kernel, "instruction")
        cause += f" {call.name} took {spent} in the kernel."
    return cause, steps


def _restored(scene: Scene, t: Transition, cpsr: int | None) -> str:
    """The CPSR after a return; what changed only if the CPSR before is known for certain."""
    before = scene.before
    if cpsr is None and before is not None and before.icount == t.icount - 1:
        cpsr = before.registers["cpsr"]
    if cpsr is not None:
        return cpsr_changes(cpsr, t.cpsr_after)
    return f"mode {t.to_mode.name} in one step, {psr_text(t.cpsr_after)}"


def result_words(word: int) -> str:
    """Return a system call's result: ``0``, ``-EFAULT (-14)``."""
    error = error_name(word)
    return f"{error} ({signed(word)})" if error else str(signed(word))


def _handover(
    scene: Scene, t: Transition, before: Transition, cpsr: int | None
) -> tuple[str, list[str]]:
    left, entered = t.from_mode.name.lower(), t.to_mode.name.lower()
    origin = before.from_mode.name
    cause = (
        f"{t.from_mode.name} mode is only a passage: its entry code wrote {t.to_mode.name} into "
        f"spsr_{left} and jumped by an exception return."
    )
    own = stack_name(scene, t.sp_svc) if t.to_mode is Mode.SVC else ""
    sp = f"sp is now sp_{entered}"
    if own:
        sp += f" = {address(t.sp_svc)}, the {own}"
    where = f"PC = {address(t.target)}, {place(scene, t.target)}"
    steps = [
        f"CPSR = spsr_{left}: {_restored(scene, t, cpsr)}.",
        f"{where}: chosen by the mode that was interrupted, {origin}.",
        f"{sp}.",
    ]
    return cause, steps


def _mode_write(scene: Scene, t: Transition) -> tuple[str, list[str]]:
    cause = f"The kernel itself wrote the CPSR ({t.cause}) at {address(t.pc)}; no exception."
    entered = t.to_mode.name.lower()
    return cause, [
        f"CPSR: {cpsr_changes(t.cpsr_before, t.cpsr_after)}.",
        f"sp is now sp_{entered}, lr is lr_{entered}; the PC just goes on.",
    ]


def _savings(scene: Scene, t: Transition, savings: Sequence[Saving]) -> list[str]:
    """What is saved where: what has been by now, then, while still in the entry code, what will."""
    if t.to_mode is Mode.USR or t.cause in MODE_WRITES:
        return []
    inside = scene.now.icount - t.icount < ENTRY_LENGTH
    told = [s for s in savings if s.done or inside]
    steps = [saving_text(scene, s) for s in told[:_MAX_SAVINGS]]
    if len(told) > _MAX_SAVINGS:
        steps.append(f"{counted(len(told) - _MAX_SAVINGS, 'more store')} follow.")
    return steps
