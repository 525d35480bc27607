"""What is painted can be read, and read without colours: on the screen as it is, not in a table."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.segment import Segment
from tests.tui import sample
from tests.tui.driving import Running, running
from tests.tui.test_palette import contrast
from textual.widgets import Input, OptionList, Static

from ringview.tui.names import LARGE, PANES

DECORATION = set(" ─│┌┐└┘├┤┬┴┼╌╶╴╵╷▔▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓·╭╮╰╯▸▕▊▎┃")
"""Lines between things, and bars whose numbers stand beside them."""


def painted(run: Running) -> list[Segment]:
    """Everything that the terminal gets; of what lies over the panes only that, since the panes are
    dimmed on purpose meanwhile.
    """
    screen = run.app.screen
    strips = screen._compositor.render_strips()
    regions = [screen.region]
    if len(run.app.screen_stack) > 1:
        regions = [
            screen.find_widget(widget).visible_region
            for kind in (Static, Input, OptionList)
            for widget in screen.query(kind)
            if widget.is_on_screen
        ]
    return [
        segment
        for region in regions
        for strip in strips[region.y : region.bottom]
        for segment in strip.crop(region.x, region.right)
        if segment.text.strip()
    ]


def unreadable(run: Running, least: float) -> set[tuple[str, str, str, float]]:
    found = set()
    for segment in painted(run):
        style = segment.style
        assert style is not None, segment.text
        if set(segment.text) <= DECORATION or style.color is None or style.bgcolor is None:
            continue
        fore, back = style.color, style.bgcolor
        if style.reverse:
            fore, back = back, fore
        assert fore.triplet is not None
        assert back.triplet is not None
        ratio = contrast(fore.triplet.hex, back.triplet.hex)
        if ratio < least:
            found.add((segment.text.strip(), fore.triplet.hex, back.triplet.hex, round(ratio, 2)))
    return found


@pytest.mark.parametrize(("theme", "least"), [("dark", 4.5), ("light", 4.5), ("projector", 7.0)])
async def test_every_character_has_contrast(theme: str, least: float) -> None:
    found = set()
    for size in ((80, 24), (120, 40), (200, 60)):
        async with running(sample.hello2(), size, theme=theme) as run:
            for make in sample.FRAMES.values():
                run.app.sitting.take(make())
                await run.settle()
                for name in ("", *PANES, *LARGE):
                    run.app.sitting.become(replace(run.app.chosen, zoom=name))
                    await run.pilot.pause()
                    found |= unreadable(run, least)
            run.app.sitting.become(replace(run.app.chosen, zoom=""))
            for keys in (["?"], ["escape", "g", *"nowhere", "enter"], ["t", *"zebra", "enter"]):
                await run.press(*keys)
                await run.settle()
                found |= unreadable(run, least)
            await run.press("escape", "ctrl+p")
            await run.press(*"step")
            await run.pilot.pause(0.2)
            found |= unreadable(run, least)
    assert not found, "\n".join(map(str, sorted(found)))
