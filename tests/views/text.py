"""A frame as plain lines, for pipes, screen readers, pictures in text and tests.

Nothing here is said by colour: what the screen marks with a hue stands here as a word or a sign.
``*`` after a value means that it changed since the previous stop, ``<`` that the next instruction
reads it, ``>`` that it writes it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence

from ringview.errors import InputError
from ringview.views.frame import (
    Frame,
    Memory,
    MemoryRow,
    Registers,
    StackView,
    TlbHalf,
    TlbShare,
    TypedField,
)
from ringview.views.words import address, counted, number, size

PANES = (
    "header",
    "timeline",
    "registers",
    "code",
    "stacks",
    "translation",
    "tlb",
    "memory",
    "kernel log",
    "console",
    "syscalls",
    "events",
    "narration",
)
"""Every name that `render_text` knows, in the order of the screen. "logs" means the four bottom
tabs.
"""

_TABS = ("kernel log", "console", "syscalls", "events")
_OPERANDS = {"": " ", "read": "<", "write": ">", "read write": "x"}


def render_text(frame: Frame, panes: Sequence[str] = PANES, width: int = 100) -> str:
    """Return the panes named, as lines of at most ``width`` columns where words allow it.

    Args:
        frame: one stop.
        panes: names out of `PANES`, or "logs" for the bottom tabs, in the order wanted.
        width: columns to wrap sentences at; tables are as wide as their content.

    Raises:
        InputError: a name is not that of a pane.
    """
    names: list[str] = []
    for name in panes:
        names.extend(_TABS if name == "logs" else (name,))
    out: list[str] = []
    for name in names:
        render = _RENDERERS.get(name)
        if render is None:
            raise InputError(f'no pane is named "{name}": they are {", ".join(PANES)}')
        lines = [line.rstrip() for line in render(frame, width)]
        if name != "header":
            lines = [f"[{name}]", *(lines or ["  nothing yet"])]
        out.extend(lines)
        out.append("")
    return "\n".join(out[:-1]) + "\n"


def _wrap(text: str, width: int, indent: str = "  ", first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 20),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _header(frame: Frame, width: int) -> list[str]:
    h = frame.header
    end = f"of {number(h.end)}" if h.finished else f"of {number(h.end)} so far"
    level = "PL0" if h.mode == "USR" else "PL1"
    first = [
        h.title,
        h.kernel,
        f"icount {number(h.icount)} {end}",
        f"{h.mode} {level} {h.privilege}",
    ]
    second = [h.task, h.place, f"{h.time_ns / 1e9:.6f} s"]
    second.append("running" if h.running else f"stopped: {h.stop}" if h.stop else "stopped")
    return [
        line
        for parts in (first, second)
        for line in _wrap(" · ".join(part for part in parts if part), width, indent="")
    ]


def _timeline(frame: Frame, width: int) -> list[str]:
    t = frame.timeline
    lines = [f"  {number(t.first)} to {number(t.last)}, now at {number(t.now)}"]
    for span in t.spans:
        here = "  <- here" if span.start <= t.now < max(span.stop, span.start + 1) else ""
        who = f"{span.mode} {span.privilege}"
        lines.append(
            f"  {number(span.start):>12} to {number(span.stop):>12}  {who:<11} {span.task}{here}"
        )
    lines += [f"  {number(m.icount):>12}  {m.kind}: {m.label}" for m in t.marks]
    return lines


def _star(changed: bool) -> str:
    return "*" if changed else " "


def _register_lines(rows: Iterable[tuple[str, int, bool, str, str]]) -> list[str]:
    return [
        f"  {name:<9} {address(value)} {_star(changed)}{_OPERANDS.get(operand, ' ')} {note}"
        for name, value, changed, operand, note in rows
    ]


def _registers(frame: Frame, width: int) -> list[str]:
    r: Registers = frame.registers
    lines = _register_lines((x.name, x.value, x.changed, x.operand, x.note) for x in r.core)
    for title, flags in (("cpsr", r.flags), ("spsr", r.spsr_flags)):
        if flags:
            fields = [
                f"{f.name}={f.value}{'*' if f.changed else ''}"
                + (f" ({f.meaning})" if f.meaning else "")
                for f in flags
            ]
            lines += _wrap("; ".join(fields), width, indent="       ", first=f"  {title}: ")
    for bank in r.banks:
        lines.append(f"  banked for {bank.mode}{' (live)' if bank.live else ''}")
        lines += [
            "  " + x
            for x in _register_lines((b.name, b.value, b.changed, "", b.note) for b in bank.rows)
        ]
    lines.append("  system control")
    lines += [
        "  " + x
        for x in _register_lines((s.name, s.value, s.changed, "", s.note) for s in r.system)
    ]
    return lines


def _code(frame: Frame, width: int) -> list[str]:
    c = frame.code
    where = " in ".join(part for part in (c.function, c.path) if part) or "no symbols here"
    lines = [f"  {where} ({c.privilege})"]
    if c.caller is not None:
        lines.append(f"  for {c.caller.place}, {c.caller.source}: {c.caller.text}")
    lines += [
        f"{'=>' if s.current else '  '}{'b' if s.breakpoint else ' '}{s.number:>5} | "
        + s.text.expandtabs(8)
        for s in c.source
    ]
    if c.source:
        lines.append("")
    for row in c.rows:
        if row.symbol:
            lines.append(f"  {row.symbol}:")
        text = f"{row.mnemonic:<8} {row.operands}"
        tail = "  ; ".join(part for part in (row.target, row.note) if part)
        lines.append(
            f"{'=>' if row.current else '  '}{'b' if row.breakpoint else ' '}{address(row.va)}  "
            f"{row.encoding}  {text:<32} {tail}"
        )
    return lines


def _stack(stack: StackView) -> list[str]:
    bounds = f", {address(stack.low)} to {address(stack.high)}" if stack.high else ""
    used = f", {counted(stack.used, 'byte')} used" if stack.used else ""
    live = "live" if stack.live else "not live"
    lines = [f"  {stack.name} stack ({live}): sp {address(stack.sp)}{bounds}{used}"]
    for s in stack.slots:
        value = address(s.value) if s.readable else "not mapped"
        note = f"  {s.note}" if s.note else ""
        lines.append(
            f"  {'sp' if s.is_sp else '  '} {address(s.va)}  {value:<10}{_star(s.changed)} "
            f"{s.label}{note}"
        )
    return lines


def _stacks(frame: Frame, width: int) -> list[str]:
    s = frame.stacks
    lines = [*_stack(s.kernel), "", *_stack(s.user)]
    if s.backtrace:
        lines += ["", "  called from"]
    for depth, b in enumerate(s.backtrace):
        if b.boundary:
            lines.append(f"      -- {b.boundary}")
        source = f"  {b.source}" if b.source else ""
        lines.append(f"  #{depth:<2} {address(b.pc)}  {b.privilege:<6} {b.place}{source}")
    return lines


def _translation(frame: Frame, width: int) -> list[str]:
    t = frame.translation
    lines = _wrap(f"VA {address(t.va)}, {t.reason}: {t.access} by {t.privilege}", width)
    for step in t.steps:
        at = f" at {address(step.descriptor_pa)}" if step.descriptor_pa else ""
        index = f"{step.index}  " if step.index else ""
        lines += _wrap(
            f"{index}{address(step.raw)}{at}  {step.meaning}",
            width,
            "         ",
            f"  {step.level:<6} ",
        )
    if t.mapped:
        asid = f", ASID {t.asid}" if t.asid >= 0 else ""
        lines += _wrap(f"PA {address(t.pa)}, {size(t.page_size)} page{asid}, {t.attributes}", width)
    if t.domain:
        lines.append(f"  domain {t.domain}")
    for v in t.verdicts:
        answer = "allowed" if v.allowed else f"denied ({v.fault})" if v.fault else "denied"
        lines += _wrap(f"{v.privilege} {v.access:<7} {answer}: {v.rule}", width, "      ", "  ")
    lines += _wrap(t.verdict, width)
    if t.in_tlb:
        lines += _wrap(f"TLB (model): {t.in_tlb}", width)
    if t.problem:
        lines += _wrap(t.problem, width)
    for alias in t.aliases:
        lines += _wrap(
            f"PA {address(alias.pa)} by VA {address(alias.va)}: {alias.kind}, PL0 {alias.user},"
            f" PL1 {alias.kernel}, {alias.spaces} {alias.note}".rstrip(),
            width,
        )
    return lines


def _tlb_half(half: TlbHalf) -> list[str]:
    lookups = f"{counted(half.hits, 'hit')}, {counted(half.misses, 'miss', 'misses')}"
    filled = f"{len(half.entries)} of {half.capacity} entries"
    lines = [f"  {half.name}: {filled}, {lookups}, next victim {half.victim}"]
    for e in half.entries:
        marks = [word for word, on in (("used", e.used), ("new", e.new), ("stale", e.stale)) if on]
        asid = e.asid if e.asid == "global" else f"asid {e.asid}"
        lines.append(
            f"    {e.index:>2}  {address(e.va)} -> {address(e.pa)} {size(e.size):>6}  {asid:<8} "
            f"user {e.user} kernel {e.kernel} {'x' if e.execute else 'XN'} domain {e.domain}  "
            + ", ".join(marks)
            + (f": {e.why}" if e.why else "")
        )
    return lines


def _tlb(frame: Frame, width: int) -> list[str]:
    t = frame.tlb
    if not t.available:
        return _wrap(f"{t.label}: {t.why_not}", width)
    lines = [f"  {t.label}", *_tlb_half(t.instruction), *_tlb_half(t.data)]
    return lines + [_share(share) for share in t.shares]


def _share(share: TlbShare) -> str:
    sides = ", ".join(
        f"{side} {counted(hits, 'hit')} {counted(misses, 'miss', 'misses')}"
        for side, hits, misses in zip(("I", "D"), share.hits, share.misses, strict=True)
    )
    times = f" ({counted(share.entries, 'time')})" if share.entries >= 0 else ""
    return f"  {share.who}{times}: {sides}"


def _hex(row: MemoryRow) -> str:
    if not row.readable:
        return f"  {address(row.va)}  not mapped"
    cells = " ".join(
        f"{byte:02x}{'*' if i in row.changed else ''}" for i, byte in enumerate(row.data)
    )
    shown = "".join(chr(b) if 0x20 <= b < 0x7F else "." for b in row.data)
    return f"  {address(row.va)}  {cells:<48} {shown}"


def _field(field: TypedField) -> str:
    indent = "  " * (field.depth + 2)
    return f"{indent}{field.name:<12} {field.value}{' *' if field.changed else ''}  ({field.type})"


def _memory(frame: Frame, width: int) -> list[str]:
    m: Memory = frame.memory
    lines: list[str] = []
    for watch in m.watches:
        if not watch.resolved:
            lines += _wrap(f"{watch.name} ({watch.type}): {watch.why_not}", width)
            continue
        lines.append(f"  {watch.name}  {watch.type} at {address(watch.va)}")
        lines += [_field(f) for f in watch.fields]
    lines += [_hex(row) for row in m.rows]
    if m.accesses:
        lines.append("  kernel accesses to user memory")
    for a in m.accesses:
        verb = "writes" if a.write else "reads"
        call = f"  in call {a.syscall + 1}" if a.syscall >= 0 else ""
        lines.append(
            f"    {number(a.icount):>12}  {a.place} {verb} {a.value:0{2 * a.size}x} "
            f"({counted(a.size, 'byte')}) {'to' if a.write else 'from'} {address(a.va)}{call}"
        )
    return lines


def _kernel_log(frame: Frame, width: int) -> list[str]:
    return [f"  [{line.seconds:12.6f}] {line.text}" for line in frame.logs.kernel]


def _console(frame: Frame, width: int) -> list[str]:
    return [f"  {line}" for line in frame.logs.console.splitlines()]


def _syscalls(frame: Frame, width: int) -> list[str]:
    return [
        f"{'=>' if s.current else '  '}{number(s.icount):>12}  {s.task}  {s.text}  "
        f"{counted(s.instructions_kernel, 'kernel instruction')}"
        for s in frame.logs.syscalls
    ]


def _events(frame: Frame, width: int) -> list[str]:
    return [f"  {number(e.icount):>12}  {e.kind}: {e.text}" for e in frame.logs.events]


def _narration(frame: Frame, width: int) -> list[str]:
    n = frame.narration
    lines: list[str] = []
    for beat in n.beats:
        if beat.current:
            here = "" if beat.here else " (passed)"
            lines += _wrap(f"beat {beat.ordinal}{here}: {beat.title}", width)
            lines += [x for part in beat.say.splitlines() for x in _wrap(part, width, "    ")]
            if beat.question:
                lines += _wrap(f"Question: {beat.question}", width, "    ")
    if n.transition is not None:
        when = "just now" if n.transition.just_now else f"at {number(n.transition.icount)}"
        lines += _wrap(f"{n.transition.headline} ({when})", width)
        if n.transition.cause:
            lines += _wrap(n.transition.cause, width, "    ")
        for i, step in enumerate(n.transition.steps, 1):
            lines += _wrap(step, width, "       ", f"    {i:>2} ")
    if n.fault is not None:
        lines += _wrap(f"fault at {number(n.fault.icount)}: {n.fault.sentence}", width)
        for evidence in n.fault.evidence:
            lines += _wrap(evidence, width, "      ", "    - ")
        known = "" if n.fault.recorded else "Prediction: "
        lines += _wrap(known + n.fault.what_next, width, "    ")
    if n.hops:
        lines.append("  the way of this call")
    for hop in n.hops:
        misses = (
            f", {counted(hop.tlb_misses, 'TLB miss', 'TLB misses')}" if hop.tlb_misses >= 0 else ""
        )
        here = "=>" if hop.current else "  "
        lines.append(
            f"  {here}{number(hop.icount):>12}  {hop.name:<16} {hop.place:<28} "
            f"{counted(hop.instructions, 'instruction')}{misses}  {hop.note}"
        )
    if n.next_effect:
        lines += _wrap(f"Next: {n.next_effect}", width)
    return lines


_RENDERERS: dict[str, Callable[[Frame, int], list[str]]] = {
    "header": _header,
    "timeline": _timeline,
    "registers": _registers,
    "code": _code,
    "stacks": _stacks,
    "translation": _translation,
    "tlb": _tlb,
    "memory": _memory,
    "kernel log": _kernel_log,
    "console": _console,
    "syscalls": _syscalls,
    "events": _events,
    "narration": _narration,
}
