"""The code pane: source around the current line, labels, targets, and the note on the next
instruction.
"""

from __future__ import annotations

from ringview.views.code import build_code
from ringview.views.frame import ViewRequest
from ringview.views.inputs import Function

from .fakes import TEXT, FakeKnowledge, FakeState, registers, scene

PATH = "kernel/kernel/sys-hello2.c"


def _state(*words: int, **values: int) -> FakeState:
    return FakeState(registers=registers(**values)).words(TEXT, *words)


def _know(size: int = 0x40) -> FakeKnowledge:
    return FakeKnowledge(
        functions=(Function("main", TEXT, TEXT + size), Function("callee", 0x11000, 0x11100)),
        lines={TEXT + 4 * i: (PATH, 30 + i) for i in range(16)},
        sources={PATH: [f"line {n}" for n in range(1, 101)]},
    )


def test_source_is_centred_on_the_current_line() -> None:
    code = build_code(scene(_state(0xE1A00001), _know(), request=ViewRequest(source_lines=9)))
    assert [line.number for line in code.source] == list(range(26, 35))
    assert [line.number for line in code.source if line.current] == [30]
    assert (code.path, code.language, code.function) == (PATH, "c", "main")


def test_breakpoints_are_marked_in_both() -> None:
    code = build_code(scene(_state(*[0xE1A00000] * 16), _know(), breakpoints=frozenset({TEXT + 8})))
    assert [line.number for line in code.source if line.breakpoint] == [32]
    assert [row.va for row in code.rows if row.breakpoint] == [TEXT + 8]


def test_a_c_function_ends_where_it_ends() -> None:
    code = build_code(scene(_state(*[0xE1A00000] * 64), _know()))
    assert code.rows[0].va == TEXT
    assert code.rows[0].symbol == "main"
    assert code.rows[-1].va == TEXT + 0x3C
    assert [row.va for row in code.rows if row.current] == [TEXT]


def test_branches_and_constants_are_resolved() -> None:
    branch = 0xEB000000 | (0x11000 - TEXT - 8) >> 2
    movw, movt = 0xE3010000 | 0x000, 0xE3400001  # r0 = 0x00011000
    literal = 0xE59F1008  # ldr r1, [pc, #8]: the word at TEXT + 0x1c
    state = _state(branch, movw, movt, literal, 0, 0, 0, 0x12345678)
    code = build_code(scene(state, _know()))
    targets = [row.target for row in code.rows[:4]]
    assert targets == ["→ callee", "", "= callee", "= 1234_5678"]


def test_the_note_tells_address_value_and_condition() -> None:
    load = 0xE5912000  # ldr r2, [r1]
    state = _state(load, r1=0x20000).words(0x20000, 0x11008).write(0x11008, b"")
    note = build_code(scene(state, _know())).rows[0].note
    assert note == "reads 0002_0000: 0001_1008 callee+0x8"
    store = 0xE5812000
    state = _state(store, r1=0x20000, r2=7)
    assert build_code(scene(state, _know())).rows[0].note == "writes 0000_0007 to 0002_0000"
    unmapped = _state(load, r1=0x90000)
    assert build_code(scene(unmapped, _know())).rows[0].note == "reads 0009_0000: not mapped"
    skipped = _state(0x03A00001, cpsr=0x10)
    assert build_code(scene(skipped, _know())).rows[0].note == "skipped: Z is 0"
    taken = _state(0x0A000000, cpsr=0x40000010)
    assert build_code(scene(taken, _know())).rows[0].note == "taken: Z is 1"
    svc = _state(0xEF000000)
    assert build_code(scene(svc, _know())).rows[0].note == "takes the Supervisor Call exception"


def test_no_code_at_pc_gives_an_empty_listing() -> None:
    state = FakeState(registers=registers(pc=0x400))
    code = build_code(scene(state, FakeKnowledge()))
    assert (code.rows, code.source, code.function, code.path) == ((), (), "", "")


def test_thumb_code_of_a_page_not_yet_there_is_the_files() -> None:
    here = 0x11000
    state = FakeState(registers=registers(pc=here + 2, cpsr=0x30)).write(here - 4, b"\1\0\2\0")
    know = FakeKnowledge(
        functions=(Function("f", here - 4, here + 8),),
        file={here: 0x00040003, here + 4: 0x00060005},
    )
    code = build_code(scene(state, know))
    assert [(row.va, row.encoding) for row in code.rows] == [
        (here - 4, "0100"),
        (here - 2, "0200"),
        (here, "0300"),
        (here + 2, "0400"),
        (here + 4, "0500"),
        (here + 6, "0600"),
    ]
    assert [row.note for row in code.rows if row.current] == ["page not present: a Prefetch Abort"]
