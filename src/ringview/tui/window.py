"""The part of the run that the timeline shows: how it grows, shrinks and moves."""

from __future__ import annotations

Window = tuple[int, int]
"""First and last icount, the last one exclusive."""


def zoomed(shown: Window, whole: Window, at: int, direction: int, least: int) -> Window | None:
    """Half as much (``direction`` positive) or twice as much; None for the whole run.

    The moment ``at`` keeps its place: its share of the window is the same before and after, as far
    as the run's ends allow.

    Args:
        shown: what is shown now.
        whole: what can be shown.
        at: the moment; the window's middle if it lies outside.
        direction: positive to see less and closer.
        least: the fewest instructions that may be shown.
    """
    first, last = shown
    span = max(1, last - first)
    if not first <= at < last:
        at = first + span // 2
    full = whole[1] - whole[0]
    wanted = max(least, span // 2) if direction > 0 else span * 2
    if wanted >= full:
        return None
    return clamped((at - (at - first) * wanted // span, 0), whole, wanted)


def panned(shown: Window, whole: Window, direction: int) -> Window | None:
    """A quarter of a window later, or earlier if ``direction`` is negative; None for the whole."""
    first, last = shown
    span = last - first
    if span >= whole[1] - whole[0]:
        return None
    return clamped((first + direction * max(1, span // 4), 0), whole, span)


def clamped(wanted: Window, whole: Window, span: int) -> Window:
    """A window of some length that begins as wanted, moved so that it lies within the run."""
    first = max(whole[0], min(wanted[0], whole[1] - span))
    return first, first + span
