"""Whatever way leads to a moment, and however often it was broken off, the machine is the same
there: every state of a session that wanders is compared with one that only ever ran forwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random

import pytest

from ringview.errors import InputError
from ringview.session.journal import Journal
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.units import UNITS

from .test_kernel import open_program

PROGRAMS = ("hello2", "segv", "threads", "illegal")
STRETCH = 60_000
"""Instructions behind the program's first within which the session wanders."""

MOST_EVENTS = 4_000
QUESTIONS = ("r0", "sp", "lr", "sp_svc", "jiffies", "sp_usr", "init_task")


class Wanderer:
    """A session moved at random; motions are broken off at random."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.random = Random(seed)
        self.first = session.icount
        self.patience = 0
        session.interrupted = self.interrupted
        # A guest that waits for ever is woken by every tick: no motion follows it for long.
        session.recorder.most_events = MOST_EVENTS

    def interrupted(self) -> bool:
        self.patience -= 1
        return self.patience == 0

    def move(self) -> None:
        random, session = self.random, self.session
        # Half of the motions are left in peace.
        self.patience = random.choice([-1, -1, 1, 2, 3, 5])
        deeds: tuple[Callable[[], object], ...] = (
            lambda: session.goto(self.first + random.randrange(STRETCH)),
            lambda: session.goto(random.randrange(self.first)),
            lambda: session.step(random.choice(UNITS), random.choice([-3, -1, 1, 2])),
            lambda: session.step("instruction", random.randrange(-400, 400)),
            lambda: session.find_access(
                random.choice(QUESTIONS), "write", random.choice([-1, -1, 1])
            ),
            lambda: session.run(self.first + random.randrange(STRETCH)),
            lambda: session.look_ahead(self.first + random.randrange(STRETCH)),
            lambda: session.window(max(0, session.icount - random.randrange(300)), session.icount),
        )
        with contextlib.suppress(InputError, Interrupted):
            random.choice(deeds)()

    def let_something_in(self) -> None:
        """Type, interrupt, or take back the latest of it."""
        session, random = self.session, self.random
        if session.icount < self.first or session.finished:
            return
        before = Journal(list(session.journal)[:-1])
        deed = random.choice(["type", "interrupt", "drop", "take back"])
        if deed == "type":
            session.input_console(b"x\n")
        elif deed == "take back" and len(before) < len(session.journal):
            session.change_inputs(before, session.icount)
        else:
            session.inject_irq(48 if deed == "drop" else 72)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_way_leads_to_the_same_state(program: str, seed: int) -> None:
    wanderer = Wanderer(open_program(program), seed)
    straight = open_program(program)
    seen: dict[int, bytes] = {}
    for _ in range(60):
        wanderer.move()
        seen.setdefault(wanderer.session.icount, wanderer.session.digest())
        assert wanderer.session.digest() == seen[wanderer.session.icount]
    for icount in sorted(seen):
        if icount >= straight.icount:
            straight.goto(icount)
            assert straight.digest() == seen[icount], f"another state at {icount:,}"
    assert len(seen) > 10
    wanderer.session.close()
    straight.close()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("program", ["threads", "echo", "segv"])
def test_inputs_make_another_run_that_can_be_repeated(program: str, seed: int) -> None:
    wanderer = Wanderer(open_program(program), seed)
    for _ in range(12):
        for _ in range(3):
            wanderer.move()
        wanderer.patience = -1
        wanderer.let_something_in()
    wanderer.patience = -1
    session = wanderer.session
    here, state = session.icount, session.digest()
    again = Session.open(session.setup)
    again.resume(Journal(session.journal), here)
    assert again.icount == here
    assert again.digest() == state
    session.goto(session.end)
    again.goto(session.end)
    assert again.digest() == session.digest()
    session.close()
    again.close()
