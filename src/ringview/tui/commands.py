"""The one table of commands: it feeds the key bindings, the command palette, the footer and the
help screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.actions import Action


@dataclass(frozen=True, slots=True)
class Entry:
    """One command.

    Attributes:
        name: what it is called in the palette, and its identity.
        keys: Textual's names of its keys, the first is the one shown.
        label: one or two words for the footer, or "" to leave it out there.
        help: one sentence; a command's name in braces stands for that command's key.
        group: heading in the help.
        action: the app's method (without ``do_``) and its arguments.
        rank: the order in the footer; lower is shown earlier, 0 is never shown.
        where: "" for everywhere, "large" for any large view, or the name of one: there, and only
            there, its keys mean this.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    action: Action
    rank: int = 0
    where: str = ""


STEP, TRAVEL, LOOK, LECTURE, SCREEN = "Step", "Travel", "Look", "Lecture", "Screen"
RACE = "Race"
GROUPS = (STEP, TRAVEL, LOOK, RACE, LECTURE, SCREEN)

COMMANDS: tuple[Entry, ...] = (
    Entry(
        "step",
        ("right",),
        "step",
        "One instruction forwards.",
        STEP,
        ("step", "instruction", 1),
        1,
    ),
    Entry(
        "step back",
        ("left",),
        "back",
        "One instruction back.",
        STEP,
        ("step", "instruction", -1),
        2,
    ),
    Entry(
        "next line",
        ("down", "n"),
        "line",
        "To the next source line, into calls.",
        STEP,
        ("step", "line", 1),
        3,
    ),
    Entry(
        "previous line", ("up", "p"), "", "Back to the previous line.", STEP, ("step", "line", -1)
    ),
    Entry(
        "step over",
        ("o",),
        "over",
        "To the next source line, running calls through.",
        STEP,
        ("step", "over", 1),
        9,
    ),
    Entry(
        "step over, back",
        ("O",),
        "",
        "One line back, calls run through.",
        STEP,
        ("step", "over", -1),
    ),
    Entry("step out", ("u",), "out", "Out of this function.", STEP, ("step", "out", 1), 10),
    Entry(
        "step out, back",
        ("U",),
        "",
        "Back to where this function was called.",
        STEP,
        ("step", "out", -1),
    ),
    Entry(
        "next transition",
        ("]",),
        "transition",
        "To the next change of mode or privilege.",
        STEP,
        ("step", "transition", 1),
        4,
    ),
    Entry(
        "previous transition",
        ("[",),
        "",
        "Back to the one before.",
        STEP,
        ("step", "transition", -1),
    ),
    Entry(
        "next syscall",
        ("}",),
        "syscall",
        "To the next system call.",
        STEP,
        ("step", "syscall", 1),
        5,
    ),
    Entry("previous syscall", ("{",), "", "Back to the one before.", STEP, ("step", "syscall", -1)),
    Entry(
        "next fault",
        ("j",),
        "",
        "To the next fault, and why it happened.",
        STEP,
        ("step", "fault", 1),
    ),
    Entry("latest fault", ("J",), "", "Back to the latest fault.", STEP, ("step", "fault", -1)),
    Entry(
        "run or pause",
        ("space",),
        "run",
        "Run until a breakpoint or the end; any key stops it.",
        TRAVEL,
        ("run",),
        6,
    ),
    Entry(
        "continue",
        ("c",),
        "",
        "To the next breakpoint or watched access.",
        TRAVEL,
        ("step", "breakpoint", 1),
    ),
    Entry(
        "continue back",
        ("C",),
        "",
        "Back to the previous breakpoint or watched access.",
        TRAVEL,
        ("step", "breakpoint", -1),
    ),
    Entry(
        "breakpoint",
        ("b",),
        "",
        "Set or clear one: a symbol, file:line, address; “… if r1 == 0”.",
        TRAVEL,
        ("prompt", "breakpoint"),
    ),
    Entry(
        "who wrote this",
        ("w",),
        "who wrote",
        "Back to the last write of an address, symbol, in.len or r3.",
        TRAVEL,
        ("prompt", "who"),
        8,
    ),
    Entry(
        "previous access",
        ("(",),
        "",
        "Back to the access before, of what {who wrote this} asked for.",
        TRAVEL,
        ("access", -1),
    ),
    Entry("next access", (")",), "", "On to its next access.", TRAVEL, ("access", 1)),
    Entry(
        "watchpoint",
        ("W",),
        "",
        "Stop at writes of it, “read in.len”, “in.len == 6”; again to clear; empty lists.",
        TRAVEL,
        ("prompt", "watch"),
    ),
    Entry(
        "go to",
        ("g",),
        "go to",
        "Go to an icount, symbol, file:line, “beat 3”, “syscall 5”, start or end.",
        TRAVEL,
        ("prompt", "go"),
        7,
    ),
    Entry("start", ("home",), "", "To the start of the run.", TRAVEL, ("go_to", "start")),
    Entry("end", ("end",), "", "To the end of the run.", TRAVEL, ("go_to", "end")),
    Entry(
        "bookmark",
        ("B",),
        "",
        "Name this moment, or clear its name.",
        TRAVEL,
        ("prompt", "bookmark"),
    ),
    Entry("next bookmark", ("'",), "", "To the next bookmark.", TRAVEL, ("step", "bookmark", 1)),
    Entry(
        "previous bookmark",
        ('"',),
        "",
        "Back to the bookmark before.",
        TRAVEL,
        ("step", "bookmark", -1),
    ),
    Entry(
        "marks",
        ("k",),
        "",
        "Breakpoints, their hits, and bookmarks.",
        TRAVEL,
        ("large", "marks"),
    ),
    Entry(
        "remove mark",
        ("x", "delete"),
        "",
        "Among the marks: remove the chosen one.",
        TRAVEL,
        ("mark", "remove"),
        where="marks",
    ),
    Entry(
        "back to mark",
        ("p",),
        "",
        "Among the marks: to its previous hit.",
        TRAVEL,
        ("mark", "back"),
        where="marks",
    ),
    Entry(
        "memory",
        ("m",),
        "",
        "Show the bytes at an address.",
        LOOK,
        ("prompt", "memory"),
    ),
    Entry(
        "translate",
        ("t",),
        "",
        "Walk an address through the tables.",
        LOOK,
        ("prompt", "translate"),
    ),
    Entry("zoom time in", ("+", "="), "", "Timeline: half as much, now stays.", LOOK, ("time", 1)),
    Entry("zoom time out", ("-",), "", "Timeline: twice as much.", LOOK, ("time", -1)),
    Entry("all of time", ("0",), "", "Timeline: the whole run.", LOOK, ("time", 0)),
    Entry("later", (">",), "", "Timeline: move on, the machine stays.", LOOK, ("pan", 1)),
    Entry("earlier", ("<",), "", "Timeline: move back.", LOOK, ("pan", -1)),
    Entry(
        "time",
        ("V",),
        "",
        "Time at large: modes, threads, steps.",
        LOOK,
        ("large", "time"),
    ),
    Entry("next log", ("l",), "", "Kernel log, console, syscalls, events.", LOOK, ("log", 1)),
    Entry("previous log", ("L",), "", "The other way round.", LOOK, ("log", -1)),
    Entry(
        "type to the console",
        ("i",),
        "",
        "Type a line on the guest's console.",
        LOOK,
        ("prompt", "console"),
    ),
    Entry(
        "drop the other thread here",
        ("D",),
        "",
        "Play scheduler: the guest switches threads.",
        RACE,
        ("drop",),
    ),
    Entry(
        "undo",
        ("Z",),
        "",
        "Take back what was let in last.",
        RACE,
        ("undo",),
    ),
    Entry(
        "rebuild",
        ("R",),
        "",
        "Build the changed sources, run them, and come back to this place.",
        TRAVEL,
        ("rebuild",),
    ),
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
        "zoom",
        ("z", "enter"),
        "zoom",
        "The focused pane fills the screen, and back.",
        SCREEN,
        ("zoom", ""),
        11,
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
        "storyboard",
        ("s",),
        "",
        "The stages of this system call, each with its cost; choose one and go there.",
        LOOK,
        ("large", "storyboard"),
    ),
    Entry(
        "change of mode",
        ("M",),
        "",
        "The change of mode in large: both sides, bit by bit, and what is saved where.",
        LOOK,
        ("large", "switch"),
    ),
    Entry(
        "frames",
        ("v",),
        "",
        "Every function under way, from here to the program's start, with its variables.",
        LOOK,
        ("large", "frames"),
    ),
    Entry(
        "next call",
        ("n",),
        "",
        "On the storyboard: the next system call, while the machine stays.",
        LOOK,
        ("call", 1),
        where="storyboard",
    ),
    Entry(
        "call before",
        ("p",),
        "",
        "On the storyboard: the system call before.",
        LOOK,
        ("call", -1),
        where="storyboard",
    ),
    Entry(
        "call here",
        ("h",),
        "",
        "On the storyboard: the call of the present moment again.",
        LOOK,
        ("call", 0),
        where="storyboard",
    ),
    Entry(
        "tables",
        ("d",),
        "",
        "The translation tables as a tree, domains, and who else leads to a page.",
        LOOK,
        ("large", "tables"),
    ),
    Entry(
        "other space",
        ("x",),
        "",
        "In the tables: those of the next address space.",
        LOOK,
        ("space", 1),
        where="tables",
    ),
    Entry(
        "fetches",
        ("F",),
        "",
        "What this call reads of user memory.",
        RACE,
        ("large", "fetches"),
    ),
    Entry(
        "schedules",
        ("S",),
        "",
        "Where the other thread may come in: search.",
        RACE,
        ("large", "schedules"),
    ),
    Entry(
        "search again",
        ("x",),
        "",
        "On the map of schedules: search, or stop.",
        RACE,
        ("search",),
        where="schedules",
    ),
    Entry(
        "next column",
        ("right",),
        "",
        "On the map of schedules: column right.",
        RACE,
        ("column", 1),
        where="schedules",
    ),
    Entry(
        "previous column",
        ("left",),
        "",
        "Column left.",
        RACE,
        ("column", -1),
        where="schedules",
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
        for number, name in enumerate(
            (
                "registers",
                "code",
                "stacks",
                "translation",
                "tlb",
                "memory",
                "logs",
                "narration",
            ),
            1,
        )
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
    Entry(
        "reference",
        ("r",),
        "",
        "How every architecture calls Linux, and the rings of ARM and x86.",
        LOOK,
        ("reference",),
    ),
    Entry("quit", ("q", "ctrl+c", "ctrl+q"), "quit", "Leave.", SCREEN, ("quit",), 13),
)

_LOOKING = {
    "big", "call", "choose", "column", "copy", "cycle", "follow", "help", "hide", "large",
    "log", "log_tab", "memory", "palette", "pan", "pane", "quit", "reference", "reset_layout",
    "resize", "scroll", "select", "show_all", "space", "table", "take", "theme", "time",
    "translate", "unzoom", "zoom",
}  # fmt: skip


def only_looks(action: Action) -> bool:
    """Whether an action leaves the machine where it is, and the lecturer's questions too."""
    if action[0] == "prompt":
        return action[1] in ("memory", "translate")
    return action[0] in _LOOKING


LOOKS = tuple(entry for entry in COMMANDS if only_looks(entry.action))
"""The commands of those who follow a lecture."""

BY_NAME = {entry.name: entry for entry in COMMANDS}


_KEY_GLYPHS = {
    "right": "→",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "pagedown": "page down",
    "pageup": "page up",
    "escape": "esc",
}


def key_text(key: str) -> str:
    """A key as the footer and the help write it: ``→``, ``ctrl-p``, ``shift-tab``."""
    if len(key) == 1:
        return key
    *modifiers, last = key.split("+")
    return "-".join([*modifiers, _KEY_GLYPHS.get(last, last)])
