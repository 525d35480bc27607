"""Why a call gives another result than it should: what its handler did, as the recording has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ringview.guest.linux_errors import NAMES
from ringview.lab.crash import HANDLER_STEP
from ringview.lab.diagnosis import Diagnosis, listed
from ringview.lab.recipe import Recipe
from ringview.machine.events import Transition
from ringview.scenario.check import Result
from ringview.scenario.linux import result_words
from ringview.scenario.model import Expectation, ExpectSyscall, ExpectWatch
from ringview.scenario.places import Phase, SyscallPlace
from ringview.scenario.record import RunRecord, SyscallFact
from ringview.scenario.run import SessionRun
from ringview.session.aftermath import Ending
from ringview.session.session import Session
from ringview.session.syscalls import is_fault
from ringview.session.traces import TASK_SIZE

FAULT = "EFAULT"
_INVALID = "EINVAL"
_PRIMITIVE = re.compile(r"^(?:arm_|__)?(\w+?_user)(?:_[1248])?$")
_COUNTS = ("copy_from_user", "copy_to_user", "clear_user")
"""Those that return how many bytes are left, not an error."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An access to user memory that went to its fix-up.

    Attributes:
        function: whose access it was, by the name that a handler uses.
        place: the handler's line, "" if the handler's file has none.
        left: bytes that a copy could not do; meaningless for what copies no bytes.
    """

    function: str
    place: str
    left: int

    def __str__(self) -> str:
        return f"{self.function} at {self.place}" if self.place else self.function


def explain_results(
    recipe: Recipe,
    expectations: Sequence[Expectation],
    results: Sequence[Result],
    run: SessionRun,
    record: RunRecord,
) -> list[Result]:
    """The results, each that did not hold with its reason where that is known.

    Args:
        recipe: the lab's.
        expectations: what the results are of, in the same order.
        results: what became of them.
        run: recorded to its end; looked into, and left where it stands.
        record: of that run.
    """
    return [
        result if result.held else replace(result, why=_reason(recipe, expectation, run, record))
        for expectation, result in zip(expectations, results, strict=True)
    ]


def _reason(recipe: Recipe, expectation: Expectation, run: SessionRun, record: RunRecord) -> str:
    calls = [call for call in record.syscalls if call.nr == recipe.number]
    why = ""
    if isinstance(expectation, ExpectSyscall) and expectation.name == recipe.name:
        call = _meant(expectation, calls)
        if call is not None and call.ret is None:
            why = _given_up(recipe, run, call, record)
        elif call is not None and expectation.returns is not None:
            why = _Handler(recipe, run, call).instead_of(expectation.returns)
    elif isinstance(expectation, ExpectWatch) and expectation.value == 0:
        at = expectation.at
        if isinstance(at, SyscallPlace) and at.phase is Phase.EXIT:
            why = _written_early(recipe, run, calls[: at.occurrence])
    return str(Diagnosis(HANDLER_STEP, why)) if why else ""


def _meant(e: ExpectSyscall, calls: Sequence[SyscallFact]) -> SyscallFact | None:
    """The call that an expectation is not content with."""
    if e.occurrence:
        return calls[e.occurrence - 1] if len(calls) >= e.occurrence else None
    return next((call for call in calls if call.ret != e.returns), None)


def _given_up(recipe: Recipe, run: SessionRun, call: SyscallFact, record: RunRecord) -> str:
    """What a call was at when the run was given up; "" for another ending, which says more."""
    if record.halt != "limit":
        return ""
    handler = _Handler(recipe, run, call)
    if stuck := handler.stuck():
        return stuck
    function, place = handler.at(run.known())
    where = f"{function} at {place}" if place else function
    spent = record.icount - call.enter
    return f"{where} was still at work after {spent:,} instructions of the call"


def _written_early(recipe: Recipe, run: SessionRun, calls: Sequence[SyscallFact]) -> str:
    """Which call that failed has written its answer, and where; or which ones did not fail."""
    answered = [str(number) for number, call in enumerate(calls, 1) if call.ret == 0]
    if answered:
        if len(answered) == 1:
            return f"call {answered[0]} should have failed, and was answered"
        return f"calls {listed(answered)} should have failed, and were answered"
    for number, call in enumerate(calls, 1):
        if call.ret is None or call.ret >= 0:
            continue
        for access in run.session.recorder.accesses.between(call.enter, call.exit):
            if access.write and access.va == call.args[-1 if len(call.args) < 2 else 1]:
                function, place = _Handler(recipe, run, call).at(access.icount)
                where = f"{function} at {place}" if place else function
                return (
                    f"call {number} failed, and yet {where} had written the answer before; the "
                    "answer goes out last, when nothing else can fail"
                )
    return ""


class _Handler:
    """What the handler did in one call that returned."""

    def __init__(self, recipe: Recipe, run: SessionRun, call: SyscallFact) -> None:
        self._recipe = recipe
        self._run = run
        self._call = call

    @property
    def _session(self) -> Session:
        return self._run.session

    def instead_of(self, wanted: int) -> str:
        """Why the result is not the one that is wanted, "" if that is not known."""
        got = self._call.ret
        assert got is not None
        name = NAMES.get(-wanted, "")
        failure = self._failure()
        if wanted >= 0:
            return _refused(got, failure)
        if got > 0:
            return _positive(got, name, failure)
        if got == 0:
            return self._went_on(failure) if name == FAULT else _unchecked(name)
        if name == FAULT:
            if used := self._used_kernel():
                return used
            invalid = NAMES.get(-got) == _INVALID
            meant = "is for a value that makes no sense" if invalid else "is another error"
            at = "" if failure is None else f": {failure} could not do all"
            return f"{result_words(got)} {meant}; an address that cannot be used is -{FAULT}{at}"
        return _unchecked(name)

    def _went_on(self, failure: Failure | None) -> str:
        """A bad address, and the handler says that all is well."""
        if failure is not None:
            kind = (
                "it returns how many bytes are left, and if that is not 0"
                if failure.function in _COUNTS
                else "it returns an error, and if that is not 0"
            )
            return (
                f"{failure} could not do all, and the handler went on as if it had; {kind}, the "
                f"answer is -{FAULT}"
            )
        if used := self._used_kernel():
            return used
        for pointer in self._kernel_pointers():
            return (
                f"access_ok refused {pointer:08x}, so that nothing was copied, and the handler "
                "went on as if it had been; what copy_from_user, copy_to_user or get_user returns "
                f"is to be looked at, and if it is not 0, the answer is -{FAULT}"
            )
        return "nothing was read from there nor written to it: the handler never used the address"

    def _used_kernel(self) -> str:
        """Where the call used the kernel's own memory because the program gave its address."""
        for pointer in self._kernel_pointers():
            place = self._touched(pointer)
            if place is not None:
                where = f", at {place}" if place else ""
                return (
                    f"the kernel's own memory at {pointer:08x} was used for the program{where}: "
                    "nobody asked access_ok, as copy_from_user and copy_to_user do, and as "
                    "__copy_from_user and * do not"
                )
        return ""

    def _failure(self) -> Failure | None:
        """The last access of the call that went to a fix-up, if any did."""
        for event in reversed(list(self._faults())):
            after = self._session.aftermath(event)
            if after is not None and after.ending is Ending.ELSEWHERE:
                function, place = self.at(event.icount - 1)
                return Failure(function, place, self._register(event.icount, "r2"))
        return None

    def stuck(self) -> str:
        """Which access the kernel never came out of, "" if none."""
        for event in self._faults():
            after = self._session.aftermath(event)
            if after is None or after.ending is Ending.OPEN:
                function, place = self.at(event.icount - 1)
                where = f"{function} at {place}" if place else function
                at = "" if event.fault_address is None else f" at {event.fault_address:08x}"
                return f"{where} faulted{at}, and the kernel never came out of that"
        return ""

    def _faults(self) -> Iterator[Transition]:
        """The kernel's own faults in the call, in order."""
        call = self._call
        last = None if call.exit < 0 else call.exit
        for event in self._session.transitions(call.enter, last):
            if is_fault(event) and event.from_mode.name == "SVC":
                yield event

    def _register(self, icount: int, name: str) -> int:
        with self._session.aside(icount):
            return self._session.state().registers[name]

    def at(self, icount: int) -> tuple[str, str]:
        """Which function makes an access, and the handler's line that calls it."""
        with self._session.aside(icount):
            frames = self._run.stop().frames()
            link = self._session.state().registers["lr"]
        function = (frames[0].function if frames else None) or "the handler"
        found = _PRIMITIVE.match(function)
        inside = [frame.pc - (4 if depth else 0) for depth, frame in enumerate(frames)]
        # A function that calls none leaves the way back in lr, whatever became of the stack.
        lines = filter(None, map(self._line, (*inside, link - 4)))
        return (found[1] if found else function), next(lines, "")

    def _line(self, va: int) -> str:
        """The innermost line of the handler's own file whose code is at an address, or ""."""
        image = self._session.code.image(va)
        if image is None or va < TASK_SIZE:
            return ""
        line = image.debug.line_at(va)
        lines = [] if line is None else [(line.file, line.number)]
        lines += [
            (image.debug.files[inline.call_file], inline.call_line)
            for inline in reversed(image.debug.inlined_at(va))
        ]
        file = self._recipe.steps[1].file
        own = [(path, number) for path, number in lines if path.endswith(file)]
        # Code that two lines share is of line 0.
        lined = (f"{path}:{number}" for path, number in own if number)
        return next(lined, own[0][0] if own else "")

    def _kernel_pointers(self) -> Iterator[int]:
        """Addresses of the kernel's among what the program gave: arguments, and words that were
        read at them.
        """
        call = self._call
        accesses = self._session.recorder.accesses.between(call.enter, call.exit)
        read = [access.value for access in accesses if not access.write and access.size == 4]
        yield from (given for given in (*call.args[:2], *read) if given >= TASK_SIZE)

    def _touched(self, pointer: int) -> str | None:
        """Where the call loads from there or stores to it; None if nowhere."""
        call = self._call
        accesses = self._session.window(call.enter, call.exit).accesses
        hits = np.flatnonzero(accesses["va"] // 4 == pointer // 4)
        return self.at(int(accesses["icount"][hits[0]]))[1] if len(hits) else None


def _refused(got: int, failure: Failure | None) -> str:
    """All is well with the call, and the handler says that it is not."""
    if got > 0:
        return ""
    failed = "" if failure is None else f": {failure} could not do all"
    return f"nothing is wrong with this call, and it gets {result_words(got)}{failed}"


def _positive(got: int, name: str, failure: Failure | None) -> str:
    if NAMES.get(got) == name:
        return f"{got} is {name} without its sign: an error is a negative number, return -{name}"
    if name == FAULT and failure is not None and failure.left == got:
        return (
            f"{got} is how many bytes {failure} could not copy, and no error to the program, "
            f"which takes a positive number for success; if it is not 0, return -{name}"
        )
    counted = (
        "; copy_from_user and copy_to_user return how many bytes are left, which is no error yet"
        if name == FAULT
        else ""
    )
    return f"{got} is no error: an error is a negative number, here -{name}{counted}"


def _unchecked(name: str) -> str:
    return f"what makes no sense is to be refused with -{name} before anything is copied"
