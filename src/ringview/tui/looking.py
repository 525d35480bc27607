"""How a screen looks at the machine: each wish to see something else, as another `ViewRequest`."""

from __future__ import annotations

from msgspec.structs import replace

from ringview.tui.layout import Arrangement
from ringview.tui.window import Window, panned, zoomed
from ringview.views.frame import Storyboard, Tables, Timeline, ViewRequest

LINE = ~0xF
"""Takes an address to the row of memory that it is in."""


def fitted(view: ViewRequest, arrangement: Arrangement, large: str, columns: int) -> ViewRequest:
    """As much of everything as there is room for.

    Args:
        view: what is seen so far.
        arrangement: the room.
        large: the large view that fills the screen, or "".
        columns: into how many the timeline is divided.
    """
    rows = max(24, arrangement.height)
    return replace(
        view,
        code_rows=rows + 8,
        source_lines=rows + 8,
        stack_slots=max(48, 2 * rows),
        memory_rows=max(8, arrangement.height // 2),
        large=large,
        columns=columns,
        steps=arrangement.height,
    )


def memory_at(view: ViewRequest, va: int | None) -> ViewRequest:
    """The bytes at an address; None follows the current access."""
    return replace(view, memory_va=None if va is None else va & LINE)


def translated(view: ViewRequest, va: int) -> ViewRequest:
    """An address walked."""
    return replace(view, translation_va=va, translate="")


def translation_of(view: ViewRequest, words: str) -> ViewRequest:
    """What words name, walked; none follow the current access."""
    return replace(view, translation_va=None, translate=words)


def table_turned(view: ViewRequest, tables: Tables | None, key: int) -> ViewRequest:
    """An entry of the translation tables opened, or shut."""
    is_open = tables is not None and any(row.key == key and row.open for row in tables.rows)
    opened, shut = set(view.tables_open), set(view.tables_shut)
    (shut if is_open else opened).add(key)
    (opened if is_open else shut).discard(key)
    return replace(view, tables_open=tuple(sorted(opened)), tables_shut=tuple(sorted(shut)))


def other_space(view: ViewRequest, tables: Tables | None, direction: int) -> ViewRequest:
    """The tables of another address space, if there is one."""
    count = 0 if tables is None else len(tables.spaces)
    if count <= 1:
        return view
    space = (view.tables_space + direction) % count
    return replace(view, tables_space=space, tables_open=(), tables_shut=())


def other_call(view: ViewRequest, board: Storyboard | None, direction: int) -> ViewRequest:
    """Another system call on the storyboard, if there is one; direction 0 follows the run."""
    if board is None or board.ordinal < 0:
        return view
    call = board.ordinal + direction if direction else -1
    if call >= board.count:
        return view
    return replace(view, call=max(0, call) if direction else -1)


def time_zoomed(view: ViewRequest, line: Timeline, direction: int, at: int) -> ViewRequest:
    """The timeline zoomed around a moment, now if that is negative; direction 0 shows all."""
    window = None
    if direction:
        shown, least = (line.first, line.last), max(8, view.columns)
        window = zoomed(shown, _whole(line), line.now if at < 0 else at, direction, least)
    return replace(view, timeline=window, follow=at < 0)


def time_panned(view: ViewRequest, line: Timeline, direction: int) -> ViewRequest:
    """The timeline's window moved by hand."""
    window = panned((line.first, line.last), _whole(line), direction)
    return replace(view, timeline=window, follow=False)


def _whole(line: Timeline) -> Window:
    """What the timeline can show."""
    return line.whole if line.whole[1] > line.whole[0] else (line.first, line.last)


def address(text: str) -> int:
    """Read an address as people write it: ``bef0_0c40``, ``0xbef00c40``, ``bef00c40``.

    Raises:
        ValueError: with a sentence for the user.
    """
    digits = text.strip().replace("_", "").replace(",", "").lower().removeprefix("0x")
    try:
        value = int(digits, 16)
    except ValueError:
        raise ValueError(f"“{text}” is not a hexadecimal address such as bef0_0c40") from None
    if not 0 <= value <= 0xFFFFFFFF:
        raise ValueError(f"“{text}” does not fit into 32 bits")
    return value
