"""The one table of commands: it feeds the key bindings, the command palette, the footer and the
help screen.
"""

from __future__ import annotations

from ringview.tui.actions import Action
from ringview.tui.commands.entry import GROUPS, Entry, key_text
from ringview.tui.commands.looking import LOOKING
from ringview.tui.commands.moving import MOVING
from ringview.tui.commands.screen import ARRANGING

__all__ = ["BY_NAME", "COMMANDS", "GROUPS", "LOOKS", "Entry", "key_text", "only_looks"]

COMMANDS: tuple[Entry, ...] = (*MOVING, *LOOKING, *ARRANGING)

_LOOKING = {
    "big", "call", "choose", "column", "copy", "cycle", "follow", "help", "hide", "large",
    "log", "log_tab", "memory", "palette", "pan", "pane", "quit", "reference", "reset_layout",
    "resize", "scroll", "select", "show_all", "space", "table", "take", "theme", "time",
    "translate", "unzoom", "zoom",
}  # fmt: skip


def only_looks(action: Action) -> bool:
    """Whether an action leaves the machine where it is, and the lecturer's questions too."""
    if action[0] == "prompt":
        return action[1] in ("memory", "translate")
    return action[0] in _LOOKING


LOOKS = tuple(entry for entry in COMMANDS if only_looks(entry.action))
"""The commands of those who follow a lecture."""

BY_NAME = {entry.name: entry for entry in COMMANDS}
