"""Strings as strace quotes them."""

from __future__ import annotations

import pytest

from ringview.guest.types import quote_bytes
from ringview.session.strace import as_strace


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", '"plain"'),
        (b"\0", r'"\0"'),
        (b"\x001", r'"\0001"'),
        (b"\x01x", r'"\1x"'),
        (b"\x019", r'"\19"'),
        (b"\x1b[0m\a\b", r'"\33[0m\7\10"'),
        (b'tab\t"quote"\\x41\n', r'"tab\t\"quote\"\\x41\n"'),
        (b"\xff\xfe7", r'"\377\3767"'),
    ],
)  # fmt: skip
def test_bytes_are_octal_and_as_short_as_c_allows(data: bytes, text: str) -> None:
    assert as_strace(quote_bytes(data)) == text


def test_what_was_cut_off_ends_in_dots() -> None:
    assert as_strace(quote_bytes(b"a" * 40, 32)) == f'"{"a" * 32}"...'
    assert as_strace(r'"\x01\xff"…', hexadecimal=True) == r'"\x01\xff"...'
