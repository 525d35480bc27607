"""One sitting before a screen: the frame that is shown, what is chosen, and what the footer says.

Invariants: it never waits for the engine; it reads no machine, only frames; what stands on the
screen follows from those three, and every pane is painted by a pure function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from textual.app import App
from textual.geometry import Size

from ringview.engine.protocol import AnyCommand, Stage
from ringview.tui import looking
from ringview.tui.choosing import Here, Turn
from ringview.tui.chosen import Chosen
from ringview.tui.conversation import Conversation
from ringview.tui.desk import Desk
from ringview.tui.keymap import Keymap
from ringview.tui.palette import Palette
from ringview.tui.pane import Pane
from ringview.tui.panes.footer import FooterPart
from ringview.tui.remember import Memory
from ringview.tui.roles import Role
from ringview.tui.sending import SEARCHES, searched
from ringview.tui.showing import Showing
from ringview.tui.splits import NO_WISHES
from ringview.tui.stage import ENLARGE, ORDINARY, stage_of
from ringview.views.frame import Frame

MESSAGE_TIME = 6.0
"""Seconds for which the footer shows a message instead of the keys."""
NOTHING_ASKED: tuple[str, Callable[[str], None]] = ("", lambda _: None)


class Sitting:
    """What a screen shows, and brings up to date when a frame, a wish or another size comes.

    Args:
        app: Textual's app, which has the terminal.
        conversation: that with the engine.
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: what is remembered of this person's ways.
        role: who sits there.

    Attributes:
        desk: all panes.
        shown: the frame that is shown, or None.
        chosen: how the machine is looked at.
        said: what the footer says.
        ending: why it ended, if not by the reader's wish; a sentence.
        paints: how many frames were painted.
        unsearched: a large view just opened, whose search may have to be begun.
    """

    def __init__(
        self,
        app: App[int],
        conversation: Conversation,
        palette: Palette,
        keymap: Keymap,
        memory: Memory,
        role: Role,
    ) -> None:
        self.app = app
        self.conversation = conversation
        self.palette = palette
        self.keymap = keymap
        self.memory = memory
        self.role = role
        self.desk = Desk(palette, keymap)
        self.shown: Frame | None = None
        self.chosen = Chosen(wishes=memory.layouts)
        self.said = FooterPart(working=role.waiting, following=role.following)
        self.ending = ""
        self.paints = 0
        self.unsearched = ""
        self._newest: Frame | None = None
        self._asked = NOTHING_ASKED  # words to translate that no frame has answered yet

    # --------------------------------------------------------------------------------------- frames

    def take(self, frame: Frame) -> None:
        """Keep the newest frame and paint it as soon as the loop is free; older ones are never
        painted.
        """
        due, self._newest = self.due, frame
        if not due:
            self.app.call_later(self._paint)

    @property
    def due(self) -> bool:
        """Whether a frame waits to be painted."""
        return self._newest is not None

    def _paint(self) -> None:
        frame, self._newest = self._newest, None
        if frame is None:
            return
        before, self.shown = self.shown, frame
        self.paints += 1
        if before is None or not self.desk.suits(self.showing):
            self.arrange()
        else:
            self.show()
        if before is None:
            self.confess()
        elif before.header.icount != frame.header.icount and not self.chosen.view.follow:
            # The timeline was moved away from now by hand, and now has moved.
            self.become(replace(self.chosen, view=replace(self.chosen.view, follow=True)))
        self._begin_search(frame)
        self._answer_words(frame)
        if frame.header.running:
            self.tell(running=True, message="", alarm=False)
        elif self.said.working or self.said.running:
            self.tell(working="", fraction=-1.0, running=False, alarm=False)

    def _begin_search(self, frame: Frame) -> None:
        """Begin what a large view just opened has to have searched, unless it was already."""
        view = searched(frame, self.unsearched)
        if view is not None:
            large, self.unsearched = self.unsearched, ""
            if view.state or view.why_not:
                return
            if refusal := self.role.refusal(("search", large)):
                self.remark(refusal)
            else:
                self.send(SEARCHES[large](0))

    def translate(self, words: str, problem: Callable[[str], None]) -> None:
        """Show what words name, translated.

        Args:
            words: an address, symbol, register or variable.
            problem: called with the reason, once a frame says that they name nothing.
        """
        self._asked = words, problem
        view = looking.translation_of(self.chosen.view, words)
        self.conversation.look(view, again=True)
        self.become(replace(self.chosen, view=view))

    def _answer_words(self, frame: Frame) -> None:
        words, problem = self._asked
        told = frame.translation
        if words and told.words == words:
            self._asked = NOTHING_ASKED
            if told.problem and told.physical < 0:
                problem(told.problem)

    # ------------------------------------------------------------------------------ what is chosen

    @property
    def showing(self) -> Showing:
        """All that the panes show."""
        return Showing(self.shown, self.chosen, self.said, audience=not self.role.moves)

    @property
    def focused(self) -> Pane | None:
        """The pane with the focus."""
        focused = self.app.focused
        return focused if isinstance(focused, Pane) else None

    @property
    def here(self) -> Here:
        """Where a wish meets the screen."""
        focused = self.focused.pane_name if self.focused is not None else ""
        return Here(self.showing, self.desk.needs, self.desk.arrangement, focused)

    @property
    def stage(self) -> Stage:
        """How the machine is looked at, for those who follow."""
        return stage_of(self.chosen)

    def become(self, chosen: Chosen) -> None:
        """Look at the machine as chosen: the panes, the engine and those who follow learn of it."""
        before, self.chosen = self.chosen, chosen
        if chosen.places != before.places:
            self.arrange()
        else:
            self.show()
        if chosen.big != before.big:
            self._resize_font()

    def turn(self, turn: Turn) -> None:
        """Do what came of a wish."""
        shaped = turn.chosen.wishes != self.chosen.wishes
        self.become(turn.chosen)
        if shaped:
            self.keep_layout()
        if turn.focus and self.desk.panes[turn.focus].display:
            # At once: the next key may come in the same breath.
            self.app.screen_stack[0].set_focus(self.desk.panes[turn.focus], scroll_visible=False)
        if turn.said is not None:
            self.tell(message=turn.said, error=False)

    def keep_layout(self) -> None:
        """Remember how the panes of this arrangement were shaped."""
        name = self.desk.arrangement.name
        self.memory.keep_layout(name, self.chosen.wishes.get(name, NO_WISHES))
        self.confess()

    def confess(self) -> None:
        """Say what went wrong with remembering, if anything did."""
        if complaint := self.memory.complaint_once():
            self.tell(message=complaint, error=True)

    # ------------------------------------------------------------------------------ what is shown

    def arrange(self, size: Size | None = None) -> None:
        """Arrange the panes anew, and ask the engine for as much as there is room for."""
        self.desk.lay_out(self.showing, size or self.app.size)
        if self.focused is not None and not self.focused.display:
            self.app.set_focus(None)
        chosen, desk = self.chosen, self.desk
        view = looking.fitted(chosen.view, desk.arrangement, chosen.large, desk.time_columns)
        self.chosen = replace(chosen, view=view)
        self.present()

    def show(self) -> None:
        """Show everything anew where it stands."""
        self.desk.show(self.showing)
        self.present()

    def present(self) -> None:
        """Let the engine know what is looked at, and those who follow, how."""
        self.conversation.look(self.chosen.view)
        if self.shown is None:
            return
        if self.role.moves:
            self.conversation.present(self.stage)
        self.role.compare(self.chosen)
        if self.said.following != self.role.following:
            self.tell(following=self.role.following)

    def wear(self, palette: Palette) -> None:
        """Change the theme."""
        self.palette = palette
        self.app.theme = palette.name
        self.desk.wear(palette)

    def _resize_font(self) -> None:
        """In a browser: a larger font for the lecture layout. A terminal's font is its user's."""
        if self.app.is_web and self.app._driver is not None:
            self.app._driver.write(ENLARGE if self.chosen.big else ORDINARY)

    # ------------------------------------------------------------------------------- what is said

    def tell(self, **changes: Any) -> None:
        """Change what the footer says."""
        self.said = dataclasses.replace(self.said, **changes)
        self.desk.say(self.showing)

    @property
    def refused(self) -> str:
        """Why the last command could not be done, or ""."""
        return self.said.message if self.said.error else ""

    def remark(self, text: str) -> None:
        """Say something for as long as it takes to read it."""
        self.tell(message=text, error=False)
        self.expire_later(text)

    def quiet(self) -> None:
        """Take any message off the footer."""
        self.tell(message="", error=False, working="", running=False)

    def expire_later(self, text: str) -> None:
        """Take a message off the footer, after the time in which it can be read."""
        self.app.set_timer(MESSAGE_TIME, lambda: self._expire(text))

    def _expire(self, text: str) -> None:
        if self.said.message == text:
            self.tell(message="", error=False)

    # ---------------------------------------------------------------------------------- the engine

    @property
    def busy(self) -> bool:
        """Whether something is under way that is this screen's to stop."""
        return self.role.moves and self.shown is not None and self.conversation.long

    @property
    def settled(self) -> bool:
        """Whether what was asked for is shown, all is answered, and nothing newer waits."""
        talk = self.conversation
        return self.shown is not None and talk.idle and not talk.looking and not self.due

    def send(self, command: AnyCommand) -> None:
        """Ask the engine for something to be done."""
        if not self.conversation.begun or self.shown is None:
            self.tell(message="the machine is still starting", error=False)
            return
        if self.said.message:
            self.tell(message="", error=False)
        self.conversation.send(command)
