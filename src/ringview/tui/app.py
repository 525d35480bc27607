"""The live screen: frames in, commands out.

Invariants: the app never waits for the engine; it reads no machine, only frames; every pane is painted by a pure function.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.theme import Theme
from textual.widget import Widget

from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Done,
    Failed,
    Fatal,
    FrameReady,
    Go,
    GoTo,
    Look,
    Progress,
    Run,
    Step,
    Unit,
)
from ringview.errors import EngineError
from ringview.tui import palette as themes
from ringview.tui.commands import BY_NAME, COMMANDS
from ringview.tui.layout import LEAST, PANES, TABS, Arrangement, arrange
from ringview.tui.link import RESPAWNS, Conductor, Connect, Link
from ringview.tui.pane import Act, Pane
from ringview.tui.panes import (
    code,
    footer,
    header,
    logs,
    memory,
    narration,
    registers,
    stacks,
    tabs,
    timeline,
    tlb,
    translation,
)
from ringview.tui.panes.footer import FooterPart
from ringview.tui.panes.logs import LogsPart
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.text import Action, Line, Page, Room, wrapped
from ringview.views.frame import Frame, ViewRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from ringview.engine.launch import EngineHandle


class DeskLayout(Layout):
    """Puts each pane where the arrangement says."""

    name = "desk"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place the visible panes."""
        desk = cast("Desk", parent)
        placements = []
        for child in children:
            rect = desk.arrangement.rects.get(child.id or "")
            if rect is not None:
                region = Region(rect.x, rect.y, rect.width, rect.height)
                placements.append(WidgetPlacement(region, region.offset - region.offset, Spacing(), child))
        return placements


class Desk(Widget):
    """Holds all panes and arranges them by the size of the terminal."""

    DEFAULT_CSS = "Desk { width: 100%; height: 100%; overflow: hidden; }"

    def __init__(self, panes: dict[str, Pane]) -> None:
        super().__init__(*panes.values(), id="desk")
        self.arrangement = arrange(0, 0)
        self._layout = DeskLayout()

    @property
    def layout(self) -> Layout:
        """The panes' own layout."""
        return self._layout


def _theme(palette: themes.Palette) -> Theme:
    """The same colours for what Textual draws itself: prompt, palette, help."""
    return Theme(
        name=palette.name,
        primary=palette.strong,
        secondary=palette.dim,
        accent=palette.strong,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.raised,
        panel=palette.raised,
        error=palette.abort,
        success=palette.good,
        warning=palette.kernel,
        dark=palette.dark,
    )


class RingviewApp(App[int]):
    """The screen of one run.

    Args:
        connect: makes the link to the engine; awaited after the first paint.
        at: a place to go to once the engine is ready, in words, or None.
        palette: the theme to begin with.
    """

    CSS = "Screen { layout: vertical; background: $background; overflow: hidden; }"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "ringview"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar = [
        Binding("comma" if key == "," else key, f"perform('{entry.name}')", entry.help, show=False, priority=key == "ctrl+c")
        for entry in COMMANDS
        for key in entry.keys
    ]

    def __init__(
        self, connect: Connect, *, at: str | None = None, palette: themes.Palette = themes.DARK
    ) -> None:
        super().__init__()
        self._connect = connect
        self._at = at
        self.palette = palette
        self.link: Link | None = None
        self.conductor: Conductor | None = None
        self.shown: Frame | None = None
        self.fatal = ""
        self.paints = 0
        self._newest: Frame | None = None
        self._paint_due = False
        self._footer = FooterPart(working="starting the machine…")
        self._tab = 0
        self._zoom = ""
        self._log_tab = 0
        self._revealed = -1
        self._view = ViewRequest()
        self.panes: dict[str, Pane] = {}
        for theme in themes.PALETTES.values():
            self.register_theme(_theme(theme))
        self.theme = palette.name

    # ------------------------------------------------------------------------------------------------- composing

    def compose(self) -> ComposeResult:
        """All panes, on one desk."""
        parts: list[tuple[str, Callable[[Frame], object], Callable[..., Page], bool]] = [
            ("header", lambda f: f.header, header.paint, False),
            ("timeline", lambda f: f.timeline, timeline.paint, True),
            ("tabs", lambda _: self._tab, tabs.paint, False),
            ("registers", lambda f: f.registers, registers.paint, True),
            ("code", lambda f: f.code, code.paint, True),
            ("stacks", lambda f: f.stacks, stacks.paint, True),
            ("translation", lambda f: f.translation, translation.paint, True),
            ("tlb", lambda f: f.tlb, tlb.paint, True),
            ("memory", lambda f: f.memory, memory.paint, True),
            ("logs", self._logs_part, logs.paint, True),
            ("narration", self._narration_part, narration.paint, True),
            ("footer", lambda _: self._footer, footer.paint, False),
            ("notice", lambda _: self.size, _notice, False),
        ]
        for name, part, painter, framed in parts:
            pane = Pane(name, part, painter, framed=framed)
            pane.wear(self.palette)
            pane.number = PANES.index(name) + 1 if name in PANES else 0
            self.panes[name] = pane
        yield Desk(self.panes)

    def _logs_part(self, frame: Frame) -> LogsPart:
        return LogsPart(frame.logs, self._log_tab, frame.header.icount)

    def _narration_part(self, frame: Frame) -> NarrationPart:
        icount = frame.header.icount
        return NarrationPart(frame.narration, icount, self._revealed == icount)

    def on_mount(self) -> None:
        """Draw the empty desk, then call the engine."""
        self._arrange()
        self._tell()
        self.run_worker(self._converse(), name="engine", exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the arrangement anew."""
        self._arrange(event.size)

    def _arrange(self, size: Size | None = None) -> None:
        size = size or self.size
        if not self.panes:
            return
        desk = self.query_one(Desk)
        arrangement = arrange(size.width, size.height, tab=self._tab, zoom=self._zoom)
        desk.arrangement = arrangement
        self._hand_out(arrangement)
        desk.refresh(layout=True)
        self._fit_view(arrangement)

    def _hand_out(self, arrangement: Arrangement) -> None:
        for name, pane in self.panes.items():
            rect = arrangement.rects.get(name)
            pane.display = rect is not None
            if rect is None:
                continue
            zoomed = name == self._zoom
            room = Room(0, 0, roomy=arrangement.name == "roomy" or zoomed, zoomed=zoomed)
            framed = name in (*PANES, "timeline")
            edge = arrangement.edge(name) if framed else ""
            ticks = arrangement.ticks(name) if framed else {}
            pane.place(rect.width, rect.height, edge, ticks, room)
        self._show(self.shown)
        focused = self.focused
        if isinstance(focused, Pane) and not focused.display:
            self.set_focus(None)

    # ---------------------------------------------------------------------------------------------------- frames

    async def _converse(self) -> None:
        """Listen to the engine for as long as there is one; start its successor when it dies."""
        deaths = 0
        try:
            self.link = await self._connect()
        except EngineError as error:
            self._end(str(error), 2)
            return
        self.conductor = Conductor(self.link, self._answered)
        self._look(self._view)
        if self._at is not None:
            self.conductor.send(GoTo(0, self._at))
        while True:
            try:
                async for message in self.link:
                    if isinstance(message, FrameReady):
                        deaths = 0
                        self._take(message.frame)
                    elif isinstance(message, Progress):
                        self._tell(working=message.what, fraction=message.fraction)
                    elif isinstance(message, Fatal):
                        self._end(message.text, message.status)
                        return
                return
            except EngineError as error:
                deaths += 1
                if deaths > RESPAWNS or not await self._revive(error):
                    self._end(str(error), 1)
                    return

    async def _revive(self, death: EngineError) -> bool:
        """Bring the engine back to where it was; the screen keeps the last frame meanwhile."""
        assert self.link is not None
        assert self.conductor is not None
        self.conductor.forget()
        self._tell(working=f"{death}; starting another and going back to this place…")
        try:
            await self.link.respawn()
        except EngineError:
            return False
        self._look(self._view)
        return True

    def _take(self, frame: Frame) -> None:
        """Keep the newest frame and paint it as soon as the loop is free; older ones are never painted."""
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
        self.shown = frame
        self.paints += 1
        self._show(frame)
        if frame.header.running:
            self._tell(running=True, message="")
        elif self._footer.working or self._footer.running:
            self._tell(working="", fraction=-1.0, running=False)

    def _show(self, frame: Frame | None) -> None:
        for name, pane in self.panes.items():
            if frame is not None or name in ("footer", "tabs", "notice"):
                pane.show_frame(cast("Frame", frame))

    def _tell(self, **changes: object) -> None:
        """Change what the footer says."""
        self._footer = replace(self._footer, **changes)  # type: ignore[arg-type]
        if "footer" in self.panes:
            self.panes["footer"].show_frame(cast("Frame", self.shown))

    def _answered(self, command: AnyCommand, answer: Done | Failed) -> None:
        failed = isinstance(answer, Failed)
        quiet = isinstance(command, Look) and not failed
        text = self._footer.message if quiet else answer.text
        self._tell(
            message=text,
            error=failed if not quiet else self._footer.error,
            working="",
            fraction=-1.0,
            running=False,
        )

    def _end(self, text: str, status: int) -> None:
        """Leave the screen; `run_app` prints the sentence."""
        self.fatal = text
        self.exit(status, return_code=status)

    # -------------------------------------------------------------------------------------------------- commands

    def perform(self, action: Action) -> None:
        """Do one action of the command table or of a click; while something long runs, stop that instead."""
        name, *arguments = action
        if self._busy and name not in ("quit", "theme", "zoom", "unzoom", "pane", "scroll", "log"):
            self._pause()
            return
        method: Callable[..., None] = getattr(self, f"do_{name}")
        method(*arguments)

    def action_perform(self, name: str) -> None:
        """Textual's way to `perform`: a command by its name in the table."""
        self.perform(BY_NAME[name].action)

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
        return self.conductor is not None and self.conductor.long

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
        self._view = view
        if self.conductor is not None:
            self.conductor.send(Look(0, view))

    def _fit_view(self, arrangement: Arrangement) -> None:
        """Ask the engine for as much as there is room for."""
        rows = max(24, arrangement.height)
        tall = {"code_rows": rows + 8, "source_lines": rows + 8, "stack_slots": max(48, 2 * rows)}
        view = replace(self._view, memory_rows=max(8, arrangement.height // 2), **tall)
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

    def do_go(self, icount: int) -> None:
        """Go to an icount."""
        self._send(Go(0, icount))

    def do_go_to(self, place: str) -> None:
        """Go to a place in words."""
        self._send(GoTo(0, place))

    def do_toggle_breakpoint(self, place: str) -> None:
        """Set a breakpoint, or clear the one that is there."""
        self._send(Breakpoint(0, place, on=not self._stands(place)))

    def _stands(self, place: str) -> bool:
        """Whether a breakpoint is shown at this place."""
        if self.shown is None:
            return False
        shown = self.shown.code
        lines = {f"{shown.path}:{line.number}" for line in shown.source if line.breakpoint}
        rows = {f"{row.va:#010x}" for row in shown.rows if row.breakpoint}
        names = {row.symbol for row in shown.rows if row.breakpoint and row.symbol}
        return place in lines | rows | names

    def do_memory(self, va: int) -> None:
        """Show the bytes at an address."""
        self._look(replace(self._view, memory_va=va & ~0xF))

    def do_translate(self, va: int) -> None:
        """Walk an address."""
        self._look(replace(self._view, translation_va=va))

    def do_time(self, direction: int) -> None:
        """Zoom the timeline around now; 0 shows all."""
        frame = self.shown
        if frame is None:
            return
        if direction == 0:
            self._look(replace(self._view, timeline=None))
            return
        line = frame.timeline
        span = max(16, (line.last - line.first) // 2 if direction > 0 else (line.last - line.first) * 2)
        if direction < 0 and span >= frame.header.end:
            self._look(replace(self._view, timeline=None))
            return
        first = max(0, min(line.now - span // 2, frame.header.end - span))
        self._look(replace(self._view, timeline=(first, first + span)))

    def do_log(self, direction: int) -> None:
        """Choose the next log tab."""
        self.do_log_tab((self._log_tab + direction) % len(logs.TABS))

    def do_log_tab(self, tab: int) -> None:
        """Choose a log tab."""
        self._log_tab = tab
        self._show(self.shown)

    def do_answer(self) -> None:
        """Reveal the answer to the question here."""
        if self.shown is not None:
            self._revealed = self.shown.header.icount
            self._show(self.shown)

    def do_pane(self, name: str) -> None:
        """Focus a pane; if it has the focus already, zoom it. In the small arrangement, choose its tab."""
        pane = self.panes.get(name)
        if pane is None:
            return
        if pane.has_focus and pane.display:
            self.do_zoom(name)
            return
        tab = next((i for i, (_, names) in enumerate(TABS) if name in names), 0)
        if self._zoom and self._zoom != name:
            self._zoom = name
        if not (name == "narration" and pane.display):
            self._tab = tab
        self._arrange()
        if pane.display:
            pane.focus(scroll_visible=False)

    def do_zoom(self, name: str) -> None:
        """Let a pane fill the screen, or the one with the focus; again for all panes."""
        if self._zoom:
            self.do_unzoom()
            return
        if not name:
            focused = self.focused
            name = focused.pane_name if isinstance(focused, Pane) else "code"
        self._zoom = name
        self._arrange()
        self.panes[name].focus(scroll_visible=False)

    def do_unzoom(self) -> None:
        """All panes again."""
        if self._zoom:
            self._zoom = ""
            self._arrange()
        elif self._footer.message:
            self._tell(message="", error=False)

    def action_focus_next(self) -> None:
        """Tab: the next pane; in the small arrangement the next tab."""
        self._cycle(1)

    def action_focus_previous(self) -> None:
        """Shift-tab: the pane before."""
        self._cycle(-1)

    def _cycle(self, direction: int) -> None:
        if self.query_one(Desk).arrangement.name == "small" and not self._zoom:
            self._tab = (self._tab + direction) % len(TABS)
            self._arrange()
            self.panes[TABS[self._tab][1][-1]].focus(scroll_visible=False)
            return
        focused = self.focused
        names = list(PANES)
        index = names.index(focused.pane_name) if isinstance(focused, Pane) else -direction
        name = names[(index + direction) % len(names)] if isinstance(focused, Pane) else "code"
        if self._zoom:
            self._zoom = name
            self._arrange()
        if self.panes[name].display:
            self.panes[name].focus(scroll_visible=False)

    def do_scroll(self, direction: int) -> None:
        """Scroll the pane with the focus by nearly a page."""
        focused = self.focused
        if isinstance(focused, Pane):
            focused.scroll_rows(direction * max(1, focused.rows_shown - 2))

    def do_theme(self) -> None:
        """The next theme."""
        names = list(themes.PALETTES)
        name = names[(names.index(self.palette.name) + 1) % len(names)]
        self.palette = themes.PALETTES[name]
        self.theme = name
        for pane in self.panes.values():
            pane.wear(self.palette)
        self._tell(message=f"theme: {name}", error=False)

    def do_help(self) -> None:
        """Show the help."""
        from ringview.tui.screens import Help

        self.push_screen(Help())

    def do_palette(self) -> None:
        """Show the command palette."""
        from ringview.tui.search import palette

        self.push_screen(palette())

    def do_quit(self) -> None:
        """Leave."""
        self.exit(0)

    # --------------------------------------------------------------------------------------------------- prompts

    def do_prompt(self, kind: str, error: str = "", start: str = "") -> None:
        """Ask for a line and do what it says; what cannot be read is asked again with the reason."""
        from ringview.tui.screens import QUESTIONS, Prompt

        question = replace(QUESTIONS[kind], start=start)
        self.push_screen(Prompt(question, error), lambda text: self._prompted(kind, text))

    def _prompted(self, kind: str, text: str | None) -> None:
        if text is None:
            return
        if kind == "go":
            self.do_go_to(text)
        elif kind == "breakpoint":
            self.do_toggle_breakpoint(text)
        elif kind == "bookmark":
            self._send(Bookmark(0, text))
        elif kind == "console":
            self._send(ConsoleInput(0, f"{text}\n".encode()))
        else:
            self._look_at(kind, text)

    def _look_at(self, kind: str, text: str) -> None:
        va: int | None = None
        if text:
            try:
                va = address(text)
            except ValueError as error:
                self.do_prompt(kind, str(error), text)
                return
        if kind == "memory":
            self._look(replace(self._view, memory_va=None if va is None else va & ~0xF))
        else:
            self._look(replace(self._view, translation_va=va))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command table, for Textual's own palette."""
        for entry in COMMANDS:
            yield SystemCommand(entry.name, entry.help, lambda name=entry.name: self.action_perform(name))


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


def _notice(size: Size, room: Room) -> Page:
    """What a terminal that is too small says instead of garbage."""
    text = (
        f"ringview needs {LEAST[0]} columns and {LEAST[1]} rows; this terminal has"
        f" {size.width} by {size.height}. Enlarge it, or press q to quit."
    )
    lines = wrapped(text, "strong", max(1, room.width), max(1, room.height))
    above = max(0, (room.height - len(lines)) // 2)
    return Page([*(Line() for _ in range(above)), *lines])


def run_app(engine: EngineHandle, *, at: str | None = None, theme: str = "dark") -> int:
    """Show the live screen of an engine until the user leaves.

    Args:
        engine: a started engine; it may still be on its way.
        at: where to go first, in words, or None for the first stop.
        theme: "dark", "light" or "projector".

    Returns:
        The exit status: 0, or that of what ended the engine, its sentence printed to stderr.
    """
    import sys

    async def connect() -> Link:
        from ringview.engine.client import AsyncClient

        return await AsyncClient.connect(engine)

    app = RingviewApp(connect, at=at, palette=themes.PALETTES.get(theme, themes.DARK))
    status = app.run()
    if app.fatal:
        print(f"ringview: {app.fatal}", file=sys.stderr)
    return status if status is not None else (app.return_code or 0)
