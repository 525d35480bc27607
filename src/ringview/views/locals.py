"""Local variables on the stacks: which word belongs to which variable of which frame, by DWARF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringview.guest.debuginfo import DebugInfo
from ringview.guest.image import Image
from ringview.guest.locations import place_of
from ringview.guest.unwind import Frame
from ringview.session.codemap import CodeMap
from ringview.views.inputs import StateView
from ringview.views.watches import KnownRegisters, in_prologue

_FRAMES = 12
"""Innermost frames looked at: those whose words are on the screen."""

_WORDS = 64
"""Words of one variable that are named."""


class LocalNames:
    """Names the words of local variables; the layout of each type is worked out once.

    Args:
        code: kernel and program.
    """

    def __init__(self, code: CodeMap) -> None:
        self._code = code
        self._layouts: dict[tuple[int, int], tuple[tuple[int, str], ...]] = {}

    def of_frames(self, frames: Sequence[Frame], state: StateView) -> dict[int, str]:
        """Return names by word address, such as ``in.len of sys_hello2``."""
        names: dict[int, str] = {}
        for depth, frame in enumerate(frames[:_FRAMES]):
            inside = frame.pc if depth == 0 or frame.boundary else frame.pc - 4
            image = self._code.image(inside) if frame.user else self._code.kernel
            if image is not None:
                for va, name in self._of_frame(image, frame, inside, state):
                    names.setdefault(va, name)
        return names

    def _of_frame(
        self, image: Image, frame: Frame, inside: int, state: StateView
    ) -> Iterator[tuple[int, str]]:
        debug = image.debug
        if in_prologue(image, frame, inside):
            return
        registers = KnownRegisters(frame.registers, inside)
        for variable in debug.variables_at(inside):
            where = place_of(debug, variable, registers, state.read_virtual)
            if where is None or where.address is None:
                continue
            for offset, suffix in self._layout(debug, variable.type):
                va = (where.address + offset) & 0xFFFFFFFF
                if not va & 3:
                    yield va, f"{variable.name}{suffix} of {frame.function}"

    def _layout(self, debug: DebugInfo, type_: int) -> tuple[tuple[int, str], ...]:
        key = (id(debug), type_)
        if key not in self._layouts:
            self._layouts[key] = tuple(_words(debug, type_, ""))[:_WORDS]
        return self._layouts[key]


def _words(debug: DebugInfo, type_: int, prefix: str, depth: int = 0) -> Iterator[tuple[int, str]]:
    """Yield (offset, name) of the words of a type that begin something."""
    record = debug[debug.resolve(type_)]
    if record.kind in ("struct", "union") and depth < 4:
        for name, offset, field in debug.fields(type_):
            for inner, suffix in _words(debug, field.type, f"{prefix}.{name}", depth + 1):
                yield offset + inner, suffix
        return
    if record.kind == "array" and depth < 4:
        size = debug[debug.resolve(record.target)].size
        if size >= 4:
            for i in range(min(max(record.count, 0), _WORDS)):
                for inner, suffix in _words(debug, record.target, f"{prefix}[{i}]", depth + 1):
                    yield i * size + inner, suffix
        else:
            for offset in range(0, min(max(record.size, 0), 4 * _WORDS), 4):
                yield offset, f"{prefix}[{offset // max(size, 1)}]" if offset else prefix
        return
    yield 0, prefix
