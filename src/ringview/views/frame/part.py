"""What every part of a frame is made of."""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, gc=False):
    """Named, unchangeable data of one subject, equal to any other with the same values.

    `msgspec.structs.replace` makes a changed copy. A part holds numbers, words, and other parts in
    tuples, never itself: the collector of reference cycles need not look at it.
    """
