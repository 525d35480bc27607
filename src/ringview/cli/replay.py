"""``ringview run FILE.schedule.json --headless``: repeat a schedule, and compare how it ends."""

from __future__ import annotations

from typing import TextIO

from ringview.cli.interrupt import deferred_interrupt
from ringview.cli.waiting import waiting
from ringview.errors import InputError
from ringview.explore.replay import read_schedule, scenario_of, setup_of
from ringview.scenario.images import provide_images, session_setup
from ringview.session.session import Session


def replay_headless(name: str, out: TextIO) -> int:
    """Repeat a schedule; return 0 if the machine ends in the very state that was noted, else 1.

    Raises:
        InputError: the file is no schedule, or of other images, or ends where the run does not.
    """
    schedule = read_schedule(name)
    scenario = scenario_of(schedule)
    with waiting("building") as note:
        images = provide_images(scenario, progress=note)
    session = Session.open(setup_of(schedule, session_setup(scenario, images)))
    with deferred_interrupt() as interrupt:
        session.interrupted = interrupt
        session.start()
        interrupt.check()
        session.goto(schedule.end)
        interrupt.check()
    if session.icount != schedule.end:
        raise InputError(
            f"this schedule is to end at icount {schedule.end:,}, and the run ends at "
            f"{session.icount:,}: the file was changed by hand",
            path=name,
        )
    same = session.digest().hex() == schedule.digest
    print(f"{scenario.title}: {schedule.outcome}", file=out)
    for item in schedule.inputs:
        what = f"interrupt line {item.irq}" if item.irq >= 0 else f"{len(item.data)} bytes"
        print(f"  icount {item.icount:,}: {what}", file=out)
    word = "the state that was noted" if same else "ANOTHER state than was noted"
    print(f"  icount {session.icount:,}: the call is over, in {word}", file=out)
    session.close()
    return 0 if same else 1
