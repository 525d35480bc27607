"""The bottom tabs: kernel log, console, system calls and events, all as of this stop."""

from __future__ import annotations

from collections.abc import Sequence

from ringview.views.calls import as_of, entered_by
from ringview.views.frame import LogLine, Logs, SyscallRow
from ringview.views.inputs import Call
from ringview.views.meaning import error_name
from ringview.views.timeline import History, event_rows
from ringview.views.words import signed


def build_logs(
    kernel: Sequence[LogLine],
    console: bytes,
    calls: Sequence[Call],
    history: History,
    *,
    now: int,
    rows: int,
) -> Logs:
    """Compute the bottom tabs.

    Args:
        kernel: the ring buffer's records as guest memory holds them now.
        console: what the guest has written by now.
        calls: the run's system calls, ordered by ``enter``; later ones are left out.
        history: the run's transitions.
        now: the present icount.
        rows: at most so many lines of each.
    """
    return Logs(
        kernel=tuple(kernel[-rows:]),
        console=console_text(console, rows),
        syscalls=syscall_rows(calls, now, rows),
        events=event_rows(history, now, rows),
    )


def console_text(data: bytes, rows: int) -> str:
    """Return the console's last lines; what is not UTF-8, and control characters, are escaped."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    lines = text.split("\n")[-(rows + 1) :]
    return "\n".join(
        "".join(c if c.isprintable() or c == "\t" else _escaped(c) for c in line) for line in lines
    )


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def syscall_rows(calls: Sequence[Call], now: int, rows: int) -> tuple[SyscallRow, ...]:
    """Return the calls entered by ``now``; one that has not returned by then shows no result."""
    stop = entered_by(calls, now)
    return tuple(_row(as_of(calls, i, now), now) for i in range(max(0, stop - rows), stop))


def _row(call: Call, now: int) -> SyscallRow:
    finished = 0 <= call.exit <= now
    text = call.text
    if not finished:
        # Where the text was made with the result known, a stop inside the call must not tell it.
        text = text.rpartition(" = ")[0] or text
        text += " …"
    return SyscallRow(
        ordinal=call.ordinal,
        icount=call.enter,
        exit_icount=call.exit if finished else -1,
        task=call.task,
        nr=call.nr,
        name=call.name,
        text=text,
        ret=signed(call.ret) if finished and call.ret is not None else None,
        instructions_kernel=call.instructions_kernel if finished else now - call.enter,
        current=not finished,
    )


def result_text(call: Call) -> str:
    """Return `` = 0`` or `` = -EFAULT``, "" for a call that has not returned."""
    if call.ret is None or call.exit < 0:
        return ""
    return f" = {error_name(call.ret) or signed(call.ret)}"
