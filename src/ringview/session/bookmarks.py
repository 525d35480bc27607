"""Names that a person gives to moments of a run."""

from __future__ import annotations

from collections.abc import Mapping

from ringview.errors import InputError

LONGEST_NAME = 60


class Bookmarks:
    """Moments by name; a moment has one name, and a name means one moment."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def items(self) -> list[tuple[int, str]]:
        """All (icount, name), by icount."""
        return sorted(self._names.items())

    def name_at(self, icount: int) -> str:
        """What a moment is called, or empty."""
        return self._names.get(icount, "")

    @property
    def names(self) -> list[str]:
        """All names, by icount."""
        return [name for _, name in self.items()]

    def find(self, name: str) -> int | None:
        """The moment of a name, None if there is none."""
        return next((at for at, known in self._names.items() if known == name), None)

    def put(self, icount: int, name: str) -> None:
        """Name a moment; a name that another moment had moves here.

        Raises:
            InputError: it is no name: too long, or not one line of text.
        """
        if len(name) > LONGEST_NAME:
            raise InputError(f"a bookmark's name has at most {LONGEST_NAME} characters")
        if not name.isprintable() or not name.strip():
            raise InputError("a bookmark's name is one line of text")
        self._names = {at: known for at, known in self._names.items() if known != name}
        self._names[icount] = name

    def remove(self, icount: int) -> str:
        """Take a moment's name away; gives it.

        Raises:
            InputError: the moment has none.
        """
        if icount not in self._names:
            raise InputError(f"there is no bookmark at {icount:,}")
        return self._names.pop(icount)

    def neighbour(self, icount: int, direction: int) -> int | None:
        """The nearest named moment later than one, or earlier if ``direction`` is negative."""
        if direction > 0:
            return min((at for at in self._names if at > icount), default=None)
        return max((at for at in self._names if at < icount), default=None)

    def forget_after(self, icount: int) -> None:
        """Later moments belong to a future that will not be."""
        self._names = {at: name for at, name in self._names.items() if at <= icount}

    def take_over(self, names: Mapping[int, str]) -> None:
        """Have exactly these."""
        self._names = dict(names)
