"""The initramfs: a newc cpio archive, as ``Documentation/driver-api/early-userspace`` has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

S_IFDIR = 0o040000
S_IFREG = 0o100000
_TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of an archive.

    Attributes:
        name: path without a leading slash.
        mode: Linux's st_mode, kind and permissions.
        data: contents of a file, target of a symbolic link, empty for a directory.
    """

    name: str
    mode: int
    data: bytes = b""


def directory(name: str) -> Entry:
    """Return an entry for a directory that everyone may read."""
    return Entry(name, S_IFDIR | 0o755)


def executable(name: str, data: bytes) -> Entry:
    """Return an entry for a program that everyone may run."""
    return Entry(name, S_IFREG | 0o755, data)


def pack(entries: Iterable[Entry]) -> bytes:
    """Return the archive: same entries, same bytes (all times are 0, owners root)."""
    out = bytearray()
    for inode, entry in enumerate([*entries, Entry(_TRAILER, 0)], start=1):
        name = entry.name.encode() + b"\0"
        links = 2 if entry.mode & S_IFDIR else 1
        fields = (inode, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
        out += b"070701" + b"".join(b"%08x" % field for field in fields) + name
        _pad(out, 4)
        out += entry.data
        _pad(out, 4)
    _pad(out, 512)
    return bytes(out)


def _pad(out: bytearray, boundary: int) -> None:
    out += bytes(-len(out) % boundary)
