"""Translation, TLB, memory, logs, timeline, header and narration, each against fakes."""

from __future__ import annotations

from typing import Any

from ringview.arm.psr import Mode
from ringview.session.traces import UserAccess
from ringview.views.frame import LogLine, Privilege, TimelineMark, ViewRequest
from ringview.views.header import RunFacts, build_header
from ringview.views.inputs import Call, FieldValue, Function, Structure, TlbRow, TlbSide
from ringview.views.logs import build_logs, console_text
from ringview.views.memory import build_memory, call_at
from ringview.views.narration import BeatText, HopStage, beat_views, hop_views
from ringview.views.timeline import MAX_MARKS, MAX_SPANS, History, build_timeline
from ringview.views.tlb import build_tlb
from ringview.views.translation import build_translation, question

from .fakes import HELLO2, MAPPED, SVC, TEXT, FakeKnowledge, FakeState, registers, scene, transition

PAGE = 0xBEF00000
LOAD = 0xE5912000  # ldr r2, [r1]


def _row(**changes: Any) -> TlbRow:
    values: dict[str, Any] = {
        "index": 4,
        "va": PAGE,
        "pa": 0x81F3A000,
        "size": 4096,
        "asid": 3,
        "user": "rw",
        "kernel": "rw",
        "domain": 1,
        "execute": False,
    }
    return TlbRow(**(values | changes))


def _sides(*rows: TlbRow) -> tuple[TlbSide, TlbSide]:
    return TlbSide(32, 5, 1, 1, ()), TlbSide(32, 941, 17, 6, rows)


def _loading(**options: Any) -> Any:
    state = FakeState(registers=registers(cpsr=SVC, r1=PAGE + 0xC40)).words(TEXT, LOAD)
    know = FakeKnowledge(
        texts={LOAD: ("ldr", "r2, [r1]")},
        walks={PAGE + 0xC40: MAPPED(PAGE + 0xC40, 0x81F3AC40), PAGE: MAPPED(PAGE, 0x81F3A000)},
    )
    return scene(state, know, **options)


# ------------------------------------------------------------------------------- translation


def test_the_address_in_question_is_that_of_the_next_access() -> None:
    asked = question(_loading(), None)
    assert (asked.va, asked.access, asked.privilege) == (PAGE + 0xC40, "read", "PL1")
    assert asked.reason == "about to be read by ldr r2, [r1]"


def test_the_clients_choice_goes_first() -> None:
    asked = question(_loading(request=ViewRequest(translation_va=0x1234)), None)
    assert (asked.va, asked.reason) == (0x1234, "chosen")


def test_without_an_access_it_is_pc_or_the_faulting_address() -> None:
    at = scene(FakeState().words(TEXT, 0xE1A00001))
    assert question(at, None).reason == "pc, the next instruction"
    assert question(at, None).access == "execute"
    fault = transition(cause="data abort", fault_status=0x807, fault_address=0x400000)
    asked = question(at, fault)
    assert (asked.va, asked.access, asked.privilege) == (0x400000, "write", "PL0")
    assert asked.reason == "the address of the data abort"


def test_the_verdict_is_a_sentence_and_the_model_answers() -> None:
    at = _loading()
    pane = build_translation(at, question(at, None), _sides(_row()))
    assert pane.verdict == "read by PL1: allowed (AP = 0b011: full access)"
    assert pane.in_tlb == "hit in D, entry 4"
    assert (pane.pa, pane.page_size, pane.asid) == (0x81F3AC40, 4096, 3)
    assert [step.level for step in pane.steps] == ["L1", "L2"]
    stale = build_translation(at, question(at, None), _sides(_row(pa=0x81F00000)))
    assert stale.in_tlb == "stale: D entry 4 says 81f0_0c40, the tables 81f3_ac40"
    other = build_translation(at, question(at, None), _sides(_row(asid=7)))
    assert other.in_tlb == "miss in D: a walk would fill it"
    outside = build_translation(at, question(at, None), None)
    assert outside.in_tlb.startswith("not modelled here")


# --------------------------------------------------------------------------------------- tlb


def test_entries_carry_owner_rights_and_badges() -> None:
    now = _sides(_row(), _row(index=5, va=0xC0000000, pa=0x80000000, size=1 << 20, asid=-1))
    pane = build_tlb(_loading(), now, _sides(_row()))
    first, second = pane.data.entries
    assert (first.owner, first.asid, first.stale, first.new) == (Privilege.USER, "3", False, False)
    assert (second.owner, second.asid, second.new) == (Privilege.KERNEL, "global", True)
    assert second.stale  # the fake's tables map nothing there
    assert (pane.data.hits, pane.data.misses, pane.data.victim) == (941, 17, 6)
    assert "model" in pane.label


def test_entries_of_another_address_space_are_not_judged() -> None:
    pane = build_tlb(_loading(), _sides(_row(asid=9, va=0x10000)), None)
    assert not pane.data.entries[0].stale


def test_outside_the_observed_region_it_says_why() -> None:
    pane = build_tlb(_loading(), None, None)
    assert not pane.available
    assert "observed" in pane.why_not


# ------------------------------------------------------------------------------------ memory


IN = Structure(
    "in",
    "struct hello2_in",
    PAGE + 0xC40,
    12,
    "",
    (
        FieldValue(0, "name", "char *", PAGE + 0xC40, 4, '0x00011008 → "beagle"'),
        FieldValue(0, "len", "unsigned int", PAGE + 0xC44, 4, "6"),
    ),
)


def test_watches_mark_what_changed() -> None:
    state = FakeState().words(PAGE + 0xC40, 0x11008, 6, 7)
    before = FakeState().words(PAGE + 0xC40, 0x11008, 0, 7)
    pane = build_memory(scene(state, before=before), (IN,), (), (), None)
    (watch,) = pane.watches
    assert [field.changed for field in watch.fields] == [False, True]
    assert watch.rows[0].data == state.read_virtual(PAGE + 0xC40, 12)
    assert watch.rows[0].changed == (4,)


def test_an_unresolved_watch_says_why() -> None:
    lost = Structure("in", "struct hello2_in", 0, 0, "in is a local of main, which …", ())
    pane = build_memory(scene(FakeState()), (lost,), (), (), None)
    assert not pane.watches[0].resolved
    assert "main" in pane.watches[0].why_not


def test_the_dump_follows_the_access_and_stops_at_holes() -> None:
    state = FakeState().words(PAGE, *range(1024))
    pane = build_memory(scene(state), (), (), (), PAGE + 0xFF4)
    assert pane.rows[0].va == PAGE + 0xFF0 - 32
    assert [row.readable for row in pane.rows][:4] == [True, True, True, False]
    asked = build_memory(
        scene(state, request=ViewRequest(memory_va=PAGE + 3)), (), (), (), PAGE + 0xFF4
    )
    assert asked.rows[0].va == PAGE


STACK = 0xC1FCE000


def _call(enter: int, leave: int, ordinal: int = 0, stack: int = STACK) -> Call:
    text, top = "hello2(1, 2) = 0", stack + 8184
    return Call(ordinal, 401, "hello2", "hello2[2]", (1, 2), enter, leave, 0, text, 0, top)


def test_the_ledger_is_as_of_now() -> None:
    touches = [
        UserAccess(n, TEXT, PAGE + n, 0x81F3A000 + n, 4, n, write=False, thread=STACK)
        for n in (900, 999, 1000)
    ]
    know = FakeKnowledge(functions=(Function("__copy_from_user", TEXT, TEXT + 64),))
    pane = build_memory(scene(FakeState(icount=1000), know), (), touches, [_call(800, 2000)], None)
    assert [access.icount for access in pane.accesses] == [900, 999]
    assert {access.syscall for access in pane.accesses} == {0}
    assert pane.accesses[0].place == "__copy_from_user"


def test_an_access_belongs_to_the_call_of_its_own_thread() -> None:
    other = 0xC1FC0000
    calls = [_call(100, 500, 0), _call(200, 300, 1, other)]
    assert call_at(calls, 250, STACK) == 0
    assert call_at(calls, 250, other) == 1
    assert call_at(calls, 400, STACK) == 0
    # In its own page fault, while the first thread's call waits.
    assert call_at(calls, 400, other) == -1
    assert call_at(calls, 600, STACK) == -1
    assert call_at(calls, 50, STACK) == -1


# -------------------------------------------------------------------------------------- logs


def test_the_past_does_not_tell_the_future() -> None:
    calls = [_call(100, 500), _call(900, 1500, 1), _call(1600, 1700, 2)]
    logs = build_logs(
        [LogLine(0.1, 6, "up")], b"hi\r\n\x1b[0m\xff", calls, History(), now=1000, rows=50
    )
    assert [row.text for row in logs.syscalls] == ["hello2(1, 2) = 0", "hello2(1, 2) …"]
    assert [row.current for row in logs.syscalls] == [False, True]
    assert [row.ret for row in logs.syscalls] == [0, None]
    assert logs.syscalls[1].exit_icount == -1
    assert logs.syscalls[1].instructions_kernel == 100
    assert logs.console == "hi\n\\x1b[0m\\xff"


def test_the_console_keeps_its_last_lines() -> None:
    assert console_text(b"a\nb\nc\nd", 2) == "b\nc\nd"


# ---------------------------------------------------------------------------------- timeline


def _run() -> History:
    history = History()
    history.update(
        [
            transition(icount=100),
            transition(icount=200, cause="return", from_mode=Mode.SVC, to_mode=Mode.USR),
            transition(icount=300, cause="data abort", to_mode=Mode.ABT),
            transition(icount=310, cause="return", from_mode=Mode.ABT, to_mode=Mode.SVC),
            transition(icount=320, cause="cps", from_mode=Mode.SVC, to_mode=Mode.SVC),
            transition(icount=400, cause="return", from_mode=Mode.SVC, to_mode=Mode.USR),
        ]
    )
    return history


def test_spans_carry_privilege_and_a_handled_fault_its_own() -> None:
    spans = _run().spans(50, 450)
    assert [(s.start, s.stop, s.privilege, s.mode) for s in spans] == [
        (50, 200, Privilege.KERNEL, "SVC"),
        (200, 300, Privilege.USER, "USR"),
        (300, 310, Privilege.ABORT, "ABT"),
        (310, 400, Privilege.ABORT, "SVC"),
        (400, 450, Privilege.USER, "USR"),
    ]


def test_a_rewritten_future_is_noticed() -> None:
    history = _run()
    history.update([*history.transitions[:2], transition(icount=250)])
    assert [t.icount for t in history.transitions] == [100, 200, 250]
    assert history.index_at(1000) == 2
    history.update([transition(icount=7)])
    assert history.latest(100) == transition(icount=7)


def test_a_long_run_stays_small() -> None:
    history = History()
    history.update(
        [
            transition(icount=10 * i, cause="irq" if i % 2 else "return", to_mode=Mode.IRQ)
            if i % 2
            else transition(icount=10 * i, cause="return", to_mode=Mode.USR)
            for i in range(20000)
        ]
    )
    calls = [_call(n * 1000, n * 1000 + 10, n) for n in range(100)]
    line = build_timeline(history, calls, [], now=5, bounds=(0, 200_000))
    assert len(line.spans) <= MAX_SPANS + 1
    assert len(line.marks) <= MAX_MARKS
    assert sum(mark.kind == "syscall" for mark in line.marks) == 100
    assert line.spans[0].start == 0
    assert line.spans[-1].stop == 200_000
    assert all(a.stop == b.start for a, b in zip(line.spans, line.spans[1:], strict=False))


def test_marks_say_what_happened() -> None:
    line = build_timeline(
        _run(), [_call(100, 200)], [TimelineMark(0, "beat", "1. The door")], now=0, bounds=(0, 450)
    )
    assert [(m.kind, m.label) for m in line.marks] == [
        ("beat", "1. The door"),
        ("syscall", "hello2"),
        ("fault", "data abort at 0001_02a4"),
    ]


def test_the_header_says_where_and_who() -> None:
    facts = RunFacts("hello2", "hello2", "bbb 12ab", 2000, True, False, "1 instruction on", 5)
    know = FakeKnowledge(functions=(Function("main", TEXT, TEXT + 64),), current=HELLO2)
    header = build_header(scene(FakeState(), know), facts)
    assert (header.task, header.place, header.mode) == ("hello2[2]", "main", "USR")
    assert header.privilege is Privilege.USER
    abort = build_header(
        scene(FakeState(registers=registers(cpsr=SVC)), know, handling_abort=True), facts
    )
    assert abort.privilege is Privilege.ABORT


# --------------------------------------------------------------------------------- narration


def test_beats_know_where_they_are() -> None:
    beats = [BeatText("a", "", 100), BeatText("b", "", 200), BeatText("c", "", -1)]
    views = beat_views(beats, 200)
    assert [(v.current, v.here) for v in views] == [(False, False), (True, True), (False, False)]
    assert not any(v.current for v in beat_views(beats, 50))
    assert [v.ordinal for v in views] == [1, 2, 3]


def test_the_hop_one_stands_in_is_current() -> None:
    know = FakeKnowledge(
        functions=(Function("vector_swi", TEXT, TEXT + 64),), lines={TEXT + 4: ("e.S", 9)}
    )
    hops = [HopStage("vector", 10, 0xFFFF0008, 1), HopStage("entry", 11, TEXT + 4, 20)]
    views = hop_views(scene(FakeState(), know), hops, 15)
    assert [v.current for v in views] == [False, True]
    assert (views[0].place, views[1].source) == ("Supervisor Call vector", "e.S:9")
