"""What a word means where it stands: a name, a text, a stack, an error."""

from __future__ import annotations

from ringview.arm.psr import decode_psr
from ringview.guest.linux_errors import NAMES, error_of
from ringview.views.inputs import (
    HIGH_VECTORS,
    PAGE_OFFSET,
    THREAD_SIZE,
    Scene,
    is_user_address,
)
from ringview.views.words import address, offset, text_at

_VECTORS = (
    "Reset",
    "Undefined Instruction",
    "Supervisor Call",
    "Prefetch Abort",
    "Data Abort",
    "not used",
    "IRQ",
    "FIQ",
)

_SMALLEST_POINTER = 0x1000  # addresses below are treated as numbers: Linux maps nothing there


def error_name(value: int) -> str:
    """Return ``-EFAULT`` for a word that Linux returns as an error, "" for any other."""
    number = error_of(value)
    return f"-{NAMES[number]}" if number in NAMES else ""


def vector_name(va: int) -> str:
    """Return which exception enters at an address of the vector table, "" elsewhere."""
    distance = (va - HIGH_VECTORS) & 0xFFFFFFFF
    return f"{_VECTORS[distance // 4]} vector" if distance < 32 and distance % 4 == 0 else ""


def place(scene: Scene, va: int) -> str:
    """Return ``sys_hello2+0x1c``, the vector's name, or the bare address where nothing is known."""
    return vector_name(va) or scene.know.place(va) or address(va)


def stack_name(scene: Scene, va: int) -> str:
    """Return whose stack an address lies on, "" if on none that is known."""
    task = scene.task
    if task is not None and task.stack <= va <= task.stack + THREAD_SIZE:
        return f"kernel stack of {task}"
    low, high = scene.know.user_stack()
    return "user stack" if low <= va <= high and high else ""


def meaning(scene: Scene, value: int) -> str:
    """Return what a value points to, in a few words, or "" if it is just a number."""
    if value < _SMALLEST_POINTER or value > 0xFFFF1FFF:
        return ""
    named = scene.know.named(value) or scene.know.field(value)
    if named:
        return named
    return _user(scene, value) if is_user_address(value) else _kernel(scene, value)


def _user(scene: Scene, value: int) -> str:
    know = scene.know
    if know.function(value) is not None:
        return know.place(value)
    text = text_at(scene.now.read_virtual, value)
    if text:
        return f"→ {text}"
    low, high = know.user_stack()
    if high and low <= value < high:
        sp = scene.now.registers.get("sp_usr", 0)
        return f"user stack, {offset('sp', value - sp)}" if value >= sp else "user stack, below sp"
    return know.place(value)


def _kernel(scene: Scene, value: int) -> str:
    vector = vector_name(value)
    if vector:
        return vector
    if value < PAGE_OFFSET:
        return scene.know.place(value)
    task = scene.task
    if task is not None:
        if value == task.address:
            return f"task_struct of {task}"
        if value == task.stack:
            return f"thread_info of {task}"
        if task.mm and value == task.mm:
            return f"mm_struct of {task}"
        if task.stack < value <= task.stack + THREAD_SIZE:
            return f"kernel stack, top-{task.stack + THREAD_SIZE - value:#x}"
    exact = scene.know.label(value)
    if exact:
        return exact
    if scene.know.function(value) is not None:
        return scene.know.place(value)
    text = text_at(scene.now.read_virtual, value, shortest=4)
    return f"→ {text}" if text else scene.know.place(value)


def psr_text(value: int) -> str:
    """A status register in one line: ``SVC nZCv -I-``; capitals are set flags and masked
    interrupts.
    """
    psr = decode_psr(value)
    return f"{psr.mode_text} {psr.flags_text} {psr.masks_text}" + (" Thumb" if psr.thumb else "")
