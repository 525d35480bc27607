"""A thread dropped into a system call of another: the line that does it, and what it wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kernel.conftest import Boot, End, Guest

from ringview.guest.toolchain import build_program
from ringview.machine.stop import StopReason
from ringview.machine.trace import Access

RESCHED_LINE = 48
SIGSEGV = 11
EVIL_LEN = 160
Program = Callable[[str], Path]


@pytest.fixture(scope="session")
def program() -> Program:
    return build_program


def _in_hello2(boot: Boot, program: Path, **options: bool | int | str) -> Guest:
    """A guest whose program has called hello2: the handler's first instruction is next."""
    guest = boot(program, options=options)
    guest.run_to("sys_hello2")
    return guest


def _attack(guest: Guest, fetches: int = 1) -> End:
    """Let the other thread in once the kernel has made so many fetches by get_user."""
    for _ in range(fetches):
        guest.run_to("__get_user_ok")
    guest.machine.inject_irq(RESCHED_LINE)
    return guest.run()


# ------------------------------------------------------------------------------------- the line


@pytest.mark.parametrize("preempt", [True, False])
def test_the_line_switches_threads_inside_a_call_only_in_a_preemptible_kernel(
    boot: Boot, program: Program, preempt: bool
) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2="len_refetch", PREEMPT=preempt)
    guest.run_to("__get_user_ok")
    guest.machine.inject_irq(RESCHED_LINE)
    first = guest.first_of("__switch_to", "arm_copy_from_user")
    assert first == ("__switch_to" if preempt else "arm_copy_from_user")
    if not preempt:
        # it was not forgotten: on the way back to user mode the other thread has its turn
        assert guest.first_of("__switch_to", "sys_exit_group") == "__switch_to"


def test_the_line_is_dropped_by_its_handler_and_comes_again(boot: Boot, program: Program) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2="len_refetch")
    for _ in range(3):
        guest.machine.inject_irq(RESCHED_LINE)
        guest.run_to("scheduler_ipi")
        stop = guest.machine.run(guest.machine.icount + 200, breakpoints=[])
        assert stop.reason is StopReason.LIMIT
        guest.machine.set_code_breakpoints([])
    assert guest.run().status == 1 << 8, "nothing was won: three times before the first fetch"


def test_software_raises_the_line_too(boot: Boot, hello2: Path) -> None:
    """By the controller's ISR_SET register, as the kernel itself would; the level is cleared."""
    guest = boot(hello2, "beagle", "7")
    guest.run_to("sys_hello2")
    guest.run_to("get_random_bytes")
    guest.call_instead("irq_set_state", RESCHED_LINE, 1)
    end = guest.run()
    assert end.status == 0
    assert "nobody cared" not in end.log


# ---------------------------------------------------------------------------------- the length


def test_a_length_that_changes_after_its_check_wins_root(boot: Boot, program: Program) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2="len_refetch", CPU_SW_DOMAIN_PAN=False)
    end = _attack(guest)
    assert end.console == "uid 65534, setuid(0) gives -1\nuid 0\n"
    assert f"name : beagle, len : {EVIL_LEN}," in end.log
    assert end.status == 0


def test_nothing_is_won_without_a_switch(boot: Boot, program: Program) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2="len_refetch", CPU_SW_DOMAIN_PAN=False)
    end = guest.run()
    assert end.console.endswith("uid 65534\n")
    assert "name : beagle, len : 6," in end.log


def test_software_pan_does_not_stop_the_overflow_but_the_jump(boot: Boot, program: Program) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2="len_refetch")
    end = _attack(guest)
    assert f"len : {EVIL_LEN}," in end.log
    assert "Unhandled prefetch abort: domain fault, second level" in end.log
    assert "uid 0" not in end.console
    assert end.status == SIGSEGV


def test_the_canary_stops_the_return_and_names_the_function(boot: Boot, program: Program) -> None:
    guest = _in_hello2(
        boot,
        program("race-len"),
        HELLO2="len_refetch",
        CPU_SW_DOMAIN_PAN=False,
        STACKPROTECTOR=True,
    )
    end = _attack(guest)
    assert (
        "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: sys_hello2"
        in end.log
    )
    assert "uid 0" not in end.console
    assert end.status is None


@pytest.mark.parametrize("variant", ["override", "abort_on_change"])
def test_a_second_fetch_that_is_not_trusted_wins_nothing(
    boot: Boot, program: Program, variant: str
) -> None:
    guest = _in_hello2(boot, program("race-len"), HELLO2=variant, CPU_SW_DOMAIN_PAN=False)
    end = _attack(guest)
    assert end.console.endswith("uid 65534\n")
    assert f"len : {EVIL_LEN}" not in end.log
    assert ("len : 6," in end.log) == (variant == "override")


# --------------------------------------------------------------------------- what the kernel reads


FETCHES: dict[str, tuple[int, int, int, int]] = {
    "single_copy": (1, 1, 1, 1),
    "len_refetch": (1, 2, 1, 1),
    "name_refetch": (2, 1, 2, 1),
    "strlen_copy": (1, 1, 1, 2),
    "direct": (2, 4, 1, 2),
    "override": (1, 2, 1, 1),
    "abort_on_change": (1, 2, 1, 1),
    "half_fix": (1, 1, 1, 2),
}
"""How often the kernel reads name, len, val and each byte of the name, by the variant's source."""


@pytest.mark.parametrize("variant", FETCHES)
def test_the_compiler_neither_adds_nor_drops_a_fetch(
    boot: Boot, hello2: Path, variant: str
) -> None:
    name = "beagle"
    guest = boot(hello2, name, "7", options={"HELLO2": variant, "CPU_SW_DOMAIN_PAN": False})
    guest.run_to("sys_hello2")
    uin = guest.machine.registers().r[0]
    guest.machine.trace(True)
    guest.run_to("ret_fast_syscall")
    accesses = guest.machine.take_trace().accesses
    wanted = Access.PRIVILEGED | Access.USER_PAGE
    loads = accesses[(accesses["flags"] & (wanted | Access.WRITE)) == wanted]
    reads: Counter[int] = Counter()
    for va, size in zip(loads["va"].tolist(), loads["size"].tolist(), strict=True):
        reads.update(range(va, va + size))
    uname = int(loads["value"][loads["va"] == uin][0])
    structure = tuple(reads[uin + offset] for offset in (0, 4, 8))
    name_reads = {reads[uname + i] for i in range(len(name))}
    assert (*structure, *name_reads) == FETCHES[variant]
