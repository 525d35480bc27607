"""What lies over the panes for a while: the one-line prompt, and the help made from the command
table.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ringview.tui.commands import COMMANDS, GROUPS, key_text


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
        "go to", "an icount, a symbol, file.c:32, “beat 3”, “syscall 5”, start, end, 0x… address"
    ),
    "breakpoint": Question("breakpoint at", "a symbol, file.c:32 or an address; again to clear it"),
    "bookmark": Question("name this place", "empty removes the bookmark here", empty=True),
    "memory": Question(
        "show memory at",
        "an address such as bef0_0c40; empty follows the current access",
        empty=True,
    ),
    "translate": Question(
        "translate", "a virtual address; empty follows the current access", empty=True
    ),
    "console": Question(
        "type to the guest", "a line for its console; what came after now is made anew", empty=True
    ),
}


class Prompt(ModalScreen[str | None]):
    """Asks for one line at the foot of the screen; the panes stay visible and live.

    Args:
        question: what to ask.
        error: why the last answer could not be used, or "".
    """

    BINDINGS = [("escape", "leave", "leave")]  # noqa: RUF012
    DEFAULT_CSS = """
    Prompt { align: center bottom; background: $background 0%; }
    Prompt > Vertical { height: auto; width: 100%; background: $surface; padding: 0 1; }
    Prompt Static { height: auto; }
    Prompt .error { color: $error; text-style: bold; }
    Prompt .hint { color: $text-muted; }
    Prompt Input { border: none; height: 1; padding: 0; background: $surface; width: 1fr; }
    Prompt Input:focus { border: none; background-tint: $foreground 0%; }
    Prompt #line { layout: horizontal; height: 1; }
    Prompt #label { width: auto; text-style: bold; }
    """

    def __init__(self, question: Question, error: str = "") -> None:
        super().__init__()
        self.question = question
        self.error = error

    def compose(self) -> ComposeResult:
        """A hint or the error, then the line."""
        with Vertical():
            if self.error:
                yield Static(f"✗ {self.error}", classes="error", markup=False)
            yield Static(self.question.hint + " · esc leaves", classes="hint", markup=False)
            with Vertical(id="line"):
                yield Static(f"{self.question.title} ▸ ", id="label", markup=False)
                yield Input(self.question.start, select_on_focus=False, max_length=4096)

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        text = event.value.strip() if self.question.title != "type to the guest" else event.value
        if text or self.question.empty:
            self.dismiss(text)
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


_LEGEND = (
    ("colours", "user (PL0), kernel (PL1), abort: three hues, each with a word or letter"),
    ("u k a", "whose a value is: user, kernel, abort"),
    ("*", "changed since the previous stop"),
    ("▸ ◂ ◆", "the next instruction reads it, writes it, or both"),
    ("▶", "the current line, instruction or call"),
    ("●", "live: the mode, stack or bank in use; or a breakpoint"),
    ("┃", "now, on the timeline; click the timeline to go anywhere"),
    ("◂ + !", "TLB entry: used by the last instruction, new, stale"),
    ("✓ ✗", "allowed, denied; the access in question stands in [ ]"),
)  # fmt: skip


def help_text() -> str:
    """All commands by group with their keys, and what the glyphs mean."""
    lines: list[str] = []
    for group in GROUPS:
        lines.append(group)
        for entry in (entry for entry in COMMANDS if entry.group == group):
            keys = " ".join(key_text(key) for key in entry.keys)
            lines.append(f"  {keys:<14} {entry.help}")
        lines.append("")
    lines.append("Glyphs")
    lines.extend(f"  {glyph:<14} {meaning}" for glyph, meaning in _LEGEND)
    return "\n".join(lines)


class Help(ModalScreen[None]):
    """The help: every command of the table."""

    BINDINGS = [("escape,q,question_mark,enter", "leave", "leave")]  # noqa: RUF012
    DEFAULT_CSS = """
    Help { align: center middle; background: $background 60%; }
    Help > VerticalScroll {
        width: 92; max-width: 100%; height: auto; max-height: 100%; background: $surface;
            padding: 1 3;
    }
    """

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll():
            yield Static(self._styled(), markup=False)

    @staticmethod
    def _styled() -> Text:
        text = Text()
        for line in help_text().splitlines():
            if line and not line.startswith(" "):
                text.append(line + "\n", "bold underline")
            else:
                text.append(line[:16], "bold")
                text.append(line[16:] + "\n")
        text.append("\nesc closes this", "dim")
        return text

    def on_mount(self) -> None:
        """Let arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
