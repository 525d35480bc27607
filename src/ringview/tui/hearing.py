"""What comes to a screen of its conversation with an engine."""

from __future__ import annotations

from functools import partial
from typing import cast

from msgspec.structs import replace

from ringview.engine.protocol import (
    AnyCommand,
    AnyMessage,
    Done,
    Failed,
    FrameReady,
    Noted,
    OpenCell,
    Progress,
    StageChanged,
)
from ringview.errors import EngineError
from ringview.tui.choosing import Turn
from ringview.tui.deeds import perform
from ringview.tui.sitting import Sitting

REVIVED = "another engine took over at this place"


class Hearing:
    """The listener of a sitting's conversation.

    Args:
        sitting: shows what is heard.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting

    def heard(self, message: AnyMessage) -> None:
        """Show what the engine says."""
        sitting = self._sitting
        match message:
            case FrameReady(frame=frame):
                sitting.take(frame)
            case StageChanged(stage=stage):
                around = sitting.role.following is False
                chosen = sitting.role.heard(sitting.chosen, stage)
                sitting.turn(Turn(chosen, focus="" if around else chosen.zoom))
            case Progress(what=what, fraction=fraction):
                # Progress may overtake the frame or answer that ended it; then it is old news.
                if sitting.shown is None or not sitting.conversation.idle:
                    sitting.tell(working=what, fraction=fraction)
            case Failed(text=text):
                sitting.tell(message=text, error=True)
                self._complain(message)
            case Noted(text=text):
                sitting.tell(message=text, error=False)
                sitting.expire_later(text)

    def answered(self, command: AnyCommand, answer: Done | Failed) -> None:
        """Say what came of a command."""
        sitting, failed = self._sitting, isinstance(answer, Failed)
        sitting.tell(message=answer.text, error=failed, working="", fraction=-1.0, running=False)
        opened = isinstance(command, OpenCell) and not failed
        if opened and sitting.chosen.large == "mitigations":
            sitting.become(replace(sitting.chosen, zoom=""))
        if isinstance(answer, Failed):
            self._complain(answer)
        if answer.text:
            sitting.expire_later(answer.text)

    def _complain(self, failed: Failed) -> None:
        """Show over the panes what is to be read in full, if it is this screen that can mend it."""
        app, sitting = self._sitting.app, self._sitting
        if not (failed.source or failed.lasting) or not sitting.role.moves:
            return
        from ringview.tui.complaint import Complaint

        if isinstance(app.screen, Complaint):
            app.pop_screen()
        rebuild = partial(perform, sitting, ("rebuild",))
        app.push_screen(Complaint(sitting.palette, failed, sitting.keymap, rebuild))

    def engine_died(self, death: EngineError) -> None:
        """Keep the last frame meanwhile."""
        self._sitting.tell(working=self._sitting.role.reviving.format(death), alarm=True)

    def engine_revived(self) -> None:
        """Go on."""
        self._sitting.tell(message=REVIVED, error=False)
        self._sitting.present()

    def conversation_ended(self, text: str, status: int) -> None:
        """Leave the screen; whoever runs the app prints the sentence. One who follows a lecture has
        seen it, however it ends.
        """
        sitting = self._sitting
        sitting.ending = text
        if not sitting.role.moves and sitting.shown is not None:
            status = 0
        sitting.app.exit(status, return_code=status)

    def conversation_broken(self, error: BaseException) -> None:
        """End as Textual ends when a handler of ours fails: an error is never passed over."""
        self._sitting.app._handle_exception(cast("Exception", error))
