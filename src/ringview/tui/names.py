"""The names of what the screen shows; the command line offers them without loading a screen."""

PANES = ("registers", "code", "stacks", "translation", "tlb", "memory", "logs", "narration")
"""The panes that can have the focus and fill the screen, in the order of their number keys."""

LARGE = (
    "storyboard",
    "tables",
    "frames",
    "switch",
    "time",
    "marks",
    "fetches",
    "schedules",
    "mitigations",
)
"""Large views: panes without a place of their own, which only ever fill the screen, by a command of
their own. The engine computes what they alone show while they are shown (`ViewRequest.large`).
"""
