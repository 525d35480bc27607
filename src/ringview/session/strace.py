"""System calls as they happen, one line each, in strace's form.

Fed with the machine's changes of mode, and with the moments at which it stands before a few of the
kernel's functions: where a signal is delivered, where a thread ends, where a call that a signal
broke into is made ready to be made again. A kernel without those names is traced without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ringview.arm.psr import Mode
from ringview.guest import calltext
from ringview.guest.calltext import Read
from ringview.guest.constants import SIGNAL_NAMES, signal_set
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.kernel import KernelAwareness
from ringview.guest.structures import siginfo, unpack
from ringview.guest.symbols import SymbolTable
from ringview.guest.syscalls import Prototype, Syscalls
from ringview.machine.events import Transition
from ringview.machine.registers import Registers
from ringview.session.syscalls import (
    NEVER_RETURN,
    OABI_BASE,
    SIGRETURNS,
    THREAD_SIZE,
    is_syscall,
    thread_of,
)
from ringview.session.traces import TASK_SIZE

RESULT_COLUMN = 40
"""Where strace begins its ``= result``."""

WATCHED = ("do_exit", "signal_setup_done", "do_work_pending", "get_signal")
"""Kernel functions at whose first instruction `Strace.reached` is to be called."""

_RESTARTS = {
    -512: "ERESTARTSYS (To be restarted if SA_RESTART is set)",
    -513: "ERESTARTNOINTR (To be restarted)",
    -514: "ERESTARTNOHAND (To be restarted if no handler)",
    -516: "ERESTART_RESTARTBLOCK (Interrupted by signal)",
}
# From the user's sp at sigreturn to the saved mask (asm/ucontext.h).
_MASK_IN_FRAME = 4 + 4 + 12 + 84  # flags, link, stack, sigcontext
_SIGINFO_SIZE = 128
_THUMB = 1 << 5


@dataclass(slots=True)
class _Call:
    """A call that has not returned."""

    number: int
    name: str
    prototype: Prototype | None
    arguments: tuple[int, ...]
    shown: list[str | None]
    link: int
    printed: int = 0
    """Arguments that are on the open line, or were when it was broken off."""
    raw: int | None = None
    """Its result where it stands ready while signals are dealt with."""


class Strace:
    """Turns changes of mode into lines.

    Args:
        calls: names, prototypes and words.
        awareness: finds the thread that runs.
        debug: of the kernel, for its structures.
        read: virtual memory as it stands, with privilege; None where there is none.
        write: takes the text as it becomes known; pieces of lines, too.
    """

    def __init__(
        self,
        calls: Syscalls,
        awareness: KernelAwareness,
        debug: DebugInfo,
        read: Read,
        write: Callable[[str], object],
    ) -> None:
        self._calls = calls
        self._awareness = awareness
        self._read = read
        self._write = write
        self._pending: dict[int, _Call] = {}
        self._names: dict[int, int] = {}
        self._alive: set[int] = set()
        self._gone: set[int] = set()
        self._signals: dict[int, int] = {}
        self._column = 0
        self._line_of: int | None = None
        known = debug.type("struct ksignal") is not None
        self._info = debug.offset_of("struct ksignal", "info") if known else None

    def _user(self, va: int, size: int) -> bytes | None:
        """What the program itself may have put there: nothing of the kernel's."""
        return self._read(va, size) if va + size <= TASK_SIZE else None

    # What happens

    def took(self, event: Transition) -> None:
        """A change of mode; the machine stands right after it."""
        if is_syscall(event):
            self._enter(event)
        elif event.to_mode is Mode.USR:
            self._leave(event)

    def reached(self, function: str, registers: Registers) -> None:
        """The machine stands before the first instruction of one of `WATCHED`."""
        stack = registers.sp[Mode.SVC] & ~(THREAD_SIZE - 1)
        call = self._pending.get(stack)
        if function == "do_work_pending" and call is not None:
            self._interrupted(stack, call, registers.r[0])
        elif function == "get_signal":
            self._signals[stack] = registers.r[0]
        elif function == "signal_setup_done":
            if call is not None and call.raw is not None:
                self._returned(stack, call, call.raw)
            self._delivered(stack, registers.r[1])
        elif function == "do_exit":
            self._ended(stack, registers.r[0])

    def finish(self) -> None:
        """End the line that is open, if there is one."""
        if self._line_of is not None:
            self._write(" <unfinished ...>\n")
            self._line_of = None

    # Calls

    def _enter(self, event: Transition) -> None:
        stack = thread_of(event)
        number = self._number(event)
        arguments = event.registers[:7]
        prototype = self._calls.prototype(number)
        name = self._calls.name(number) or f"syscall_{number:#x}"
        if prototype is None:
            shown: list[str | None] = [f"{word:#x}" if word else "0" for word in arguments[:6]]
        else:
            shown = calltext.begin(self._calls, prototype, arguments, self._user)
        if name in SIGRETURNS:
            shown = [self._mask_to_restore(name, event.sp_usr)]
            prototype = None
        self._names.pop(stack, None)
        self._begin_line(stack)
        call = _Call(number, name, prototype, arguments, shown, event.lr)
        self._pending[stack] = call
        known = next((i for i, text in enumerate(shown) if text is None), len(shown))
        call.printed = known
        text = ", ".join(word for word in shown[:known] if word is not None)
        text = as_strace(text)
        self._put(f"{name}({text}{', ' if 0 < known < len(shown) else ''}")

    def _number(self, event: Transition) -> int:
        if not event.cpsr_before & _THUMB:
            words = unpack(self._read, event.pc, "I")
            if words is not None and words[0] & 0xFFFFFF >= OABI_BASE:
                return (words[0] & 0xFFFFFF) - OABI_BASE
        return event.registers[7]

    def _mask_to_restore(self, name: str, sp: int) -> str:
        at = sp + _MASK_IN_FRAME + (_SIGINFO_SIZE if name.startswith("rt") else 0)
        words = unpack(self._read, at, "II")
        return "{mask=?}" if words is None else f"{{mask={signal_set((words[0], words[1]))}}}"

    def _leave(self, event: Transition) -> None:
        stack = thread_of(event)
        call = self._pending.get(stack)
        if call is None:
            self._pid(stack)
            return
        regular = event.target == call.link or call.name in SIGRETURNS
        if regular or call.name.startswith("execve"):
            self._returned(stack, call, event.registers[0])
        else:
            self._close(stack, call, None, "?")

    def _returned(self, stack: int, call: _Call, result: int) -> None:
        text = calltext.strace_result(self._calls, call.number, call.arguments, result, self._user)
        self._close(stack, call, result, text)
        # a child of vfork() may have come and gone
        if call.name in {"clone", "fork", "vfork"} and not result >> 31 and result:
            self._alive |= {result} - self._gone
        if call.name.startswith("execve"):
            self._names.pop(stack, None)

    def _interrupted(self, stack: int, call: _Call, saved: int) -> None:
        """A call stands ready to return; a signal may have broken into it."""
        words = unpack(self._read, saved, "I")
        if words is None:
            return
        restart = None
        if call.name not in SIGRETURNS:
            restart = _RESTARTS.get(words[0] - (1 << 32))
        if restart is not None:
            self._close(stack, call, words[0], f"? {restart}")
        else:
            call.raw = words[0]

    def _close(self, stack: int, call: _Call, result: int | None, text: str) -> None:
        """Write the rest of a call's line; anew if another thread's line came between."""
        del self._pending[stack]
        if call.prototype is None:
            words = [word or "" for word in call.shown]
        else:
            words = calltext.complete(
                self._calls, call.prototype, call.arguments, result, call.shown, self._user
            )
        rest = as_strace(", ".join(words[call.printed :]), hexadecimal=call.name == "getrandom")
        if self._line_of != stack:
            self._begin_line(stack)
            self._put(f"<... {call.name} resumed>")
        self._put(f"{rest})")
        self._put(f"{' ' * (RESULT_COLUMN - 1 - self._column)} = {text}\n")
        self._line_of = None

    # Signals and ends

    def _delivered(self, stack: int, ksignal: int) -> None:
        info = None if self._info is None else siginfo(self._read, ksignal + self._info)
        words = None if self._info is None else unpack(self._read, ksignal + self._info, "i")
        if info is not None and words is not None:
            self._begin_line(stack)
            self._put(f"--- {SIGNAL_NAMES.get(words[0])} {info} ---\n")
            self._line_of = None

    def _ended(self, stack: int, code: int) -> None:
        call = self._pending.get(stack)
        pid = self._pid(stack)
        if call is not None and call.name in NEVER_RETURN:
            self._close(stack, call, None, "?")
        elif call is not None:
            if call.raw is not None:
                self._returned(stack, call, call.raw)
            else:
                call.shown = [word or "" for word in call.shown[: call.printed]]
                call.prototype = None
                self._close(stack, call, None, "? <unavailable>")
        signal = code & 0x7F
        ksignal = self._signals.get(stack)
        if signal and ksignal is not None and self._info is not None:
            words = unpack(self._read, ksignal + self._info, "i")
            if words is not None and words[0] == signal and SIGNAL_NAMES.get(signal) != "SIGKILL":
                self._delivered(stack, ksignal)
        self._begin_line(stack)
        if signal:
            self._put(f"+++ killed by {SIGNAL_NAMES.get(signal)} +++\n")
        else:
            self._put(f"+++ exited with {code >> 8 & 0xFF} +++\n")
        self._line_of = None
        self._alive.discard(pid)
        self._gone.add(pid)
        self._names.pop(stack, None)
        self._signals.pop(stack, None)

    # Lines

    def _pid(self, stack: int) -> int:
        known = self._names.get(stack)
        if known is None:
            task = self._awareness.current_task(self._read, stack + THREAD_SIZE - 8)
            known = self._names[stack] = 0 if task is None else task.pid
            if known:
                self._alive.add(known)
        return known

    def _begin_line(self, stack: int) -> None:
        """Begin a line, after the open one was broken off; say whose it is if it matters."""
        pid = self._pid(stack)
        if self._line_of is not None:
            self._write(" <unfinished ...>\n")
        if len(self._alive) > 1:
            self._write(f"[pid {pid:5}] ")
        self._line_of = stack
        self._column = 0

    def _put(self, text: str) -> None:
        self._write(text)
        self._column += len(text)


_LETTERS = {"a": 7, "b": 8, "e": 27}
"""Escapes of a string that strace writes as numbers."""


def as_strace(text: str, *, hexadecimal: bool = False) -> str:
    """Return a call's words with its strings as strace quotes them: octal, and cut off by dots.

    As few digits as C needs, which is three where another one follows. Bytes that are no text at
    all stay ``hexadecimal``.
    """

    def octal(match: re.Match[str]) -> str:
        digits, letter, following = match[1], match[2], match[3]
        value = int(digits, 16) if digits else _LETTERS.get(letter)
        if value is None:
            return match[0]  # as C has it, and so has strace
        return f"\\{value:{'03o' if following else 'o'}}"

    if not hexadecimal:
        text = re.sub(r"\\(?:x([0-9a-f]{2})|(.))(?=([0-7])?)", octal, text)
    return text.replace('"…', '"...')


def watched_addresses(symbols: SymbolTable) -> dict[int, str]:
    """Return the addresses of those functions of `WATCHED` that a kernel has, with their names."""
    found = ((symbols.address_of(name), name) for name in WATCHED)
    return {address: name for address, name in found if address is not None}
