"""The vDSO's code has its names and lines, where each process has it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.kernel.conftest import build_here

from ringview.guest.image import Image
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.model import ProgramSpec
from ringview.scenario.places import Phase, SymbolPlace, SyscallPlace
from ringview.scenario.resolve import resolve
from ringview.scenario.run import SessionRun
from ringview.session.session import Session
from ringview.views.assemble import FrameBuilder
from ringview.views.frame import ViewRequest

NAME = "__vdso_clock_gettime"
FILE = "kernel/arch/arm/vdso/vgettimeofday.c"


def recorded(seed: int, program: Path | None = None) -> SessionRun:
    scenario = replace(load_scenario("vdso"), seed=seed)
    if program is not None:
        scenario = replace(scenario, program=ProgramSpec("vdso", program))
    session = Session.open(session_setup(scenario, provide_images(scenario)))
    session.start()
    session.run(scenario.limit)
    return SessionRun(session)


def test_another_seed_is_another_address_with_the_same_name() -> None:
    bases = set()
    for seed in (1, 2):
        run = recorded(seed)
        session = run.session
        session.goto(resolve(SymbolPlace(NAME, "program"), run))
        pc = session.state().registers["pc"]
        assert f"{NAME} at {pc:#x}\r\n".encode() in session.console_output(session.end)
        bases.add(pc & ~0xFFF)

        request = ViewRequest(large="storyboard")
        frame = FrameBuilder(session).build(load_scenario("vdso"), request, 1)
        assert frame.code.function == NAME
        assert frame.code.path == FILE
        calls = [f"{call.place} {call.source}" for call in frame.stacks.backtrace[:2]]
        assert calls[0].startswith(f"{NAME} {FILE}:")
        assert calls[1].startswith("main+0x")
        # a line on is a line of the same file
        session.step("line", 1)
        line = session.code.line(session.state().registers["pc"])
        assert line is not None
        assert line.file in (FILE, "kernel/include/vdso/datapage.h")

        # an svc of the image's own: the stage before the vector has its name, too
        fine = resolve(SyscallPlace("clock_gettime", Phase.ENTER, 2), run)
        session.goto(fine)
        record = next(r for r in session.syscalls() if r.enter == fine + 1)
        board = session.board(record)
        assert board is not None
        assert session.code.describe(board.rows[0].pc).startswith(f"{NAME}+")
    assert len(bases) == 2


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_here("vdso", tmp_path_factory.mktemp("vdso") / "vdso")


def test_two_processes_of_one_run_have_it_in_two_places(program: Path) -> None:
    run = recorded(1, program)
    record = run.record(replace(load_scenario("vdso"), watch=(), expect=()))
    images = re.findall(r"image ([0-9a-f]{8})", record.console.decode())
    places = {int(word, 16) for word in images}
    named = {pc for pc in places if run.session.code.describe(pc + 0x200) == NAME}
    assert named == places
    assert len(places) == 2


def test_an_image_of_another_build_is_not_believed(tmp_path: Path) -> None:
    images = provide_images(load_scenario("vdso"))
    kernel = tmp_path / "vmlinux"
    kernel.write_bytes(images.kernel.path.read_bytes())
    linked = images.kernel.path.with_name("vdso.so.dbg")
    from ringview.guest.vdso import vdso_of

    assert vdso_of(Image.load(kernel).elf) is None
    beside = tmp_path / "vdso.so.dbg"
    beside.write_bytes(linked.read_bytes())
    found = vdso_of(Image.load(kernel).elf)
    assert found is not None
    code = found.elf.read(found.elf.sections[".text"][0], 4)
    assert code is not None
    beside.write_bytes(linked.read_bytes().replace(code, bytes(4)))
    assert vdso_of(Image.load(kernel).elf) is None
