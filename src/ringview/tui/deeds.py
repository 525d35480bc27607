"""What an action of the command table or of a click does, by its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial

from msgspec.structs import replace

from ringview.engine.protocol import Run
from ringview.tui import looking, shaping
from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.choosing import CHOICES, Turn
from ringview.tui.copying import Pointed, also_in, to_copy
from ringview.tui.pane import Act
from ringview.tui.sending import ABOUT, ACTIONS, LINES, SEARCHES, of_mark
from ringview.tui.sitting import Sitting

HARMLESS = {"quit", "zoom", "unzoom", "pane", "large", "select", "log_tab", "choose"}
HARMLESS |= {"time", "pan", "resize", "hide", "show_all", "reset_layout", "copy"}
"""What a click may do while the guest runs, without stopping it."""
WISHES = {**CHOICES, **shaping.SHAPES}
"""The actions that change what is chosen, and nothing else."""


def perform(sitting: Sitting, action: Action) -> None:
    """Do an action; while something long runs, stop that instead."""
    name, arguments = str(action[0]), action[1:]
    if refusal := sitting.role.refusal(action):
        sitting.remark(refusal)
    elif sitting.busy and name not in HARMLESS:
        sitting.conversation.pause()
    elif name in ACTIONS:
        sitting.send(ACTIONS[name](*arguments))
    elif name in ABOUT:
        sitting.send(ABOUT[name](sitting.shown, *arguments))
    elif name in DEEDS:
        DEEDS[name](sitting, *arguments)
    else:
        wish(sitting, name, *arguments)


def wish(sitting: Sitting, name: str, *arguments: str | int) -> None:
    """Choose something else to look at, or another way to look at it."""
    sitting.turn(WISHES[name](sitting.here, *arguments))


# -------------------------------------------------------------------------------------- the machine


def run(sitting: Sitting) -> None:
    """Run; any key pauses."""
    sitting.send(Run(0))
    if sitting.shown is not None:
        sitting.tell(running=True)


def large(sitting: Sitting, name: str) -> None:
    """Show a large view; the map of schedules and the matrix begin their search themselves."""
    wish(sitting, "large", name)
    shown = sitting.chosen.large
    sitting.unsearched = shown if shown in SEARCHES else ""


def mark(sitting: Sitting, what: str) -> None:
    """Do something with the chosen mark: remove it, or go back to its previous hit."""
    action = _choice(sitting) if sitting.chosen.large == "marks" else None
    if action is not None:
        sitting.send(of_mark(what, action))


def select(sitting: Sitting, direction: int) -> None:
    """Choose another row of the large view."""
    if sitting.chosen.large:
        sitting.desk.panes[sitting.chosen.large].move_choice(direction)


def take(sitting: Sitting) -> None:
    """Do what the chosen row of the large view says."""
    action = _choice(sitting)
    if action is not None:
        sitting.app.post_message(Act(action))


def _choice(sitting: Sitting) -> Action | None:
    """What the chosen row of the large view does."""
    return sitting.desk.panes[sitting.chosen.large].choice if sitting.chosen.large else None


# -------------------------------------------------------------------------------------- typed lines


def prompt(sitting: Sitting, kind: str, error: str = "", start: str = "") -> None:
    """Ask for a line and do what it says; what cannot be read is asked again with the reason."""
    from ringview.tui.screens import QUESTIONS, Prompt

    question = dataclasses.replace(QUESTIONS[kind], start=start)
    offers = kind in ("go", "breakpoint", "who", "watch")
    suggest = partial(sitting.conversation.suggestions, kind) if offers else None
    answered = partial(_prompted, sitting, kind)
    sitting.app.push_screen(Prompt(question, error, suggest), answered)


def _prompted(sitting: Sitting, kind: str, text: str | None) -> None:
    if text is None:
        return
    if kind in LINES:
        sitting.send(LINES[kind](text))
    elif kind == "breakpoint":
        sitting.send(ABOUT["toggle_breakpoint"](sitting.shown, text))
    elif kind == "memory":
        _prompted_memory(sitting, text)
    else:
        again = partial(prompt, sitting, kind, start=text)
        sitting.translate(text, again)


def _prompted_memory(sitting: Sitting, text: str) -> None:
    try:
        va = looking.address(text) if text else None
    except ValueError as error:
        prompt(sitting, "memory", str(error), text)
    else:
        chosen = sitting.chosen
        sitting.become(replace(chosen, view=looking.memory_at(chosen.view, va)))


# --------------------------------------------------------------------------------------- the screen


def follow(sitting: Sitting) -> None:
    """Look at the machine as the lecturer does, if this screen is not the lecturer's."""
    chosen = sitting.role.follow(sitting.chosen)
    if chosen is None:
        sitting.tell(message="this is the screen that the others follow", error=False)
    else:
        sitting.turn(Turn(chosen, focus=chosen.zoom))


def unzoom(sitting: Sitting) -> None:
    """All panes again; back to the lecturer from where one has looked around."""
    if sitting.role.following is False:
        follow(sitting)
    else:
        wish(sitting, "unzoom")


def scroll(sitting: Sitting, direction: int) -> None:
    """Scroll the pane with the focus by nearly a page."""
    if sitting.focused is not None:
        sitting.focused.scroll_page(direction)


def hide(sitting: Sitting) -> None:
    """Put the pane with the focus away."""
    sitting.turn(shaping.hide(sitting.here, sitting.keymap))


def copy(sitting: Sitting, what: str) -> None:
    """Copy the "pane", the "line", its "address", or the "screen"."""
    if sitting.shown is None:
        return
    pointed = Pointed(sitting.desk, sitting.focused, sitting.app.mouse_position)
    text, name = to_copy(what, pointed, sitting.shown)
    if not text.strip():
        sitting.tell(message="there is nothing to copy here", error=False)
        return
    sitting.app.copy_to_clipboard(text)
    path = sitting.memory.keep_copy(text)
    sitting.tell(message=f"copied {name}{also_in(path)}", error=False)
    sitting.confess()


def theme(sitting: Sitting) -> None:
    """The next theme."""
    palette = themes.following(sitting.palette)
    sitting.wear(palette)
    sitting.tell(message=f"theme: {palette.name}", error=False)
    sitting.memory.keep_theme(palette.name)
    sitting.confess()


def show_help(sitting: Sitting) -> None:
    """Show the help."""
    from ringview.tui.screens import Help

    sitting.app.push_screen(Help(sitting.palette, sitting.keymap, sitting.role.commands))


def reference(sitting: Sitting) -> None:
    """Show how every architecture calls Linux."""
    from ringview.tui.reference import Reference

    sitting.app.push_screen(Reference(sitting.palette))


def find_command(sitting: Sitting) -> None:
    """Show the command palette."""
    from ringview.tui.search import palette

    sitting.app.push_screen(palette())


def leave(sitting: Sitting) -> None:
    """Leave."""
    sitting.app.exit(0)


DEEDS: Mapping[str, Callable[..., None]] = {
    "run": run,
    "large": large,
    "mark": mark,
    "select": select,
    "take": take,
    "prompt": prompt,
    "follow": follow,
    "unzoom": unzoom,
    "scroll": scroll,
    "hide": hide,
    "copy": copy,
    "theme": theme,
    "help": show_help,
    "reference": reference,
    "palette": find_command,
    "quit": leave,
}
"""The actions that do more than change what is chosen, or send a command."""
