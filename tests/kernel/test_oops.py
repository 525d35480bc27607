"""A kernel at fault says so in Linux's words, kills the thread it served, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernel.conftest import Boot, End, Guest

SIGSEGV = 11
USER_STACK = 0xBEFFFF00


def _in_hello2(boot: Boot, program: Path, **options: bool) -> Guest:
    """A guest stopped in sys_hello2, which is about to call get_random_bytes()."""
    guest = boot(program, "beagle", "7", options=options)
    guest.run_to("sys_hello2")
    guest.run_to("get_random_bytes")
    return guest


def _check(end: End, *phrases: str) -> None:
    for phrase in (*phrases, "Internal error: Oops", "Comm: hello2", "Call trace:"):
        assert phrase in end.log, phrase
    assert "killed by signal 11" in end.log
    assert end.status == SIGSEGV


def test_null_pointer(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2)
    guest.call_instead("memset", 0x10, 0, 64)
    _check(
        guest.run(),
        "kernel NULL pointer dereference at virtual address 00000010 when write",
        "PC is at memset+0x",
        "LR is at sys_hello2+0x",
        "ret_fast_syscall+0",
    )


@pytest.mark.parametrize("name", ["sys_call_table", "vector_swi", "linux_banner"])
def test_what_must_not_change_cannot_be_written(boot: Boot, hello2: Path, name: str) -> None:
    guest = _in_hello2(boot, hello2)
    target = guest.address(name)
    before = guest.machine.read_physical(target - 0x40000000, 64)
    guest.call_instead("memset", target, 0x5A, 64)
    # 0x80f: a write, permission fault at the second level
    _check(guest.run(), f"paging request at virtual address {target:08x} when write", "Oops: 80f")
    assert guest.machine.read_physical(target - 0x40000000, 64) == before


def test_data_cannot_be_executed(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2)
    guest.call_instead("init_task")
    _check(guest.run(), f"address {guest.address('init_task'):08x} when execute")


def test_software_pan_stops_a_stray_user_pointer(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2)
    guest.call_instead("memset", USER_STACK, 0, 64)
    _check(guest.run(), f"domain fault, second level (0x81b) at 0x{USER_STACK:08x}")


def test_without_pan_it_goes_through(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2, CPU_SW_DOMAIN_PAN=False)
    guest.call_instead("memset", USER_STACK, 0, 64)
    end = guest.run()
    assert "Oops" not in end.log
    assert end.status == 0


def test_bug_names_its_place_and_the_machine_goes_on(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2)
    text = guest.address("linux_banner")
    guest.call_instead("__bug", text, 42, text)
    _check(guest.run(), "kernel BUG at Linux version", "Oops - BUG")


def test_a_fault_in_an_interrupt_is_the_end(boot: Boot, hello2: Path) -> None:
    guest = boot(hello2, "beagle", "7")
    guest.run_to("sys_hello2")
    guest.machine.inject_irq(68)
    guest.run_to("scheduler_tick")
    guest.call_instead("memset", 0x10, 0, 64)
    end = guest.run()
    assert "Kernel panic - not syncing: Fatal exception in interrupt" in end.log
    assert end.status is None


def test_an_oops_while_dying_ends_in_a_panic(boot: Boot, hello2: Path) -> None:
    guest = _in_hello2(boot, hello2)
    guest.call_instead("memset", 0x10, 0, 64)
    guest.run_to("exit_files")
    guest.call_instead("memset", 0x10, 0, 64)
    end = guest.run()
    assert end.log.count("Internal error: Oops") == 2
    assert "Kernel panic - not syncing: Recursive fault while hello2 exits" in end.log
    assert end.status is None
