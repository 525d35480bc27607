"""Saved states, and the pages of RAM that they share."""

from __future__ import annotations

from dataclasses import dataclass, field

from ringview.errors import MachineError
from ringview.machine.cpu import Cpu, Ram
from ringview.machine.devices.base import State

PAGE = 4096
ZERO_PAGE = bytes(PAGE)


@dataclass(frozen=True, slots=True, eq=False)
class MachineState:
    """A whole machine at one icount; shares unchanged RAM pages with its neighbours.

    Attributes:
        icount: where it was taken.
        idle: ticks slept so far.
        context: the processor, opaque.
        loops: the run loop's memory of WFI and exception loops.
        devices: all devices.
        tlb: the TLB model; not part of the digest.
        pages: RAM, one bytes object of 4 KiB per page; identical objects are equal pages.
    """

    icount: int
    idle: int
    context: bytes
    loops: tuple[int, ...]
    devices: State
    tlb: bytes
    pages: list[bytes] = field(repr=False)


class PagedRam:
    """RAM as a list of immutable pages, brought up to date by comparing memory.

    Neighbouring lists share every page that did not change, so that a saved state costs only
    what is new in it.

    Args:
        cpu: does the comparing.
        ram: the guest's memory.
    """

    def __init__(self, cpu: Cpu, ram: Ram) -> None:
        self._cpu = cpu
        self._ram = ram
        self._shadow = Ram(ram.size)
        self._pages: list[bytes] = [ZERO_PAGE] * (ram.size // PAGE)

    @property
    def shadow(self) -> Ram:
        """RAM as it was at the last :meth:`collect` or :meth:`replace`."""
        return self._shadow

    def collect(self) -> list[bytes]:
        """The pages now; the list is never changed afterwards."""
        changed = self._cpu.changed_pages(self._shadow)
        if changed:
            pages = list(self._pages)
            for page in changed:
                data = bytes(self._ram.view[page * PAGE : (page + 1) * PAGE])
                pages[page] = ZERO_PAGE if data == ZERO_PAGE else data
            self._pages = pages
        return self._pages

    def replace(self, pages: list[bytes]) -> list[int]:
        """Make RAM equal to ``pages``; returns the numbers of those rewritten, in order.

        Raises:
            MachineError: they are of another amount of RAM.
        """
        mine = self._pages
        if len(pages) != len(mine):
            raise MachineError("the saved state has another amount of RAM than this machine")
        dirty = set(self._cpu.changed_pages(self._shadow))
        if pages is not mine:
            dirty.update(i for i, page in enumerate(pages) if page is not mine[i])
        for page in dirty:
            place = slice(page * PAGE, (page + 1) * PAGE)
            self._ram.view[place] = pages[page]
            self._shadow.view[place] = pages[page]
        self._pages = pages
        return sorted(dirty)
