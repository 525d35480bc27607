"""What is told: the beats, a change of mode, a fault, and the stages of a system call."""

from __future__ import annotations

from ringview.views.frame.core import FlagField
from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege


class BeatView(Part, frozen=True):
    """One beat of the lecture."""

    ordinal: int
    title: str
    say: str
    question: str
    answer: str
    choices: tuple[str, ...]
    icount: int  # where it is, -1 if not yet reached
    current: bool  # the latest beat at or before this stop
    here: bool  # this stop is exactly on it
    show: tuple[str, ...]  # panes to draw attention to


class Hop(Part, frozen=True):
    """One stage of a syscall's way: stub, vector, entry, table, handler, copy, return."""

    name: str
    icount: int
    va: int
    place: str
    source: str
    instructions: int  # until the next hop
    tlb_misses: int  # -1 if not observed
    current: bool
    note: str


class SwitchRow(Part, frozen=True):
    """One register on both sides of a change of mode."""

    name: str  # "mode" "pc" "sp" "lr" "cpsr" "spsr" "ttbr0"
    before: str  # "sp_usr beff_fe58"; empty where there is none
    after: str
    changed: bool
    how: str  # "banked: SVC mode has its own"


class SwitchMove(Part, frozen=True):
    """One register stored by the entry code, or loaded by the way out."""

    register: str  # "r0", "the user's sp", "spsr_svc"
    place: str  # "pt_regs.ARM_r0", "c004_2384"
    va: int
    done: bool
    load: bool


class TransitionStory(Part, frozen=True):
    """What the last transition did, in the order in which the core did it."""

    icount: int
    headline: str  # "USR → SVC: svc #0 took the exception at ffff0008"
    cause: str
    from_mode: str
    to_mode: str
    # one sentence each: banked, CPSR bits, vector's origin, live stack, what the entry code saves
    steps: tuple[str, ...]
    just_now: bool  # the latest instruction caused it
    coming: bool = False  # the next instruction causes it, by the recording
    rows: tuple[SwitchRow, ...] = ()  # both sides, register by register
    bits: tuple[FlagField, ...] = ()  # the CPSR after it; changed against before
    bits_before: tuple[FlagField, ...] = ()
    moves: tuple[SwitchMove, ...] = ()


class FaultStory(Part, frozen=True):
    """Why the latest fault happened, as a sentence and its evidence."""

    icount: int
    sentence: str
    evidence: tuple[str, ...]
    what_next: str
    recorded: bool = False  # what_next is what did happen by the recording, else a prediction
    coming: bool = False  # the next instruction takes it


class Narration(Part, frozen=True):
    """What is told: the scenario's beats, and what the machine's own events tell."""

    beats: tuple[BeatView, ...]
    hops: tuple[Hop, ...]  # of the syscall in flight, or of the latest one
    transition: TransitionStory | None
    fault: FaultStory | None
    next_effect: str  # what the next instruction is about to do, one sentence


class StoryboardRow(Part, frozen=True):
    """One piece of a system call: a stage, or what broke into it."""

    kind: str  # "stage" "exception" "thread" "rest"
    name: str  # "copy from user", "data abort", "init[1]"
    depth: int  # 0 for stages, one more than that of the row it broke into for the others
    icount: int
    va: int
    place: str
    source: str
    note: str
    privilege: Privilege
    instructions: int  # its own: rows beneath it are left out, so that all rows add up to the whole
    instruction_misses: int  # of the TLB model; -1 if not observed
    data_misses: int
    current: bool
    other: int = -1  # the same piece of the call compared with, in instructions; -1 without one
    other_misses: int = -1  # both sides


class Storyboard(Part, frozen=True):
    """What one system call cost, piece by piece, beside another call of the same kind."""

    ordinal: int  # of the call in the run, -1 if there is none to show
    count: int  # calls recorded so far
    text: str  # strace-like
    task: str
    first: int  # icount of the svc
    last: int  # icount of the state back in user mode, or of the recording's end
    returned: bool
    instructions: int
    instruction_misses: int
    data_misses: int
    rows: tuple[StoryboardRow, ...]
    other: str = ""  # the call compared with: "call 3, first of its kind: 1,294 instructions"
    other_ordinal: int = -1
    other_instructions: int = -1
    other_misses: int = -1
    why_not: str = ""  # why nothing can be shown
