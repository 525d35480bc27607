"""The large view of the stacks: every frame from the innermost to the program's start, with its
parameters and local variables by DWARF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringview.errors import ProgramError
from ringview.guest.debuginfo import DebugInfo, Variable
from ringview.guest.image import Image
from ringview.guest.locations import Place, place_of
from ringview.guest.types import Value, read_typed, render_typed
from ringview.guest.unwind import Frame
from ringview.session.codemap import CodeMap
from ringview.views.frame import CallFrameView, FrameVariable, Privilege
from ringview.views.inputs import StateView
from ringview.views.knowledge import StopKnowledge, boundary_text
from ringview.views.watches import KnownRegisters, flattened, in_prologue
from ringview.views.words import address, by_role, offset

_MOST_FRAMES = 32
_MOST_LINES = 12  # of one variable: a structure's members
OPTIMISED = "optimised out: the compiler keeps it nowhere here"
LOST = "lost: it was in a register that is not kept across calls"
NOT_YET = "not set up yet: the function has only begun"


def build_frames(
    code: CodeMap, know: StopKnowledge, state: StateView, privilege: Privilege
) -> tuple[CallFrameView, ...]:
    """Compute the frames of a stop, the innermost first.

    Args:
        code: kernel and program.
        know: the unwound stack.
        state: the machine.
        privilege: whose hue the kernel's frames have, up to where an exception broke in.
    """
    views: list[CallFrameView] = []
    for depth, frame in enumerate(know.guest_frames[:_MOST_FRAMES]):
        if frame.boundary and privilege is not Privilege.USER:
            privilege = Privilege.KERNEL
        # Entry code sets its way back by hand: no call stands before that label.
        is_call = depth > 0 and not frame.boundary and frame.offset > 0
        inside = frame.pc - 4 if is_call else frame.pc
        image = code.image(inside) if frame.user else code.kernel
        if image is not None and not image.has_code_at(inside):
            image = None
        found = know.function(frame.pc)
        function = frame.function or (found.name if found is not None else "")
        start = found.start if found is not None and not frame.function else frame.pc - frame.offset
        line = know.line(inside)
        views.append(
            CallFrameView(
                depth=depth,
                pc=frame.pc,
                place=offset(function, frame.pc - start) if function else address(frame.pc),
                function=function,
                source=f"{line[0]}:{line[1]}" if line is not None else "",
                text=_source_text(know, line),
                privilege=Privilege.USER if frame.user else privilege,
                boundary=boundary_text(frame),
                pt_regs=frame.pt_regs,
                sp=frame.sp,
                cfa=frame.cfa or 0,
                expanded=_expanded(image, inside),
                variables=tuple(_variables(image, frame, inside, state)),
            )
        )
    return tuple(views)


def _source_text(know: StopKnowledge, line: tuple[str, int] | None) -> str:
    lines: Sequence[str] = know.source(line[0]) if line is not None else ()
    return lines[line[1] - 1].strip() if line is not None and 0 < line[1] <= len(lines) else ""


def _expanded(image: Image | None, inside: int) -> tuple[str, ...]:
    """The inline functions that are expanded around an address, the outermost first."""
    if image is None:
        return ()
    return tuple(inline.name for inline in image.debug.inlined_at(inside))


def _variables(
    image: Image | None, frame: Frame, inside: int, state: StateView
) -> Iterator[FrameVariable]:
    if image is None:
        return
    early = in_prologue(image, frame, inside)
    registers = KnownRegisters(frame.registers, inside)
    for variable in image.debug.variables_at(inside):
        type_name = image.debug.spell(variable.type)
        if early:
            yield _absent(variable, type_name, NOT_YET)
            continue
        where = place_of(image.debug, variable, registers, state.read_virtual, frame.cfa)
        if where is None:
            covered = any(low <= inside < high for low, high, _ in variable.places)
            yield _absent(variable, type_name, LOST if covered else OPTIMISED)
            continue
        yield from _shown(image.debug, variable, where, registers, state)


def _absent(variable: Variable, type_name: str, why: str) -> FrameVariable:
    return FrameVariable(variable.name, type_name, "", "", 0, 0, variable.parameter, why)


def _shown(
    debug: DebugInfo,
    variable: Variable,
    where: Place,
    registers: KnownRegisters,
    state: StateView,
) -> Iterator[FrameVariable]:
    try:
        value, place = _read(debug, variable, where, registers, state)
    except (ProgramError, IndexError):
        yield _absent(variable, debug.spell(variable.type), LOST)
        return
    if value.raw is None and where.address is None:
        yield _absent(variable, value.type_name, LOST)
        return
    if value.raw is None:
        yield FrameVariable(
            *(variable.name, value.type_name, "", place, where.address or 0, 0),
            *(variable.parameter, "its page is not present"),
        )
        return
    lines = list(flattened(value))
    whole = len(lines) == 1 and lines[0].name == variable.name
    if not whole:
        yield FrameVariable(
            *(variable.name, value.type_name, "", place, where.address or 0, 0),
            variable.parameter,
        )
    for line in lines[:_MOST_LINES]:
        yield FrameVariable(
            line.name if whole else f".{line.name}",
            line.type,
            line.value,
            place if whole else "",
            line.va,
            0 if whole else line.depth + 1,
            variable.parameter,
        )


def _read(
    debug: DebugInfo,
    variable: Variable,
    where: Place,
    registers: KnownRegisters,
    state: StateView,
) -> tuple[Value, str]:
    """The value, and where it is in words."""
    read, name = state.read_virtual, variable.name
    if where.address is not None:
        return read_typed(debug, read, variable.type, where.address, name), address(where.address)
    if where.register is not None:
        raw = registers[where.register].to_bytes(4, "little")
        names = {13: "sp", 14: "lr"}
        register = names.get(where.register, by_role(f"r{where.register}"))
        return render_typed(debug, read, variable.type, raw, name), register
    assert where.value is not None
    raw = where.value.to_bytes(4, "little") + bytes(4)
    return render_typed(debug, read, variable.type, raw, name), "computed"
