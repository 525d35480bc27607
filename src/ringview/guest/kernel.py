"""Kernel awareness: tasks, saved registers, memory maps and the log, read from guest memory.

Nothing is hard-wired but Linux's names: every offset comes from the kernel's own DWARF. Of a
kernel without it, or with other structures, the answer is None and the screen shows less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ringview.errors import ProgramError
from ringview.guest.crossing import PT_REGS_SIZE, THREAD_SIZE, THREAD_START_SP
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.image import Image

Read = Callable[[int, int], bytes | None]
"""Reads (virtual address, bytes) with privilege; None where that memory cannot be read."""

PAGE_OFFSET = 0xC0000000
"""First address of the kernel's linear map (``asm/memory.h``, 3G/1G split)."""
TASK_SIZE = 0xBF000000
"""First address that is no user's: PAGE_OFFSET less 16 MiB (``asm/memory.h``)."""
PT_REGS_NAMES = (
    *(f"r{n}" for n in range(13)),
    "sp",
    "lr",
    "pc",
    "cpsr",
    "orig_r0",
)
"""The 18 words of `pt_regs` from its lowest address (``asm/ptrace.h``)."""
_LIMIT = 4096
_VM_PFNMAP = 0x400
_VM_FLAGS = ((1, "r"), (2, "w"), (4, "x"))
_STATES = {0: "running", 1: "sleeping", 2: "blocked", 0x80: "dead"}


@dataclass(frozen=True, slots=True)
class Task:
    """One thread as the kernel keeps it.

    Attributes:
        address: of its task_struct, virtual.
        pid: its own number.
        tgid: its process's number, getpid()'s answer.
        comm: its name.
        state: running, sleeping, blocked, zombie or dead.
        mm: address of its mm_struct, 0 for a kernel thread.
        pgd: virtual address of its first-level translation table, 0 without mm.
        context_id: the ASID and generation its address space was given last.
        stack: its kernel stack; thread_info at the start.
        pt_regs: address at which its user registers are saved while it is in the kernel.
    """

    address: int
    pid: int
    tgid: int
    comm: str
    state: str
    mm: int
    pgd: int
    context_id: int
    stack: range
    pt_regs: int

    def __str__(self) -> str:
        return f"{self.comm}[{self.pid}]"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One range of a process's address space (a vm_area_struct).

    Attributes:
        start: first virtual address.
        end: address after the last.
        permissions: such as ``rw-``.
        name: ``[heap]``, ``[stack]``, ``[vdso]``, ``[vvar]`` (the vDSO's data), ``program`` for
            what a file backs, or empty.
    """

    start: int
    end: int
    permissions: str
    name: str


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One message of the kernel log.

    Attributes:
        nanoseconds: since boot, by the kernel's own clock.
        level: 0 emergency to 7 debug.
        facility: 0 for the kernel.
        text: without level and time.
    """

    nanoseconds: int
    level: int
    facility: int
    text: str

    def __str__(self) -> str:
        return f"[{self.nanoseconds / 1e9:12.6f}] {self.text}"


class KernelAwareness:
    """Reads one kernel's structures.

    Args:
        image: vmlinux.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self._offsets: dict[tuple[str, str], int | None] = {}

    @property
    def _debug(self) -> DebugInfo:
        return self.image.debug

    # Tasks

    def current_task(self, read: Read, sp_svc: int) -> Task | None:
        """Return the running task, by the kernel stack that sp_svc points into."""
        info = sp_svc & ~(THREAD_SIZE - 1)
        address = self._pointer(read, info, "struct thread_info", "task")
        if not address:
            return None
        task = self.task(read, address)
        # Before the first stack is set up sp_svc points anywhere.
        return task if task is not None and task.stack.start == info else None

    def task(self, read: Read, address: int) -> Task | None:
        """Return the task whose task_struct lies at an address."""
        name = "struct task_struct"
        pid = self._integer(read, address, name, "pid")
        stack = self._pointer(read, address, name, "stack")
        comm = self._offset(name, "comm")
        if pid is None or stack is None or comm is None:
            return None
        text = read(address + comm, 16)
        if text is None:
            return None
        mm = self._pointer(read, address, name, "mm") or 0
        tgid = self._integer(read, address, name, "tgid")
        return Task(
            address=address,
            pid=_signed(pid),
            tgid=_signed(pid if tgid is None else tgid),
            comm=text.split(b"\0", 1)[0].decode("utf-8", "replace"),
            state=self._state(read, address),
            mm=mm,
            pgd=(self._pointer(read, mm, "struct mm_struct", "pgd") or 0) if mm else 0,
            context_id=self._context_id(read, mm) if mm else 0,
            stack=range(stack, stack + THREAD_SIZE),
            pt_regs=stack + THREAD_START_SP - PT_REGS_SIZE,
        )

    def tasks(self, read: Read) -> list[Task] | None:
        """Return all tasks from the idle task on, None while they cannot be read."""
        first = self.image.symbols.address_of("init_task")
        offset = self._offset("struct task_struct", "tasks")
        if first is None or offset is None:
            return None
        found: list[Task] = []
        for address in [first, *self._list(read, first + offset, offset)]:
            task = self.task(read, address)
            if task is None:
                return found or None
            found.append(task)
        return found

    def saved_registers(self, read: Read, address: int) -> dict[str, int] | None:
        """Return the `pt_regs` at an address, by name."""
        data = read(address, PT_REGS_SIZE)
        if data is None:
            return None
        words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, PT_REGS_SIZE, 4)]
        return dict(zip(PT_REGS_NAMES, words, strict=True))

    def vdso_base(self, read: Read, task: Task) -> int:
        """Return the address at which a process has the vDSO, 0 if it has none."""
        if not task.mm:
            return 0
        return self._pointer(read, task.mm, "struct mm_struct", "context.vdso") or 0

    def mappings(self, read: Read, task: Task) -> list[Mapping]:
        """Return the ranges of a task's address space by address; none for a kernel thread."""
        mm, area = "struct mm_struct", "struct vm_area_struct"
        head, link = self._offset(mm, "mmap"), self._offset(area, "vm_list")
        if not task.mm or head is None or link is None:
            return []
        stack = self._pointer(read, task.mm, mm, "start_stack") or 0
        brk = self._pointer(read, task.mm, mm, "start_brk") or 0
        vdso = self._pointer(read, task.mm, mm, "context.vdso") or 0
        found: list[Mapping] = []
        for address in self._list(read, task.mm + head, link):
            start = self._pointer(read, address, area, "vm_start")
            end = self._pointer(read, address, area, "vm_end")
            flags = self._integer(read, address, area, "vm_flags")
            if start is None or end is None or flags is None:
                break
            file = self._pointer(read, address, area, "vm_file")
            name = "[stack]" if start <= stack < end else ""
            name = name or ("program" if file else "[heap]" if start <= brk < end else "")
            if not name and flags & _VM_PFNMAP:
                name = "[vdso]" if start == vdso else "[vvar]"
            rights = "".join(c if flags & bit else "-" for bit, c in _VM_FLAGS)
            found.append(Mapping(start, end, rights, name))
        return found

    # Log and end

    def log(self, read: Read) -> list[LogRecord] | None:
        """Return what the ring buffer still holds, the oldest first."""
        buffer = self.image.symbols.extent("__log_buf")
        first, following = self._word(read, "log_first_idx"), self._word(read, "log_next_idx")
        if buffer is None or first is None or following is None:
            return None
        count = self._log_count(read, first, following)
        found: list[LogRecord] = []
        index = first
        while count > 0 and len(found) < _LIMIT * 4:
            fits = index + 16 <= len(buffer)
            header = read(buffer.start + index, 16) if fits else bytes(16)
            if header is None:
                break
            length = int.from_bytes(header[8:10], "little")
            if length == 0:
                # No room before the end of the buffer: the next record is at its start.
                if index == 0:
                    break
                index = 0
                continue
            text_length = int.from_bytes(header[10:12], "little")
            text = read(buffer.start + index + 16, text_length) if text_length else b""
            if text is None or index + length > len(buffer):
                break
            found.append(
                LogRecord(
                    nanoseconds=int.from_bytes(header[:8], "little"),
                    level=header[15] & 7,
                    facility=header[14],
                    text=text.decode("utf-8", "backslashreplace"),
                )
            )
            index += length
            count -= 1
            if index == following:
                break
        return found

    def _log_count(self, read: Read, first: int, following: int) -> int:
        """Return how many records there are; equal indexes mean none, or a full buffer."""
        if first != following:
            return _LIMIT * 4
        first_seq = self._word(read, "log_first_seq", 8)
        next_seq = self._word(read, "log_next_seq", 8)
        return 0 if first_seq is None or next_seq is None else max(next_seq - first_seq, 0)

    def exit_status(self, read: Read) -> int | None:
        """Return the first program's wait status (as wait4 gives it), None while it runs."""
        if not self._word(read, "init_exited"):
            return None
        return self._word(read, "init_exit_code")

    def banner(self) -> str | None:
        """Return the kernel's own name: what ``/proc/version`` says."""
        symbol = self.image.symbols.extent("linux_banner")
        data = None if symbol is None else self.image.elf.read(symbol.start, min(len(symbol), 512))
        return None if not data else data.split(b"\0", 1)[0].decode("utf-8", "replace").strip()

    # Reading

    def _state(self, read: Read, address: int) -> str:
        name = "struct task_struct"
        state = self._integer(read, address, name, "state")
        if state is None:
            state = self._integer(read, address, name, "__state") or 0
        if (self._integer(read, address, name, "exit_state") or 0) & 0x20:
            return "zombie"
        return _STATES.get(state & 0xFF, "blocked")

    def _context_id(self, read: Read, mm: int) -> int:
        for path in ("context.id.counter", "context.id"):
            value = self._integer(read, mm, "struct mm_struct", path)
            if value is not None:
                return value
        return 0

    def _list(self, read: Read, head: int, offset: int) -> Iterator[int]:
        """Yield the structures on a list_head's ring, whose link lies ``offset`` bytes inside."""
        seen = {head}
        node = _word_at(read, head)
        while node and node not in seen and len(seen) < _LIMIT:
            seen.add(node)
            yield node - offset
            node = _word_at(read, node)

    def _offset(self, structure: str, member: str) -> int | None:
        key = (structure, member)
        if key not in self._offsets:
            try:
                self._offsets[key] = self._debug.offset_of(structure, member)
            except ProgramError:
                self._offsets[key] = None
        return self._offsets[key]

    def _pointer(self, read: Read, address: int, structure: str, member: str) -> int | None:
        offset = self._offset(structure, member)
        return None if offset is None else _word_at(read, address + offset)

    def _integer(self, read: Read, address: int, structure: str, member: str) -> int | None:
        """Return an integer member of any size, unsigned."""
        offset = self._offset(structure, member)
        if offset is None:
            return None
        index = self._debug.member(structure, member)[1]
        record = self._debug[self._debug.resolve(index)]
        if record.kind not in {"base", "enum", "pointer"}:
            return None
        data = read((address + offset) & 0xFFFFFFFF, record.size)
        return None if data is None else int.from_bytes(data, "little")

    def _word(self, read: Read, symbol: str, size: int = 4) -> int | None:
        address = self.image.symbols.address_of(symbol)
        data = None if address is None else read(address, size)
        return None if data is None else int.from_bytes(data, "little")


def _word_at(read: Read, address: int) -> int | None:
    data = read(address & 0xFFFFFFFF, 4)
    return None if data is None else int.from_bytes(data, "little")


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value
