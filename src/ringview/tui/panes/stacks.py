"""The stacks pane: the user's and the kernel's side by side, the saved registers by name, and one
unbroken backtrace.
"""

from __future__ import annotations

from itertools import groupby

from ringview.tui.panes.registers import CHANGED
from ringview.tui.panes.touch import StacksPart, Touch
from ringview.tui.text import Line, Page, Room, beside, grouped, hex32, shorten, shorten_path
from ringview.views.frame import BacktraceFrame, StackSlot, StackView

SP = "→"
"""Where the stack pointer points."""
LIVE = "●"
OTHER = "○"
BY = "←"
"""Between a function and the one that called it."""
_SIDE_BY_SIDE = 44  # columns from which both stacks stand side by side
_RINGS = 14  # rows from which two functions may take one each
_NOTES = 38  # columns of one stack from which values carry notes


def paint(part: StacksPart, room: Room) -> Page:
    """Both stacks above the backtrace."""
    stacks, touch = part.stacks, part.touch
    trace = _backtrace(stacks.backtrace, room)
    height = max(3, room.height - len(trace))
    if room.width >= _SIDE_BY_SIDE:
        right_width = (room.width - 3) // 2
        if room.width < 86:  # as wide as the saved registers need, in two columns or in three
            right_width = 28 if room.width < 76 else 48
        left_width = room.width - right_width - 3
        left = _stack(stacks.user, touch, left_width, height, room)
        right = _stack(stacks.kernel, touch, right_width, height, room)
        rows = max(len(left), len(right), min(height, room.height - len(trace)))
        left.extend(Line() for _ in range(rows - len(left)))
        lines = beside(left, right, left_width, " │ ")
    else:
        first, second = stacks.user, stacks.kernel
        if stacks.kernel.live:
            first, second = second, first
        lines = _stack(first, touch, room.width, max(2, height * 2 // 3), room)
        lines.extend(_stack(second, touch, room.width, max(2, height - len(lines)), room))
    live = next((s for s in (stacks.user, stacks.kernel) if s.live), None)
    aside = Line()
    if live is not None:
        aside.add(f"{LIVE} sp is in the {live.name} stack", live.privilege.value)
    elif stacks.user.slots or stacks.kernel.slots:
        aside.add(f"{LIVE} {stacks.elsewhere or 'sp is in neither'}", "abort")
    return Page([*lines, *trace], "stacks", aside)


def _stack(stack: StackView, touch: Touch, width: int, height: int, room: Room) -> list[Line]:
    if not stack.slots:
        nothing = Line("  nothing on it yet" if width > 18 else "  empty", "dim")
        return [_head(stack, width), nothing]
    below, *frames = _parts(stack.slots)
    saved, beyond = frames[0] if frames else ([], [])
    block, headed = _saved_registers(saved, width, height - 1, stack, touch)
    lines = [_head(stack, width, "" if headed or not block else _briefly(saved, stack))]
    lines.extend(_slots(below[1], width, height - 1 - len(block), stack, touch))
    lines.extend(block)
    lines.extend(_slots(beyond, width, height - len(lines), stack, touch))
    for saved, beyond in frames[1:]:
        # An exception taken in the kernel: further up lies what was saved when that was entered.
        block, headed = _saved_registers(saved, width, height - len(lines), stack, touch)
        lines.extend(block if headed else ())
        lines.extend(_slots(beyond, width, height - len(lines), stack, touch))
    return lines


_Slots = list[StackSlot]


def _parts(slots: tuple[StackSlot, ...]) -> list[tuple[_Slots, _Slots]]:
    """Each `struct pt_regs` with the words that follow it; first, without one, those before."""
    parts: list[tuple[_Slots, _Slots]] = [([], [])]
    for slot in slots:
        saved = slot.group == "pt_regs"
        if saved and (not parts[-1][0] or parts[-1][1] or _short_label(slot) == "r0"):
            parts.append(([], []))
        parts[-1][0 if saved else 1].append(slot)
    return parts


def _head(stack: StackView, width: int, below: str = "") -> Line:
    """Which stack, its pointer, and what stands right below this line, if nothing else says so."""
    head = Line(LIVE if stack.live else OTHER, f"{stack.privilege.value} bold")
    head.add(f" {stack.name} ", f"{stack.privilege.value} bold")
    pointer, below = hex32(stack.sp), f" {below}" if below else ""
    if width >= max(20, head.width + len(f"sp {pointer}{below}")):
        head.add("sp ", "dim")
    head.add(pointer, "strong" if stack.live else "text").add(below, "text")
    if not below and stack.used and head.width + 12 + len(grouped(stack.used)) <= width:
        head.add(f"  {grouped(stack.used)} B used", "dim")
    head.row("current" if stack.live else "")
    head.add(" " * (width - head.width))
    return head.fit(width)


def _free(saved: list[StackSlot], stack: StackView) -> bool:
    """Whether the saved registers lie below the stack pointer: left over from an earlier entry."""
    return saved[0].va < stack.sp


def _briefly(saved: list[StackSlot], stack: StackView) -> str:
    """What the saved registers are, where there is no row for a heading."""
    return "old regs" if _free(saved, stack) else "pt_regs"


def _slots(
    slots: list[StackSlot], width: int, space: int, stack: StackView, touch: Touch
) -> list[Line]:
    shown = slots if len(slots) <= space else slots[: max(0, space - 1)]
    lines = [_slot(slot, width, stack, touch) for slot in shown]
    hidden = len(slots) - len(shown)
    if hidden and space > 0:
        lines.append(Line(f" ⋮ {hidden} more words", "dim").fit(width))
    return lines


def _slot(slot: StackSlot, width: int, stack: StackView, touch: Touch) -> Line:
    owner = stack.privilege.value
    mark = touch.glyph(slot.va, 4).strip()
    wide = width >= _NOTES
    line = Line(mark or (SP if slot.is_sp else " "), "strong" if mark else f"{owner} bold")
    if wide:
        line.add(f"{hex32(slot.va)} ", "dim")
        name_width = 16 if width < 60 else 22
    else:
        name_width = max(6, width - 11)
    name = slot.label if wide else _short_label(slot)
    if len(name) > name_width:
        name = name.split(" of ", 1)[0]
    if not name:
        offset = (slot.va - stack.sp) & 0xFFFFFFFF
        name = f"+{offset:02x}" if offset < 0x1000 else ""
    known = bool(slot.label)
    if len(name) > name_width:
        name = name.removeprefix("pt_regs.")
    if len(name) > name_width and "." in name:
        member = name.rsplit(".", 1)[1]  # says more than what it is of
        name = f"….{member}" if len(member) + 2 <= name_width else member
    line.add(f"{shorten(name, name_width):<{name_width}}", "text" if known else "dim")
    line.add(CHANGED if slot.changed else " ", "strong")
    if slot.readable:
        line.add(hex32(slot.value), _value_style(slot, owner))
    else:
        line.add("absent", "abort")
    if wide and slot.note and line.width + 4 < width:
        line.join(Line(f"  {slot.note}", "dim").fit(width - line.width))
    return line.click(("memory", slot.va))


def _value_style(slot: StackSlot, owner: str) -> str:
    if slot.changed:
        return f"{owner} changed"
    return owner if slot.value else "dim"


def _short_label(slot: StackSlot) -> str:
    """A label for a narrow column: `saved lr of sys_hello2` is `lr`, `pt_regs.ARM_r0` is `r0`."""
    label = slot.label.removeprefix("saved ").split(" of ", 1)[0]
    if label.startswith("type AT_"):
        return "type"
    if label.endswith(" ends"):
        return "NULL"
    return label.removeprefix("pt_regs.").removeprefix("ARM_").removeprefix("AT_")


def _saved_registers(
    saved: list[StackSlot], width: int, space: int, stack: StackView, touch: Touch
) -> tuple[list[Line], bool]:
    """`struct pt_regs`: one register a row if there is space, otherwise two or three side by
    side; and whether a heading says what they are.
    """
    if not saved or space < 1:
        return [], False
    owner = "user"
    one_row = len(saved) + 4 <= space and width >= _NOTES
    above = (saved[0].va - stack.sp) // 4
    free = _free(saved, stack)
    heading = Line("╌╌ ", "rule")
    heading.add("free: the last pt_regs " if free else "saved at entry: pt_regs ", "text")
    if 0 < above < 2048 and width >= 60:
        heading.add(f"{above} words above sp ", "dim")
    heading.add("╌" * max(0, width - heading.width), "rule")
    if one_row:
        return [heading.fit(width), *(_slot(slot, width, stack, touch) for slot in saved)], True
    columns = max(1, min(4, width // (14 if width < 44 else 16)))
    rows = -(-len(saved) // columns)
    headed = rows + 1 <= space
    lines = [heading.fit(width)] if headed else []
    for row in range(rows):
        line = Line()
        for column in range(columns):
            index = column * rows + row
            if index >= len(saved):
                continue
            slot = saved[index]
            name = _short_label(slot).replace("ORIG_r0", "orig")
            line.to(column * 14 if width < 44 else column * 16)
            gap = 4 if column == 0 and width < 44 else 5
            mark = touch.glyph(slot.va, 4).strip()
            name = f"{name[: gap - 1 - len(mark)]}{mark}"
            line.add(f"{name:<{gap - 1}}", "text", ("memory", slot.va))
            line.add(CHANGED if slot.changed and not free else " ", "strong")
            style = "dim" if free else _value_style(slot, owner)
            line.add(hex32(slot.value), style, ("memory", slot.va))
        lines.append(line)
    return lines[:space], headed


def _backtrace(frames: tuple[BacktraceFrame, ...], room: Room) -> list[Line]:
    """Every function under way: one a row if there is space, otherwise one ring a row."""
    if not frames or room.height < 8:
        return []
    width = room.width
    title = Line("╌╌ ", "rule").add("backtrace ", "text")
    title.add("╌" * max(0, width - title.width), "rule")
    space = room.height // 5 if room.height >= _RINGS else 1  # in a low pane the stacks need it
    if room.zoomed:
        space = max(3, room.height // 3)
    if len(frames) <= space:
        return [title, *(_call(frame, width) for frame in frames)]
    rings = (list(ring) for _, ring in groupby(frames, key=lambda frame: frame.privilege))
    return [title, *(_ring(ring, width) for ring in rings)]


def _call(frame: BacktraceFrame, width: int) -> Line:
    """One function, where its source is, and whether another ring's begins behind it."""
    line = _begun(frame, frame.place or hex32(frame.pc))
    if frame.boundary:
        said = next(
            (
                text
                for text in (frame.boundary, frame.boundary.split(" came")[0])
                if line.width + len(text) + 5 < width
            ),
            "",
        )
        line.add(f"  ◂ {said}" if said else " ◂", "strong")
    space = width - line.width - 2
    if frame.source and space >= 12:
        line.right(Line(shorten_path(frame.source, space), "dim"), width)
    return line


def _ring(frames: list[BacktraceFrame], width: int) -> Line:
    """Functions of one ring, each called by the next; what left the next ring for this one."""
    names = [frame.place.split("+")[0] or hex32(frame.pc) for frame in frames]
    line = _begun(frames[0], shorten(f" {BY} ".join(names), width - 2))
    boundary = frames[0].boundary.split(" came")[0]
    if boundary and line.width + len(boundary) + 4 <= width:
        line.add(f"  ◂ {boundary}", "strong")
    return line


def _begun(frame: BacktraceFrame, words: str) -> Line:
    owner = frame.privilege.value
    return Line(f"{owner[0]} ", f"{owner} bold").add(words, owner)
