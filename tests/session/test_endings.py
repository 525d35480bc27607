"""Guests that end badly: motions say so, and time can still be walked back."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ringview.session.session import Session
from ringview.session.setup import SessionSetup
from ringview.session.stops import Reason

LOAD = 0x80008000
WFI = 0xE320F003
NOP = 0xE320F000


def open_words(folder: Path, *words: int) -> Session:
    """A session of a few instructions as a kernel of their own, in SVC mode with the MMU off."""
    code = struct.pack(f"<{len(words)}I", *words)
    header = struct.pack(
        "<16sHHIIIIIHHHHHH",
        *(b"\x7fELF\x01\x01\x01", 2, 40, 1, LOAD, 52, 0, 0x05000000, 52, 32, 1, 40, 0, 0),
    )
    segment = struct.pack("<IIIIIIII", 1, 84, LOAD, LOAD, len(code), len(code), 5, 4)
    path = folder / "guest"
    path.write_bytes(header + segment + code)
    return Session.open(SessionSetup("words", path, memory_bytes=1 << 20))


@pytest.mark.parametrize(
    ("words", "reason", "said"),
    [
        # mov pc, #0x10000000: no memory there, none at the vectors either
        ((NOP, NOP, 0xE3A0F201), Reason.LOCKUP, "locked up"),
        # udf, with vectors where there is nothing
        ((NOP, 0xE7F000F0), Reason.LOCKUP, "locked up"),
        # wfi with interrupts masked, for ever
        ((NOP, NOP, WFI, 0xEAFFFFFD), Reason.HALTED, "off"),
        # mcr p15, 0, r0, c1, c0, 0 with all of r0 set, MMU and all, tables nowhere
        ((0xE3E00000, 0xEE010F10, NOP, NOP), Reason.LOCKUP, "locked up"),
    ],
    ids=["nowhere", "no vectors", "sleep", "wild MMU"],
)
def test_the_end_is_said_and_the_way_back_open(
    tmp_path: Path, words: tuple[int, ...], reason: Reason, said: str
) -> None:
    session = open_words(tmp_path, *words)
    stop = session.run(1_000_000)
    assert stop.reason is reason
    assert said in stop.text
    assert session.finished
    assert session.ending == stop
    end = session.icount
    assert end == session.end
    digest = session.digest()
    # Nothing moves it any further.
    for unit in ("instruction", "line", "over", "out", "transition", "syscall", "breakpoint"):
        assert session.step(unit, 1).reason is reason
        assert session.icount == end
    assert session.run().reason is reason
    # But back it goes, and the same way again.
    assert session.step("instruction", -1).arrived
    assert session.icount == end - 1
    assert session.state().read_physical(LOAD, 4) == struct.pack("<I", words[0])
    session.state().read_virtual(LOAD, 4)
    assert session.goto(0).arrived
    assert session.run(1_000_000).reason is reason
    assert session.icount == end
    assert session.digest() == digest


def test_an_input_wakes_what_slept_for_ever(tmp_path: Path) -> None:
    # UART0's receive interrupt on, unmasked at the controller but not in the core: WFI wakes up.
    session = open_words(
        tmp_path,
        0xE3A00444,  # mov r0, #0x44000000
        0xE2800A09,  # add r0, r0, #0x9000
        0xE28008E0,  # add r0, r0, #0xe00000
        0xE3A01001,  # mov r1, #1
        0xE5801004,  # str r1, [r0, #4]: IER
        0xE3A02448,  # mov r2, #0x48000000
        0xE2822602,  # add r2, r2, #0x200000
        0xE3A01C01,  # mov r1, #0x100: line 72 of 64..95
        0xE58210C8,  # str r1, [r2, #0xc8]: MIR_CLEAR2
        WFI,
        0xE5903000,  # ldr r3, [r0]: the byte
        NOP,
        0xEAFFFFFD,  # b .-4
    )
    assert session.run(1_000).reason is Reason.HALTED
    asleep = session.icount
    session.input_console(b"Q")
    assert not session.finished
    assert session.run(asleep + 10).arrived
    assert session.state().registers["r3"] == ord("Q")
    digest = session.digest()
    session.goto(3)
    session.goto(asleep + 10)
    assert session.digest() == digest
