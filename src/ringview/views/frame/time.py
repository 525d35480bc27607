"""Where a run stands: the header, the timeline, and what a person has marked."""

from __future__ import annotations

from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege


class Header(Part, frozen=True):
    """The line that always stands on top: what runs, where in time, at which privilege."""

    title: str
    program: str
    kernel: str  # configuration name and short image hash
    icount: int
    end: int  # the furthest icount known
    finished: bool  # the run's end is known (halted, lockup)
    mode: str  # USR FIQ IRQ SVC ABT UND SYS
    privilege: Privilege
    running: bool
    stop: str  # why the guest stands still, in words: "1 instruction on", "breakpoint at main"
    task: str  # "hello2[2]" or "" before there is one
    place: str  # "sys_hello2+0x1c", or "" without symbols
    time_ns: int  # virtual time since reset


class Span(Part, frozen=True):
    """A stretch of the run in one mode: icounts ``start`` (inclusive) to ``stop`` (exclusive)."""

    start: int
    stop: int
    privilege: Privilege
    mode: str
    task: str


class TimelineMark(Part, frozen=True):
    """An event worth a glyph on the timeline."""

    icount: int
    kind: str  # "syscall" "fault" "irq" "undefined" "signal" "beat" "bookmark" "stop" "drop" "end"
    label: str


class TimeLane(Part, frozen=True):
    """One mode, or one thread, along the columns of the timeline.

    A column's shares of its instructions go from 0 to 255; what is there at all is at least 1.
    Empty bytes stand for a lane that had none of it.
    """

    kind: str  # "mode" "thread"
    name: str  # "USR", "hello2"
    number: int  # the thread's number (tid), -1 for a mode or where it is not known
    instructions: int  # of it in the whole window
    user: bytes
    kernel: bytes
    abort: bytes


class TimeStep(Part, frozen=True):
    """One instruction of the run, by its moment."""

    icount: int
    task: str
    mode: str
    privilege: Privilege
    va: int
    place: str  # "sys_hello2+0x1c"
    source: str  # "sys-hello2.c:32", or ""
    text: str  # "ldr r0, [r1]"
    mark: str  # what happens with it: "svc", "data abort", "● breakpoint", "⚑ name", or ""


class TimePlace(Part, frozen=True):
    """Instructions in a row in one function: icounts ``start`` to ``stop``, exclusive."""

    start: int
    stop: int
    name: str
    privilege: Privilege


class StopMark(Part, frozen=True):
    """A breakpoint or watchpoint in the list of marks."""

    number: int
    watch: bool
    where: str  # "sys_hello2", "write of in.len (4 bytes at bef0_0c44)"
    condition: str  # "r1 == 0", or ""
    hits: int  # moments known at which it stopped the run
    here: bool  # the next instruction is its own


class BookmarkMark(Part, frozen=True):
    """A bookmark in the list of marks."""

    icount: int
    name: str
    task: str  # whose moment it is, or ""
    here: bool


class Marks(Part, frozen=True):
    """What a person has marked."""

    stops: tuple[StopMark, ...] = ()
    bookmarks: tuple[BookmarkMark, ...] = ()


class Timeline(Part, frozen=True):
    """The whole known run, or the zoomed part of it."""

    first: int
    last: int
    now: int
    spans: tuple[Span, ...]
    marks: tuple[TimelineMark, ...]
    columns: int = 0  # into how many the lanes divide it
    lanes: tuple[TimeLane, ...] = ()
    places: tuple[TimePlace, ...] = ()  # where it is small enough for single instructions
    steps: tuple[TimeStep, ...] = ()  # around now, in the large view
    whole: tuple[int, int] = (0, 0)  # the known part of the run
    waits: bool = False  # a question waits: what comes after now is left out
