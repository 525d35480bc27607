"""An image's debug information, extracted by `dwarf` once and kept, keyed by the image's hash:
beside the image where that is ringview's own (the build cache, the wheel), else in the user's
cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from ringview.errors import ProgramError
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.records import DebugData
from ringview.guest.tree import cache_directory

# Raised when what is extracted changes, so that older files are extracted anew.
_MAGIC = b"ringview debug 2\n"


def cache_path(image: Path) -> Path:
    """Return where an image of ringview's own keeps its extracted debug information."""
    return image.with_name(image.name + ".debug")


def load_debuginfo(path: str | Path) -> DebugInfo:
    """Return an image's debug information, extracted at its first use.

    Raises:
        ProgramError: the file cannot be read. (One without DWARF gives an empty `DebugInfo`.)
    """
    path = Path(path)
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgramError(f"the file cannot be read: {reason}", path=path) from None
    beside = cache_path(path)
    general = cache_directory() / "debug" / digest.hex()[:32]
    data = _load(beside, digest)
    if data is not None:
        return DebugInfo(data)
    data = _load(general, digest)
    ours = path.resolve().is_relative_to(cache_directory().resolve())
    if data is None:
        from ringview.guest.dwarf import extract  # pyelftools is slow to import

        data = extract(path)
        if not ours:
            _save(general, digest, data)
    if ours:
        # An image of ours has it beside itself even if a file with the same bytes was read before.
        _save(beside, digest, data)
    return DebugInfo(data)


def _load(path: Path, digest: bytes) -> DebugData | None:
    try:
        blob = path.read_bytes()
    except OSError:
        return None
    head = _MAGIC + digest
    if not blob.startswith(head):
        return None
    try:
        return msgspec.msgpack.decode(memoryview(blob)[len(head) :], type=DebugData)
    except msgspec.DecodeError:
        return None


def _save(path: Path, digest: bytes, data: DebugData) -> None:
    """Keep what was extracted; where that cannot be written it is extracted again next time."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_MAGIC + digest + msgspec.msgpack.encode(data))
        part.replace(path)
