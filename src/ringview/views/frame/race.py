"""What a second thread can do to a call: its fetches, the map of schedules, and the matrix of
mitigations.
"""

from __future__ import annotations

from ringview.views.frame.part import Part


class FetchRow(Part, frozen=True):
    """One access to user memory within a system call."""

    kind: str  # "fetch"; "store": by another to fetched bytes; "own": by the call to fetched bytes
    number: int  # of a fetch, counted from 0 in the call; else -1
    icount: int
    place: str  # "arm_copy_from_user+0x58"
    source: str  # C line of the handler that led there, or the instruction's own
    va: int  # 0 where it is not known: a modelled second core's store
    pa: int
    size: int  # bytes
    value: int
    who: str  # whose store: "race-len[3]", "second core (model)"; empty for the caller
    name: str  # variable or member that begins there: "in.len", or ""
    done: bool  # before the present moment
    current: bool  # the next instruction
    first: int = -1  # number of the fetch whose bytes this one fetches again, -1 for none
    changed: bool = False  # with other content
    before: int = 0  # what the shared bytes were at that fetch
    after: int = 0  # and at this one
    shared: int = 0  # how many bytes are shared
    fetched_again: bool = False  # by a later one
    back: bool = False  # reads what the call itself has written


class FetchLedger(Part, frozen=True):
    """Every kernel read of user memory in one system call, and the stores of others between."""

    ordinal: int = -1  # of the call in the run, -1 if there is none to show
    text: str = ""  # strace-like
    task: str = ""
    returned: bool = False
    rows: tuple[FetchRow, ...] = ()  # in the order of the run, around the present moment
    above: int = 0  # rows left out before them
    below: int = 0
    fetches: int = 0
    stores: int = 0
    events: int = 0  # double fetches
    changed: int = 0  # of these, with other content
    back: int = 0  # fetches of what the call itself had written
    whole: bool = True  # False: the call is too long to be looked into to its end
    why_not: str = ""  # why nothing can be shown


class MapCell(Part, frozen=True):
    """A single preemption on the map of schedules."""

    index: int  # by which it is opened
    outcome: int  # number in `SchedulesView.outcomes`
    instant: int  # icount at which the other thread comes in
    opened: bool  # this engine runs it now


class MapColumn(Part, frozen=True):
    """How many stores the other thread has done when the call begins, and after the preemption."""

    start: int
    position: int
    changes: str = ""  # what that changes: "in.len 6 → 160"
    brief: str = ""  # the values alone, where it is one word: "6→160"


class MapPlace(Part, frozen=True):
    """A place in the call: before one of its loads of bytes that the other thread stores."""

    load: int  # such loads that are done by then
    icount: int  # in the undisturbed call, -1 behind the last load
    place: str
    line: str  # C line of the handler
    cells: tuple[MapCell | None, ...]  # by column


class MapPairs(Part, frozen=True):
    """Two preemptions: the worst that comes of the first one at a place, by that of the second."""

    load: int  # of the first, as `MapPlace.load`
    cells: tuple[MapCell | None, ...]  # by `ScheduleMapView.seconds`


class MapOutcome(Part, frozen=True):
    """One way in which the call can go."""

    letter: str
    kind: str  # "quiescent" "mixed" "refused" "bug"
    words: str
    count: int  # schedules that lead there


class ScheduleMapView(Part, frozen=True):
    """Places by columns, for one preemption by one adversary, and pairs of places for two."""

    adversary: str  # "board" "second-core"
    words: str  # what that is
    columns: tuple[MapColumn, ...]
    places: tuple[MapPlace, ...]
    seconds: tuple[int, ...] = ()  # loads before which the second of two preemptions comes
    pairs: tuple[MapPairs, ...] = ()


class SchedulesView(Part, frozen=True):
    """The search for races: how far it is, or what it came to."""

    state: str  # "" not begun, "searching", "done", "stopped", "failed"
    words: str = ""
    fraction: float = -1.0  # of the level that is searched
    maps: tuple[ScheduleMapView, ...] = ()
    outcomes: tuple[MapOutcome, ...] = ()
    statements: tuple[str, ...] = ()  # word for word those of ``ringview explore``
    why_not: str = ""


class MatrixCellView(Part, frozen=True):
    """One race on one kernel."""

    kind: str  # "bug" "clean" "certified" "none" nothing to search, "searching", "" not known yet
    words: str  # "bug k=1 A2"
    account: str  # the verdict in a sentence or two
    consequence: str = ""  # what the bug does: "user code"
    openable: bool = False  # there is a replay
    opened: bool = False  # this engine runs it now


class MatrixColumnView(Part, frozen=True):
    """One kernel: its mitigations."""

    name: str
    means: str  # in a sentence


class MatrixRowView(Part, frozen=True):
    """One race."""

    variant: str
    scenario: str
    cells: tuple[MatrixCellView, ...]  # by column


class MatrixView(Part, frozen=True):
    """Races by mitigations: how far the search is, and what it came to."""

    state: str  # "" not begun, "searching", "done", "stopped", "failed"
    words: str = ""
    fraction: float = -1.0  # of all cells
    bound: int = 0  # the greatest k
    columns: tuple[MatrixColumnView, ...] = ()
    rows: tuple[MatrixRowView, ...] = ()
    why_not: str = ""
