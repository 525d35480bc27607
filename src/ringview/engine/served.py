"""The run that an engine serves: what it is a run of, what was let in, and what takes its place.

Invariant: the diary knows all that a successor needs to come back to the same place.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine import collecting, rebuild
from ringview.engine.diary import Diary, Memory, read_diary
from ringview.engine.hub import Hub
from ringview.engine.inputs import Deed, Deeds
from ringview.engine.left import Left
from ringview.engine.opened import Opened, Opener
from ringview.engine.reception import Reception
from ringview.engine.spec import JOURNAL_FILE, EngineSpec
from ringview.errors import InputError, RingviewError

if TYPE_CHECKING:
    from ringview.session.journal import JournalEntry
    from ringview.session.session import Session
    from ringview.session.stops import Stop


def _default_opener() -> Opener:
    from ringview.engine.opening import open_spec

    return open_spec


class Served:
    """The run that is served now.

    Args:
        spec: what to open.
        directory: the engine's private directory, which holds the diary.
        resume: take over from a dead predecessor by its diary.
        opener: opens sessions; by default what a specification says.
        hub: whose clients see it.
        reception: told what takes long.
        adopted: called with each session that takes the place of the one before.

    Attributes:
        spec: what it is a run of.
        opened: its session, and how to draw it.
        deeds: what was let in.
        diary: what a successor will read.
        elsewhere: whether it has taken the place of the run that the engine was started with.
        steered: a person, or another build, may keep a beat from happening: that is no fault of the
            scenario.
        ready: whether there is a session.
        stop_text: what to say of where it stands.
    """

    def __init__(
        self,
        spec: EngineSpec,
        directory: Path,
        *,
        resume: bool,
        opener: Opener | None,
        hub: Hub,
        reception: Reception,
        adopted: Callable[[Opened], None],
    ) -> None:
        self.spec = spec
        self.steered = resume
        self.ready = False
        self.stop_text = ""
        self.opened: Opened
        self.diary: Diary
        self.deeds = Deeds()
        self._base: tuple[JournalEntry, ...] = ()
        self._kept: rebuild.Kept | None = None
        self._left: Left | None = None
        self._diary_path = directory / JOURNAL_FILE
        self._resume = resume
        self._opener = opener
        self._hub = hub
        self._reception = reception
        self._adopted = adopted

    @property
    def session(self) -> Session:
        """The session of it."""
        return self.opened.session

    @property
    def elsewhere(self) -> bool:
        """Whether it has taken the place of the run that the engine was started with."""
        return self._left is not None

    # ------------------------------------------------------------------------------ beginning

    def begin(self) -> None:
        """Open what was asked for, and go to its first stop or to where a predecessor was.

        Raises:
            RingviewError: it cannot be opened, or there is no such place.
        """
        memory = read_diary(self._diary_path) if self._resume else Memory()
        if memory.elsewhere:
            self._left = Left(self.spec, memory=memory.left or Memory())
            self.spec = EngineSpec(scenario=memory.elsewhere)
        opened = self._open(self.spec, memory)
        self.diary = Diary(self._diary_path)
        self._adopt(opened)
        stop = self._come_back(memory)
        collecting.keep_what_is_loaded()
        self.settle(stop.text)

    def _open(self, spec: EngineSpec, memory: Memory) -> Opened:
        opener = self._opener or _default_opener()
        return opener(spec, self._report_opening, memory.images)

    def _report_opening(self, what: str, fraction: float) -> None:
        """Progress of the first build, which ends when nobody waits for it any more."""
        self._reception.report(what, fraction)
        if self._hub.deserted or self._reception.shutdown:
            raise rebuild.BuildStopped

    def _adopt(self, opened: Opened) -> None:
        """Serve this session from now on."""
        self.opened = opened
        self.ready = True
        self.deeds = Deeds()
        self._base = tuple(opened.session.journal)
        self.diary.images(opened.images)
        self._adopted(opened)

    def _come_back(self, memory: Memory) -> Stop:
        """Go to where a diary says that the session just adopted stood, or to its first stop."""
        self.deeds = memory.deeds
        if memory.position is None:
            self._reception.begin("booting")
            return self._start(self.spec.at or self.opened.at)
        self._reception.begin("returning to where the engine was")
        return self.session.resume(
            memory.journal(self.session.journal),
            memory.position,
            bookmarks=memory.bookmarks,
            stops=memory.stops,
        )

    def _start(self, at: str) -> Stop:
        session, apply_inputs = self.session, self.opened.apply_inputs
        if apply_inputs is None:
            return session.start(at)
        stop = session.start()
        if stop.arrived:
            for entry in apply_inputs():
                self._note(Deed((entry,), entry.icount, scheduled=True))
            stop = session.goto_place(at or "start")
        return stop

    def settle(self, text: str) -> str:
        """Note a new position, of which the header says ``text``; gives that."""
        self.stop_text = text
        self.diary.position(self.session.icount)
        self._hub.mark_stale()
        return text

    # ------------------------------------------------------------------------- what is let in

    def let_in(self, entry: JournalEntry) -> None:
        """Remember a person's input, in the diary too."""
        self.steered = True
        self._note(Deed((entry,), entry.icount))

    def _note(self, deed: Deed) -> None:
        self.deeds.items.append(deed)
        self.diary.deed(deed)

    def replace_inputs(self, deed: Deed, instant: int, words: str) -> str:
        """Replace what was let in by a schedule, and go to where it begins; gives the words."""
        self.session.change_inputs(deed.journal_of(self._base), instant)
        self._note(deed)
        self.steered = True
        return self.settle(words)

    def undo(self) -> str:
        """Take back a person's latest input, and return to where it was let in.

        Raises:
            InputError: there is none.
        """
        deed = self.deeds.take_back()
        if deed is None and self._left is not None:
            return self._return(self._left)
        if deed is None:
            raise InputError("nothing that you let in is left to take back")
        self.diary.taken_back()
        self.session.change_inputs(self.deeds.journal(self._base), deed.at)
        return self.settle(f"taken back: {_in_words(deed)}")

    # ------------------------------------------------------------------- what takes its place

    def visit(self, path: Path) -> str:
        """Put the run of a schedule file in place of this one, which is kept."""
        spec = EngineSpec(scenario=str(path))
        opened = self._open(spec, Memory())
        here, self._kept = self.opened, None
        if self._left is None:
            self._left = Left(self.spec, here, self.deeds, self._base)
        else:
            here.session.close()
        self.spec = spec
        self.diary.elsewhere(str(path))
        self._adopt(opened)
        self.steered = True
        self._reception.begin("booting that kernel")
        self._start(opened.at)
        del here
        collecting.let_go_of_what_is_closed()
        return self.settle(opened.session.setup.title)

    def _return(self, left: Left) -> str:
        """Go back to the run that another one took the place of."""
        opened = left.opened or self._open(left.spec, left.memory)
        here, self._left, self._kept = self.opened, None, None
        self.spec = left.spec
        self.diary.returned()
        self._adopt(opened)
        self.steered = True
        if left.opened is None:
            self._come_back(left.memory)
        else:
            self.deeds, self._base = left.deeds, left.base
            self.session.goto(self.session.icount)
        here.session.close()
        del here
        collecting.let_go_of_what_is_closed()
        return self.settle("back in the run that was left for the matrix")

    def rebuild(self) -> str:
        """Build and run the present sources, and return to the same place in the story."""
        before = self.opened
        # A build that never reached the program has no place of the story to come back to.
        kept = self._kept if before.session.first_user is None else None
        kept = kept or rebuild.keep(before)
        opener = self._opener or _default_opener()
        opened = opener(self.spec, self._report_build, {})
        if opened.images == before.images:
            opened.session.close()
            return "nothing has changed since it was built"
        self.diary.begin_anew()
        # What the old sources made sure of is no longer sure: no beat that is gone ends the screen.
        self.steered = True
        self._adopt(opened)
        self._kept = kept
        before.session.close()
        del before
        self._reception.begin("booting what was built")
        try:
            stop = self._start("")
            text = f"rebuilt; {rebuild.restore(opened, kept)}" if stop.arrived else stop.text
        except RingviewError as error:
            text = f"rebuilt; {error}"
        self.diary.stops(self.session.stops.all)
        collecting.let_go_of_what_is_closed()
        return self.settle(text)

    def _report_build(self, what: str, fraction: float) -> None:
        """Progress of a build that `Pause` stops."""
        self._reception.report(what, fraction)
        if self._reception.paused:
            raise rebuild.BuildStopped


def _in_words(deed: Deed) -> str:
    if deed.whole:
        return "the schedule"
    entry = deed.entries[0]
    if entry.kind == "console":
        return "what was typed"
    from ringview.session.reschedule import RESCHED_LINE

    if entry.line == RESCHED_LINE:
        return "the other thread"
    return f"interrupt line {entry.line}"
