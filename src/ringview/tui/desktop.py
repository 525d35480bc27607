"""The app that shows frames on a desk: which pane has the focus or the whole screen, what is chosen
in it, and the colours.

It knows nothing of engines; `ringview.tui.app` feeds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar, cast

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size

from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.commands import COMMANDS, Entry
from ringview.tui.desk import Desk
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.layout import MARGINED, TABS, Arrangement, arrange
from ringview.tui.names import LARGE, PANES
from ringview.tui.pane import Act, Pane
from ringview.tui.panes import lecture, logs, mitigations, narration, schedules
from ringview.tui.panes.footer import FooterPart
from ringview.tui.panes.grid import GridPart
from ringview.tui.panes.kinds import KINDS
from ringview.tui.panes.logs import LogsPart
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.panes.notice import NoticePart
from ringview.tui.quiz import Quiz, question_here
from ringview.tui.splits import Wishes
from ringview.tui.text import Room
from ringview.tui.theme import register_themes
from ringview.views.frame import Frame

COLUMNS: Mapping[str, Callable[[Frame], int]] = {
    "schedules": lambda frame: schedules.count_columns(frame.schedules),
    "mitigations": lambda frame: mitigations.count_columns(frame.mitigations),
}
"""The large views in which a column can be chosen, and how many a frame's has."""


class DeskApp(App[int]):
    """Shows frames.

    Args:
        palette: the theme to begin with.
        keymap: which keys do what.
    """

    CSS = """
    SearchIcon { display: none; }
    CommandPalette > Vertical { max-height: 80%; min-width: 40; background: $background; }
    CommandPalette OptionList { min-width: 40; }  /* Textual cannot wrap into no column at all */
    CommandPalette > .command-palette--help-text { color: $foreground; text-style: not bold; }
    CommandPalette OptionList { background: $background; }
    CommandPalette OptionList:focus { background: $background; }
    CommandPalette OptionList > .option-list--option-highlighted,
    CommandPalette OptionList:focus > .option-list--option-highlighted {
        color: $foreground; background: $surface; text-style: bold;
    }
    """
    ENABLE_COMMAND_PALETTE = False
    commands: ClassVar[tuple[Entry, ...]] = COMMANDS
    """What this screen can do."""
    AUTO_FOCUS = ""

    def __init__(self, palette: themes.Palette, keymap: Keymap = DEFAULT) -> None:
        super().__init__()
        self.palette = palette
        self.keymap = keymap
        self.shown: Frame | None = None
        self.panes: dict[str, Pane] = {}
        self._footer = FooterPart(working="starting the machine…")
        self._tab = 0
        self._zoom = ""
        self._story = False
        self._told = 0
        self._log_tab = 0
        self._columns = dict.fromkeys(COLUMNS, 0)
        self._revealed = -1
        self._big = False
        self._answers: set[int] = set()
        self.quiz = Quiz()
        self.wishes: Mapping[str, Wishes] = {}
        register_themes(self)
        self.theme = palette.name

    def compose(self) -> ComposeResult:
        """All panes, on one desk."""
        own: dict[str, Callable[[Frame], object]] = {
            "tabs": lambda _: self._tab,
            "logs": self._logs_part,
            "narration": self._narration_part,
            "schedules": lambda f: GridPart(f.schedules, self._columns["schedules"]),
            "mitigations": lambda f: GridPart(f.mitigations, self._columns["mitigations"]),
            "footer": lambda _: self._footer,
            "notice": self._notice_part,
        }
        for name, kind in KINDS.items():
            pane = Pane(
                name,
                kind.part or own[name],
                kind.paint,
                framed=kind.framed,
                margin=int(name in MARGINED),
                choosable=name in LARGE,
            )
            pane.wear(self.palette)
            pane.number = PANES.index(name) + 1 if name in PANES else 0
            self.panes[name] = pane
        yield Desk(self.panes)

    def _notice_part(self, frame: Frame | None) -> NoticePart:
        starting = self._footer if frame is None else None
        return NoticePart(self.size.width, self.size.height, starting)

    def _logs_part(self, frame: Frame) -> LogsPart:
        return LogsPart(frame.logs, self._log_tab, frame.header.icount)

    def _narration_part(self, frame: Frame) -> NarrationPart:
        icount, beats = frame.header.icount, frame.narration.beats
        here = question_here(frame.narration)
        chosen = self.quiz.chosen.get(here.ordinal, -1) if here is not None else -1
        score = self.quiz.score(beats)
        revealed = self._revealed == icount
        return NarrationPart(frame.narration, icount, revealed, chosen, score)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the arrangement anew."""
        self._arrange(event.size)

    def _rows_told(self, size: Size) -> int:
        """Rows that the words of this stop take across the whole screen; while the guest runs, as
        many as before.
        """
        if self.shown is None or self.shown.header.running:
            return self._told
        rows_needed = lecture.rows_needed if self._big else narration.rows_needed
        return rows_needed(self._narration_part(self.shown), max(1, size.width - 2))

    def _arrange(self, size: Size | None = None) -> None:
        size = size or self.size
        if not self.panes:
            return
        self._told = self._rows_told(size)
        desk = self.query_one(Desk)
        arrangement = arrange(
            size.width,
            size.height,
            tab=self._tab,
            zoom=self._zoom,
            empty=self.shown is None,
            story=self._story,
            told=self._told,
            wishes=self.wishes,
            big=self._topic() if self._big else (),
        )
        desk.arrangement = arrangement
        self._hand_out(arrangement)
        # Textual keeps where a widget's children stand until one of them asks for a layout.
        self.panes["header"].refresh(layout=True)
        desk.refresh(layout=True)
        self.arranged(arrangement)

    def _hand_out(self, arrangement: Arrangement) -> None:
        for name, pane in self.panes.items():
            rect = arrangement.rects.get(name)
            pane.display = rect is not None
            if rect is None:
                continue
            zoomed = name == self._zoom
            roomy = (arrangement.name == "roomy" or zoomed) and not self._big
            zoomed = zoomed and not self._big
            room = Room(0, 0, roomy=roomy, zoomed=zoomed, big=self._big, keys=self.keymap)
            framed = name in (*PANES, *LARGE, "timeline")
            edge = arrangement.edge(name) if framed else ""
            ticks = arrangement.ticks(name) if framed else {}
            pane.place(rect.width, rect.height, edge, ticks, room)
        self._show(self.shown)
        focused = self.focused
        if isinstance(focused, Pane) and not focused.display:
            self.set_focus(None)

    def _topic(self) -> tuple[str, ...]:
        """The panes that the present beat is about, the first most of all; the C line always."""
        beats = self.shown.narration.beats if self.shown is not None else ()
        beat = next((beat for beat in beats if beat.current), None)
        named = tuple(name for name in beat.show if name in PANES) if beat is not None else ()
        if len(named) == 1:
            return (*named, "registers" if named == ("code",) else "code")
        return named or ("code", "registers")

    def arranged(self, arrangement: Arrangement) -> None:
        """Called after the panes were arranged anew."""

    def _show(self, frame: Frame | None) -> None:
        for name, pane in self.panes.items():
            if frame is not None or name in ("footer", "tabs", "notice"):
                pane.show_frame(cast("Frame", frame))

    def as_text(self) -> str:
        """What stands on the screen, as lines of text without colours."""
        return self.query_one(Desk).as_text()

    def as_svg(self) -> str:
        """What stands on the screen, as a picture in the present theme."""
        said = self.shown.header.title if self.shown is not None else "starting"
        return self.query_one(Desk).as_svg(self.palette.ground, f"ringview: {said}")

    def _tell(self, **changes: object) -> None:
        """Change what the footer says."""
        self._footer = replace(self._footer, **changes)  # type: ignore[arg-type]
        for name in ("footer", "notice"):
            if name in self.panes:
                self.panes[name].show_frame(cast("Frame", self.shown))

    # ---- panes

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
            self._answered_here()
            asked = question_here(self.shown.narration)
            if asked is not None:
                self.quiz.look_up(asked)
            self._show(self.shown)

    def do_choose(self, number: int) -> None:
        """Choose an answer to the question here, counted from 1."""
        asked = question_here(self.shown.narration) if self.shown is not None else None
        if asked is not None and self.quiz.choose(asked, number):
            self._answered_here()
            self._show(self.shown)

    def _answered_here(self) -> None:
        """Note that the answer to this beat's question stands on the screen."""
        beats = self.shown.narration.beats if self.shown is not None else ()
        self._answers |= {beat.ordinal for beat in beats if beat.here and beat.question}

    def choice_of(self, entry: Entry) -> Action | None:
        """What the key of a pane does in the narration while a question waits there: it chooses the
        answer with that pane's number. Otherwise None.
        """
        focused, frame = self.focused, self.shown
        if entry.action[0] != "pane" or frame is None or not isinstance(focused, Pane):
            return None
        number = PANES.index(str(entry.action[1])) + 1
        asked = question_here(frame.narration)
        if asked is None or focused.pane_name != "narration" or not self.quiz.is_open(asked):
            return None
        return ("choose", number) if 1 <= number <= len(asked.choices) else None

    def do_pane(self, name: str) -> None:
        """Focus a pane; if it has the focus already, zoom it. In the small arrangement, choose its
        tab.
        """
        pane = self.panes.get(name)
        if pane is None:
            return
        if (pane.has_focus and pane.display) or (self._big and not pane.display):
            self._zoom = "" if self._big else self._zoom
            self.do_zoom(name)
            return
        tab = next((i for i, (_, names) in enumerate(TABS) if name in names), 0)
        if self._zoom and self._zoom != name:
            self._zoom = name
        if not (name == "narration" and pane.display):
            self._tab = tab
        self._arrange()
        if pane.display:
            self._give_focus(pane)

    def _give_focus(self, pane: Pane) -> None:
        """Give it at once: the next key may come in the same breath."""
        self.screen_stack[0].set_focus(pane, scroll_visible=False)

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
        self._give_focus(self.panes[name])

    @property
    def large(self) -> str:
        """The large view that fills the screen, or ""."""
        return self._zoom if self._zoom in LARGE else ""

    def do_large(self, name: str) -> None:
        """Show a large view, or all panes again if it is shown."""
        if self._zoom == name:
            self.do_unzoom()
            return
        self._zoom = name
        self._arrange()
        self._give_focus(self.panes[name])

    def do_select(self, direction: int) -> None:
        """Choose another row of the large view."""
        if self.large:
            self.panes[self.large].move_choice(direction)

    def do_column(self, direction: int) -> None:
        """Choose another column of the large view."""
        if self.large in COLUMNS and self.shown is not None:
            most = COLUMNS[self.large](self.shown) - 1
            column = self._columns[self.large] + direction
            self._columns[self.large] = max(0, min(column, most))
            self._show(self.shown)

    def do_take(self) -> None:
        """Do what the chosen row of the large view says."""
        action = self.panes[self.large].choice if self.large else None
        if action is not None:
            self.post_message(Act(action))

    def do_big(self) -> None:
        """The lecture layout, or all panes again."""
        self._big = not self._big
        self._arrange()

    def do_unzoom(self) -> None:
        """All panes again."""
        if self._zoom:
            self._zoom = ""
            self._arrange()
        elif self._footer.message:
            self._tell(message="", error=False)

    def do_cycle(self, direction: int) -> None:
        """The next pane, or the one before; in the small arrangement the next tab."""
        if self.query_one(Desk).arrangement.name == "small" and not self._zoom:
            self._tab = (self._tab + direction) % len(TABS)
            self._arrange()
            self._give_focus(self.panes[TABS[self._tab][1][-1]])
            return
        focused = self.focused
        names = list(PANES)
        name = "code"  # also from a large view, which has no neighbours
        if isinstance(focused, Pane) and focused.pane_name in names:
            name = names[(names.index(focused.pane_name) + direction) % len(names)]
        if self._zoom:
            self._zoom = name
            self._arrange()
        if self.panes[name].display:
            self._give_focus(self.panes[name])

    def do_scroll(self, direction: int) -> None:
        """Scroll the pane with the focus by nearly a page."""
        focused = self.focused
        if isinstance(focused, Pane):
            focused.scroll_rows(direction * max(1, focused.rows_shown - 2))

    def do_theme(self) -> None:
        """The next theme."""
        self.palette = themes.following(self.palette)
        self.theme = name = self.palette.name
        for pane in self.panes.values():
            pane.wear(self.palette)
        self._tell(message=f"theme: {name}", error=False)

    def do_help(self) -> None:
        """Show the help."""
        from ringview.tui.screens import Help

        self.push_screen(Help(self.palette, self.keymap, self.commands))

    def do_reference(self) -> None:
        """Show how every architecture calls Linux."""
        from ringview.tui.reference import Reference

        self.push_screen(Reference(self.palette))

    def do_palette(self) -> None:
        """Show the command palette."""
        from ringview.tui.search import palette

        self.push_screen(palette())
