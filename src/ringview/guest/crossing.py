"""From the kernel's entry code to what it interrupted, at each of its instructions.

While entry code is at work the interrupted program's registers lie partly in banks, partly on the
exception mode's three-word stack, partly in a half-filled `pt_regs`. Where depends on which
instructions have been executed; the sequences known here are Linux's
(``arch/arm/kernel/entry-armv.S``, ``entry-common.S``), which our kernel follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Read = Callable[[int, int], bytes | None]

THREAD_SIZE = 8192
"""Bytes of a kernel stack (``asm/thread_info.h``)."""
PT_REGS_SIZE = 72
THREAD_START_SP = THREAD_SIZE - 8
USR, IRQ, SVC, ABT, UND = 0x10, 0x12, 0x13, 0x17, 0x1B
MODE_MASK = 0x1F
_FP, _SP, _LR, _PC = 11, 13, 14, 15
_ZERO_FP = 0xE3A0B000  # mov r11, #0: the last thing done for an entry from user mode
_SVC_FRAME_DONE = 0xE8800076  # stmia r0, {r1, r2, r4-r6}: the last for one from SVC mode

_REASONS = {
    "irq": "interrupt",
    "fiq": "fast interrupt",
    "dabt": "data abort",
    "pabt": "prefetch abort",
    "und": "undefined instruction",
}
SVC_ENTRIES = {f"__{name}_svc": reason for name, reason in _REASONS.items()}
USR_ENTRIES = {f"__{name}_usr": reason for name, reason in _REASONS.items()}
USR_ENTRIES |= dict.fromkeys(
    (
        *("vector_swi", "ret_fast_syscall", "ret_slow_syscall", "fast_work_pending"),
        *("slow_work_pending", "sys_sigreturn_wrapper", "sys_rt_sigreturn_wrapper"),
        "ret_from_fork",
    ),
    "system call",
)
USR_ENTRIES |= dict.fromkeys(
    ("work_pending", "no_work_pending", "ret_to_user", "ret_from_exception"), "exception"
)
USR_ENTRIES["ret_to_user_from_irq"] = "interrupt"
VECTORS = "__vectors_start"
USR_ENTRIES[VECTORS] = "system call"  # in SVC mode only that vector is ever executed
# How far lr is ahead of the instruction it tells of, when the vector is entered (ARM DDI 0406C,
# B1.8.3), and whether the stub's first instruction corrects that.
_STUBS = {"irq": (4, True), "dabt": (8, True), "pabt": (4, True), "und": (4, False)}
_VECTORS = {0x04: "und", 0x0C: "pabt", 0x10: "dabt", 0x18: "irq"}

Registers = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What an exception interrupted.

    Attributes:
        registers: r0 to r15; None where entry code has overwritten one already.
        user: whether it ran in user mode.
        reason: such as ``data abort``.
        pt_regs: virtual address of the complete saved registers, 0 while there are none.
    """

    registers: Registers
    user: bool
    reason: str
    pt_regs: int = 0


class Crossing:
    """Reads what lies behind entry code.

    Args:
        read: virtual memory.
        banked: ``sp_usr``, ``lr_usr``, ``sp_svc``, ``lr_svc``, and ``spsr`` of the current mode.
        mode: the current processor mode.
    """

    def __init__(self, read: Read, banked: Mapping[str, int], mode: int) -> None:
        self.read = read
        self.banked = banked
        self.mode = mode

    def in_stub(self) -> bool:
        """Whether the core is in an exception's own mode, where the stubs run."""
        return self.mode in {IRQ, ABT, UND}

    def from_stub(self, registers: Registers, name: str, offset: int) -> Interrupted | None:
        """Cross from the vectors page, or ``offset`` bytes into a stub such as vector_dabt."""
        pc, sp, lr = registers[_PC], registers[_SP], registers[_LR]
        if pc is None or sp is None or lr is None:
            return None
        kind = name.removeprefix("vector_")
        if kind not in _STUBS:
            kind, offset = _VECTORS.get(pc & 0x1C, ""), 0
        if kind not in _STUBS:
            return None
        ahead, corrects = _STUBS[kind]
        stored = 8 if corrects else 4  # behind "stmia sp, {r0, lr}"
        out = list(registers)
        psr = self.banked.get("spsr")
        target: int | None = lr - ahead
        if offset >= stored:
            target = self.word(sp + 4)
            out[0] = self.word(sp)
            if target is not None and not corrects:
                target -= ahead
            if offset >= stored + 8:
                psr = self.word(sp + 8)
        elif offset >= 4:
            target = lr
        return self._banked(out, target, psr, _REASONS[kind])

    def from_svc_mode(
        self, registers: Registers, name: str, done: Callable[[int], bool], offset: int, base: int
    ) -> Interrupted | None:
        """Cross from an entry that the core is still executing.

        Args:
            registers: as they are now.
            name: the entry's label.
            done: whether an instruction with this encoding was executed since the label.
            offset: bytes from the label.
            base: the stack pointer that was there before the entry, as far as it can be told.
        """
        sp = registers[_SP] or 0
        if name in SVC_ENTRIES:
            if done(_SVC_FRAME_DONE):
                return self.at(sp, SVC_ENTRIES[name], user=False)
            return self._unsaved(registers, SVC_ENTRIES[name], offset, base)
        reason = USR_ENTRIES[name]
        # Before anything is saved, and again when all is restored but for the return itself.
        nothing_saved = sp & (THREAD_SIZE - 1) > THREAD_START_SP - PT_REGS_SIZE
        before = name in {VECTORS, "vector_swi"} and not done(_ZERO_FP)
        if before or (nothing_saved and not name.endswith("_usr")):
            out = list(registers)
            return self._banked(out, registers[_LR], self.banked.get("spsr"), reason)
        if name.endswith("_usr") and not done(_ZERO_FP):
            return self._unsaved(registers, reason, offset, None)
        return self.top_of_stack(sp, reason)

    def _unsaved(
        self, registers: Registers, reason: str, offset: int, base: int | None
    ) -> Interrupted | None:
        """Take pc and PSR from the stub's three words, or from r4 and r5 once they are there."""
        words = registers[0]
        taken = offset > (16 if base is not None else 8)  # behind "ldmia r0, {r3-r5}"
        if taken:
            target, psr = registers[4], registers[5]
        elif words is not None:
            target, psr = self.word(words + 4), self.word(words + 8)
        else:
            return None
        if target is not None and reason == "undefined instruction":
            target -= 4
        out = list(registers)
        if base is not None:
            if target is None:
                return None
            out[_SP], out[_PC] = base, target
            return Interrupted(tuple(out), False, reason)
        return self._banked(out, target, psr, reason)

    def _banked(
        self, registers: list[int | None], target: int | None, psr: int | None, reason: str
    ) -> Interrupted | None:
        """Complete a set of registers by the interrupted mode's bank."""
        if target is None or psr is None:
            return None
        user = psr & MODE_MASK == USR
        bank = "usr" if user else "svc"
        registers[_SP] = self.banked.get(f"sp_{bank}")
        registers[_LR] = self.banked.get(f"lr_{bank}")
        registers[_PC] = target & 0xFFFFFFFF
        return Interrupted(tuple(registers), user, reason)

    def at(self, address: int, reason: str, *, user: bool) -> Interrupted | None:
        """Read the `pt_regs` at an address; None if they do not look like such."""
        data = self.read(address, PT_REGS_SIZE) if not address & 3 else None
        if data is None:
            return None
        words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, PT_REGS_SIZE, 4)]
        if words[16] & MODE_MASK != (USR if user else SVC):
            return None
        return Interrupted(tuple(words[:16]), user, reason, address)

    def top_of_stack(self, sp: int, reason: str = "") -> Interrupted | None:
        """Read the user's `pt_regs` at the top of the kernel stack around sp."""
        address = (sp & ~(THREAD_SIZE - 1)) + THREAD_START_SP - PT_REGS_SIZE
        if sp > address:
            return None
        if not reason:
            # ORIG_r0 is -1 for all that is no system call.
            no_call = self.word(address + PT_REGS_SIZE - 4) == 0xFFFFFFFF
            reason = "exception" if no_call else "system call"
        return self.at(address, reason, user=True)

    def word(self, address: int) -> int | None:
        """Return the word at an aligned virtual address, None if it cannot be read."""
        data = self.read(address & 0xFFFFFFFF, 4) if not address & 3 else None
        return None if data is None else int.from_bytes(data, "little")
