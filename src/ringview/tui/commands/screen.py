"""The commands of a lecture, and those that arrange the screen."""

from __future__ import annotations

from ringview.tui.commands.entry import LECTURE, SCREEN, Entry
from ringview.tui.names import PANES

ARRANGING: tuple[Entry, ...] = (
    Entry(
        "next beat", (".",), "beat", "To the lecture's next beat.", LECTURE, ("step", "beat", 1), 8
    ),
    Entry("previous beat", (",",), "", "Back to the previous beat.", LECTURE, ("step", "beat", -1)),
    Entry(
        "answer",
        ("a",),
        "",
        "Show the answer to the beat's question; {pane 8} and then a number chooses one first.",
        LECTURE,
        ("answer",),
    ),
    Entry(
        "lecture layout",
        ("e",),
        "",
        "Large measure: only what the beat is about and what is said, and back.",
        LECTURE,
        ("big",),
    ),
    Entry(
        "follow",
        ("f",),
        "follow",
        "In the audience: see what the lecturer sees again.",
        LECTURE,
        ("follow",),
    ),
    Entry(
        "zoom",
        ("z", "enter"),
        "zoom",
        "The focused pane fills the screen, and back.",
        SCREEN,
        ("zoom", ""),
        11,
    ),
    Entry(
        "choose down",
        ("down",),
        "",
        "In a large view: the next row.",
        SCREEN,
        ("select", 1),
        where="large",
    ),
    Entry("choose up", ("up",), "", "The row above.", SCREEN, ("select", -1), where="large"),
    Entry("take", ("enter",), "", "Do what the row says.", SCREEN, ("take",), where="large"),
    Entry("unzoom", ("escape",), "", "All panes again.", SCREEN, ("unzoom",)),
    *(
        Entry(
            f"pane {number}",
            (str(number),),
            "",
            f"Focus the {name} pane; again to zoom it.",
            SCREEN,
            ("pane", name),
        )
        for number, name in enumerate(PANES, 1)
    ),
    Entry("next pane", ("tab",), "", "To the next pane, or tab.", SCREEN, ("cycle", 1)),
    Entry("previous pane", ("shift+tab",), "", "The other way round.", SCREEN, ("cycle", -1)),
    Entry("scroll down", ("pagedown",), "", "Scroll the focused pane.", SCREEN, ("scroll", 1)),
    Entry("scroll up", ("pageup",), "", "The other way.", SCREEN, ("scroll", -1)),
    Entry(
        "wider",
        ("shift+right",),
        "",
        "The focused pane; or drag the line between two panes.",
        SCREEN,
        ("resize", 1, 0),
    ),
    Entry("narrower", ("shift+left",), "", "The other way.", SCREEN, ("resize", -1, 0)),
    Entry(
        "taller",
        ("shift+down",),
        "",
        "The focused pane; or drag a title.",
        SCREEN,
        ("resize", 0, 1),
    ),
    Entry("shorter", ("shift+up",), "", "The other way.", SCREEN, ("resize", 0, -1)),
    Entry(
        "hide pane",
        ("h",),
        "",
        "Put the focused pane away; its number brings it back.",
        SCREEN,
        ("hide",),
    ),
    Entry(
        "show all panes",
        ("H",),
        "",
        "Bring all panes back.",
        SCREEN,
        ("show_all",),
    ),
    Entry(
        "reset layout",
        ("ctrl+r",),
        "",
        "Panes as they are meant to be at this size.",
        SCREEN,
        ("reset_layout",),
    ),
    Entry("copy pane", ("y",), "", "The focused pane as text.", SCREEN, ("copy", "pane")),
    Entry("copy screen", ("Y",), "", "The whole screen as text.", SCREEN, ("copy", "screen")),
    Entry(
        "copy line",
        ("ctrl+y",),
        "",
        "The line under the mouse, or the focused pane's.",
        SCREEN,
        ("copy", "line"),
    ),
    Entry("copy address", ("alt+y",), "", "That line's first.", SCREEN, ("copy", "address")),
    Entry("theme", ("T",), "", "Dark, light, projector.", SCREEN, ("theme",)),
    Entry("palette", ("ctrl+p", ":"), "", "Find a command by its name.", SCREEN, ("palette",)),
    Entry("help", ("?",), "help", "This.", SCREEN, ("help",), 12),
    Entry("quit", ("q", "ctrl+c", "ctrl+q"), "quit", "Leave.", SCREEN, ("quit",), 13),
)
