"""The header: what runs, where in time, at which privilege, and why it stands still."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.views.frame import Header
from ringview.views.inputs import Scene
from ringview.views.meaning import vector_name


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the header says beyond the machine's state.

    Attributes:
        title: the scenario's.
        program: its name.
        kernel: configuration name and short image hash.
        end: the furthest icount known.
        finished: the run has ended there.
        running: the guest runs while this is shown.
        stop: why it stands still, in words.
        time_ns: virtual time since reset.
    """

    title: str
    program: str
    kernel: str
    end: int
    finished: bool
    running: bool
    stop: str
    time_ns: int


def build_header(scene: Scene, facts: RunFacts) -> Header:
    """Compute the header of a stop."""
    task = scene.task
    return Header(
        title=facts.title,
        program=facts.program,
        kernel=facts.kernel,
        icount=scene.now.icount,
        end=facts.end,
        finished=facts.finished,
        mode=scene.mode,
        privilege=scene.privilege,
        running=facts.running,
        stop=facts.stop,
        task=str(task) if task is not None else "",
        place=vector_name(scene.pc) or scene.know.place(scene.pc),
        time_ns=facts.time_ns,
    )
