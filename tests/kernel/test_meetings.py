"""Two threads meet in the kernel, or a thread and an interrupt, at the worst moment.

Each is a fault that was found by reading: the moment is known, and is made to happen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernel.conftest import LIMIT, Boot, Guest, build_here

from ringview.machine.stop import StopReason

RESCHED_LINE = 48
IRQS_MASKED = 0x80


@pytest.fixture(scope="session")
def meet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_here("meet", tmp_path_factory.mktemp("meet") / "meet")


def started(boot: Boot, program: Path, meeting: str) -> Guest:
    guest = boot(program, meeting)
    guest.run_to("start_thread")
    return guest


def test_no_thread_is_born_into_a_process_that_ends(boot: Boot, meet: Path) -> None:
    guest = started(boot, meet, "born_late")
    guest.run_to("copy_thread")
    guest.run_to("copy_thread")
    guest.machine.inject_irq(RESCHED_LINE)
    assert guest.run().status == 7 << 8


def test_a_descriptor_has_its_reference_before_others_can_close_it(boot: Boot, meet: Path) -> None:
    guest = started(boot, meet, "again")
    guest.run_to("sys_fcntl64")
    guest.run_to("fd_install_from")
    file = guest.machine.registers().r[1]
    guest.machine.step(30)
    guest.machine.inject_irq(RESCHED_LINE)
    guest.run_to("preempt_schedule")
    # the old descriptor, the new one, and the call itself
    assert int.from_bytes(guest.machine.read_virtual(file, 4), "little") == 3
    assert guest.run().status == 0


def test_no_interrupt_sends_a_signal_while_pending_ones_are_dropped(boot: Boot, meet: Path) -> None:
    guest = started(boot, meet, "ignore")
    guest.run_to("drop_pending")
    guest.run_to("kfree")
    assert guest.machine.registers().cpsr & IRQS_MASKED
    assert guest.run().status == 0


def test_the_list_of_tasks_is_not_left_half_way(boot: Boot, meet: Path) -> None:
    guest = started(boot, meet, "ask")
    guest.run_to("sys_sched_getaffinity")
    guest.run_to("find_task_by_vpid")
    guest.machine.step(16)
    guest.machine.inject_irq(RESCHED_LINE)
    assert guest.first_of("preempt_schedule_irq", "preempt_schedule") == "preempt_schedule"
    assert guest.run().status == 0


def test_a_line_for_one_reader_is_no_end_of_file_for_the_other(boot: Boot, meet: Path) -> None:
    guest = started(boot, meet, "readers")

    def both_sleep() -> None:
        stop = guest.machine.run(guest.machine.icount + 2_000_000)
        assert stop.reason is StopReason.LIMIT

    both_sleep()
    guest.machine.console_input(b"a\n")
    # one of them has seen the line, and the other takes it
    guest.run_to("finish_wait")
    guest.machine.inject_irq(RESCHED_LINE)
    both_sleep()
    guest.machine.console_input(b"b\n")
    end = guest.run(LIMIT)
    assert end.console.count("got 2") == 2, end.console
