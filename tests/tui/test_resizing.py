"""A screen that grows while it is being drawn."""

from __future__ import annotations

from tests.tui import sample
from tests.tui.driving import running
from tests.tui.fake import text_of


async def test_rows_drawn_between_arrangement_and_layout_are_not_kept() -> None:
    async with running(sample.at_svc(), (92, 24)) as run:
        pane = run.app.panes["header"]
        # The arrangement knows of the new size first; a frame may be drawn before the layout does.
        run.app.sitting.arrange(run.app.size._replace(width=133))
        cut = pane.render_line(0)
        assert cut.cell_length == 92
        await run.pilot.resize_terminal(133, 31)
        await run.until(lambda: pane.size.width == 133)
        for name, shown in run.app.panes.items():
            if shown.display:
                widths = {shown.render_line(y).cell_length for y in range(shown.size.height)}
                assert widths == {shown.size.width}, name
        await run.until(lambda: "you are here" in text_of(run.app))
