"""What lies over the panes for a while: the one-line prompt, and the help made from the command
table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ringview.tui.commands import COMMANDS, GROUPS, Entry
from ringview.tui.keymap import Keymap
from ringview.tui.leaflet import Leaflet
from ringview.tui.palette import Palette
from ringview.tui.text import Line, beside, wrap


@dataclass(frozen=True, slots=True)
class Question:
    """What a prompt asks for.

    Attributes:
        title: what is asked for.
        hint: what may be typed, in a sentence.
        start: what stands there to begin with.
        empty: whether an empty answer means something.
    """

    title: str
    hint: str
    start: str = ""
    empty: bool = False


QUESTIONS = {
    "go": Question(
        "go to",
        "an icount, a symbol, file.c:32, “syscall hello2”, “next irq”, “event 12”, “bookmark X”,"
        " beat 3, end, 0x…",
    ),
    "breakpoint": Question(
        "breakpoint at",
        "a symbol, file.c:32 or an address, and a condition if wanted: “sys_hello2 if r1 == 0”,"
        " “… if in.len > 64”; the same place again clears it",
    ),
    "who": Question(
        "who wrote",
        "in.len, a symbol, bef0_0c44, pa:81f3_ac44 (/8 bytes, == value) or a register: r3, lr_usr;"
        " “read …” asks for reads",
    ),
    "watch": Question(
        "watch",
        "in.len, a symbol or an address, “read …” or “access …”, “… == 6”, “… if r0 > 2”;"
        " again to clear it, empty lists",
        empty=True,
    ),
    "bookmark": Question("name this place", "empty removes the bookmark here", empty=True),
    "memory": Question(
        "show memory at",
        "an address such as bef0_0c40; empty follows the current access",
        empty=True,
    ),
    "translate": Question(
        "translate",
        "an address, symbol, register (r1), in.name; pa:81f3_ac40 for all that lead there;"
        " empty follows the current access",
        empty=True,
    ),
    "console": Question(
        "type to the guest", "a line for its console; what came after now is made anew", empty=True
    ),
}


MOST_OFFERS = 6
"""Lines that a prompt offers at a time."""

Suggest = Callable[[str], Awaitable[list[str]]]


class Prompt(ModalScreen[str | None]):
    """Asks for one line at the foot of the screen; the panes stay visible and live.

    Args:
        question: what to ask.
        error: why the last answer could not be used, or "".
        suggest: gives whole lines that what was typed so far may become, the likeliest first; None
            where nothing can be offered.
    """

    BINDINGS = [  # noqa: RUF012
        ("escape", "leave", "leave"),
        ("tab", "complete", "complete"),
        ("down", "choose(1)", "next"),
        ("up", "choose(-1)", "previous"),
    ]
    DEFAULT_CSS = """
    Prompt { align: center bottom; background: $background 0%; }
    Prompt > Vertical { height: auto; width: 100%; background: $surface; padding: 0 1; }
    Prompt Static { height: auto; }
    Prompt .error { color: $error; text-style: bold; }
    Prompt .hint { color: $foreground; }
    Prompt Input { border: none; height: 1; padding: 0; background: $surface; width: 1fr; }
    Prompt Input:focus { border: none; background-tint: $foreground 0%; }
    Prompt #offers { display: none; }
    Prompt #line { layout: horizontal; height: 1; }
    Prompt #label { width: auto; text-style: bold; }
    """

    def __init__(self, question: Question, error: str = "", suggest: Suggest | None = None) -> None:
        super().__init__()
        self.question = question
        self.error = error
        self.offers: list[str] = []
        self.chosen = -1
        self._suggest = suggest

    def compose(self) -> ComposeResult:
        """A hint or the error, then the line."""
        with Vertical():
            if self.error:
                yield Static(f"✗ {self.error}", classes="error", markup=False)
            yield Static(self.question.hint + " · esc leaves", classes="hint", markup=False)
            yield Static("", id="offers", markup=False)
            with Vertical(id="line"):
                yield Static(f"{self.question.title} ▸ ", id="label", markup=False)
                yield Input(self.question.start, select_on_focus=False, max_length=4096)

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        if self.chosen >= 0:
            event.value = self.offers[self.chosen]
        text = event.value.strip() if self.question.title != "type to the guest" else event.value
        if text or self.question.empty:
            self.dismiss(text)
        else:
            self.dismiss(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask what this may become; only the newest answer counts."""
        if self._suggest is not None:
            self.run_worker(self._offer(event.value), exclusive=True, group="offers")

    async def _offer(self, typed: str) -> None:
        assert self._suggest is not None
        found = await self._suggest(typed) if typed.strip() else []
        self.offers = [line for line in found if line != typed.strip()][:MOST_OFFERS]
        self.chosen = -1
        self._show_offers()

    def _show_offers(self) -> None:
        text = Text()
        for index, line in enumerate(self.offers):
            text.append("▸ " if index == self.chosen else "  ", "bold")
            text.append(line + "\n", "bold reverse" if index == self.chosen else "")
        text.append("tab completes, ↓ ↑ choose", "italic")
        # An answer may come while the prompt is being taken down: then there is none to show it.
        for offers in self.query("#offers").results(Static):
            offers.update(text)
            offers.display = bool(self.offers)

    def action_choose(self, direction: int) -> None:
        """Choose another of the lines offered, or none."""
        if self.offers:
            self.chosen = (self.chosen + 1 + direction) % (len(self.offers) + 1) - 1
            self._show_offers()

    def action_complete(self) -> None:
        """Take the chosen line, or the likeliest, to go on typing."""
        if self.offers:
            line = self.query_one(Input)
            line.value = self.offers[max(0, self.chosen)]
            line.cursor_position = len(line.value)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


_LEGEND = (
    ("colours", "user, kernel, abort; always with a word"),
    ("u k a", "whose a value is: user, kernel, abort"),
    ("*", "changed since the previous stop"),
    ("▸ ◂ ◆", "about to be read, written, both"),
    ("▶ →", "the current line or call; where sp points"),
    ("●", "the live mode, stack, bank; a breakpoint"),
    ("┃", "now; click the timeline to go elsewhere"),
    ("▸ ◂ + !", "a TLB entry used next, just used, new, stale"),
    ("✓ ✗ [ ]", "allowed, denied; the access in question"),
    ("▸ ▾ ↩", "tables: shut, opened; who else leads to that memory"),
    ("shift-drag", "selects text, which is the terminal's own business"),
)
_KEYS = 12  # columns for keys
_COLUMN = 54  # columns of the help's own two columns


def help_rows(
    keymap: Keymap, commands: tuple[Entry, ...] = COMMANDS
) -> list[tuple[str, list[tuple[str, str]]]]:
    """All commands by group, keys and sentence; the pane keys as one; then the glyphs."""
    groups = []
    unchanged = [entry for entry in commands if _is_pane(entry, keymap)]
    for group in GROUPS:
        rows = []
        for entry in (entry for entry in commands if entry.group == group):
            if entry.action[0] != "pane" or keymap.keys(entry.name) != entry.keys:
                rows.append((keymap.all_text(entry.name) or "—", keymap.told(entry.help)))
            elif entry is unchanged[0]:
                keys = f"{entry.keys[0]} … {unchanged[-1].keys[0]}"
                rows.append((keys, "Focus that pane; again to zoom it."))
        groups.extend([(group, rows)] if rows else [])
    return [*groups, ("Signs", list(_LEGEND))]


def _is_pane(entry: Entry, keymap: Keymap) -> bool:
    """Whether this chooses a pane by the key that the table gives it."""
    return entry.action[0] == "pane" and keymap.keys(entry.name) == entry.keys


def _section(title: str, rows: list[tuple[str, str]], width: int) -> list[Line]:
    lines = [Line(title, "strong underline")]
    for keys, sentence in rows:
        for index, part in enumerate(wrap(sentence, width - _KEYS)):
            lines.append(Line(keys if index == 0 else "", "key").to(_KEYS).add(part, "text"))
    return [*lines, Line()]


def help_lines(width: int, keymap: Keymap, commands: tuple[Entry, ...] = COMMANDS) -> list[Line]:
    """The help, in two columns where there is room."""
    sections = help_rows(keymap, commands)
    if width < 2 * _COLUMN + 3:
        return [line for title, rows in sections for line in _section(title, rows, width)]
    parts = [_section(title, rows, _COLUMN) for title, rows in sections]
    half = sum(map(len, parts)) // 2
    left: list[Line] = []
    while parts and abs(len(left) + len(parts[0]) - half) <= abs(len(left) - half):
        left.extend(parts.pop(0))
    return beside(left, [line for part in parts for line in part], _COLUMN, "   ")


class Help(Leaflet):
    """The help: every command of the table.

    Args:
        palette: the theme.
        keymap: the keys to tell of.
        commands: the commands to tell of.
    """

    BINDINGS: ClassVar = [Binding("question_mark", "leave", "leave")]

    def __init__(
        self, palette: Palette, keymap: Keymap, commands: tuple[Entry, ...] = COMMANDS
    ) -> None:
        super().__init__(palette)
        self._commands = commands
        self._keymap = keymap

    def lines(self, width: int) -> list[Line]:
        """The help, in at most two columns."""
        return help_lines(min(width, 2 * _COLUMN + 3), self._keymap, self._commands)
