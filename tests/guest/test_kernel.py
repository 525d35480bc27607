from __future__ import annotations

from pathlib import Path

import pytest

from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness, LogRecord, Mapping

from .conftest import zig_cc


class Memory:
    """An image's memory, which a test may change."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.changed: dict[int, bytes] = {}

    def read(self, address: int, size: int) -> bytes | None:
        if address in self.changed:
            return self.changed[address][:size]
        return self.image.elf.read(address, size)

    def put(self, symbol: str, value: int, offset: int = 0) -> None:
        address = self.image.symbols.address_of(symbol)
        assert address is not None
        self.changed[address + offset] = value.to_bytes(4, "little")


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Image:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    return Image.load(zig_cc("tasks.c", tmp_path / "tasks", "-O0"))


@pytest.fixture
def memory(image: Image) -> Memory:
    return Memory(image)


@pytest.fixture
def kernel(image: Image) -> KernelAwareness:
    return KernelAwareness(image)


def address(image: Image, name: str) -> int:
    found = image.symbols.address_of(name)
    assert found is not None
    return found


def test_the_current_task_is_found_from_any_depth_of_its_stack(
    kernel: KernelAwareness, memory: Memory, image: Image
) -> None:
    stack = address(image, "program_stack")
    for depth in (8, 80, 4000, 8100):
        task = kernel.current_task(memory.read, stack + 8192 - depth)
        assert task is not None
        assert (task.pid, task.tgid, task.comm, str(task)) == (9, 8, "hello2", "hello2[9]")
        assert task.stack == range(stack, stack + 8192)
        assert task.mm == address(image, "space")
        assert task.pgd == address(image, "table")
        assert task.context_id == 0x105
        assert task.pt_regs == stack + 8192 - 80
        assert task.state == "sleeping"


def test_garbage_in_sp_is_no_task(kernel: KernelAwareness, memory: Memory, image: Image) -> None:
    assert kernel.current_task(memory.read, 0) is None
    assert kernel.current_task(memory.read, 0xFFFFFFFC) is None
    stray = address(image, "stray")
    assert kernel.current_task(memory.read, stray + 100) is None, "its task has another stack"


def test_all_tasks_in_the_order_of_their_list(
    kernel: KernelAwareness, memory: Memory, image: Image
) -> None:
    tasks = kernel.tasks(memory.read)
    assert tasks is not None
    assert [str(task) for task in tasks] == ["swapper[0]", "kworker[7]", "hello2[9]"]
    assert [task.mm for task in tasks] == [0, 0, address(image, "space")]


def test_a_list_that_never_ends_or_leaves_memory_ends(
    kernel: KernelAwareness, memory: Memory, image: Image
) -> None:
    offset = image.debug.offset_of("struct task_struct", "tasks")
    memory.put("worker", address(image, "worker") + offset, offset)
    tasks = kernel.tasks(memory.read)
    assert tasks is not None
    assert [task.pid for task in tasks] == [0, 7]
    memory.put("worker", 0x3, offset)
    tasks = kernel.tasks(memory.read)
    assert tasks is not None
    assert [task.pid for task in tasks] == [0, 7]


def test_mappings_are_named(kernel: KernelAwareness, memory: Memory, image: Image) -> None:
    task = kernel.task(memory.read, address(image, "program"))
    assert task is not None
    assert kernel.mappings(memory.read, task) == [
        Mapping(0x10000, 0x12000, "r-x", "program"),
        Mapping(0x12000, 0x13000, "rw-", "[heap]"),
        Mapping(0xBEFE0000, 0xBF000000, "rw-", "[stack]"),
    ]
    idle = kernel.task(memory.read, address(image, "init_task"))
    assert idle is not None
    assert kernel.mappings(memory.read, idle) == []


def test_the_log_is_read_through_its_wrap(kernel: KernelAwareness, memory: Memory) -> None:
    log = kernel.log(memory.read)
    assert log == [
        LogRecord(1_000_000, 4, 0, "first"),
        LogRecord(2_500_000, 3, 1, "second"),
        LogRecord(3_000_001_000, 6, 0, "third"),
    ]
    assert str(log[2]) == "[    3.000001] third"
    memory.put("log_first_idx", 32)
    memory.put("log_first_seq", 4)
    assert kernel.log(memory.read) == [], "equal indexes and numbers: empty"


def test_the_end_of_the_first_program(kernel: KernelAwareness, memory: Memory) -> None:
    assert kernel.exit_status(memory.read) is None
    memory.put("init_exited", 1)
    assert kernel.exit_status(memory.read) == 0x0B
    assert kernel.banner() == "Linux version 6.1.0-test"


def test_saved_registers_have_names(kernel: KernelAwareness, memory: Memory, image: Image) -> None:
    at = 0xC0001000
    memory.changed[at] = b"".join(n.to_bytes(4, "little") for n in range(18))
    saved = kernel.saved_registers(memory.read, at)
    assert saved is not None
    assert (saved["r0"], saved["sp"], saved["lr"], saved["pc"]) == (0, 13, 14, 15)
    assert (saved["cpsr"], saved["orig_r0"]) == (16, 17)
    assert kernel.saved_registers(memory.read, 0) is None


def test_a_foreign_kernel_shows_less_and_raises_nothing(
    small_elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    kernel = KernelAwareness(Image.load(small_elf))
    read = kernel.image.elf.read
    assert kernel.current_task(read, 0xC0010000) is None
    assert kernel.task(read, 0x30000) is None
    assert kernel.tasks(read) is None
    assert kernel.log(read) is None
    assert kernel.exit_status(read) is None
    assert kernel.banner() is None


def test_memory_that_cannot_be_read_is_none_everywhere(kernel: KernelAwareness) -> None:
    def nothing(_address: int, _size: int) -> bytes | None:
        return None

    assert kernel.current_task(nothing, 0xC0010000) is None
    assert kernel.tasks(nothing) is None
    assert kernel.log(nothing) is None
    assert kernel.exit_status(nothing) is None
