"""The kernel's string functions against Python's."""

from __future__ import annotations

import ctypes

from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = st.binary(max_size=20).map(lambda data: data.replace(b"\0", b"x"))
# few letters, so that matches happen
SIMILAR = st.lists(st.sampled_from([b"a", b"b", b"\xff"]), max_size=8).map(b"".join)
ERANGE, EINVAL, E2BIG = 34, 22, 7


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


@given(a=SIMILAR, b=SIMILAR, n=st.integers(0, 10))
@settings(max_examples=500, deadline=None)
def test_comparisons(lib: ctypes.CDLL, a: bytes, b: bytes, n: int) -> None:
    assert _sign(lib.strcmp(a, b)) == (a > b) - (a < b)
    size = ctypes.c_size_t(n)
    assert _sign(lib.strncmp(a, b, size)) == (a[:n] > b[:n]) - (a[:n] < b[:n])
    same = min(len(a), len(b))
    assert _sign(lib.memcmp(a, b, ctypes.c_size_t(same))) == (a[:same] > b[:same]) - (
        a[:same] < b[:same]
    )


@given(text=SIMILAR)
@settings(max_examples=500, deadline=None)
def test_searches(lib: ctypes.CDLL, text: bytes) -> None:
    lib.strchr.restype = lib.strrchr.restype = ctypes.c_void_p
    buffer = ctypes.create_string_buffer(text)
    base = ctypes.addressof(buffer)

    def index(found: int | None) -> int:
        return -1 if found is None else found - base

    assert index(lib.strchr(buffer, ord("a"))) == text.find(b"a")
    assert index(lib.strrchr(buffer, ord("a"))) == text.rfind(b"a")


@given(text=TEXT, size=st.integers(0, 30))
@settings(max_examples=300, deadline=None)
def test_strscpy_never_writes_past_its_size(lib: ctypes.CDLL, text: bytes, size: int) -> None:
    buffer = ctypes.create_string_buffer(b"\xaa" * 40, 40)
    lib.strscpy.restype = ctypes.c_int
    result = lib.strscpy(buffer, text, ctypes.c_size_t(size))
    assert buffer.raw[size:] == b"\xaa" * (40 - size)
    assert result == (len(text) if len(text) < size else -E2BIG)
    if size:
        assert buffer.value == text[: size - 1]


@given(value=st.integers(-(2**33), 2**65))
@settings(max_examples=500, deadline=None)
def test_numbers_are_parsed_or_refused(lib: ctypes.CDLL, value: int) -> None:
    wide = ctypes.c_ulonglong()
    expected = 0 if 0 <= value < 2**64 else -ERANGE if value >= 0 else -EINVAL
    assert lib.kstrtoull(str(value).encode(), 10, ctypes.byref(wide)) == expected
    if expected == 0:
        assert wide.value == value
        assert lib.kstrtoull(hex(value).encode(), 0, ctypes.byref(wide)) == 0
        assert wide.value == value
    narrow = ctypes.c_int()
    if -(2**64) < value < 2**64:
        fits = -(2**31) <= value < 2**31
        assert lib.kstrtoint(str(value).encode(), 10, ctypes.byref(narrow)) == (
            0 if fits else -ERANGE
        )
        assert not fits or narrow.value == value


def test_what_is_no_number(lib: ctypes.CDLL) -> None:
    wide = ctypes.c_ulonglong()
    for text in (b"", b"x", b"0x", b"1 ", b"12a", b"1\n\n", b"--1"):
        assert lib.kstrtoull(text, 0, ctypes.byref(wide)) == -EINVAL, text
    assert lib.kstrtoull(b"017\n", 0, ctypes.byref(wide)) == 0
    assert wide.value == 0o17
