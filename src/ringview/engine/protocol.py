"""The words that clients and the engine process exchange, as msgpack frames over a local stream
socket.

Each message is a big-endian u32 length in bytes followed by that many bytes of msgpack. A client
sends `Command`s; the engine answers every command with exactly one `Done` or `Failed` that carries
the command's ``id``, and sends `FrameReady` to every client whenever the position changed,
`Progress` while something takes longer than half a second, and `Ready` once, first. Commands are
worked off in order; `Pause` overtakes all and stops whatever runs. A client
that has sent `Attach` may only look. What the lecturer's screen shows beyond the
machine's state travels as a `Stage`: it comes by `Present`, the engine keeps the newest and
passes it on to all others as `StageChanged`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ringview.views.frame import Frame, SourceLine, ViewRequest

PROTOCOL_VERSION = 6

Unit = Literal[
    "instruction",
    "line",
    "transition",
    "syscall",
    "fault",
    "breakpoint",
    "beat",
    "bookmark",
    "over",
    "out",
]
"""What a step counts in: ``line`` is a source line, ``over`` a source line with calls run through,
``out`` to the caller.
"""


AccessKind = Literal["read", "write", "access"]
"""Which accesses of memory are meant; the last is either."""


class Stage(msgspec.Struct, frozen=True):
    """How the lecturer looks at the machine: what followers need to see the same.

    Attributes:
        zoom: the pane that fills the screen, or "".
        tab: which tab a small screen shows, counted from 0.
        log_tab: which log is shown, counted from 0.
        big: lecture layout: only what the beat is about, in large measure.
        answers: ordinals of the beats whose answer has been shown, ascending.
        view: what was asked for; its sizes are everybody's own, and mean nothing here.
    """

    zoom: str = ""
    tab: int = 0
    log_tab: int = 0
    big: bool = False
    answers: tuple[int, ...] = ()
    view: ViewRequest = msgspec.field(default_factory=ViewRequest)


class Command(msgspec.Struct, frozen=True, tag_field="command"):
    """Base of all commands; ``id`` is the client's, echoed in the answer."""

    id: int


class Attach(Command, frozen=True, tag="attach"):
    """From here on this client only looks: the engine answers everything but `Look` with `Failed`,
    for good, and does not stay alive for it.
    """


class Step(Command, frozen=True, tag="step"):
    """Go ``count`` units forwards (positive) or backwards (negative)."""

    unit: Unit
    count: int = 1


class Go(Command, frozen=True, tag="go"):
    """Go to an icount; clipped to the run. Runs forwards if it is not recorded yet."""

    icount: int


class GoTo(Command, frozen=True, tag="goto"):
    """Go to a place in words: an icount ("41,207"), a symbol, "file.c:32", "end", "start", "beat
    3", "syscall hello2", "next irq", "event 12", "bookmark X"; see `ringview.session.places`.
    """

    place: str


class Run(Command, frozen=True, tag="run"):
    """Run forwards until a breakpoint, the end, or `Pause`; frames come about 20 times a second
    meanwhile.
    """


class Pause(Command, frozen=True, tag="pause"):
    """Stop whatever runs, at an instruction boundary."""


class Look(Command, frozen=True, tag="look"):
    """Change what this client sees; a new frame for this client only comes first, then the answer.

    It waits for no other command, but for a search under way, which sends no frames.
    """

    view: ViewRequest


class Present(Command, frozen=True, tag="present"):
    """Tell all who follow how this client, which moves the machine, looks at it."""

    stage: Stage


class Breakpoint(Command, frozen=True, tag="breakpoint"):
    """Set or clear a code breakpoint at a place in words (symbol, file:line, address); to set one,
    " if CONDITION" may follow, see `ringview.session.condition`.
    """

    place: str
    on: bool = True


class FindAccess(Command, frozen=True, tag="find_access"):
    """Go to the previous (``direction`` negative) or next access of memory, or write of a register.

    ``what`` is in words: a register, "in.len", a symbol, an address, "pa:81f3_ac44", each with
    "/bytes" and "== value" if wanted; empty for what was asked for last. `Done` says who it was.
    """

    what: str
    kind: AccessKind = "write"
    direction: int = -1


class Watch(Command, frozen=True, tag="watch"):
    """Watch memory (in words as for `FindAccess`, " if CONDITION" may follow), or no longer if it
    is watched; with empty words `Done` says what is watched.
    """

    what: str
    kind: AccessKind = "write"


class GoToStop(Command, frozen=True, tag="go_to_stop"):
    """Run to the next place, or back to the previous one (``direction`` negative), where one
    breakpoint or watchpoint stops; the others are passed over.
    """

    number: int
    direction: int = 1


class RemoveStop(Command, frozen=True, tag="remove_stop"):
    """Remove a breakpoint or watchpoint by its number."""

    number: int


class Suggest(Command, frozen=True, tag="suggest"):
    """Ask what a line typed so far may become; `Done` has one suggestion a line. Answered at once,
    also while something runs.
    """

    prompt: str
    text: str


class ConsoleInput(Command, frozen=True, tag="console"):
    """Type bytes on the guest's console now; the future beyond now is forgotten and journalled
    anew.
    """

    data: bytes


class Interrupt(Command, frozen=True, tag="interrupt"):
    """Raise an interrupt line now; the future beyond now is forgotten."""

    line: int


class Drop(Command, frozen=True, tag="drop"):
    """Drop the other thread in here: raise the interrupt by which the guest reschedules (line 48).
    The future beyond now is forgotten; `Done` says what follows, or when it takes effect.
    """


class Undo(Command, frozen=True, tag="undo"):
    """Take back the last of what was let in by `ConsoleInput`, `Interrupt`, `Drop` or
    `OpenSchedule`: the run goes on as if it had never come, and stands where it stood then. With
    nothing left of these, return to the run that `OpenCell` left.
    """


class Explore(Command, frozen=True, tag="explore"):
    """Search the scenario's race in a process of its own, or stop the search under way; what it
    tells is in frames for the large view ``schedules``.
    """

    on: bool = True


class OpenSchedule(Command, frozen=True, tag="open_schedule"):
    """Run one schedule of the search's map in this engine, and go to where the other thread comes
    in. `Undo` goes back to the run that there was.
    """

    map: int
    cell: int


class Mitigate(Command, frozen=True, tag="mitigate"):
    """Search the race under each mitigation, and those of its relatives, in a process of its own,
    or stop that; what it tells is in frames for the large view ``mitigations``.
    """

    on: bool = True


class OpenCell(Command, frozen=True, tag="open_cell"):
    """Run the replay of one cell of the matrix of mitigations, on that cell's kernel, in this
    engine, and go to where the other thread comes in. `Undo` returns to the run that there was.
    """

    row: int
    column: int


class Bookmark(Command, frozen=True, tag="bookmark"):
    """Name a position; an empty name removes the bookmark there."""

    name: str
    icount: int | None = None
    """Which position; None for the present one."""


class Rebuild(Command, frozen=True, tag="rebuild"):
    """Build kernel and program anew from their sources, run them, and go to the same place in the
    story; inputs that were typed are forgotten. Where the sources do not compile, `Failed` carries
    the lines around the first error, and everything stays as it was.
    """


class Digest(Command, frozen=True, tag="digest"):
    """Ask for the digest of registers, memory and devices; `Done` carries it in hexadecimal."""


class Shutdown(Command, frozen=True, tag="shutdown"):
    """End the engine process."""


AnyCommand = (
    Attach
    | Step
    | Go
    | GoTo
    | Run
    | Pause
    | Look
    | Present
    | Breakpoint
    | FindAccess
    | Watch
    | GoToStop
    | RemoveStop
    | Suggest
    | ConsoleInput
    | Interrupt
    | Drop
    | Undo
    | Explore
    | OpenSchedule
    | Mitigate
    | OpenCell
    | Bookmark
    | Rebuild
    | Digest
    | Shutdown
)


class Message(msgspec.Struct, frozen=True, tag_field="message"):
    """Base of all that the engine sends."""


class Ready(Message, frozen=True, tag="ready"):
    """The engine is up; sent before the guest has run."""

    protocol: int
    pid: int


class FrameReady(Message, frozen=True, tag="frame"):
    """A new stop, or a glimpse while running."""

    frame: Frame


class StageChanged(Message, frozen=True, tag="stage"):
    """The lecturer looks at the machine in another way; sent to everybody else, and with the first
    frame to whoever comes later.
    """

    stage: Stage


class Progress(Message, frozen=True, tag="progress"):
    """Something long is under way: what, and how far (0 to 1, or -1 if unknown)."""

    what: str
    fraction: float


class Done(Message, frozen=True, tag="done"):
    """A command ended well; ``text`` is what to tell the user, or empty."""

    id: int
    text: str = ""


class Failed(Message, frozen=True, tag="failed"):
    """A command could not be done; ``text`` is one clear sentence. The position is unchanged unless
    said. With id 0 it answers no command: something the user should know. If a source file is at
    fault, ``path``, ``column`` (from 1, 0 if unknown) and ``source`` (the lines around it, the one
    at fault ``current``) show where. ``lasting``: who moves the machine is to read all of it, and
    it stays until then.
    """

    id: int
    text: str
    path: str = ""
    column: int = 0
    source: tuple[SourceLine, ...] = ()
    lasting: bool = False


class Noted(Message, frozen=True, tag="noted"):
    """Something worth knowing that is no failure, and answers no command."""

    text: str


class Fatal(Message, frozen=True, tag="fatal"):
    """The engine cannot go on (bad scenario, build error); ``text`` is the sentence, ``status`` the
    exit status.
    """

    text: str
    status: int


AnyMessage = Ready | FrameReady | StageChanged | Progress | Done | Failed | Noted | Fatal
