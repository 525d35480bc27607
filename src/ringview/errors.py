"""Every error that ringview raises on purpose.

RingviewError                    one clear sentence for the user; exit status 2
├── InputError                   a file or argument the user gave is wrong; may carry a location
│   ├── ScenarioError            a scenario file
│   ├── ConfigError              a file of the user's own settings
│   ├── ProgramError             a guest program (ELF) or kernel image
│   └── BuildError               kernel or user land does not build, or no toolchain at hand
├── MachineError                 the emulated machine was asked for the impossible
│   └── BusError                 no device or memory answers at a physical address
├── UnfinishedError              a lab's kernel does not come as far as its story yet
├── EngineError                  the engine process is gone or answered out of turn
└── EnvironmentProblem           this computer lacks something ringview needs
"""

from __future__ import annotations

from pathlib import Path


class RingviewError(Exception):
    """Base of all deliberate errors; ``str()`` is one sentence fit for the user."""


class InputError(RingviewError):
    """A file or an argument from the user cannot be used.

    Args:
        message: what is wrong, one sentence, without the location.
        path: the file at fault, if one is.
        line: 1-based line in that file.
        column: 1-based column in that line.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else str(path)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        place = [self.path]
        if self.line is not None:
            place.append(str(self.line))
            if self.column is not None:
                place.append(str(self.column))
        return f"{':'.join(place)}: {self.message}"


class ScenarioError(InputError):
    """A scenario file is missing, malformed, or asks for something that does not exist."""


class ConfigError(InputError):
    """A file of the user's own settings, such as the one that changes keys, cannot be used."""


class ProgramError(InputError):
    """A guest program or kernel image is not an executable this machine can load."""


class BuildError(InputError):
    """Guest sources do not compile, or no toolchain is at hand to compile them."""


class MachineError(RingviewError):
    """The emulated machine was asked for something it cannot do."""


class BusError(MachineError):
    """No memory and no device answers at a physical address."""

    def __init__(self, address: int, size: int) -> None:
        super().__init__(f"nothing answers at physical address {address:#010x} ({size} bytes)")
        self.address = address
        self.size = size


class UnfinishedError(RingviewError):
    """A student's kernel does not show this yet; the sentence says which step is the reason."""


class EngineError(RingviewError):
    """The engine process ended, or its answer was not one the protocol allows."""


class EnvironmentProblem(RingviewError):
    """This computer lacks something that ringview needs to run."""
