"""What every pane shows at one stop: plain, frozen data and nothing else.

A `Frame` is computed by the functions of `ringview.views` from machine state, travels through the
engine's socket as msgpack, and is all that the screen, the headless story, the JSON output and the
tests ever see. All addresses are guest addresses: a field named ``va`` or ending in ``_va`` is
virtual, ``pa`` physical. All counts are retired instructions unless said otherwise.

Each module here has the parts of one subject; whoever needs one imports it from this package.
"""

from __future__ import annotations

import msgspec

from ringview.views.frame.core import (
    BacktraceFrame,
    BankColumn,
    CallFrameView,
    Code,
    CodeCaller,
    CodeRow,
    FlagField,
    FrameVariable,
    RegisterRow,
    Registers,
    SourceLine,
    Stacks,
    StackSlot,
    StackView,
)
from ringview.views.frame.logs import EventRow, LogLine, Logs, SyscallRow
from ringview.views.frame.memory import (
    Memory,
    MemoryRow,
    TypedField,
    UserAccess,
    WatchView,
)
from ringview.views.frame.narration import (
    BeatView,
    FaultStory,
    Hop,
    Narration,
    Storyboard,
    StoryboardRow,
    SwitchMove,
    SwitchRow,
    TransitionStory,
)
from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege
from ringview.views.frame.race import (
    FetchLedger,
    FetchRow,
    MapCell,
    MapColumn,
    MapOutcome,
    MapPairs,
    MapPlace,
    MatrixCellView,
    MatrixColumnView,
    MatrixRowView,
    MatrixView,
    ScheduleMapView,
    SchedulesView,
)
from ringview.views.frame.time import (
    BookmarkMark,
    Header,
    Marks,
    Span,
    StopMark,
    TimeLane,
    Timeline,
    TimelineMark,
    TimePlace,
    TimeStep,
)
from ringview.views.frame.translation import (
    AccessVerdict,
    Alias,
    DomainView,
    TableRow,
    Tables,
    Tlb,
    TlbEntry,
    TlbHalf,
    TlbShare,
    Translation,
    WalkStep,
)

__all__ = [
    "AccessVerdict",
    "Alias",
    "BacktraceFrame",
    "BankColumn",
    "BeatView",
    "BookmarkMark",
    "CallFrameView",
    "Code",
    "CodeCaller",
    "CodeRow",
    "DomainView",
    "EventRow",
    "FaultStory",
    "FetchLedger",
    "FetchRow",
    "FlagField",
    "Frame",
    "FrameVariable",
    "Header",
    "Hop",
    "LogLine",
    "Logs",
    "MapCell",
    "MapColumn",
    "MapOutcome",
    "MapPairs",
    "MapPlace",
    "Marks",
    "MatrixCellView",
    "MatrixColumnView",
    "MatrixRowView",
    "MatrixView",
    "Memory",
    "MemoryRow",
    "Narration",
    "Part",
    "Privilege",
    "RegisterRow",
    "Registers",
    "ScheduleMapView",
    "SchedulesView",
    "SourceLine",
    "Span",
    "StackSlot",
    "StackView",
    "Stacks",
    "StopMark",
    "Storyboard",
    "StoryboardRow",
    "SwitchMove",
    "SwitchRow",
    "SyscallRow",
    "TableRow",
    "Tables",
    "TimeLane",
    "TimePlace",
    "TimeStep",
    "Timeline",
    "TimelineMark",
    "Tlb",
    "TlbEntry",
    "TlbHalf",
    "TlbShare",
    "TransitionStory",
    "Translation",
    "TypedField",
    "UserAccess",
    "ViewRequest",
    "WalkStep",
    "WatchView",
]


class Frame(Part, frozen=True):
    """Everything on the screen at one stop."""

    serial: int  # counts frames sent to one client
    header: Header
    timeline: Timeline
    registers: Registers
    code: Code
    stacks: Stacks
    translation: Translation
    tlb: Tlb
    memory: Memory
    logs: Logs
    narration: Narration
    large: str = ""  # the large view that it was computed for
    storyboard: Storyboard | None = None  # while that large view is shown
    tables: Tables | None = None  # while that large view is shown
    frames: tuple[CallFrameView, ...] | None = None  # while that large view is shown
    marks: Marks = msgspec.field(default_factory=Marks)
    fetches: FetchLedger | None = None  # while that large view is shown
    schedules: SchedulesView | None = None  # while that large view is shown
    mitigations: MatrixView | None = None  # while that large view is shown


class ViewRequest(Part, frozen=True):
    """What one client wants to see; each client of an engine has its own.

    Attributes:
        translation_va: the virtual address to walk, None for that of the current access.
        translate: what to walk, in words: an address, symbol, register, ``in.name``, or "pa:…" for
            all virtual addresses of a physical one. Looked up anew at each stop; goes before
            ``translation_va``.
        memory_va: where the hex dump starts, None to follow the current access.
        timeline: the icounts to zoom to, None for all.
        follow: shift that window, by whole parts of it, to where the run stands.
        columns: into how many columns the timeline's lanes are divided.
        steps: instructions around the present one to list, in the timeline's large view.
        code_rows: how many instructions to send.
        source_lines: how many source lines.
        stack_slots: how many words of each stack.
        memory_rows: how many rows of 16 bytes.
        log_rows: how many lines of each log, at most.
        call: the system call on the storyboard, by its ordinal; -1 for that of the present moment.
        large: the large view that is shown, or "": what only it shows is not computed otherwise.
        tables_open: keys of the table entries that are opened beside those opened by themselves.
        tables_shut: keys of those that are not, though they would be.
        tables_space: whose tables: 0 for those in use now, else the place in `Tables.spaces`.
    """

    translation_va: int | None = None
    memory_va: int | None = None
    timeline: tuple[int, int] | None = None
    follow: bool = True
    columns: int = 0
    steps: int = 0
    code_rows: int = 24
    source_lines: int = 24
    stack_slots: int = 48
    memory_rows: int = 16
    log_rows: int = 200
    large: str = ""
    call: int = -1
    translate: str = ""
    tables_open: tuple[int, ...] = ()
    tables_shut: tuple[int, ...] = ()
    tables_space: int = 0
