"""When the collector of reference cycles runs in the engine.

A full collection looks at every symbol, line and event there is and takes longer than a key may
wait for its picture. What a session is made of stays until the session goes, so the collector is
kept away from it; what a frame or a motion leaves behind is young and is looked at often and
briefly.
"""

from __future__ import annotations

import gc

YOUNG = 5_000
"""Objects more than before that start a pass over the young: some milliseconds."""

ROUNDS = (20, 100)
"""Passes over the young before one over the middle-aged, and of these before a full one."""


def collect_the_young_only() -> None:
    """Look seldom at what has become old; from the start on, while everything is being loaded."""
    gc.set_threshold(YOUNG, *ROUNDS)


def keep_what_is_loaded() -> None:
    """Never look again at what there is now: an opened session and all it is made of."""
    gc.freeze()


def let_go_of_what_is_closed() -> None:
    """Collect everything that nothing refers to any more: a session that another one replaced."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
