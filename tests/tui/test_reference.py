"""The reference page, against what is known otherwise."""

from __future__ import annotations

import pytest
from tests.tui.driving import running

from ringview.arm.conventions import CONVENTIONS
from ringview.guest.tree import find_tree
from ringview.tui.reference import Reference, reference_lines


def test_arms_rows_are_what_our_own_stub_and_kernel_do() -> None:
    by_name = {row.name: row for row in CONVENTIONS}
    stub = (find_tree().userland / "lib/syscall.S").read_text()
    assert by_name["arm/EABI"].number == "r7"
    assert "svc" in stub
    assert "r7" in stub
    assert len(by_name) == len(CONVENTIONS)
    assert all(6 <= len(row.arguments) <= 7 for row in CONVENTIONS)


@pytest.mark.parametrize("width", [52, 96, 100])
def test_every_convention_is_told_whole(width: int) -> None:
    lines = [line.plain for line in reference_lines(width)]
    text = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= width
    for row in CONVENTIONS:
        assert row.name in text
        if width >= 96:
            at = next(line for line in lines if f" {row.name} " in line)
            assert " ".join(row.arguments) in at
            assert row.instruction in at


async def test_it_opens_and_closes_by_its_key_at_any_size() -> None:
    for size in ((60, 18), (120, 40)):
        async with running(size=size) as run:
            await run.press("r")
            await run.until(lambda: isinstance(run.app.screen, Reference))
            await run.press("down", "r")
            await run.until(lambda: len(run.app.screen_stack) == 1)
