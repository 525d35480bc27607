"""The live screen: frames in, commands out.

Invariants: the app never waits for the engine; it reads no machine, only frames; every pane is
painted by a pure function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import structs
from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingsMap

from ringview.engine.protocol import (
    AnyCommand,
    AnyMessage,
    Done,
    Failed,
    FrameReady,
    OpenCell,
    Progress,
    Run,
    Stage,
    StageChanged,
)
from ringview.errors import EngineError
from ringview.tui import looking
from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.commands import BY_NAME
from ringview.tui.conversation import Conversation
from ringview.tui.copying import CopyingApp
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.link import Connect
from ringview.tui.pane import Act
from ringview.tui.remember import Memory
from ringview.tui.sending import ACTIONS, LINES, SEARCHES, breakpoint_turned, of_mark, searched
from ringview.tui.stage import StagedApp
from ringview.views.frame import Frame, ViewRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen


HARMLESS = {"quit", "zoom", "unzoom", "pane", "large", "select", "log_tab", "choose"}
HARMLESS |= {"time", "pan", "resize", "hide", "show_all", "reset_layout", "copy"}
"""What a click may do while the guest runs, without stopping it."""
MESSAGE_TIME = 6.0
"""Seconds for which the footer shows a message instead of the keys."""


def bindings(keymap: Keymap) -> Iterator[Binding]:
    """Textual's bindings for every key that means something.

    The ways out work over everything, also while something else takes letters as text.
    """
    for key in keymap.all_keys():
        out = key.startswith("ctrl+") and key in keymap.keys("quit")
        name = "comma" if key == "," else key
        yield Binding(name, f"press({key!r})", show=False, priority=out)


class RingviewApp(CopyingApp, StagedApp):
    """The screen of one run.

    Args:
        connect: makes the link to the engine; awaited after the first paint.
        at: a place to go to once the engine is ready, in words, or None.
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: what is remembered of this person's ways; None forgets with the run.
    """

    TITLE = "ringview"
    reviving: ClassVar[str] = "{}; starting another, back to this place…"
    """What is said when the engine has died; the death stands for the braces."""
    starts_engines: ClassVar[bool] = True
    """Whether it is this screen that starts a successor, and may try again if that one dies."""
    revived: ClassVar[str] = "another engine took over at this place"

    def __init__(
        self,
        connect: Connect,
        *,
        at: str | None = None,
        palette: themes.Palette = themes.DARK,
        keymap: Keymap = DEFAULT,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(palette, keymap, memory)
        self._bindings = BindingsMap(bindings(keymap))
        self._at = at
        self.conversation = Conversation(connect, self, patient=self.starts_engines)
        self.fatal = ""
        self.paints = 0
        self._newest: Frame | None = None
        self._asked = ""  # words to translate that no frame has answered yet
        self._paint_due = False
        self._unsearched = ""  # a large view just opened, whose search may have to be begun
        self._topic_shown: tuple[str, ...] = ()

    def on_mount(self) -> None:
        """Draw the empty desk, then call the engine."""
        self._arrange()
        self._tell()
        self.run_worker(self.conversation.hold(self._at), name="engine", exit_on_error=True)

    # ------------------------------------------------------------------------------ what is heard

    def heard(self, message: AnyMessage) -> None:
        """Show what the engine says."""
        match message:
            case FrameReady(frame=frame):
                self._take(frame)
            case StageChanged(stage=stage):
                self._staged(stage)
            case Progress(what=what, fraction=fraction):
                # Progress may overtake the frame or answer that ended it; then it is old news.
                if self.shown is None or not self.conversation.idle:
                    self._tell(working=what, fraction=fraction)
            case Failed(text=text):
                self._tell(message=text, error=True)
                self._complain(message)

    def answered(self, command: AnyCommand, answer: Done | Failed) -> None:
        """Say what came of a command."""
        self._tell(
            message=answer.text,
            error=isinstance(answer, Failed),
            working="",
            fraction=-1.0,
            running=False,
        )
        opened = isinstance(command, OpenCell) and isinstance(answer, Done)
        if opened and self.large == "mitigations":
            self.do_unzoom()
        if isinstance(answer, Failed):
            self._complain(answer)
        if answer.text:
            self._expire_later(answer.text)

    def _complain(self, failed: Failed) -> None:
        """Show over the panes what is to be read in full, if it is this screen that can mend it."""
        if not (failed.source or failed.lasting) or not self.starts_engines:
            return
        from ringview.tui.complaint import Complaint

        if isinstance(self.screen, Complaint):
            self.pop_screen()
        rebuild = partial(self.action_perform, "rebuild")
        self.push_screen(Complaint(self.palette, failed, self.keymap, rebuild))

    def engine_died(self, death: EngineError) -> None:
        """Keep the last frame meanwhile."""
        self._tell(working=self.reviving.format(death), alarm=True)

    def engine_revived(self) -> None:
        """Go on."""
        self._tell(message=self.revived, error=False)
        self._present()

    def conversation_ended(self, text: str, status: int) -> None:
        """Leave the screen; `run_app` prints the sentence."""
        self.fatal = text
        self.exit(status, return_code=status)

    def conversation_broken(self, error: BaseException) -> None:
        """End as Textual ends when a handler of ours fails: an error is never passed over."""
        self._handle_exception(cast("Exception", error))

    def _expire_later(self, text: str) -> None:
        """Take a message off the footer, after the time in which it can be read."""
        self.set_timer(MESSAGE_TIME, lambda: self._expire(text))

    def _expire(self, text: str) -> None:
        if self._footer.message == text:
            self._tell(message="", error=False)

    def _staged(self, stage: Stage) -> None:
        """Take over how another screen looks: that of the lecturer before this one."""
        self.set_stage(stage)

    def _present(self) -> None:
        """Let those who follow know how this screen looks at the machine."""
        if self.shown is not None:
            self.conversation.present(self.stage())

    # --------------------------------------------------------------------------------------- frames

    def _show(self, frame: Frame | None) -> None:
        super()._show(frame)
        self._present()

    def _take(self, frame: Frame) -> None:
        """Keep the newest frame and paint it as soon as the loop is free; older ones are never
        painted.
        """
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
        first = self.shown is None
        moved = self.shown is not None and self.shown.header.icount != frame.header.icount
        self.shown = frame
        self.paints += 1
        story = not frame.header.running and much_to_tell(frame)
        topic = self._topic() if self._big else ()
        told = self._rows_told(self.size)
        if first or (story, topic, told) != (self._story, self._topic_shown, self._told):
            self._story, self._topic_shown = story, topic
            self._arrange()
        if first:
            self._confess()
        self._begin_search(frame)
        if self._asked and frame.translation.words == self._asked:
            asked, self._asked = self._asked, ""
            if frame.translation.problem and frame.translation.physical < 0:
                self.do_prompt("translate", frame.translation.problem, asked)
        self._show(frame)
        if not self._view.follow and moved:
            # The timeline was moved away from now by hand, and now has moved.
            self._look(structs.replace(self._view, follow=True))
        if frame.header.running:
            self._tell(running=True, message="", alarm=False)
        elif self._footer.working or self._footer.running:
            self._tell(working="", fraction=-1.0, running=False, alarm=False)

    def _begin_search(self, frame: Frame) -> None:
        """Begin what a large view just opened has to have searched, unless it was already."""
        view = searched(frame, self._unsearched)
        if view is not None:
            begin, self._unsearched = SEARCHES[self._unsearched], ""
            if not view.state and not view.why_not:
                self._send(begin(0))

    @property
    def settled(self) -> bool:
        """Whether what was asked for is shown, all is answered, and nothing newer waits."""
        return (
            self.shown is not None
            and self.conversation.idle
            and not self.conversation.looking
            and not self._paint_due
        )

    @property
    def refused(self) -> str:
        """Why the last command could not be done, or ""."""
        return self._footer.message if self._footer.error else ""

    @property
    def working(self) -> str:
        """What takes long at present, or ""."""
        return self._footer.working

    def quiet(self) -> None:
        """Take any message off the footer."""
        self._tell(message="", error=False, working="", running=False)

    # ------------------------------------------------------------------------------------- commands

    def perform(self, action: Action) -> None:
        """Do one action of the command table or of a click; while something long runs, stop that
        instead.
        """
        name, *arguments = action
        if self._busy and name not in HARMLESS:
            self._pause()
            return
        if name in ACTIONS:
            self._send(ACTIONS[str(name)](*arguments))
            return
        method: Callable[..., None] = getattr(self, f"do_{name}")
        method(*arguments)

    def action_press(self, key: str) -> None:
        """What a key does: a command of the table, an answer to a question, or stop what runs."""
        entry = self.keymap.find(key, self.large)
        if self._busy and (entry is None or entry.name != "quit"):
            self._pause()
        elif entry is not None and entry.where and self._map_is_searched:
            self.do_search("schedules")  # there is nothing to choose yet
        elif entry is not None:
            self.perform(self.choice_of(entry) or entry.action)

    @property
    def _map_is_searched(self) -> bool:
        return self.large == "schedules" and self._searching("schedules")

    def action_perform(self, name: str) -> None:
        """Do a command by its name in the table, or stop what runs."""
        if self._busy and name != "quit":
            self._pause()
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
        return self.shown is not None and self.conversation.long

    def _pause(self) -> None:
        self.conversation.pause()

    def _send(self, command: AnyCommand) -> None:
        if not self.conversation.begun or self.shown is None:
            self._tell(message="the machine is still starting", error=False)
            return
        if self._footer.message:
            self._tell(message="", error=False)
        self.conversation.send(command)

    def do_run(self) -> None:
        """Run; `perform` pauses if it already does."""
        self._send(Run(0))
        if self.shown is not None:
            self._tell(running=True)

    def do_large(self, name: str) -> None:
        """Show a large view; the map of schedules and the matrix begin their search themselves."""
        super().do_large(name)
        self._unsearched = self.large if self.large in SEARCHES else ""

    def do_search(self, large: str) -> None:
        """Begin the search that a large view is about, or stop it."""
        self._send(SEARCHES[large](0, on=not self._searching(large)))

    def _searching(self, large: str) -> bool:
        """Whether a search is shown that goes on."""
        view = searched(self.shown, large)
        return view is not None and view.state == "searching"

    def do_toggle_breakpoint(self, place: str) -> None:
        """Set a breakpoint, or clear the one that is there."""
        self._send(breakpoint_turned(self.shown, place))

    def do_mark(self, what: str) -> None:
        """Do something with the chosen mark: remove it, or go back to its previous hit."""
        action = self.panes["marks"].choice if self.large == "marks" else None
        if action is not None:
            self._send(of_mark(what, action))

    def do_follow(self) -> None:
        """Follow the lecturer: this screen is the lecturer's."""
        self._tell(message="this is the screen that the others follow", error=False)

    def do_quit(self) -> None:
        """Leave."""
        self.exit(0)

    # ------------------------------------------------------------------------------------- looking

    def _look(self, view: ViewRequest) -> None:
        """Ask the engine for other parts of the machine's state."""
        super()._look(view)
        self.conversation.look(view)
        self._present()

    # -------------------------------------------------------------------------------------- prompts

    def do_prompt(self, kind: str, error: str = "", start: str = "") -> None:
        """Ask for a line and do what it says; what cannot be read is asked again with the
        reason.
        """
        from ringview.tui.screens import QUESTIONS, Prompt

        question = replace(QUESTIONS[kind], start=start)
        offers = kind in ("go", "breakpoint", "who", "watch")
        suggest = partial(self.conversation.suggestions, kind) if offers else None
        self.push_screen(Prompt(question, error, suggest), lambda text: self._prompted(kind, text))

    def _prompted(self, kind: str, text: str | None) -> None:
        if text is None:
            return
        if kind in LINES:
            self._send(LINES[kind](text))
        elif kind == "breakpoint":
            self.do_toggle_breakpoint(text)
        elif kind == "memory":
            self._prompted_memory(text)
        else:
            self._asked = text
            self._look(structs.replace(self._view, translation_va=None, translate=text))

    def _prompted_memory(self, text: str) -> None:
        try:
            va = looking.address(text) if text else None
        except ValueError as error:
            self.do_prompt("memory", str(error), text)
        else:
            self._look(looking.memory_at(self._view, va))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command table, for Textual's own palette."""
        for entry in self.commands:
            told = self.keymap.told(entry.help)
            keys = self.keymap.all_text(entry.name)
            yield SystemCommand(
                entry.name,
                f"{keys}: {told}" if keys else told,
                lambda name=entry.name: self.action_perform(name),
            )


def much_to_tell(frame: Frame) -> bool:
    """Whether this stop is a transition or a fault, whose story needs more rows than usual."""
    told = frame.narration
    moved = told.transition is not None and (told.transition.just_now or told.transition.coming)
    fault = told.fault
    faults = fault is not None and (fault.coming or fault.icount == frame.header.icount)
    return moved or faults
