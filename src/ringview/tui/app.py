"""The live screen as Textual knows it: keys, mouse and sizes come in here, for the sitting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingsMap

from ringview.tui import palette as themes
from ringview.tui import shaping
from ringview.tui.actions import Action
from ringview.tui.choosing import choice_of
from ringview.tui.chosen import Chosen
from ringview.tui.commands import BY_NAME
from ringview.tui.conversation import Conversation
from ringview.tui.deeds import perform
from ringview.tui.hearing import Hearing
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.link import Connect
from ringview.tui.pane import Act, Pane
from ringview.tui.panes.footer import FooterPart
from ringview.tui.remember import Memory
from ringview.tui.roles import Lecturer, Role
from ringview.tui.sending import searching
from ringview.tui.sitting import Sitting
from ringview.tui.splits import Divider
from ringview.tui.theme import CSS, register_themes
from ringview.views.frame import Frame

if TYPE_CHECKING:
    from textual.screen import Screen


def bindings(keymap: Keymap) -> Iterator[Binding]:
    """Textual's bindings for every key that means something.

    The ways out work over everything, also while something else takes letters as text.
    """
    for key in keymap.all_keys():
        out = key.startswith("ctrl+") and key in keymap.keys("quit")
        name = "comma" if key == "," else key
        yield Binding(name, f"press({key!r})", show=False, priority=out)


class RingviewApp(App[int]):
    """The screen of one run.

    Args:
        connect: makes the link to the engine; awaited after the first paint.
        at: a place to go to once the engine is ready, in words, or None.
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: what is remembered of this person's ways; None forgets with the run.
        role: who sits before it; None is the lecturer, or whoever is alone.
    """

    CSS = CSS
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""

    def __init__(
        self,
        connect: Connect,
        *,
        at: str | None = None,
        palette: themes.Palette = themes.DARK,
        keymap: Keymap = DEFAULT,
        memory: Memory | None = None,
        role: Role | None = None,
    ) -> None:
        super().__init__()
        role = role or Lecturer()
        conversation = Conversation(connect, patient=role.moves)
        self.sitting = Sitting(self, conversation, palette, keymap, memory or Memory(), role)
        self.title = role.title
        self._bindings = BindingsMap(bindings(keymap))
        self._at = at
        self._held: Divider | None = None  # by the mouse, as it stood when it was taken
        register_themes(self)
        self.theme = palette.name

    def compose(self) -> ComposeResult:
        """All panes, on one desk."""
        yield self.sitting.desk

    def on_mount(self) -> None:
        """Draw the empty desk, then call the engine."""
        self.sitting.arrange()
        talk = self.sitting.conversation.hold(Hearing(self.sitting), self._at)
        self.run_worker(talk, name="engine", exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the arrangement anew; whatever was held is somewhere else now."""
        self._held = None
        self.sitting.arrange(event.size)

    # ---------------------------------------------------------------------------- what stands there

    @property
    def shown(self) -> Frame | None:
        """The frame that is shown, or None."""
        return self.sitting.shown

    @property
    def chosen(self) -> Chosen:
        """How the machine is looked at."""
        return self.sitting.chosen

    @property
    def said(self) -> FooterPart:
        """What the footer says."""
        return self.sitting.said

    @property
    def panes(self) -> dict[str, Pane]:
        """All panes, by their names."""
        return self.sitting.desk.panes

    @property
    def ending(self) -> str:
        """Why it ended, if not by the reader's wish; a sentence."""
        return self.sitting.ending

    def as_text(self) -> str:
        """What stands on the screen, as lines of text without colours."""
        return self.sitting.desk.as_text()

    def as_svg(self) -> str:
        """What stands on the screen, as a picture in the present theme."""
        said = self.shown.header.title if self.shown is not None else "starting"
        return self.sitting.desk.as_svg(self.sitting.palette.ground, f"ringview: {said}")

    # ------------------------------------------------------------------------------------- commands

    def perform(self, action: Action) -> None:
        """Do one action of the command table or of a click."""
        perform(self.sitting, action)

    def action_press(self, key: str) -> None:
        """What a key does: a command of the table, an answer to a question, or stop what runs."""
        sitting = self.sitting
        entry = sitting.keymap.find(key, sitting.chosen.large)
        if sitting.busy and (entry is None or entry.name != "quit"):
            sitting.conversation.pause()
        elif entry is not None and entry.where and self._map_is_searched:
            self.perform(("search", "schedules"))  # there is nothing to choose yet
        elif entry is not None:
            self.perform(choice_of(sitting.here, entry) or entry.action)

    @property
    def _map_is_searched(self) -> bool:
        return self.chosen.large == "schedules" and searching(self.shown, "schedules")

    def action_perform(self, name: str) -> None:
        """Do a command by its name in the table, or stop what runs."""
        if self.sitting.busy and name != "quit":
            self.sitting.conversation.pause()
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

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command table, for Textual's own palette."""
        keymap = self.sitting.keymap
        for entry in self.sitting.role.commands:
            told = keymap.told(entry.help)
            keys = keymap.all_text(entry.name)
            yield SystemCommand(
                entry.name,
                f"{keys}: {told}" if keys else told,
                lambda name=entry.name: self.action_perform(name),
            )

    # ------------------------------------------------------------------------------- keys and mouse

    def on_act(self, message: Act) -> None:
        """A click."""
        message.stop()
        self.perform(message.action)

    def on_key(self, event: events.Key) -> None:
        """Any key stops what runs, also one that means nothing."""
        if self.sitting.busy and len(self.screen_stack) == 1:
            event.stop()
            self.sitting.conversation.pause()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a divider."""
        if event.button == 1 and len(self.screen_stack) == 1:
            arrangement = self.sitting.desk.arrangement
            self._held = arrangement.divider_at(event.screen_x, event.screen_y)
            if self._held is not None:
                self.capture_mouse(event.widget)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the divider that is held."""
        if self._held is not None:
            x, y = event.screen_x, event.screen_y
            self.sitting.become(shaping.dragged(self.sitting.here, self._held, x, y).chosen)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go, and remember."""
        held, self._held = self._held, None
        if held is not None:
            self.capture_mouse(None)
            if shaping.moved(self.sitting.here, held):
                self.sitting.keep_layout()
