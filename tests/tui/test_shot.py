from __future__ import annotations

import pytest
from tests.tui.fake import FakeLink
from tests.tui.test_golden import compare

from ringview.errors import EngineError
from ringview.tui.shot import picture


async def connect() -> FakeLink:
    return FakeLink()


async def test_the_picture_as_text_is_the_screen() -> None:
    text = await picture(connect, text=True)
    compare("hello2-120x40", text.rstrip("\n"))


async def test_the_picture_as_svg_in_each_theme() -> None:
    seen = set()
    for theme in ("dark", "light", "projector"):
        svg = await picture(connect, theme=theme, pane="stacks")
        assert svg.startswith("<svg")
        assert "pt_regs" in svg
        seen.add(svg)
    assert len(seen) == 3


async def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(EngineError, match="no place called “nowhere”"):
        await picture(connect, at="nowhere")
