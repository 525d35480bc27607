"""An engine on the session tests' small guest, with frames that hold little but the header."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import structs
from msgspec.structs import replace

from ringview.engine.__main__ import main
from ringview.engine.opened import Opened
from ringview.engine.spec import EngineSpec
from ringview.errors import ProgramError
from ringview.session.session import Session
from ringview.session.setup import SessionSetup
from ringview.views.frame import Frame, Part, SourceLine, ViewRequest


def blank(kind: Any) -> Any:
    """A value of a type, as empty as can be."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        parts = typing.get_args(kind)
        return () if ... in parts else tuple(blank(part) for part in parts)
    if origin in (typing.Union, types.UnionType):
        return None
    if isinstance(kind, type) and issubclass(kind, Part):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: blank(hints[f.name]) for f in structs.fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return kind()


BLANK: Frame = blank(Frame)


def make_frame(
    session: Session, request: ViewRequest, serial: int, running: bool, stop_text: str
) -> Frame:
    """A frame with the header of the session and as many source lines as asked for."""
    if request.memory_va == 0xDEAD:
        raise ValueError("a pane fails")
    state = session.state()
    header = replace(
        BLANK.header,
        icount=session.icount,
        end=session.end,
        finished=session.finished,
        mode=state.mode.name,
        running=running,
        stop=stop_text,
        place=session.describe(state.raw.pc),
    )
    lines = tuple(SourceLine(i, "x" * 80, False, False) for i in range(request.source_lines))
    code = replace(BLANK.code, source=lines)
    return replace(BLANK, serial=serial, header=header, code=code)


def open_mini(
    spec: EngineSpec, report: Callable[[str, float], None], remembered: Mapping[str, str]
) -> Opened:
    """Open the ELF that the specification calls its kernel."""
    if not spec.kernel:
        raise ProgramError("there is no kernel in this specification")
    report("opening", 0.5)
    kernel = remembered.get("kernel", spec.kernel)
    setup = SessionSetup("mini", Path(kernel), memory_bytes=2 << 20, observe="nothing")
    session = Session.open(setup)
    return Opened(
        session,
        partial(make_frame, session),
        images={"kernel": kernel},
        horizon=int(spec.program or 0),
    )


if __name__ == "__main__":
    sys.exit(main(open_mini))
