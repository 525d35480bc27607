"""The kernel's snprintf against the host's C library."""

from __future__ import annotations

import ctypes

from hypothesis import given, settings
from hypothesis import strategies as st

LIBC = ctypes.CDLL(None)
SIZE = 200

WIDTHS = st.one_of(st.just(""), st.integers(1, 40).map(str))
PRECISIONS = st.one_of(st.just(""), st.just("."), st.integers(0, 30).map(lambda n: f".{n}"))
INTEGERS = {
    "": ctypes.c_int,
    "l": ctypes.c_long,
    "ll": ctypes.c_longlong,
    "z": ctypes.c_size_t,
}


def _flags(allowed: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(allowed), max_size=4).map("".join)


def _both(lib: ctypes.CDLL, size: int, fmt: str, *args: object) -> tuple[object, object]:
    answers = []
    for library in (lib, LIBC):
        buffer = ctypes.create_string_buffer(b"\xaa" * SIZE, SIZE)
        length = library.snprintf(buffer, ctypes.c_size_t(size), fmt.encode(), *args)
        answers.append((length, buffer.raw))
    return answers[0], answers[1]


@given(
    flags=_flags("-0#"),
    width=WIDTHS,
    length=st.sampled_from(sorted(INTEGERS)),
    conversion=st.sampled_from("diux"),
    value=st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300),
    size=st.integers(0, SIZE),
)
@settings(max_examples=2000, deadline=None)
def test_integers_are_written_as_by_libc(
    lib: ctypes.CDLL,
    flags: str,
    width: str,
    length: str,
    conversion: str,
    value: int,
    size: int,
) -> None:
    fmt = f"<%{flags}{width}{length}{conversion}>"
    ours, theirs = _both(lib, size, fmt, INTEGERS[length](value))
    assert ours == theirs, fmt


@given(
    flags=_flags("-"),
    width=WIDTHS,
    precision=PRECISIONS,
    text=st.binary(max_size=60).filter(lambda data: b"\0" not in data),
    size=st.integers(0, SIZE),
)
@settings(max_examples=500, deadline=None)
def test_strings_are_written_as_by_libc(
    lib: ctypes.CDLL, flags: str, width: str, precision: str, text: bytes, size: int
) -> None:
    fmt = f"a%{flags}{width}{precision}sb%%"
    ours, theirs = _both(lib, size, fmt, ctypes.c_char_p(text))
    assert ours == theirs, fmt


@given(width=st.integers(1, 30), precision=st.integers(-5, 30), text=st.text("ab", max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_precision_may_be_an_argument(
    lib: ctypes.CDLL, width: int, precision: int, text: str
) -> None:
    fmt = f"%{width}.*s|%-{width}c"
    arguments = (ctypes.c_int(precision), ctypes.c_char_p(text.encode()), ctypes.c_int(65))
    ours, theirs = _both(lib, SIZE, fmt, *arguments)
    assert ours == theirs


def _format(lib: ctypes.CDLL, fmt: str, *args: object) -> str:
    buffer = ctypes.create_string_buffer(SIZE)
    lib.snprintf(buffer, ctypes.c_size_t(SIZE), fmt.encode(), *args)
    return buffer.value.decode()


def test_symbols_and_plain_pointers(lib: ctypes.CDLL) -> None:
    pointer = ctypes.c_void_p(0x10)
    assert _format(lib, "%pS", pointer) == "sym+0x10/0x40"
    assert _format(lib, "%px", pointer).lstrip("0") == "10"


def test_a_hashed_pointer_hides_the_address_and_is_stable(lib: ctypes.CDLL) -> None:
    address = 0xC0123456
    hashed = _format(lib, "%p", ctypes.c_void_p(address))
    assert f"{address:08x}" not in hashed
    assert hashed == _format(lib, "%pK", ctypes.c_void_p(address))
    assert hashed != _format(lib, "%p", ctypes.c_void_p(address + 4))
    assert set(_format(lib, "%p", ctypes.c_void_p(0))) == {"0"}


def test_an_unknown_conversion_is_shown(lib: ctypes.CDLL) -> None:
    assert _format(lib, "a%yb") == "a%yb"


def test_scnprintf_returns_what_fitted(lib: ctypes.CDLL) -> None:
    buffer = ctypes.create_string_buffer(8)
    assert lib.scnprintf(buffer, ctypes.c_size_t(8), b"%s", b"0123456789") == 7
    assert buffer.value == b"0123456"
