"""The change of mode, a large view: both sides register by register, the CPSR bit by bit, and in
order what the core did and what the code around it stores and loads.
"""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten, wrap, wrapped
from ringview.views.frame import FlagField, SwitchMove, SwitchRow, TransitionStory

_LABEL = 7
_HOW = 47  # columns that are left for what happens to a register, in a wide pane
_HUES = {"USR": "user", "SYS": "kernel", "SVC": "kernel", "IRQ": "kernel", "FIQ": "kernel"}


def paint(story: TransitionStory | None, room: Room) -> Page:
    """The latest change of mode, or the one that the next instruction causes."""
    if story is None:
        return Page([Line("Nothing has changed the mode yet.", "dim")], "change of mode")
    if not story.to_mode:
        return Page(wrapped(story.headline, "dim", room.width), "change of mode")
    width = room.width
    head = "the next instruction: " if story.coming else "" if story.just_now else "latest: "
    lines = [Line(head, "dim").add(story.headline, "strong").fit(width)]
    lines.extend(Line(part, "text") for part in wrap(story.cause, width, 2))
    lines.append(Line())
    lines.extend(_sides(story, width))
    lines.append(Line())
    lines.extend(_bits(story, width))
    lines.append(Line())
    lines.append(Line("in this order", "title"))
    for number, step in enumerate(story.steps, 1):
        for index, part in enumerate(wrap(step, max(8, width - 3))):
            lines.append(Line(f"{number:>2} " if not index else "   ", "key").add(part, "text"))
    lines.extend(_moves(story.moves, width))
    title = Line("change of mode ", "title").add(story.from_mode, _hue(story.from_mode))
    title.add(" → ", "strong").add(story.to_mode, _hue(story.to_mode))
    aside = Line(f"at icount {grouped(story.icount)}  ", "dim").add("[ ] ", "key")
    return Page(lines, title, aside.add("others", "dim"))


def _hue(mode: str) -> str:
    return f"{_HUES.get(mode, 'abort')} bold"


def _sides(story: TransitionStory, width: int) -> list[Line]:
    """Before and after as two columns with an arrow between them where something changed."""
    most = width - _LABEL - 5 - (_HOW if width >= 110 else 0)
    left = min(most // 2, max([8, *(len(row.before) for row in story.rows)]) + 1)
    right = min(most - left, max([8, *(len(row.after) for row in story.rows)]) + 1)
    old, new = _hue(story.from_mode), _hue(story.to_mode)
    head = Line(" " * _LABEL).add(f"{'before':<{left}}", old).add("     ").add("after", new)
    lines = [head.fit(width)]
    for row in story.rows:
        line = Line(f"{row.name:<{_LABEL}}", "dim")
        line.add(f"{shorten(row.before or '–', left):<{left}}", old if row.before else "dim")
        line.add(" ━━▶ " if row.changed else "  =  ", "strong" if row.changed else "dim")
        line.add(f"{shorten(row.after or '–', right):<{right}}", new if row.after else "dim")
        if width >= 110:
            line.add(" ").join(Line(row.how, "dim").fit(max(0, width - line.width)))
        lines.append(line.fit(width))
        lines.extend(_how(row, width))
    return lines


def _how(row: SwitchRow, width: int) -> list[Line]:
    if width >= 110 or not row.changed:
        return []
    return [Line(" " * (_LABEL + 2)).add(row.how, "dim").fit(width)]


def _bits(story: TransitionStory, width: int) -> list[Line]:
    """The CPSR as a row of boxes on either side; what changed stands out, with its meaning."""
    names = Line(f"{'CPSR':<{_LABEL}}", "dim")
    before = Line(f"{'before':<{_LABEL}}", "dim")
    after = Line(f"{'after':<{_LABEL}}", "dim")
    said: list[str] = []
    for old, new in zip(story.bits_before, story.bits, strict=True):
        cell = max(len(old.name), len(old.value), len(new.value)) + 2
        names.add(f"{new.name:^{cell}}", "strong" if new.changed else "dim")
        before.add(f"{old.value:^{cell}}", "text" if new.changed else "dim")
        value = f"[{new.value}]" if new.changed else new.value
        after.add(f"{value:^{cell}}", "strong changed" if new.changed else "dim")
        if new.changed:
            said.append(_meaning(old, new))
    words = Line(" " * _LABEL).add("; ".join(said) or "no bit changed", "text")
    return [line.fit(width) for line in (names, before, after, words)]


def _meaning(old: FlagField, new: FlagField) -> str:
    return f"{new.name} {old.value} → {new.value}" + (f": {new.meaning}" if new.meaning else "")


def _moves(moves: tuple[SwitchMove, ...], width: int) -> list[Line]:
    """Each register that is stored or loaded, in columns."""
    if not moves:
        return []
    lines = [Line(), Line("register by register  ", "title").add("✓ done  · to come", "dim")]
    cell = 40
    columns = max(1, width // cell)
    rows = -(-len(moves) // columns)
    for row in range(rows):
        line = Line()
        for column in range(columns):
            index = column * rows + row
            if index < len(moves):
                line.to(column * cell)
                line.join(_move(moves[index], cell - 1))
        lines.append(line.fit(width))
    return lines


def _move(move: SwitchMove, width: int) -> Line:
    line = Line("✓ " if move.done else "· ", "good" if move.done else "dim")
    arrow = " ◀ " if move.load else " ▶ "
    line.add(f"{shorten(move.register, 13):<13}", "text").add(arrow, "key")
    where = move.place.removeprefix("pt_regs.ARM_")
    where = f"pt_regs {where}" if where != move.place else move.place
    line.add(where or hex32(move.va), "kernel")
    if line.width + 10 <= width:
        line.add(f" {hex32(move.va)}", "dim")
    return line.fit(width).click(("memory", move.va))
