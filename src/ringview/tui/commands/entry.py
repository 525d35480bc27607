"""What a command is, and how keys are written."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.actions import Action


@dataclass(frozen=True, slots=True)
class Entry:
    """One command.

    Attributes:
        name: what it is called in the palette, and its identity.
        keys: Textual's names of its keys, the first is the one shown.
        label: one or two words for the footer, or "" to leave it out there.
        help: one sentence; a command's name in braces stands for that command's key.
        group: heading in the help.
        action: what it does, by name and arguments; `ringview.tui.deeds` knows the names.
        rank: the order in the footer; lower is shown earlier, 0 is never shown.
        where: "" for everywhere, "large" for any large view, or the name of one: there, and only
            there, its keys mean this.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    action: Action
    rank: int = 0
    where: str = ""


STEP, TRAVEL, LOOK, LECTURE, SCREEN = "Step", "Travel", "Look", "Lecture", "Screen"
RACE = "Race"
GROUPS = (STEP, TRAVEL, LOOK, RACE, LECTURE, SCREEN)

_KEY_GLYPHS = {
    "right": "→",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "pagedown": "page down",
    "pageup": "page up",
    "escape": "esc",
}


def key_text(key: str) -> str:
    """A key as the footer and the help write it: ``→``, ``ctrl-p``, ``shift-tab``."""
    if len(key) == 1:
        return key
    *modifiers, last = key.split("+")
    return "-".join([*modifiers, _KEY_GLYPHS.get(last, last)])
