from __future__ import annotations

from pathlib import Path

import pytest

from ringview.guest.locations import Place, evaluate, place_of
from ringview.guest.unwind import backtrace

from .test_unwind import USR, VARIANTS, Runner

REGISTERS = list(range(100, 116))


@pytest.mark.parametrize("variant", ["zig-O0", "gcc-O0"])
def test_parameters_are_found_in_every_frame(
    variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    runner = Runner(VARIANTS[variant](tmp_path / "calls"))
    debug = runner.image.debug
    function = debug.function("many")
    assert function is not None
    for _ in range(20_000):
        pc = runner.registers()[15]
        if function.low <= pc < function.high and runner.image.debug.line_at(pc) is not None:
            line = debug.line_at(pc)
            assert line is not None
            if (
                "sum += deep"
                in (Path(__file__).parent / "data/calls.c")
                .read_text()
                .splitlines()[line.number - 1]
            ):
                break
        runner.step()
    six = next(
        frame
        for frame in backtrace(runner.read, runner.registers(), runner.image_at, cpsr=USR)
        if frame.function == "six"
    )
    inside = (*six.registers[:15], six.pc - 4)
    values = {}
    for variable in debug.variables_at(six.pc - 4):
        place = place_of(debug, variable, inside, runner.read, six.cfa)
        assert place is not None, variable.name
        assert place.address is not None
        data = runner.read(place.address, 12 if variable.name == "local" else 4)
        assert data is not None
        values[variable.name] = [
            int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)
        ]
    expected = {name: [i] for i, name in enumerate("abcdef", start=1)}
    assert values == expected | {"local": [7, 7, 7]}


def test_each_kind_of_expression() -> None:
    def read(address: int, size: int) -> bytes | None:
        return (address + 1).to_bytes(size, "little") if address == 108 else None

    assert evaluate(b"\x53", REGISTERS) == Place(register=3)
    assert evaluate(b"\x7d\x08", REGISTERS) == Place(address=121)
    assert evaluate(b"\x91\x7c", REGISTERS, b"\x5b") == Place(address=107)
    assert evaluate(b"\x91\x7c", REGISTERS, b"\x9c", cfa=1000) == Place(address=996)
    assert evaluate(b"\x91\x7c", REGISTERS, b"\x9c") is None
    assert evaluate(b"\x03\x00\x10\x00\xc0", REGISTERS) == Place(address=0xC0001000)
    assert evaluate(b"\x11\x7f\x9f", REGISTERS) == Place(value=0xFFFFFFFF)
    assert evaluate(b"\x70\x00\x23\x08\x06\x9f", REGISTERS, read=read) == Place(value=109)
    assert evaluate(b"\x70\x00\x23\x09\x06\x9f", REGISTERS, read=read) is None
    assert evaluate(b"\x71\x00\x38\x24\x9f", REGISTERS) == Place(value=101 << 8)


@pytest.mark.parametrize(
    "expression", [b"", b"\x53\x93\x04", b"\xf3\x01\x50\x9f", b"\x03\x00", b"\x22", b"\x11\x80"]
)
def test_what_is_not_understood_or_cut_short_is_nowhere(expression: bytes) -> None:
    assert evaluate(expression, REGISTERS) is None


def test_a_register_that_is_not_known_is_nowhere() -> None:
    assert evaluate(b"\x50", [None] * 16) is None
    assert evaluate(b"\x70\x04", [None] * 16) is None
