"""What a session is to run: plain, picklable data, made from a scenario or a command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ringview.session.journal import JournalEntry

Observe = Literal["program", "everything", "nothing"]
"""What is traced in full: from the program's first instruction on, all from reset, or nothing."""


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """What a session runs.

    Attributes:
        title: what the screen calls it.
        kernel_elf: the kernel, with symbols and DWARF.
        program_elf: the static executable that becomes ``/bin/<its name>``, None to boot the kernel
            alone.
        args: the program's arguments from argv[1] on.
        env: its environment, ``NAME=value`` each.
        memory_bytes: the machine's RAM.
        seed: of the machine's random number generator.
        observe: which part of the run is traced in full.
        inputs: what comes from outside, and when.
        options: kernel options that stand before ``init=`` on the command line; None for the usual
            ones.
        files: further files of the initramfs: guest path and contents.
        root: directory that DWARF's file names are relative to, None if sources are not at hand.
        kernel_name: the configuration's name and short hash, for the header.
        program_name: what the header calls the program, empty for the file's name.
        checkpoint_bytes: memory that checkpoints may take.
    """

    title: str
    kernel_elf: Path
    program_elf: Path | None = None
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    memory_bytes: int = 32 << 20
    seed: int = 1
    observe: Observe = "program"
    inputs: tuple[JournalEntry, ...] = ()
    options: tuple[str, ...] | None = None
    files: tuple[tuple[str, bytes], ...] = ()
    root: Path | None = None
    kernel_name: str = ""
    program_name: str = ""
    checkpoint_bytes: int = 96 << 20
