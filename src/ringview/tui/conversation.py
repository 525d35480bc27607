"""A screen's conversation with an engine: it goes on with a successor when the engine dies.

The screen never waits: what it says before there is an engine is left unsaid, but for what it wants
to see, which is said as soon as there is one.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Protocol

from ringview.engine.protocol import (
    AnyCommand,
    AnyMessage,
    Done,
    Failed,
    Fatal,
    GoTo,
    Present,
    Stage,
    StageChanged,
    Suggest,
)
from ringview.errors import EngineError
from ringview.tui.link import Conductor, Connect, Link, messages
from ringview.views.frame import ViewRequest


class Listener(Protocol):
    """What a screen hears of its conversation."""

    def heard(self, message: AnyMessage) -> None:
        """The engine says something."""

    def answered(self, command: AnyCommand, answer: Done | Failed) -> None:
        """The engine answers a command."""

    def engine_died(self, death: EngineError) -> None:
        """There is no engine; another is on its way."""

    def engine_revived(self) -> None:
        """It is there, and where the first was."""

    def conversation_ended(self, text: str, status: int) -> None:
        """It is over: why, in a sentence, and the exit status."""

    def conversation_broken(self, error: BaseException) -> None:
        """The listener itself failed at something."""


class Conversation:
    """What a screen says to an engine, and hears.

    Args:
        connect: makes the link to it.
        patient: whether a successor that dies on its way, too, is tried again.
    """

    def __init__(self, connect: Connect, *, patient: bool) -> None:
        self._connect = connect
        self._patient = patient
        self._link: Link | None = None
        self._conductor: Conductor | None = None
        self._view = ViewRequest()
        self._presented = Stage()

    async def hold(self, listener: Listener, at: str | None = None) -> None:
        """Call the engine, speak with it until one of us leaves, and hang up.

        Args:
            listener: hears all of it.
            at: a place to go to once it is there, in words.
        """
        try:
            self._link = link = await self._connect()
        except EngineError as error:
            listener.conversation_ended(str(error), 2)
            return
        self._conductor = Conductor(link, listener.answered, listener.conversation_broken)
        self.look(self._view, again=True)
        if at is not None:
            self.send(GoTo(0, at))
        try:
            await self._listen(link, listener)
        except EngineError as error:
            listener.conversation_ended(str(error), 1)
        finally:
            with contextlib.suppress(EngineError):
                await link.close()

    async def _listen(self, link: Link, listener: Listener) -> None:
        died, revived = partial(self._died, listener), partial(self._revived, listener)
        said = messages(link, died=died, revived=revived, patient=self._patient)
        async for message in said:
            if isinstance(message, Fatal):
                listener.conversation_ended(message.text, message.status)
                return
            if isinstance(message, StageChanged):
                self._presented = message.stage
            listener.heard(message)

    def _died(self, listener: Listener, death: EngineError) -> None:
        assert self._conductor is not None
        self._conductor.forget()
        listener.engine_died(death)

    def _revived(self, listener: Listener) -> None:
        self.look(self._view, again=True)
        self._presented = Stage()
        listener.engine_revived()

    # ---------------------------------------------------------------------------- what is said

    @property
    def begun(self) -> bool:
        """Whether there is an engine."""
        return self._conductor is not None

    @property
    def idle(self) -> bool:
        """Whether all commands are answered."""
        return self._conductor is not None and self._conductor.idle

    @property
    def looking(self) -> bool:
        """Whether a frame of what was asked to be seen has still to come."""
        return self._conductor is not None and self._conductor.looking

    @property
    def long(self) -> bool:
        """Whether a command is under way that a key should stop."""
        return self._conductor is not None and self._conductor.long

    def send(self, command: AnyCommand) -> None:
        """Ask for something to be done."""
        if self._conductor is not None:
            self._conductor.send(command)

    def look(self, view: ViewRequest, *, again: bool = False) -> None:
        """Ask for something to be seen, if that is news.

        Args:
            view: all that is to be seen.
            again: ask also if it is no news, so that a frame comes that answers it.
        """
        if again or view != self._view:
            self._view = view
            if self._conductor is not None:
                self._conductor.look(view)

    def pause(self) -> None:
        """Stop whatever runs, and forget what waits."""
        if self._conductor is not None:
            self._conductor.pause()

    def present(self, stage: Stage) -> None:
        """Let those who follow know how this screen looks at the machine, if that is news."""
        if self._link is not None and stage != self._presented:
            self._presented = stage
            self._link.post(Present(0, stage))

    async def suggestions(self, kind: str, typed: str) -> list[str]:
        """What a line typed so far may become; nothing while there is no engine."""
        if self._link is None:
            return []
        try:
            answer = await self._link.post(Suggest(0, kind, typed))
        except EngineError:
            return []
        return answer.text.split("\n") if isinstance(answer, Done) and answer.text else []
