"""The speaker's notes, in a second terminal: what to say now, what to ask, what comes next.

It follows a live screen as a client that only looks, and shows little, large and calmly. The answer
to a question stands here at once: the audience sees the other screen.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Digits, Static

from ringview.engine.protocol import Failed, Fatal, FrameReady, Look, Stage, StageChanged
from ringview.errors import EngineError
from ringview.tui import palette as themes
from ringview.tui.link import Connect, Link, messages
from ringview.tui.text import Line, grouped, wrapped
from ringview.tui.theme import register_themes
from ringview.views.frame import BeatView, Frame, ViewRequest

COLUMNS = 72
"""The widest that a line of notes gets; longer ones are hard to find back into."""

LOW = 18
"""Rows below which the large digits leave their place to the notes."""

VIEW = ViewRequest(code_rows=1, source_lines=1, stack_slots=1, memory_rows=1, log_rows=1)
"""Notes need no pane: the engine is to spend no time on them."""


def now_and_next(beats: tuple[BeatView, ...]) -> tuple[BeatView | None, BeatView | None]:
    """The beat that is told and the one after it."""
    index = next((i for i, beat in enumerate(beats) if beat.current), -1)
    after = beats[index + 1] if index + 1 < len(beats) else None
    return (beats[index] if index >= 0 else None), after


def clock(seconds: float) -> str:
    """Elapsed time as ``4:05`` or ``1:04:05``."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def position(beats: tuple[BeatView, ...]) -> str:
    """``3/12``: the beat that is told, of how many."""
    beat, _ = now_and_next(beats)
    number = beats.index(beat) + 1 if beat is not None else 0
    return f"{number}/{len(beats)}"


def paint(frame: Frame, width: int, stage: Stage | None = None) -> list[Line]:
    """The notes of a frame.

    Args:
        frame: what the lecturer's screen shows.
        width: columns there are.
        stage: how it shows that; None for all panes and no answer.
    """
    stage = stage or Stage()
    width = max(8, min(width, COLUMNS))
    beats = frame.narration.beats
    beat, after = now_and_next(beats)
    lines = [_where(frame, beat, stage).fit(width), Line()]
    if beat is not None:
        lines += [*wrapped(beat.title, "title strong underline", width), Line()]
        lines += wrapped(beat.say, "text", width)
        lines += _asked(beat, width, beat.ordinal in stage.answers)
    elif not beats:
        lines += wrapped("This run has no beats, so there is nothing to say.", "dim", width)
    if after is not None:
        heading = Line("next ▸ ", "key").add(after.title, "strong")
        lines += [Line(), Line("─" * width, "rule"), heading.fit(width)]
        lines += wrapped(after.say, "dim", width, 3)
    elif beats:
        lines += [
            Line(),
            Line("─" * width, "rule"),
            Line("this is the last beat", "dim").fit(width),
        ]
    return lines


def _where(frame: Frame, beat: BeatView | None, stage: Stage) -> Line:
    line = _place(frame, beat)
    if stage.zoom:
        line.add(f" · zoomed: {stage.zoom}", "strong")
    return line.add(" · lecture layout", "dim") if stage.big else line


def _place(frame: Frame, beat: BeatView | None) -> Line:
    header = frame.header
    owner = "user" if header.mode == "USR" else "kernel"
    line = Line(header.mode, f"{owner} bold").add(f" · icount {grouped(header.icount)}", "dim")
    if header.running:
        return line.add(" · running", "strong")
    if beat is None:
        return line
    past = header.icount - beat.icount
    if beat.here or past <= 0:
        return line.add(" · on the beat", "good")
    plural = "instruction" if past == 1 else "instructions"
    return line.add(f" · {grouped(past)} {plural} past it", "dim")


def _asked(beat: BeatView, width: int, shown: bool) -> list[Line]:
    if not beat.question:
        return []
    lines = [Line(), *wrapped(f"? {beat.question}", "strong", width)]
    if beat.choices:
        lines += wrapped("  " + " / ".join(beat.choices), "text", width)
    lines += wrapped(f"! {beat.answer}", "good bold", width)
    return [*lines, Line("  the room sees it", "dim").fit(width)] if shown else lines


class NotesApp(App[int]):
    """The notes of one lecture.

    Args:
        connect: makes the link to its engine.
        started: when the lecture began, in seconds of the epoch.
        palette: the theme to begin with.
        wall: tells the time.

    Attributes:
        shown: the frame that is shown, or None.
        ending: why it ended, if not by the reader's wish.
    """

    TITLE = "ringview notes"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { overflow: hidden; }
    #top { height: 3; padding: 0 2; }
    #top Digits { width: auto; }
    #top #gap { width: 1fr; }
    #body { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
    #foot { height: 1; padding: 0 2; }
    .low #top { display: none; }
    """
    BINDINGS: ClassVar = [
        Binding("q,ctrl+c", "leave", "leave", priority=True),
        Binding("T", "theme", "theme"),
        Binding("down,j,pagedown,space", "scroll(1)", "scroll"),
        Binding("up,k,pageup", "scroll(-1)", "scroll back"),
    ]

    def __init__(
        self,
        connect: Connect,
        *,
        started: float,
        palette: themes.Palette = themes.DARK,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._connect = connect
        self._started = started
        self._wall = wall
        self.palette = palette
        self.shown: Frame | None = None
        self._stage = Stage()
        self.ending = ""
        register_themes(self)
        self.theme = palette.name

    def compose(self) -> ComposeResult:
        """Position and clock, the notes, and one line of keys."""
        with Horizontal(id="top"):
            yield Digits("", id="position")
            yield Static("", id="gap")
            yield Digits("", id="clock")
        with VerticalScroll(id="body"):
            yield Static("", id="notes", markup=False)
        yield Static("", id="foot", markup=False)

    def on_mount(self) -> None:
        """Call the engine, and let the clock go."""
        self.query_one("#body").focus()
        self._tick()
        self.set_interval(1.0, self._tick)
        self.run_worker(self._follow(), name="engine", exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self.screen.set_class(event.size.height < LOW, "low")
        self._draw()

    async def _follow(self) -> None:
        try:
            link = await self._connect()
        except EngineError as error:
            self._end(str(error))
            return
        try:
            await self._listen(link)
        except EngineError as error:
            self._end(str(error))
        finally:
            with contextlib.suppress(EngineError):
                await link.close()

    async def _listen(self, link: Link) -> None:
        def look() -> None:
            link.post(Look(0, VIEW))

        look()
        async for message in messages(link, revived=look):
            if isinstance(message, FrameReady):
                self._take(message.frame)
            elif isinstance(message, StageChanged):
                self._stage = message.stage
                self._draw()
            elif isinstance(message, Fatal):
                self._end(message.text)
                return
            elif isinstance(message, Failed):
                self._foot(message.text)

    def _end(self, why: str) -> None:
        self.ending = why
        self.exit(0)

    def _take(self, frame: Frame) -> None:
        before = now_and_next(self.shown.narration.beats)[0] if self.shown is not None else None
        self.shown = frame
        self._draw()
        beat, _ = now_and_next(frame.narration.beats)
        if (beat and beat.ordinal) != (before and before.ordinal):
            self.query_one("#body", VerticalScroll).scroll_home(animate=False)

    def _draw(self) -> None:
        if self.shown is None or not self.query("#notes"):
            return
        self.query_one("#position", Digits).update(position(self.shown.narration.beats))
        self.query_one("#notes", Static).update(
            self._text(paint(self.shown, self.size.width - 5, self._stage)), layout=True
        )
        self._tick()

    def _tick(self) -> None:
        elapsed = clock(self._wall() - self._started)
        self.query_one("#clock", Digits).update(elapsed)
        low = self.screen.has_class("low") and self.shown is not None
        where = (
            f"{position(self.shown.narration.beats)} · {elapsed} · " if low and self.shown else ""
        )
        title = self.shown.header.title if self.shown is not None else "waiting for the lecture…"
        self._foot(f"{where}{title}")

    def _foot(self, text: str) -> None:
        line = Line(text, "dim").add("   q", "key").add(" leave  ", "dim")
        line.add("T", "key").add(" theme", "dim")
        self.query_one("#foot", Static).update(self._text([line.fit(self.size.width - 4)]))

    def _text(self, lines: list[Line]) -> Text:
        """Lines in the theme's colours."""
        text = Text(no_wrap=True)
        for index, line in enumerate(lines):
            if index:
                text.append("\n")
            for span in line:
                text.append(span.text, themes.style(self.palette, span.style))
        return text

    def action_leave(self) -> None:
        """Leave."""
        self.exit(0)

    def action_theme(self) -> None:
        """The next theme."""
        self.palette = themes.following(self.palette)
        self.theme = self.palette.name
        self._draw()

    def action_scroll(self, direction: int) -> None:
        """Half a screen on or back."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=direction * max(1, body.size.height // 2), animate=False)


def run_notes(connect: Connect, started: float) -> int:
    """Show the notes until the lecture or the reader ends them.

    Args:
        connect: makes the link to the lecture's engine.
        started: when the lecture began, in seconds of the epoch.
    """
    app = NotesApp(connect, started=started)
    status = app.run()
    if app.ending:
        print(f"ringview: {app.ending}")
    return status or 0
