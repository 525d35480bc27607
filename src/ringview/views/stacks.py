"""The stacks pane: the user's and the kernel's stack side by side, each word by its name, and one
unbroken backtrace.
"""

from __future__ import annotations

from collections.abc import Mapping

from ringview.views.frame import BacktraceFrame, Privilege, Stacks, StackSlot, StackView
from ringview.views.initial import Label, initial_stack
from ringview.views.inputs import THREAD_SIZE, CallFrame, Scene, is_user_address
from ringview.views.meaning import error_name, meaning, place, psr_text, vector_name
from ringview.views.words import PAGE_SIZE, ReadVirtual, address, by_role, counted, offset

PT_REGS = (
    *(f"ARM_r{i}" for i in range(11)),
    "ARM_fp",
    "ARM_ip",
    "ARM_sp",
    "ARM_lr",
    "ARM_pc",
    "ARM_cpsr",
    "ARM_ORIG_r0",
)
"""The words of struct pt_regs, lowest address first (arch/arm/include/uapi/asm/ptrace.h)."""

PT_REGS_SIZE = 4 * len(PT_REGS)

_TOP_GAP = 8  # bytes left free at the top: THREAD_START_SP is THREAD_SIZE - 8
_MAX_BACKTRACE = 32
_WORTH_A_GAP = 16  # words: fewer are shown rather than left out
_TOP_SLOTS = 20  # pt_regs and the two words above it: shown even when the stack is deep


def build_stacks(scene: Scene) -> Stacks:
    """Compute the stacks pane of a stop."""
    frames = list(scene.know.backtrace())[:_MAX_BACKTRACE]
    labels = _frame_labels(scene, frames)
    user, kernel = _user(scene, labels), _kernel(scene, frames, labels)
    elsewhere = ""
    if not (user.live or kernel.live):
        # Linux's vectors keep three words there until they have gone on to SVC mode.
        elsewhere = f"sp is {scene.mode} mode's own, {address(scene.now.registers['sp'])}"
    return Stacks(user, kernel, _backtrace(scene, frames), elsewhere)


def pt_regs_address(stack: int) -> int:
    """Return where a task's pt_regs lies, given its kernel stack's lowest address
    (task_pt_regs).
    """
    return stack + THREAD_SIZE - _TOP_GAP - PT_REGS_SIZE


# ------------------------------------------------------------------------------------------- labels


def _frame_labels(scene: Scene, frames: list[CallFrame]) -> dict[int, Label]:
    labels: dict[int, Label] = {}
    for depth, frame in enumerate(frames):
        function = scene.know.function(frame.pc - (4 if depth else 0))
        owner = function.name if function is not None else "this function"
        for name, va in frame.saved.items():
            labels.setdefault(va, Label(f"saved {by_role(name)} of {owner}", "", "frame"))
        if frame.pt_regs:
            labels |= _pt_regs_labels(frame.pt_regs)
    return labels


def _pt_regs_labels(base: int) -> dict[int, Label]:
    return {base + 4 * i: Label(f"pt_regs.{name}", "", "pt_regs") for i, name in enumerate(PT_REGS)}


def _note(scene: Scene, label: Label | None, value: int) -> str:
    if label is None:
        return meaning(scene, value)
    if label.note:
        return label.note
    if label.group == "pt_regs":
        name = label.text.removeprefix("pt_regs.")
        if name == "ARM_cpsr":
            return psr_text(value)
        if name == "ARM_r0" and error_name(value):
            return error_name(value)
        if name == "ARM_r7" and scene.in_call and scene.know.syscall(value):
            return meaning(scene, value) or scene.know.syscall(value)
    return meaning(scene, value)


# -------------------------------------------------------------------------------------------- slots


def read_words(read: ReadVirtual, va: int, count: int) -> list[int | None]:
    """Return ``count`` words from ``va`` up, None for each whose page is not mapped."""
    words: list[int | None] = []
    while len(words) < count:
        at = va + 4 * len(words)
        here = min(count - len(words), max(1, (PAGE_SIZE - (at & (PAGE_SIZE - 1))) // 4))
        data = read(at & 0xFFFFFFFF, 4 * here)
        if data is None or len(data) < 4 * here:
            words += [None] * here
        else:
            words += [int.from_bytes(data[i : i + 4], "little") for i in range(0, 4 * here, 4)]
    return words


def _slots(
    scene: Scene, low: int, high: int, sp: int, labels: Mapping[int, Label]
) -> list[StackSlot]:
    count = max(0, (high - low) // 4)
    words = read_words(scene.now.read_virtual, low, count)
    before: list[int | None] = []
    if scene.before is not None:
        before = read_words(scene.before.read_virtual, low, count)
    slots: list[StackSlot] = []
    for i, value in enumerate(words):
        va = low + 4 * i
        label = labels.get(va)
        then = before[i] if before else None
        readable = value is not None
        slots.append(
            StackSlot(
                va=va,
                value=value or 0,
                label=label.text if label is not None else scene.know.field(va),
                note=_note(scene, label, value) if value is not None else "page not present",
                is_sp=va == sp,
                changed=readable and then is not None and then != value,
                group=label.group if label is not None else "",
                readable=readable,
            )
        )
    # A stack pointer into nowhere: one word says so as well as many.
    return slots if any(slot.readable for slot in slots) else slots[:1]


def _user(scene: Scene, labels: dict[int, Label]) -> StackView:
    registers = scene.now.registers
    sp = registers["sp_usr"]
    low, high = scene.know.user_stack()
    live = scene.mode in ("USR", "SYS")
    task = scene.task
    has_user = is_user_address(sp) and sp != 0 and (task is None or bool(task.mm))
    if not has_user:
        return StackView("user", Privilege.USER, live, sp, 0, 0, (), 0)
    initial = scene.know.initial_sp()
    named = initial_stack(scene.now.read_virtual, initial) | labels
    start = sp & ~3
    stop = start + 4 * scene.request.stack_slots
    inside = low <= sp <= high
    if inside:
        stop = min(stop, high)
    slots = _slots(scene, start, stop, sp, named)
    used = high - sp if inside and high else 0
    return StackView("user", Privilege.USER, live, sp, low, high, tuple(slots), used)


def _kernel(scene: Scene, frames: list[CallFrame], labels: dict[int, Label]) -> StackView:
    registers = scene.now.registers
    sp = registers["sp_svc"]
    task = scene.task
    live = scene.mode == "SVC"
    low = task.stack if task is not None else 0
    if not low or not low <= sp <= low + THREAD_SIZE:
        # Before there are tasks, or with a broken sp: words from sp up, bounds unknown.
        slots = _slots(scene, sp & ~3, (sp & ~3) + 4 * scene.request.stack_slots, sp, labels)
        return StackView("kernel", Privilege.KERNEL, live, sp, 0, 0, tuple(slots), 0)
    top = low + THREAD_SIZE
    base = pt_regs_address(low)
    is_user_task = task is not None and bool(task.mm)
    named = dict(labels)
    if is_user_task:
        named |= _pt_regs_labels(base)
        named |= {top - 8 + 4 * i: Label("", "left free (THREAD_START_SP)", "") for i in range(2)}
    start = min(sp & ~3, base) if is_user_task else sp & ~3
    slots = _kernel_slots(scene, start, top, sp, named)
    if is_user_task:
        slots = [_stored(scene, slot, sp) for slot in slots]
    used = max(0, top - _TOP_GAP - sp)
    return StackView("kernel", Privilege.KERNEL, live, sp, low, top, tuple(slots), used)


def _kernel_slots(
    scene: Scene, start: int, top: int, sp: int, labels: Mapping[int, Label]
) -> list[StackSlot]:
    wanted = max(scene.request.stack_slots, _TOP_SLOTS + 2)
    if (top - start) // 4 <= wanted + _WORTH_A_GAP:
        return _slots(scene, start, top, sp, labels)
    near = _slots(scene, start, start + 4 * (wanted - _TOP_SLOTS - 1), sp, labels)
    far = _slots(scene, top - 4 * _TOP_SLOTS, top, sp, labels)
    gap_start, gap_end = near[-1].va + 4, far[0].va
    text = f"… {counted(gap_end - gap_start, 'byte')} not shown …"
    gap = StackSlot(gap_start, 0, text, "", False, False, "gap", True)
    return [*near, gap, *far]


def _stored(scene: Scene, slot: StackSlot, sp: int) -> StackSlot:
    """Say of a pt_regs word that it is not in use: below sp, or not yet stored by the entry
    code.
    """
    if slot.group != "pt_regs":
        return slot
    free = slot.va < sp
    pending = not free and scene.stored is not None and slot.va not in scene.stored
    if not free and not pending:
        return slot
    note = "free, left from earlier" if free else "not stored yet"
    return StackSlot(
        slot.va,
        slot.value,
        slot.label,
        note,
        slot.is_sp,
        slot.changed,
        slot.group,
        slot.readable,
    )


# ---------------------------------------------------------------------------------------- backtrace


def _backtrace(scene: Scene, frames: list[CallFrame]) -> tuple[BacktraceFrame, ...]:
    rows: list[BacktraceFrame] = []
    kernel = scene.privilege
    for depth, frame in enumerate(frames):
        if frame.boundary:
            kernel = Privilege.KERNEL  # what the exception broke into
        # A return address may lie just past the function's end; the call is the instruction before,
        # except where a way back was set by hand, to a label that no call stands before.
        began = scene.know.function(frame.pc)
        is_call = depth > 0 and not frame.boundary and (began is None or began.start != frame.pc)
        inside = frame.pc - 4 if is_call else frame.pc
        function = scene.know.function(inside)
        name = place(scene, frame.pc) if function is None else function.name
        where = name if function is None else offset(name, frame.pc - function.start)
        where = vector_name(frame.pc) or where
        line = scene.know.outer_line(inside)
        privilege = Privilege.USER if frame.user else kernel
        source = f"{line[0]}:{line[1]}" if line is not None else ""
        rows.append(BacktraceFrame(frame.pc, where, source, privilege, frame.boundary))
    return tuple(rows)
