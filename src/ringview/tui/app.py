"""The live screen: frames in, commands out.

Invariants: the app never waits for the engine; it reads no machine, only frames; every pane is
painted by a pure function.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import structs
from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingsMap

from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Done,
    Drop,
    Explore,
    Failed,
    Fatal,
    FindAccess,
    FrameReady,
    Go,
    GoTo,
    GoToStop,
    Mitigate,
    OpenCell,
    OpenSchedule,
    Present,
    Progress,
    Rebuild,
    RemoveStop,
    Run,
    Stage,
    StageChanged,
    Step,
    Suggest,
    Undo,
    Unit,
    Watch,
)
from ringview.errors import EngineError
from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.commands import BY_NAME
from ringview.tui.copying import CopyingApp
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.layout import Arrangement
from ringview.tui.link import RESPAWNS, Conductor, Connect, Link
from ringview.tui.pane import Act
from ringview.tui.panes import time, timeline
from ringview.tui.remember import Memory
from ringview.tui.stage import StagedApp
from ringview.tui.window import Window, panned, zoomed
from ringview.views.frame import Frame, Timeline, ViewRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from ringview.engine.launch import EngineHandle


HARMLESS = {"quit", "zoom", "unzoom", "pane", "large", "select", "log_tab", "choose"}
HARMLESS |= {"time", "pan", "resize", "hide", "show_all", "reset_layout", "copy"}
"""What a click may do while the guest runs, without stopping it."""
MESSAGE_TIME = 6.0
"""Seconds for which the footer shows a message instead of the keys."""


def bindings(keymap: Keymap) -> Iterator[Binding]:
    """Textual's bindings for every key that means something.

    The ways out work over everything, also while something else takes letters as text.
    """
    for key in keymap.all_keys():
        out = key.startswith("ctrl+") and key in keymap.keys("quit")
        name = "comma" if key == "," else key
        yield Binding(name, f"press({key!r})", show=False, priority=out)


class RingviewApp(CopyingApp, StagedApp):
    """The screen of one run.

    Args:
        connect: makes the link to the engine; awaited after the first paint.
        at: a place to go to once the engine is ready, in words, or None.
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: what is remembered of this person's ways; None forgets with the run.
    """

    TITLE = "ringview"
    reviving: ClassVar[str] = "{}; starting another, back to this place…"
    """What is said when the engine has died; the death stands for the braces."""
    starts_engines: ClassVar[bool] = True
    """Whether it is this screen that starts a successor, and may try again if that one dies."""
    revived: ClassVar[str] = "another engine took over at this place"

    def __init__(
        self,
        connect: Connect,
        *,
        at: str | None = None,
        palette: themes.Palette = themes.DARK,
        keymap: Keymap = DEFAULT,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(palette, keymap, memory)
        self._bindings = BindingsMap(bindings(keymap))
        self._connect = connect
        self._at = at
        self.link: Link | None = None
        self.conductor: Conductor | None = None
        self.fatal = ""
        self.paints = 0
        self._newest: Frame | None = None
        self._asked = ""  # words to translate that no frame has answered yet
        self._paint_due = False
        self._wants_search = False
        self._wants_matrix = False
        self._presented = Stage()
        self._topic_shown: tuple[str, ...] = ()

    # ------------------------------------------------------------------------------------ composing

    def on_mount(self) -> None:
        """Draw the empty desk, then call the engine."""
        self._arrange()
        self._tell()
        self.run_worker(self._converse(), name="engine", exit_on_error=True)

    # --------------------------------------------------------------------------------------- frames

    async def _converse(self) -> None:
        """Call the engine, speak with it until one of us leaves, and hang up."""
        try:
            self.link = await self._connect()
        except EngineError as error:
            self._end(str(error), 2)
            return
        self.conductor = Conductor(self.link, self._answered, self._fail)
        self._look(self._view)
        if self._at is not None:
            self.conductor.send(GoTo(0, self._at))
        try:
            await self._listen(self.link)
        finally:
            with contextlib.suppress(EngineError):
                await self.link.close()

    def _fail(self, error: BaseException) -> None:
        """End as Textual ends when a handler of ours fails: an error is never passed over."""
        self._handle_exception(cast("Exception", error))

    async def _listen(self, link: Link) -> None:
        """Take messages for as long as there is an engine; start its successor when it dies."""
        deaths = 0
        while True:
            try:
                async for message in link:
                    if isinstance(message, FrameReady):
                        deaths = 0
                        self._take(message.frame)
                    elif isinstance(message, StageChanged):
                        self._staged(message.stage)
                    elif isinstance(message, Progress):
                        self._progress(message)
                    elif isinstance(message, Failed):
                        self._tell(message=message.text, error=True)
                    elif isinstance(message, Fatal):
                        self._end(message.text, message.status)
                        return
                return
            except EngineError as error:
                death: EngineError | None = error
                while death is not None:  # a successor may die on its way, too
                    deaths += 1
                    failed = None if deaths > RESPAWNS else await self._revive(death)
                    if deaths > RESPAWNS or (failed is not None and not self.starts_engines):
                        self._end(str(failed or death), 1)
                        return
                    death = failed

    def _progress(self, progress: Progress) -> None:
        # Progress may overtake the frame or answer that ended it; then it is old news.
        if self.shown is None or (self.conductor is not None and not self.conductor.idle):
            self._tell(working=progress.what, fraction=progress.fraction)

    async def _revive(self, death: EngineError) -> EngineError | None:
        """Bring the engine back to where it was; the screen keeps the last frame meanwhile. Gives
        why that cannot be done, or None.
        """
        assert self.link is not None
        assert self.conductor is not None
        self.conductor.forget()
        self._tell(working=self.reviving.format(death), alarm=True)
        try:
            await self.link.respawn()
        except EngineError as error:
            return error
        self._tell(message=self.revived, error=False)
        self._look(self._view)
        self._presented = Stage()
        self._present()
        return None

    # ---------------------------------------------------------------------------------------- stage

    def _staged(self, stage: Stage) -> None:
        """Take over how another screen looks: that of the lecturer before this one."""
        self._presented = stage
        self.set_stage(stage)

    def _present(self) -> None:
        """Let those who follow know how this screen looks at the machine, if that is news."""
        stage = self.stage()
        if self.link is not None and self.shown is not None and stage != self._presented:
            self._presented = stage
            self.link.post(Present(0, stage))

    def _show(self, frame: Frame | None) -> None:
        super()._show(frame)
        self._present()

    def _take(self, frame: Frame) -> None:
        """Keep the newest frame and paint it as soon as the loop is free; older ones are never
        painted.
        """
        self._newest = frame
        if not self._paint_due:
            self._paint_due = True
            self.call_later(self._paint)

    def _paint(self) -> None:
        self._paint_due = False
        frame = self._newest
        if frame is None:
            return
        self._newest = None
        first = self.shown is None
        moved = self.shown is not None and self.shown.header.icount != frame.header.icount
        self.shown = frame
        self.paints += 1
        story = not frame.header.running and much_to_tell(frame)
        topic = self._topic() if self._big else ()
        told = self._rows_told(self.size)
        if first or (story, topic, told) != (self._story, self._topic_shown, self._told):
            self._story, self._topic_shown = story, topic
            self._arrange()
        if first:
            self._confess()
        self._begin_searches(frame)
        if self._asked and frame.translation.words == self._asked:
            asked, self._asked = self._asked, ""
            if frame.translation.problem and frame.translation.physical < 0:
                self.do_prompt("translate", frame.translation.problem, asked)
        self._show(frame)
        if not self._view.follow and moved:
            # The timeline was moved away from now by hand, and now has moved.
            self._look(structs.replace(self._view, follow=True))
        if frame.header.running:
            self._tell(running=True, message="", alarm=False)
        elif self._footer.working or self._footer.running:
            self._tell(working="", fraction=-1.0, running=False, alarm=False)

    def _begin_searches(self, frame: Frame) -> None:
        """Begin what a large view that was opened has to have searched, unless it was already."""
        if self._wants_search and frame.schedules is not None:
            self._wants_search = False
            if not frame.schedules.state and not frame.schedules.why_not:
                self._send(Explore(0))
        if self._wants_matrix and frame.mitigations is not None:
            self._wants_matrix = False
            if not frame.mitigations.state and not frame.mitigations.why_not:
                self._send(Mitigate(0))

    @property
    def settled(self) -> bool:
        """Whether what was asked for is shown, all is answered, and nothing newer waits."""
        return (
            self.shown is not None
            and self.conductor is not None
            and self.conductor.idle
            and not self.conductor.looking
            and not self._paint_due
        )

    @property
    def refused(self) -> str:
        """Why the last command could not be done, or ""."""
        return self._footer.message if self._footer.error else ""

    @property
    def working(self) -> str:
        """What takes long at present, or ""."""
        return self._footer.working

    def quiet(self) -> None:
        """Take any message off the footer."""
        self._tell(message="", error=False, working="", running=False)

    def _answered(self, command: AnyCommand, answer: Done | Failed) -> None:
        self._tell(
            message=answer.text,
            error=isinstance(answer, Failed),
            working="",
            fraction=-1.0,
            running=False,
        )
        if (
            isinstance(command, OpenCell)
            and isinstance(answer, Done)
            and self.large == "mitigations"
        ):
            self.do_unzoom()
        if isinstance(answer, Failed) and answer.source:
            from ringview.tui.complaint import Complaint

            self.push_screen(Complaint(self.palette, answer))
        if answer.text:
            self.set_timer(MESSAGE_TIME, lambda: self._expire(answer.text))

    def _expire(self, text: str) -> None:
        if self._footer.message == text:
            self._tell(message="", error=False)

    def _end(self, text: str, status: int) -> None:
        """Leave the screen; `run_app` prints the sentence."""
        self.fatal = text
        self.exit(status, return_code=status)

    # ------------------------------------------------------------------------------------- commands

    def perform(self, action: Action) -> None:
        """Do one action of the command table or of a click; while something long runs, stop that
        instead.
        """
        name, *arguments = action
        if self._busy and name not in HARMLESS:
            self._pause()
            return
        method: Callable[..., None] = getattr(self, f"do_{name}")
        method(*arguments)

    def action_press(self, key: str) -> None:
        """What a key does: a command of the table, an answer to a question, or stop what runs."""
        entry = self.keymap.find(key, self.large)
        if self._busy and (entry is None or entry.name != "quit"):
            self._pause()
        elif entry is not None and self._searching and entry.where and self.large == "schedules":
            self._send(Explore(0, on=False))
        elif entry is not None:
            self.perform(self.choice_of(entry) or entry.action)

    def action_perform(self, name: str) -> None:
        """Do a command by its name in the table, or stop what runs."""
        if self._busy and name != "quit":
            self._pause()
            return
        self.perform(BY_NAME[name].action)

    def action_focus_next(self) -> None:
        """Textual's own use of tab: ours is in the table, unless something lies over the panes."""
        self._tabbed("tab", super().action_focus_next)

    def action_focus_previous(self) -> None:
        """Textual's own use of shift-tab."""
        self._tabbed("shift+tab", super().action_focus_previous)

    def _tabbed(self, key: str, otherwise: Callable[[], None]) -> None:
        if len(self.screen_stack) > 1:
            otherwise()
        else:
            self.action_press(key)

    def on_act(self, message: Act) -> None:
        """A click."""
        message.stop()
        self.perform(message.action)

    def on_key(self, event: events.Key) -> None:
        """Any key stops what runs, also one that means nothing."""
        if self._busy and len(self.screen_stack) == 1:
            event.stop()
            self._pause()

    @property
    def _busy(self) -> bool:
        return self.conductor is not None and self.shown is not None and self.conductor.long

    def _pause(self) -> None:
        if self.conductor is not None:
            self.conductor.pause()

    def _send(self, command: AnyCommand) -> None:
        if self.conductor is None or self.shown is None:
            self._tell(message="the machine is still starting", error=False)
            return
        if self._footer.message:
            self._tell(message="", error=False)
        self.conductor.send(command)

    def _look(self, view: ViewRequest) -> None:
        """Ask the engine for other parts of the machine's state."""
        super()._look(view)
        if self.conductor is not None:
            self.conductor.look(view)
        self._present()

    def arranged(self, arrangement: Arrangement) -> None:
        """Ask the engine for as much as there is room for."""
        rows = max(24, arrangement.height)
        view = structs.replace(
            self._view,
            code_rows=rows + 8,
            source_lines=rows + 8,
            stack_slots=max(48, 2 * rows),
            memory_rows=max(8, arrangement.height // 2),
            large=self.large,
            columns=self._time_columns(arrangement),
            steps=arrangement.height,
        )
        if view != self._view:
            self._look(view)

    def do_step(self, unit: str, count: int) -> None:
        """Step by any unit, either way."""
        self._send(Step(0, cast("Unit", unit), count))

    def do_run(self) -> None:
        """Run; `perform` pauses if it already does."""
        self._send(Run(0))
        if self.shown is not None:
            self._tell(running=True)

    def do_drop(self) -> None:
        """Let the guest's scheduler switch threads here."""
        self._send(Drop(0))

    def do_undo(self) -> None:
        """Take back what was let in last."""
        self._send(Undo(0))

    def do_large(self, name: str) -> None:
        """Show a large view; the map of schedules and the matrix begin their search themselves."""
        super().do_large(name)
        self._wants_search = self.large == "schedules"
        self._wants_matrix = self.large == "mitigations"

    def do_search(self) -> None:
        """Search for schedules, or stop the search."""
        self._send(Explore(0, on=not self._searching))

    @property
    def _searching(self) -> bool:
        """Whether a search is shown that goes on."""
        view = self.shown.schedules if self.shown is not None else None
        return view is not None and view.state == "searching"

    def do_open_schedule(self, number: int, cell: int) -> None:
        """Run a schedule of the map."""
        self._send(OpenSchedule(0, number, cell))

    def do_mitigate(self) -> None:
        """Search the matrix of mitigations, or stop."""
        view = self.shown.mitigations if self.shown is not None else None
        self._send(Mitigate(0, on=view is None or view.state != "searching"))

    def do_open_cell(self, row: int, column: int) -> None:
        """Run the replay of one cell of the matrix on its kernel."""
        self._send(OpenCell(0, row, column))

    def do_rebuild(self) -> None:
        """Build and run the present sources, and return to this place."""
        self._send(Rebuild(0))

    def do_go(self, icount: int) -> None:
        """Go to an icount."""
        self._send(Go(0, icount))

    def do_go_to(self, place: str) -> None:
        """Go to a place in words."""
        self._send(GoTo(0, place))

    def do_access(self, direction: int) -> None:
        """The previous or next access of what was asked for last."""
        self._send(FindAccess(0, "", "access", direction))

    def do_toggle_breakpoint(self, place: str) -> None:
        """Set a breakpoint, or clear the one that is there."""
        self._send(Breakpoint(0, place, on=not self._stands(place)))

    def _stands(self, place: str) -> bool:
        """Whether a breakpoint is shown at this place."""
        if self.shown is None:
            return False
        head, joint, condition = place.partition(" if ")
        for stop in self.shown.marks.stops:
            if not stop.watch and stop.where == head.strip():
                return not joint or condition.strip() == stop.condition
        shown = self.shown.code
        lines = {f"{shown.path}:{line.number}" for line in shown.source if line.breakpoint}
        rows = {f"{row.va:#010x}" for row in shown.rows if row.breakpoint}
        names = {row.symbol for row in shown.rows if row.breakpoint and row.symbol}
        return place in lines | rows | names

    def do_memory(self, va: int) -> None:
        """Show the bytes at an address."""
        if self.large:
            self.do_unzoom()
        self._look(structs.replace(self._view, memory_va=va & ~0xF))

    def do_translate(self, va: int) -> None:
        """Walk an address."""
        self._look(structs.replace(self._view, translation_va=va, translate=""))

    def do_table(self, key: int) -> None:
        """Open an entry of the tables, or shut it."""
        frame = self.shown
        rows = frame.tables.rows if frame is not None and frame.tables is not None else ()
        is_open = any(row.key == key and row.open for row in rows)
        opened, shut = set(self._view.tables_open), set(self._view.tables_shut)
        (shut if is_open else opened).add(key)
        (opened if is_open else shut).discard(key)
        self._look(
            structs.replace(
                self._view, tables_open=tuple(sorted(opened)), tables_shut=tuple(sorted(shut))
            )
        )

    def do_space(self, direction: int) -> None:
        """Show the tables of another address space."""
        frame = self.shown
        count = len(frame.tables.spaces) if frame is not None and frame.tables is not None else 0
        if count > 1:
            space = (self._view.tables_space + direction) % count
            self._look(
                structs.replace(self._view, tables_space=space, tables_open=(), tables_shut=())
            )

    def do_call(self, direction: int) -> None:
        """Put another system call on the storyboard; the machine stays where it is. 0 follows it
        again.
        """
        board = self.shown.storyboard if self.shown is not None else None
        if board is None or board.ordinal < 0:
            return
        call = board.ordinal + direction if direction else -1
        if call < board.count:
            self._look(structs.replace(self._view, call=max(0, call) if direction else -1))

    def _time_columns(self, arrangement: Arrangement) -> int:
        """Into how many columns the timeline that is shown is divided."""
        for name, columns_in in (("time", time.columns_in), ("timeline", timeline.columns_in)):
            if name in arrangement.rects:
                return columns_in(self.panes[name].room_width)
        return 0

    def do_time(self, direction: int, at: int = -1) -> None:
        """Zoom the timeline around a moment, now if it is shown; 0 shows all."""
        frame = self.shown
        if frame is None:
            return
        line = frame.timeline
        window = None
        if direction:
            shown, least = (line.first, line.last), max(8, self._view.columns)
            window = zoomed(shown, _whole(line), line.now if at < 0 else at, direction, least)
        self._look(structs.replace(self._view, timeline=window, follow=at < 0))

    def do_pan(self, direction: int) -> None:
        """Move the timeline's window; it follows the run again once that moves."""
        if self.shown is not None:
            line = self.shown.timeline
            window = panned((line.first, line.last), _whole(line), direction)
            self._look(structs.replace(self._view, timeline=window, follow=False))

    def do_to_stop(self, number: int, direction: int) -> None:
        """To the next or previous hit of one breakpoint or watchpoint."""
        self._send(GoToStop(0, number, direction))

    def do_mark(self, what: str) -> None:
        """Do something with the chosen mark: remove it, or go back to its previous hit."""
        action = self.panes["marks"].choice if self.large == "marks" else None
        if action is None:
            return
        name, value = str(action[0]), int(action[1])
        if what == "remove":
            self._send(RemoveStop(0, value) if name == "to_stop" else Bookmark(0, "", value))
        elif name == "to_stop":
            self._send(GoToStop(0, value, -1))
        else:
            self._send(Go(0, value))

    def do_follow(self) -> None:
        """Follow the lecturer: this screen is the lecturer's."""
        self._tell(message="this is the screen that the others follow", error=False)

    def do_quit(self) -> None:
        """Leave."""
        self.exit(0)

    # -------------------------------------------------------------------------------------- prompts

    def do_prompt(self, kind: str, error: str = "", start: str = "") -> None:
        """Ask for a line and do what it says; what cannot be read is asked again with the
        reason.
        """
        from ringview.tui.screens import QUESTIONS, Prompt

        question = replace(QUESTIONS[kind], start=start)
        offers = kind in ("go", "breakpoint", "who", "watch")
        suggest = partial(self._suggest, kind) if offers else None
        self.push_screen(Prompt(question, error, suggest), lambda text: self._prompted(kind, text))

    async def _suggest(self, kind: str, typed: str) -> list[str]:
        """What a line typed so far may become; nothing while there is no engine."""
        if self.link is None:
            return []
        try:
            answer = await self.link.post(Suggest(0, kind, typed))
        except EngineError:
            return []
        return answer.text.split("\n") if isinstance(answer, Done) and answer.text else []

    def _prompted(self, kind: str, text: str | None) -> None:
        if text is None:
            return
        if kind == "go":
            self.do_go_to(text)
        elif kind == "breakpoint":
            self.do_toggle_breakpoint(text)
        elif kind == "who":
            self._send(FindAccess(0, text))
        elif kind == "watch":
            self._send(Watch(0, text))
        elif kind == "bookmark":
            self._send(Bookmark(0, text))
        elif kind == "console":
            self._send(ConsoleInput(0, f"{text}\n".encode()))
        else:
            self._look_at(kind, text)

    def _look_at(self, kind: str, text: str) -> None:
        va: int | None = None
        if text and kind == "memory":
            try:
                va = address(text)
            except ValueError as error:
                self.do_prompt(kind, str(error), text)
                return
        if kind == "memory":
            self._look(structs.replace(self._view, memory_va=None if va is None else va & ~0xF))
        else:
            self._asked = text
            self._look(structs.replace(self._view, translation_va=None, translate=text))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command table, for Textual's own palette."""
        for entry in self.commands:
            told = self.keymap.told(entry.help)
            keys = self.keymap.all_text(entry.name)
            yield SystemCommand(
                entry.name,
                f"{keys}: {told}" if keys else told,
                lambda name=entry.name: self.action_perform(name),
            )


def _whole(line: Timeline) -> Window:
    """What the timeline can show."""
    return line.whole if line.whole[1] > line.whole[0] else (line.first, line.last)


def much_to_tell(frame: Frame) -> bool:
    """Whether this stop is a transition or a fault, whose story needs more rows than usual."""
    told = frame.narration
    moved = told.transition is not None and (told.transition.just_now or told.transition.coming)
    fault = told.fault
    faults = fault is not None and (fault.coming or fault.icount == frame.header.icount)
    return moved or faults


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


def run_app(
    engine: EngineHandle,
    *,
    at: str | None = None,
    theme: str = "",
    keymap: Keymap = DEFAULT,
    memory: Memory | None = None,
) -> int:
    """Show the live screen of an engine until the user leaves.

    Args:
        engine: a started engine; it may still be on its way.
        at: where to go first, in words, or None for the first stop.
        theme: "dark", "light" or "projector"; "" is the one that is remembered, or dark.
        keymap: which keys do what.
        memory: what is remembered of this person's ways.

    Returns:
        The exit status: 0, or that of what ended the engine, its sentence printed to stderr.
    """
    import gc
    import sys

    # Every painted line leaves a cycle behind (Textual's strips remember themselves): the collector
    # looks at the young often and briefly, so that no key waits for it, and never again at what
    # the imports brought.
    gc.freeze()
    gc.set_threshold(3_000, 4, 500)

    async def connect() -> Link:
        from ringview.engine.client import AsyncClient

        return await AsyncClient.connect(engine)

    memory = memory or Memory()
    palette = themes.PALETTES.get(theme or memory.theme, themes.DARK)
    app = RingviewApp(connect, at=at, palette=palette, keymap=keymap, memory=memory)
    status = app.run()
    if app.fatal:
        print(f"ringview: error: {app.fatal}", file=sys.stderr)
    return status if status is not None else (app.return_code or 0)
