"""The tables view, the way back and words to translate, on the real kernel in the middle of
sys_hello2.
"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.session.test_kernel import open_program

from ringview.errors import RingviewError
from ringview.machine.mmu import Access
from ringview.session.session import Session
from ringview.views.assemble import FrameBuilder
from ringview.views.frame import Alias, Frame, TableRow, Tables, Tlb, ViewRequest

STACK = 0xBEFFF000


@pytest.fixture(scope="module")
def session() -> Session:
    session = open_program("hello2", "beagle", "7")
    session.run(100_000_000)
    call = next(call for call in session.syscalls() if call.name == "hello2")
    session.goto(call.enter + 60)
    return session


def show(session: Session, **request: object) -> Frame:
    return FrameBuilder(session).build(None, ViewRequest(large="tables", **request), 1)  # type: ignore[arg-type]


def tables_of(session: Session, **request: object) -> Tables:
    tables = show(session, **request).tables
    assert tables is not None
    return tables


def test_it_costs_nothing_while_it_is_not_shown(session: Session) -> None:
    assert FrameBuilder(session).build(None, ViewRequest(), 1).tables is None


def test_every_row_says_what_the_walker_says(session: Session) -> None:
    """All tables opened: bounds, place and permissions of each row, at both its ends."""
    tops = [row.key for row in tables_of(session).rows if row.kind == "page table"]
    tables = tables_of(session, tables_open=tuple(tops))
    entries = [r for r in tables.rows if r.kind not in ("alias", "same", "more", "none")]
    first = [row for row in entries if row.depth == 0]
    assert sum(row.size for row in first) == 1 << 32
    mapped = [row for row in entries if row.user]
    assert len(mapped) >= 10
    machine = session.machine
    for row in entries:
        for va in (row.va, row.va + row.size - 1):
            walk = machine.walk(va)
            if row.kind == "page table":
                continue
            assert (walk.pa is not None) == bool(row.user)
            if walk.pa is not None:
                assert walk.pa == row.pa + va - row.va
                assert (walk.permissions(0), walk.permissions(1)) == (row.user, row.kernel)
                assert walk.domain == row.domain
    for row in mapped:
        cpsr = machine.registers().cpsr
        for privilege, psr in ((0, 0x1D0), (1, 0x1D3)):
            machine.set_cpsr(psr)
            letters = row.kernel if privilege else row.user
            for access, prot, letter in ((Access.READ, 1, "r"), (Access.WRITE, 2, "w")):
                theirs = machine.unicorn_translate(row.va, prot)
                assert (theirs is not None) == (letter in letters), (row, access)
        machine.set_cpsr(cpsr)


def test_the_entry_in_question_is_opened_and_marked(session: Session) -> None:
    rows = tables_of(session, translation_va=STACK + 0xC40).rows
    here = [row for row in rows if row.here]
    assert [row.kind for row in here] == ["page table", "small page"]
    assert here[1].note == "[stack]"
    following = rows[rows.index(here[1]) + 1]
    assert following.kind == "alias"
    assert following.attributes == "linear map of RAM"
    assert (following.user, following.kernel) == ("---", "rw-")
    shut = tables_of(session, translation_va=STACK, tables_shut=(here[0].key,)).rows
    assert [row.kind for row in shut if row.here] == ["page table"]
    other = next(row for row in rows if row.kind == "section" and row.note == "linear map of RAM")
    opened = tables_of(session, translation_va=STACK, tables_open=(other.key,)).rows
    at = next(i for i, row in enumerate(opened) if row.key == other.key)
    below = [row for row in opened[at + 1 : at + 20] if row.kind == "alias"]
    assert any(row.va == STACK for row in below)  # the user's stack lies in the kernel's map


def test_the_domains(session: Session) -> None:
    tables = tables_of(session)
    assert [d.name for d in tables.domains[:5]] == ["kernel", "user", "io", "vectors", ""]
    for domain in tables.domains:
        assert domain.field == tables.dacr >> 2 * domain.number & 3
        assert domain.word == {0: "no access", 1: "client"}[domain.field]
    assert sum(d.entries for d in tables.domains) + sum(
        row.count for row in tables.rows if row.depth == 0 and row.domain < 0
    ) == 4096  # fmt: skip


def test_the_kernels_own_space_has_no_user(session: Session) -> None:
    own = tables_of(session, tables_space=1)
    assert (own.space, own.now) == ("the kernel's own", False)
    assert not any(row.user for row in own.rows if row.va < 0xBF000000)
    assert any(row.kernel == "rw-" for row in own.rows)


def test_a_physical_address_is_answered_by_all_virtual_ones(session: Session) -> None:
    pa = session.machine.walk(STACK + 0xC40).pa
    assert pa is not None
    told = show(session, translate=f"pa:{pa:08x}").translation
    assert [alias.va for alias in told.aliases] == [STACK + 0xC40, 0xC0000000 + pa - 0x80000000]
    assert told.physical == pa
    assert told.va == STACK + 0xC40
    assert told.aliases[1].spaces == "every address space"
    nowhere = show(session, translate="pa:0x2000_0000").translation
    assert nowhere.problem == "no table of any address space leads to PA 2000_0000"
    assert not nowhere.aliases


@settings(max_examples=30, deadline=None)
@given(page=st.integers(0, (32 << 20) // 4096 - 1))
def test_the_way_back_agrees_with_the_walker(page: int) -> None:
    """For any page of RAM: each answer leads there, and each page that does is an answer."""
    session = _kept()
    pa = 0x80000000 + page * 4096
    found: tuple[Alias, ...] = show(session, translate=f"pa:{pa:#x}").translation.aliases
    machine = session.machine
    mine = {alias.va for alias in found if alias.now}
    assert all(machine.walk(va).pa == pa for va in mine)
    assert mine == {va for va, where in _pages(session).items() if where == pa}


_SESSION: list[Session] = []
_PAGES: dict[int, int] = {}


def _kept() -> Session:
    if not _SESSION:
        made = open_program("hello2", "beagle", "7")
        made.run(100_000_000)
        _SESSION.append(made)
        made.goto(next(c for c in made.syscalls() if c.name == "hello2").enter + 60)
    return _SESSION[0]


def _pages(session: Session) -> dict[int, int]:
    """Every mapped page of the address space by the one-address walker: brute force, once."""
    if not _PAGES:
        machine = session.machine
        for top in range(0, 1 << 32, 1 << 20):
            step = machine.walk(top).steps[0]
            if step.value is None or not step.value & 3:
                continue
            for va in range(top, top + (1 << 20), 4096):
                pa = machine.walk(va).pa
                if pa is not None:
                    _PAGES[va] = pa
    return _PAGES


@pytest.mark.parametrize(
    ("words", "register", "expected"),
    [
        ("r1", "r1", None),
        ("SP_usr + 8", "sp_usr", 8),
        ("pc", "pc", None),
        ("vector_swi", "", None),
        ("sys_hello2+0x10", "", 0x10),
        ("beff_fc40", "", None),
        ("0xC0100000", "", None),
    ],
)
def test_words_are_understood(
    session: Session, words: str, register: str, expected: int | None
) -> None:
    told = show(session, translate=words).translation
    assert told.problem == ""
    assert told.words == words
    if register:
        value = session.state().registers[register]
        assert told.va == value + (expected or 0)
    elif "_" in words and not words.startswith("beff"):
        symbol = words.partition("+")[0]
        place = session.kernel.symbols.address_of(symbol)
        assert place is not None
        assert told.va == place + (expected or 0)
    else:
        assert told.va == int(words.replace("_", ""), 16)


def test_a_register_is_looked_up_anew_at_each_stop(session: Session) -> None:
    here = session.icount
    first = show(session, translate="pc").translation.va
    session.step("instruction", 1)
    assert show(session, translate="pc").translation.va == session.state().registers["pc"] != first
    session.goto(here)


NONSENSE: tuple[str, ...] = (
    "",
    " ",
    "nonsense",
    "pa:",
    "pa:zz",
    "cpsr",
    "r99",
    "-",
    "0x",
    "+4",
    "x" * 4000,
)
NONSENSE += ("in.", "1_0000_0000", "pa:1_0000_0000", "\0", "表")


@pytest.mark.parametrize("words", NONSENSE)
def test_what_is_not_understood_is_said_in_a_sentence(session: Session, words: str) -> None:
    try:
        told = show(session, translate=words).translation
    except RingviewError:
        pytest.fail("a frame must come all the same")
    assert bool(told.problem) == bool(words)
    assert told.steps


def test_the_frame_travels(session: Session) -> None:
    frame = show(session, translate="pa:8010_0000", tables_open=(1, 0xC0000001))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(frame), type=Frame) == frame


def test_with_the_mmu_off_it_says_so() -> None:
    session = open_program("hello2", "beagle", "7")
    session.goto(3)
    tables = tables_of(session)
    assert tables.why_not.startswith("The MMU is off")
    assert tables.rows == ()


def test_threads_share_a_space_and_are_named_once() -> None:
    session = open_program("threads", "3", "20")
    session.run(100_000_000)
    assert session.first_user is not None
    call = [call for call in session.syscalls() if call.name == "sched_yield"][-1]
    session.goto(call.enter + 1)
    spaces = tables_of(session).spaces
    assert len(spaces) == 2
    assert spaces[0].startswith("threads[2] +")


def test_rows_name_what_lies_there(session: Session) -> None:
    tables = tables_of(session, tables_open=(0x00000001, 0xC0000001, 0xFFF00001))
    notes: dict[int, TableRow] = {row.va: row for row in tables.rows if row.user and row.depth < 2}
    assert notes[0x10000].note == "program"
    assert notes[0xFFFF0000].note == "__vectors_start"
    assert notes[0xC0008000].note == "stext"
    assert (notes[0xC0008000].user, notes[0xC0008000].kernel) == ("---", "r-x")


def test_what_every_space_shares_is_not_called_another_way(session: Session) -> None:
    rows = tables_of(session, translation_va=0xC0008000).rows
    at = next(i for i, row in enumerate(rows) if row.here and row.depth == 1)
    below = rows[at + 1]
    assert (below.kind, below.va, below.note) == ("same", rows[at].va, "every address space")


def test_statistics_add_up_and_stay_the_same_there_and_back(session: Session) -> None:
    """By ring they are the sides' counters; PL1's parts are PL1; a moment has one answer."""
    here, first = session.icount, session.first_user
    assert first is not None
    seen: dict[int, Tlb] = {}
    for place in (first + 200, here, session.end, here, first + 200, first - 9, session.end):
        session.goto(place)
        pane = FrameBuilder(session).build(None, ViewRequest(), 1).tlb
        if place < first:
            assert not pane.available
            assert pane.shares == ()
            continue
        shares = pane.shares
        assert seen.setdefault(place, pane).shares == shares
        rings = [share for share in shares if share.kind == "ring"]
        parts = [share for share in shares if share.kind != "ring"]
        for side, half in enumerate((pane.instruction, pane.data)):
            assert sum(share.hits[side] for share in rings) == half.hits
            assert sum(share.misses[side] for share in rings) == half.misses
            assert sum(share.hits[side] for share in parts) == rings[1].hits[side]
            assert sum(share.misses[side] for share in parts) == rings[1].misses[side]
    last = {share.who: share for share in seen[session.end].shares}
    assert last["hello2"].entries == 1
    assert last["faults of the user"].entries == 3
    calls = [call.name for call in session.syscalls()]
    for share in last.values():
        if share.kind == "syscall":
            assert share.entries == calls.count(share.who)
    session.goto(here)
