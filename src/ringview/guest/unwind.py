"""Backtraces: from any instruction of the kernel, through the exception frame, to user main.

Frames are found by frame pointers, each function's own prologue saying where it keeps what. The
kernel's entry code zeroes the frame pointer, so the border to user mode is where the chain ends:
the rest is in `pt_regs` at the top of the kernel stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ringview.guest.image import Image
from ringview.guest.prologue import CLANG_FRAME, FP, LR, PC, SP, StackState, stack_state

Read = Callable[[int, int], bytes | None]
"""Reads (virtual address, bytes); None where that memory cannot be read."""
ImageAt = Callable[[int], Image | None]
"""Returns the image whose code lies at a virtual address."""

THREAD_SIZE = 8192
"""Bytes of a kernel stack (``asm/thread_info.h``)."""
PT_REGS_SIZE = 72
THREAD_START_SP = THREAD_SIZE - 8
FRAME_LIMIT = 64
_USR, _SVC = 0x10, 0x13
_MODE_MASK = 0x1F
_THUMB = 0x20

# Assembly that runs on top of a frame of saved registers. In Linux the names are the same.
_SVC_ENTRIES = {
    "__dabt_svc": "data abort",
    "__pabt_svc": "prefetch abort",
    "__irq_svc": "interrupt",
    "__und_svc": "undefined instruction",
    "__fiq_svc": "fast interrupt",
}
_USR_ENTRIES = {
    "__dabt_usr": "data abort",
    "__pabt_usr": "prefetch abort",
    "__irq_usr": "interrupt",
    "__und_usr": "undefined instruction",
    "__fiq_usr": "fast interrupt",
    "vector_swi": "system call",
    "ret_fast_syscall": "system call",
    "ret_slow_syscall": "system call",
    "fast_work_pending": "system call",
    "slow_work_pending": "system call",
    "work_pending": "exception",
    "no_work_pending": "exception",
    "ret_to_user": "exception",
    "ret_to_user_from_irq": "interrupt",
    "ret_from_exception": "exception",
    "ret_from_fork": "system call",
    "sys_sigreturn_wrapper": "system call",
    "sys_rt_sigreturn_wrapper": "system call",
}
# A stub runs in the exception's own mode: what was interrupted is still in the banked registers.
# Name, and what its lr is ahead of the instruction it tells of (ARM DDI 0406C, B1.8.3).
_MODE_STUBS = {0x12: ("interrupt", 4), 0x17: ("abort", 8), 0x1B: ("undefined instruction", 4)}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, the innermost first.

    Attributes:
        pc: the next instruction of the innermost frame; elsewhere where the call returns to.
        sp: the stack pointer in this frame at that instruction.
        registers: r0 to r15 as far as known, None where a callee may have changed it.
        function: name, or None where no symbol covers pc.
        offset: bytes from the function's start.
        user: whether it runs in user mode.
        saved: registers of the caller that lie on the stack here: name to virtual address.
        boundary: "" or what changed the privilege or context between the inner frame and this one.
        pt_regs: virtual address of the registers saved at that change, 0 without one.
        cfa: the caller's stack pointer at the call, None where that is not known.
    """

    pc: int
    sp: int
    registers: tuple[int | None, ...]
    function: str | None
    offset: int
    user: bool
    saved: Mapping[str, int] = field(default_factory=dict)
    boundary: str = ""
    pt_regs: int = 0
    cfa: int | None = None


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A frame about to be described: its registers, and how we came to it."""

    registers: tuple[int | None, ...]
    user: bool
    innermost: bool
    boundary: str = ""
    pt_regs: int = 0


def backtrace(
    read: Read,
    registers: Sequence[int],
    image_at: ImageAt,
    *,
    cpsr: int,
    banked: Mapping[str, int] | None = None,
    limit: int = FRAME_LIMIT,
) -> list[Frame]:
    """Unwind from a state of the machine; whatever is in memory, a list of frames comes back.

    Args:
        read: virtual memory in the current address space, privileged.
        registers: r0 to r15 as the current mode sees them.
        image_at: kernel or program by address of code.
        cpsr: the current program status.
        banked: ``sp_usr``, ``lr_usr``, ``sp_svc``, ``lr_svc``, ``spsr`` (of the current mode);
            needed only while entry code has not saved them yet.
        limit: frames at most.
    """
    unwinder = _Unwinder(read, image_at, banked or {}, cpsr & _MODE_MASK)
    cursor: _Cursor | None = _Cursor(
        tuple(registers), user=cpsr & _MODE_MASK == _USR, innermost=True
    )
    frames: list[Frame] = []
    while cursor is not None and len(frames) < limit:
        frame, cursor = unwinder.step(cursor)
        frames.append(frame)
    return frames


class _Unwinder:
    def __init__(self, read: Read, image_at: ImageAt, banked: Mapping[str, int], mode: int) -> None:
        self.read = read
        self.image_at = image_at
        self.banked = banked
        self.mode = mode

    def step(self, cursor: _Cursor) -> tuple[Frame, _Cursor | None]:
        """Describe the frame at the cursor and find the one that called it."""
        pc = cursor.registers[PC] or 0
        sp = cursor.registers[SP] or 0
        # A call that never returns may be a function's last instruction.
        inside = pc if cursor.innermost or cursor.boundary else pc - 4
        image = self.image_at(inside)
        found = image.symbols.find(inside) if image is not None else None
        name = found.symbol.name if found is not None else None
        state = self._state(image, inside, pc)
        saved: dict[str, int] = {}
        base: int | None = None
        following: _Cursor | None = None
        if not cursor.user and (name in _SVC_ENTRIES or name in _USR_ENTRIES or self._stub(cursor)):
            following = self._through_entry(cursor, name or "", sp)
        else:
            base = self._base(cursor, state)
            if base is not None:
                saved = {
                    f"r{r}" if r < SP else {SP: "sp", LR: "lr", PC: "pc"}[r]: base - depth
                    for r, depth in state.saved.items()
                }
                following = self._caller(cursor, state, base)
        if following is None and not cursor.user:
            following = self._top_of_stack(sp)
        frame = Frame(
            pc=pc,
            sp=sp,
            registers=cursor.registers,
            function=name,
            offset=pc - found.symbol.address if found is not None else 0,
            user=cursor.user,
            saved=saved,
            boundary=cursor.boundary,
            pt_regs=cursor.pt_regs,
            cfa=base,
        )
        return frame, following

    def _state(self, image: Image | None, inside: int, pc: int) -> StackState:
        extent = image.function_extent(inside) if image is not None else None
        if extent is None or inside & 1:
            return CLANG_FRAME
        return stack_state(self.read, extent.start, pc)

    def _base(self, cursor: _Cursor, state: StackState) -> int | None:
        """Return the caller's stack pointer."""
        fp, sp = cursor.registers[FP], cursor.registers[SP]
        if state.frame is not None:
            return None if not fp or fp & 3 else (fp + state.frame) & 0xFFFFFFFF
        return None if sp is None else (sp + state.pushed) & 0xFFFFFFFF

    def _caller(self, cursor: _Cursor, state: StackState, base: int) -> _Cursor | None:
        registers = list(cursor.registers)
        for scratch in (0, 1, 2, 3, 12):
            registers[scratch] = None
        return_address = cursor.registers[LR] if cursor.innermost else None
        for register, depth in state.saved.items():
            if 4 <= register <= FP:
                registers[register] = self._word(base - depth)
        if LR in state.saved:
            return_address = self._word(base - state.saved[LR])
        if not return_address:
            return None
        registers[SP], registers[LR], registers[PC] = base, None, return_address & ~1
        inner_sp = cursor.registers[SP] or 0
        # Stacks grow down: a caller's lies above. Anything else is garbage, or a loop.
        if base < inner_sp or base - inner_sp > 1 << 23 or not self._is_code(return_address):
            return None
        if base == inner_sp and not cursor.innermost:
            return None
        return _Cursor(tuple(registers), cursor.user, innermost=False)

    def _is_code(self, address: int) -> bool:
        return self.image_at((address & ~1) - 4) is not None

    def _word(self, address: int) -> int | None:
        data = self.read(address & 0xFFFFFFFF, 4) if not address & 3 else None
        return None if data is None else int.from_bytes(data, "little")

    # Exceptions

    def _stub(self, cursor: _Cursor) -> bool:
        return cursor.innermost and self.mode in _MODE_STUBS

    def _through_entry(self, cursor: _Cursor, name: str, sp: int) -> _Cursor | None:
        """Cross from entry code to what it interrupted."""
        if self._stub(cursor):
            return self._from_banked(cursor, *_MODE_STUBS[self.mode])
        why = _SVC_ENTRIES.get(name) or _USR_ENTRIES.get(name, "")
        if name in _SVC_ENTRIES:
            return self._from_pt_regs(sp, why, user=False)
        if name == "vector_swi" and cursor.innermost:
            # The frame pointer is zeroed once everything is saved.
            saved = (sp & (THREAD_SIZE - 1)) <= THREAD_START_SP - PT_REGS_SIZE
            if cursor.registers[FP] or not saved:
                return self._from_banked(cursor, why, 0)
        crossed = self._top_of_stack(sp)
        if crossed is None:
            return None
        return _Cursor(crossed.registers, crossed.user, False, why, crossed.pt_regs)

    def _from_banked(self, cursor: _Cursor, why: str, ahead: int) -> _Cursor | None:
        """Take what was interrupted from the banks, before anything has been saved."""
        spsr = self.banked.get("spsr")
        lr = cursor.registers[LR]
        if spsr is None or lr is None:
            return None
        user = spsr & _MODE_MASK == _USR
        bank = "usr" if user else "svc"
        registers = list(cursor.registers)
        registers[SP] = self.banked.get(f"sp_{bank}")
        registers[LR] = self.banked.get(f"lr_{bank}")
        registers[PC] = (lr - ahead) & 0xFFFFFFFF
        return _Cursor(tuple(registers), user, True, why)

    def _from_pt_regs(self, address: int, why: str, *, user: bool) -> _Cursor | None:
        """Take what was interrupted from saved registers, if they look like such."""
        data = self.read(address, PT_REGS_SIZE) if not address & 3 else None
        if data is None:
            return None
        words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, PT_REGS_SIZE, 4)]
        mode = words[16] & _MODE_MASK
        if mode != (_USR if user else _SVC):
            return None
        if not user and not self._is_code(words[15] + 4):
            return None
        return _Cursor(tuple(words[:16]), user, True, why, address)

    def _top_of_stack(self, sp: int) -> _Cursor | None:
        """Cross to user mode through the pt_regs at the top of the kernel stack around sp."""
        top = (sp & ~(THREAD_SIZE - 1)) + THREAD_START_SP
        address = top - PT_REGS_SIZE
        if sp > address:
            return None
        crossed = self._from_pt_regs(address, "", user=True)
        if crossed is None:
            return None
        original = self._word(address + 68)
        why = "exception" if original == 0xFFFFFFFF else "system call"
        return _Cursor(crossed.registers, True, True, why, address)
