"""The registers pane: what values mean, who owns them, what the next instruction does with them."""

from __future__ import annotations

from ringview.views.frame import Privilege
from ringview.views.inputs import Function
from ringview.views.registers import build_registers, flag_fields
from ringview.views.system import dacr_note, system_note

from .fakes import HELLO2, SVC, TEXT, TOP, USR, FakeKnowledge, FakeState, registers, scene, system

SVC_0 = 0xEF000000


def _at_svc() -> tuple[FakeState, FakeKnowledge]:
    values = registers(r0=0xBEF00C40, r1=0x11008, r7=401, lr=TEXT + 0x20, pc=TEXT + 4)
    state = FakeState(registers=values)
    state.words(TEXT + 4, SVC_0).write(0x11008, b"beagle\0").words(0xBEF00C20, 0)
    know = FakeKnowledge(
        functions=(Function("main", TEXT, TEXT + 0x100), Function("sys", 0xC0010000, 0xC0010040)),
        syscalls={401: "hello2"},
        current=HELLO2,
        names={0xBEF00C40: "in"},
    )
    return state, know


def test_values_say_what_they_mean() -> None:
    state, know = _at_svc()
    notes = {row.name: row.note for row in build_registers(scene(state, know)).core}
    assert notes["r0"] == "in"
    assert notes["r1"] == '→ "beagle"'
    assert notes["r7"] == "hello2"
    assert notes["sp"] == "user stack"
    assert notes["lr"] == "main+0x20"
    assert notes["pc"] == "main+0x4"
    assert notes["cpsr"] == "USR nZCv ---"


def test_r7_is_a_number_of_a_call_only_at_the_svc() -> None:
    state, know = _at_svc()
    state.words(TEXT + 4, 0xE1A00001)
    notes = {row.name: row.note for row in build_registers(scene(state, know)).core}
    assert notes["r7"] == ""


def test_an_unknown_number_is_said_to_be_unknown() -> None:
    state, know = _at_svc()
    state.registers = {**state.registers, "r7": 9999}
    notes = {row.name: row.note for row in build_registers(scene(state, know)).core}
    assert notes["r7"] == "no such system call"


def test_changes_and_operands() -> None:
    state, know = _at_svc()
    state.words(TEXT + 4, 0xE0910002)  # adds r0, r1, r2
    before = FakeState(registers={**state.registers, "r2": 7}, icount=999)
    rows = {row.name: row for row in build_registers(scene(state, know, before=before)).core}
    assert (rows["r2"].changed, rows["r2"].before) == (True, 7)
    assert not rows["r1"].changed
    assert rows["r0"].operand == "write"
    assert rows["r1"].operand == rows["r2"].operand == "read"
    assert rows["cpsr"].operand == "write"
    assert rows["r7"].operand == ""


def test_an_error_is_named_where_it_is_returned() -> None:
    state, know = _at_svc()
    state.registers = {**state.registers, "r0": 0xFFFFFFF2}
    assert build_registers(scene(state, know)).core[0].note == ""
    assert build_registers(scene(state, know, returned=True)).core[0].note == "-EFAULT"


def test_at_the_vector_the_low_registers_are_still_the_users() -> None:
    values = registers(cpsr=SVC, spsr=USR, spsr_svc=USR, sp=TOP, lr=0x102A8, pc=0xFFFF0008, r7=401)
    state = FakeState(registers=values)
    know = FakeKnowledge(syscalls={401: "hello2"}, current=HELLO2)
    pane = build_registers(scene(state, know))
    rows = {row.name: row for row in pane.core}
    assert rows["r0"].owner is Privilege.USER
    assert rows["sp"].owner is Privilege.KERNEL
    assert rows["sp"].note == "kernel stack of hello2[2]"
    assert rows["pc"].note == "Supervisor Call vector"
    assert rows["r7"].note == "hello2"
    live = {bank.mode: bank.live for bank in pane.banks}
    assert [mode for mode, on in live.items() if on] == ["SVC"]
    user = next(bank for bank in pane.banks if bank.mode == "USR")
    assert user.rows[0].owner is Privilege.USER
    assert [f.value for f in pane.spsr_flags if f.name == "M"] == ["USR"]


def test_status_fields_are_decoded_and_marked() -> None:
    fields = {f.name: f for f in flag_fields(SVC, USR)}
    assert (fields["M"].value, fields["M"].changed) == ("SVC", True)
    assert (fields["I"].value, fields["I"].changed, fields["I"].meaning) == (
        "1",
        True,
        "IRQ masked",
    )
    assert (fields["Z"].value, fields["Z"].changed) == ("1", False)
    assert fields["M"].meaning == "Supervisor, PL1"


def test_system_registers_in_words() -> None:
    assert dacr_note(0x15) == "domains 0, 1 and 2 client, all others no access"
    assert dacr_note(0xFFFFFFFF) == (
        "domains 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 15 manager"
    )
    values = system(dfsr=0x807, ttbr0=0x8000404A)
    assert system_note("dfsr", values) == "translation fault, page, on a write, domain 0"
    assert system_note("ttbr0", values) == "first-level table at PA 8000_4000"
    assert system_note("contextidr", values) == "ASID 3"
    assert "vectors at ffff_0000" in system_note("sctlr", values)
    assert system_note("ifsr", values) == "no fault recorded"
