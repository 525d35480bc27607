"""Backtraces: from any instruction of the kernel, through the exception frame, to user main.

Frames are found by frame pointers, each function's own prologue saying where it keeps what. The
kernel's entry code zeroes the frame pointer, so the border to user mode is where the chain ends:
the rest is in `pt_regs` at the top of the kernel stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ringview.guest.crossing import (
    MODE_MASK,
    SVC_ENTRIES,
    USR,
    USR_ENTRIES,
    Crossing,
    Interrupted,
)
from ringview.guest.image import Image
from ringview.guest.prologue import CLANG_FRAME, FP, LR, PC, SP, StackState
from ringview.guest.symbols import Location

Read = Callable[[int, int], bytes | None]
"""Reads (virtual address, bytes); None where that memory cannot be read."""
ImageAt = Callable[[int], Image | None]
"""Returns the image whose code lies at a virtual address."""

FRAME_LIMIT = 64

SIGNAL = "signal"
"""Why a frame lies beneath the code that a signal's handler returns to."""

# Bytes from sp to the registers r0 to pc that the kernel saved for a signal (struct sigframe and
# struct rt_sigframe, arch/arm/kernel/signal.c; struct ucontext, asm/ucontext.h), by the first word
# of the code that the handler returns to: mov r7, #__NR_sigreturn, #__NR_rt_sigreturn.
_SIGRETURN = {0xE3A07077: 32, 0xE3A070AD: 128 + 32}
_SVC = 0xEF000000
_NAMES = (*(f"r{n}" for n in range(13)), "sp", "lr", "pc")


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
    mode = cpsr & MODE_MASK
    unwinder = _Unwinder(read, image_at, Crossing(read, banked or {}, mode))
    cursor: _Cursor | None = _Cursor(tuple(registers), user=mode == USR, innermost=True)
    frames: list[Frame] = []
    while cursor is not None and len(frames) < limit:
        frame, cursor = unwinder.step(cursor, first=not frames)
        frames.append(frame)
    return frames


class _Unwinder:
    def __init__(self, read: Read, image_at: ImageAt, crossing: Crossing) -> None:
        self.read = read
        self.image_at = image_at
        self.crossing = crossing

    def step(self, cursor: _Cursor, *, first: bool) -> tuple[Frame, _Cursor | None]:
        """Describe the frame at the cursor and find the one that called it."""
        pc = cursor.registers[PC] or 0
        sp = cursor.registers[SP] or 0
        # A call that never returns may be a function's last instruction.
        inside = pc if cursor.innermost else pc - 4
        image = self.image_at(inside)
        sigframe = self._sigframe(pc) if cursor.user else None
        found = self._name(image, pc if sigframe is not None else inside, pc, cursor.user)
        name = found.symbol.name if found is not None else ""
        offset = pc - found.symbol.address if found is not None else 0
        state = self._state(image, inside, pc)
        base = self._base(cursor, state)
        saved: dict[str, int] = {}
        crossed: Interrupted | None = None
        following: _Cursor | None = None
        if not cursor.user and (
            name in SVC_ENTRIES or name in USR_ENTRIES or (first and self.crossing.in_stub())
        ):
            crossed = self._cross(cursor, name, offset, base or sp, first)
            base = None
        elif sigframe is not None:
            following = self._signalled(sp + sigframe)
        elif base is not None:
            saved = {_NAMES[r]: base - depth for r, depth in state.saved.items()}
            following = self._caller(cursor, state, base)
        if following is None and crossed is None and not cursor.user:
            crossed = self.crossing.top_of_stack(sp)
        if crossed is not None:
            following = _Cursor(
                crossed.registers, crossed.user, True, crossed.reason, crossed.pt_regs
            )
        frame = Frame(
            pc=pc,
            sp=sp,
            registers=cursor.registers,
            function=name or None,
            offset=offset,
            user=cursor.user,
            saved=saved,
            boundary=cursor.boundary,
            pt_regs=cursor.pt_regs,
            cfa=base,
        )
        return frame, following

    def _sigframe(self, pc: int) -> int | None:
        """Bytes from sp to the registers saved for a signal, at the code its handler returns to."""
        code = self.read(pc, 8) or b""
        first, second = (int.from_bytes(code[i : i + 4], "little") for i in (0, 4))
        return _SIGRETURN.get(first) if second == _SVC else None

    def _signalled(self, saved: int) -> _Cursor | None:
        """The frame that a signal broke into."""
        data = self.read(saved & 0xFFFFFFFF, 64)
        if data is None:
            return None
        words = tuple(int.from_bytes(data[i : i + 4], "little") for i in range(0, 64, 4))
        return _Cursor(words, user=True, innermost=True, boundary=SIGNAL)

    def _name(self, image: Image | None, inside: int, pc: int, user: bool) -> Location | None:
        if image is None:
            return None
        if not user:
            # Entry code sets its way back by hand: no call stands before that label.
            label = image.symbols.find(pc)
            if label is not None and label.offset == 0 and label.symbol.name in USR_ENTRIES:
                return label
        return image.symbols.find(inside)

    def _cross(
        self, cursor: _Cursor, name: str, offset: int, base: int, first: bool
    ) -> Interrupted | None:
        """Go from entry code to what it interrupted."""
        if first and self.crossing.in_stub():
            return self.crossing.from_stub(cursor.registers, name, offset)
        sp = cursor.registers[SP] or 0
        if name in SVC_ENTRIES and not cursor.innermost:
            return self.crossing.at(sp, SVC_ENTRIES[name], user=False)
        if not cursor.innermost:
            return self.crossing.top_of_stack(sp, USR_ENTRIES[name])
        start = (cursor.registers[PC] or 0) - offset

        def done(encoding: int) -> bool:
            code = self.read(start, offset) or b""
            return encoding.to_bytes(4, "little") in {code[i : i + 4] for i in range(0, offset, 4)}

        return self.crossing.from_svc_mode(cursor.registers, name, done, offset, base)

    def _state(self, image: Image | None, inside: int, pc: int) -> StackState:
        if image is None or inside & 1:
            return CLANG_FRAME
        return image.stack_state(inside, pc) or CLANG_FRAME

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
        if (
            base < inner_sp
            or base - inner_sp > 1 << 23
            or not (self._is_code(return_address) or self._sigframe(return_address) is not None)
        ):
            return None
        if base == inner_sp and not cursor.innermost:
            return None
        return _Cursor(tuple(registers), cursor.user, innermost=False)

    def _is_code(self, address: int) -> bool:
        return self.image_at((address & ~1) - 4) is not None

    def _word(self, address: int) -> int | None:
        data = self.read(address & 0xFFFFFFFF, 4) if not address & 3 else None
        return None if data is None else int.from_bytes(data, "little")
