"""The registers pane: core registers with their meaning, the CPSR taken apart, banked copies by
mode, system registers.
"""

from __future__ import annotations

from msgspec.structs import replace

from ringview.tui.text import Line, Page, Room, beside, hex32, wrapped
from ringview.views.frame import BankColumn, FlagField, RegisterRow, Registers

OPERAND_GLYPHS = {"": " ", "read": "▸", "write": "◂", "read write": "◆"}
"""What the next instruction does with a register: its value flows out, in, or both."""
CHANGED = "*"
"""Marks what differs from the previous stop, beside the raised background."""


def value_line(row: RegisterRow, name_width: int, *, tight: bool = False) -> Line:
    """Operand glyph, name, owner's letter, value, change mark."""
    line = Line(OPERAND_GLYPHS.get(row.operand, "◆"), "strong")
    line.add(f"{row.name:<{name_width}}", "strong" if row.operand else "text")
    owner = f"{row.owner.value[0]} "
    line.add(f" {owner}" if name_width > 3 and not tight else owner, row.owner.value)
    changed = " changed" if row.changed else ""
    quiet = row.value == 0 and not row.changed
    line.add(hex32(row.value), "dim" if quiet else row.owner.value + changed)
    return line.add(CHANGED if row.changed else " ", "strong")


def paint(registers: Registers, room: Room) -> Page:
    """Core, flags, banks and system registers, in as many columns as there is width."""
    low = room.height < (18 if room.big else 20)  # for the last row, what values mean comes first
    if low and room.width >= _BESIDE:
        return Page(_low_and_wide(registers, room), "registers", _LEGEND)
    if low and room.width >= 32:
        return Page(
            [*_pairs(registers, room.width), *_banks(registers.banks, room)], "registers", _LEGEND
        )
    core = _core(registers, min(room.width, 54))
    banks = _banks(registers.banks, room)
    system = _rows(registers.system, 11, min(room.width, 60))
    if room.width >= 92:
        system = _whole_rows(registers.system, 11, room.width - 54 - 3)
        right = [*banks[1:], Line(), Line(" system registers", "title"), *system]
        core.extend(_meanings(registers.flags))
        lines = beside(core, right, 54, " │ ")
    else:
        lines = [*core, *banks]
        if system and room.height > len(lines) + len(system):
            lines.append(Line())
            lines.append(Line(" system registers", "title"))
        lines.extend(system)
    aside = Line()
    if room.width >= 38:
        aside.add("▸ read  ◂ written  ", "dim")
    return Page(lines, "registers", aside.add("* changed", "dim"))


_LEGEND = Line("* changed", "dim")


_BESIDE = 72  # columns from which status and banks stand beside the pairs
_PAIR = 34  # columns of two registers side by side


def _low_and_wide(registers: Registers, room: Room) -> list[Line]:
    """Two registers a line, and what changes with the mode beside them."""
    pairs = _pairs(registers)
    general = sum(row.name != "cpsr" for row in registers.core)
    rows = -(-general // 2)
    wide = room.width - _PAIR - 3
    right = [*pairs[rows:], *_banks(registers.banks, Room(wide, room.height))]
    return beside(pairs[:rows], right, _PAIR, " │ ")


def _pairs(registers: Registers, width: int = 0) -> list[Line]:
    """Two registers a line for low panes, with what their values mean as far as there is room."""
    general = [row for row in registers.core if row.name != "cpsr"]
    rows = -(-len(general) // 2)
    half = width // 2 if width >= _PAIRS_NOTED else 0
    lines = []
    for index in range(rows):
        line = _noted(value_line(general[index], 3), general[index], half - 1)
        if index + rows < len(general):
            other = general[index + rows]
            right = value_line(other, 4, tight=True)
            line.to(half).join(_noted(right, other, width - half if half else 0))
        lines.append(line)
    return [*lines, *_core(registers, 36)[len(general) :]]


def _noted(line: Line, row: RegisterRow, width: int) -> Line:
    """A value with its meaning, if enough of that fits."""
    room = width - line.width - 1
    if row.note and room >= min(len(row.note), _LEAST_NOTE):
        line.add(" ").join(Line(_brief(row.note, room), "dim").fit(room))
    return line


_PAIRS_NOTED = 56  # columns in which two registers and their notes stand side by side
_LEAST_NOTE = 8  # columns in which a part of a note says something


def _core(registers: Registers, width: int) -> list[Line]:
    lines = _rows(registers.core, 4, width)
    full = width >= 40
    if registers.core and registers.core[-1].name == "cpsr" and registers.flags:
        cpsr = value_line(registers.core[-1], 4).add(" ")
        lines[-1] = cpsr.join(_flags(registers.flags, full=full)).fit(width)
    if registers.spsr_flags:
        live = next((row for row in _live_rows(registers) if row.name.startswith("spsr")), None)
        spsr = value_line(replace(live, name="spsr"), 4) if live else Line(" spsr").to(18)
        lines.append(spsr.add(" ").join(_flags(registers.spsr_flags, full=full)).fit(width))
    return lines


def _live_rows(registers: Registers) -> tuple[RegisterRow, ...]:
    return next((bank.rows for bank in registers.banks if bank.live), ())


def _rows(rows: tuple[RegisterRow, ...], name_width: int, width: int) -> list[Line]:
    lines = []
    for row in rows:
        line = value_line(row, name_width)
        room = width - line.width - 1
        if row.note and room >= 3:
            line.add(" ").join(Line(_brief(row.note, room), "dim").fit(room))
        was = f"  was {hex32(row.before)}"
        if width >= 50 and row.changed and row.before != row.value and line.width + 15 <= width:
            line.add(was, "dim")
        lines.append(line)
    return lines


def _whole_rows(rows: tuple[RegisterRow, ...], name_width: int, width: int) -> list[Line]:
    """The rows with their notes whole, in a second line if need be."""
    lines = []
    for row in rows:
        line = value_line(row, name_width).add(" ")
        first, *rest = wrapped(row.note, "dim", width - line.width) or [Line()]
        under = [Line(" " * line.width).join(more) for more in rest]
        lines.extend([line.join(first), *under])
    return lines


def _brief(note: str, width: int) -> str:
    """A note without its details where they do not fit: `kernel stack, top-0x60` is a kernel
    stack.
    """
    for joint in (", top", ", sp", ", below", " of "):
        if len(note) > width:
            note = note.split(joint, 1)[0]
    return note


_BLANK_BETWEEN = 34  # columns from which a blank follows the mark of a banked register
_FEW = ("N", "Z", "C", "V", "A", "I", "F", "M")
"""The fields worth showing where not all fit."""


def _flags(flags: tuple[FlagField, ...], *, full: bool) -> Line:
    """A set flag as a capital, a clear one small; the mode by its name; condition flags, masks and
    mode apart.
    """
    line = Line()
    for flag in flags:
        if not full and flag.name not in _FEW:
            continue
        raised = " changed" if flag.changed else ""
        single = flag.value in ("0", "1") and flag.name != "GE"
        if line.width and (flag.name in ("A", "M", "GE", "E", "Q") if full else flag.name in "AM"):
            line.add(" ")
        if single:
            on = flag.value == "1"
            text = flag.name.upper() if on else flag.name.lower()
            line.add(text, ("strong" if on else "dim") + raised)
        elif flag.name == "M":
            line.add(flag.value, "strong" + raised)
        else:
            line.add(f"{flag.name}={flag.value} ", "dim" + raised)
    return line


def _meanings(flags: tuple[FlagField, ...]) -> list[Line]:
    """The CPSR field by field, with what each value means."""
    if not flags:
        return []
    lines = [Line(), Line(" cpsr, field by field", "title")]
    for flag in sorted(flags, key=lambda flag: "MIFATNZCV".find(flag.name) % 99):
        line = Line(f" {flag.name:<3}", "text")
        line.add(flag.value, "strong" + (" changed" if flag.changed else ""))
        line.add(CHANGED if flag.changed else "", "strong").to(10)
        lines.append(line.add(flag.meaning, "dim").fit(54))
    return lines


def _banks(banks: tuple[BankColumn, ...], room: Room) -> list[Line]:
    """One line a mode: its sp, lr and, where there is room, spsr."""
    lines: list[Line] = []
    if not banks:
        return lines
    if room.height >= 30 or room.width >= 92:
        lines.extend((Line(), Line(" banked: each mode has its own", "title")))
    for bank in banks:
        line = Line("●" if bank.live else " ", "strong")
        line.add(f"{bank.mode.lower():<3}", "strong" if bank.live else "text")
        narrow = room.width < _BLANK_BETWEEN
        mark = " "  # of the value before, in a narrow pane in the place of the blank behind it
        for row in bank.rows:
            name = row.name.split("_")[0]
            if name not in ("sp", "lr", "spsr"):
                continue
            piece = Line(mark, "strong").add(f"{name} ", "dim")
            owner = row.owner.value + (" changed" if row.changed else "")
            piece.add(hex32(row.value), owner if row.value or row.changed else "dim")
            piece.add(CHANGED if row.changed and not narrow else "", "strong")
            if line.width + piece.width <= room.width:
                line.join(piece)
                mark = CHANGED if row.changed and narrow else " "
        if line.width < room.width:
            line.add(mark, "strong")
        lines.append(line)
    return lines
