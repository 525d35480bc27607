"""The kernel's string functions against Python's."""

from __future__ import annotations

import ctypes

from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = st.binary(max_size=20).map(lambda data: data.replace(b"\0", b"x"))
# few letters, so that matches happen
SIMILAR = st.lists(st.sampled_from([b"a", b"b", b"\xff"]), max_size=8).map(b"".join)
E2BIG = 7


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
