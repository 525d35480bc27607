"""The bottom tabs: kernel log, console, system calls and events, each as of this stop."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.text import Line, Page, Room, grouped, wrap
from ringview.views.frame import EventRow, LogLine, Logs, SyscallRow

TABS = ("kernel log", "console", "syscalls", "events")
_LEVEL_STYLES = {0: "bad", 1: "bad", 2: "bad", 3: "bad", 4: "strong"}
_LEVEL_WORDS = {0: "emerg ", 1: "alert ", 2: "crit ", 3: "err ", 4: "warn "}


@dataclass(frozen=True, slots=True)
class LogsPart:
    """The logs of a frame and which of `TABS` is chosen."""

    logs: Logs
    tab: int
    icount: int


def paint(part: LogsPart, room: Room) -> Page:
    """The chosen tab, its newest lines in view."""
    logs, width = part.logs, room.width
    counts = (len(logs.kernel), logs.console.count("\n"), len(logs.syscalls), len(logs.events))
    lines: list[Line]
    keep = None
    if part.tab == 1:
        lines = _console(logs.console, width)
    elif part.tab == 2:
        lines = [_syscall(row, width) for row in logs.syscalls]
        current = next((i for i, row in enumerate(logs.syscalls) if row.current), None)
        keep = None if current is None else (current, current)
    elif part.tab == 3:
        lines = [_event(row, width) for row in logs.events]
        past = [i for i, row in enumerate(logs.events) if row.icount <= part.icount]
        keep = (past[-1], past[-1]) if past else None
    else:
        lines = [line for record in logs.kernel for line in _record(record, width)]
    if not lines:
        lines = [Line(f"{_EMPTY[part.tab]}", "dim")]
    if keep is None:
        keep = (len(lines) - 1, len(lines) - 1)
    title, aside = Line(), Line()
    for index, name in enumerate(TABS):
        if width < 50 and index != part.tab:
            continue
        chosen = index == part.tab
        title.add(f" {name} ", "strong raised" if chosen else "dim", ("log_tab", index))
    aside.add(f"{grouped(counts[part.tab])} lines", "dim")
    if key := room.keys.text("next log"):
        aside.add(f"  {key}", "key").add(" next", "dim")
    return Page(lines, title, aside, keep=keep, above=max(0, room.height - 1))


_EMPTY = (
    "the kernel has logged nothing yet",
    "the guest has written nothing to its console yet",
    "no system call yet",
    "no transition yet",
)


def _record(record: LogLine, width: int) -> list[Line]:
    stamp = f"[{record.seconds:12.6f}] " if width >= 76 else f"[{record.seconds:.6f}] "
    word = _LEVEL_WORDS.get(record.level, "")
    style = _LEVEL_STYLES.get(record.level, "text")
    lines = []
    for index, part in enumerate(wrap(word + record.text, max(8, width - len(stamp)))):
        line = Line(stamp if index == 0 else " " * len(stamp), "dim")
        lines.append(line.add(part, style))
    return lines


def _console(text: str, width: int) -> list[Line]:
    if not text:
        return []
    rows = text.split("\n")
    if rows and rows[-1] == "":
        rows.pop()
    return [Line(part, "text") for row in rows[-400:] for part in wrap(row, width)]


def _syscall(row: SyscallRow, width: int) -> Line:
    line = Line("▶" if row.current else " ", "kernel bold").add(f"{row.ordinal:>3} ", "dim")
    text = row.text or row.name
    end = Line(f"{grouped(row.instructions_kernel)} in kernel  " if width >= 76 else "", "dim")
    end.add(f"@{grouped(row.icount)}", "dim")
    line.join(Line(text, "strong" if row.current else "text").fit(max(4, width - 6 - end.width)))
    failed = row.ret is not None and -4096 < row.ret < 0
    if failed and width - line.width - end.width > 9:
        line.add(" ✗ error", "bad")
    elif row.exit_icount < 0 and width - line.width - end.width > 12:
        line.add(" in flight", "kernel")
    line.right(end, width)
    line.click(("go", row.icount))
    return line.row("current") if row.current else line


def _event(row: EventRow, width: int) -> Line:
    line = Line(f"{grouped(row.icount):>11} ", "dim")
    line.add(f"{row.from_mode:>3}→{row.to_mode:<3} ", f"{row.privilege.value} bold")
    text = row.text.removeprefix(f"{row.from_mode} → {row.to_mode} ")
    return line.add(text, "text").fit(width).click(("go", row.icount))
