from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ringview.tui.text import Line, hex32, short_size, shorten, shorten_path, virtual_time, wrap

texts = st.text(max_size=60)
widths = st.integers(0, 70)


def test_numbers_have_one_format() -> None:
    assert hex32(0xBEF00C40) == "bef0_0c40"
    assert hex32(-1) == "ffff_ffff"
    assert short_size(4096) == "4 KiB"
    assert short_size(1 << 20) == "1 MiB"
    assert virtual_time(429_000) == "429.000 µs"


def test_shortening_ends_at_a_word() -> None:
    assert shorten("the kernel stack", 12) == "the kernel…"
    assert shorten("__copy_from_user", 12) == "__copy_from…" or shorten(
        "__copy_from_user", 12
    ).startswith("__copy_")
    assert shorten("short", 5) == "short"
    assert shorten_path("kernel/kernel/sys-hello2.c", 18) == "…/sys-hello2.c"


@given(texts, widths)
def test_shorten_never_exceeds_its_width(text: str, width: int) -> None:
    short = shorten(text, width)
    assert cell_len(short) <= width
    assert short == text or short == "" or short.endswith("…")


@given(texts, st.integers(1, 40), st.integers(1, 4))
def test_wrap_respects_width_and_limit(text: str, width: int, limit: int) -> None:
    lines = wrap(text, width, limit)
    assert len(lines) <= limit


@given(st.lists(st.tuples(texts, st.sampled_from(["user", "dim", ""])), max_size=6), widths)
def test_a_fitted_line_fits_and_says_what_is_missing(
    parts: list[tuple[str, str]], width: int
) -> None:
    line = Line()
    for text, style in parts:
        line.add(text, style)
    fitted = line.fit(width)
    assert cell_len(fitted.plain) <= width
    assert fitted.plain == line.plain or fitted.plain.endswith("…") or width == 0


def test_clicks_find_their_span() -> None:
    line = Line("abc", "", ("go", 1)).add("def", "", ("go", 2)).add("x")
    assert line.action_at(2) == ("go", 1)
    assert line.action_at(3) == ("go", 2)
    assert line.action_at(6) is None
    assert line.click(("zoom", "code")).action_at(60) == ("zoom", "code")
