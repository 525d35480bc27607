"""A kernel configuration as a scenario writes it, and its translation to Kconfig's own words."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from ringview.errors import BuildError

DEFAULT_CONFIG = "bbb_defconfig"
_TRUE = {"y", "yes", "true", "on"}
_FALSE = {"n", "no", "false", "off"}
_parsing = Lock()


@dataclass(frozen=True, slots=True)
class KernelConfig:
    """A defconfig of the kernel tree and what is changed in it.

    Attributes:
        config: a file of ``kernel/arch/arm/configs``.
        options: (name, value) pairs, sorted by name. A name is a Kconfig symbol without
            ``CONFIG_``; ``("HELLO2", "single_copy")`` also sets the symbol HELLO2_SINGLE_COPY.
    """

    config: str = DEFAULT_CONFIG
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        config: str = DEFAULT_CONFIG,
        options: Mapping[str, bool | int | str] | None = None,
    ) -> KernelConfig:
        """Return the configuration for options as YAML has them (bools, numbers, words)."""
        return cls(
            config,
            tuple(sorted((_bare(k), _text(v)) for k, v in (options or {}).items())),
        )

    def __str__(self) -> str:
        return " ".join([self.config, *(f"{name}={value}" for name, value in self.options)])


def _bare(name: str) -> str:
    return name.removeprefix("CONFIG_")


def _text(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    return str(value)


def defconfigs(kernel: Path) -> list[str]:
    """Return the names of a kernel tree's configurations."""
    return sorted(p.name for p in (kernel / "arch/arm/configs").glob("*") if p.is_file())


def fragment(kernel: Path, config: KernelConfig) -> str:
    """Return the options as a Kconfig fragment, checked against the tree's Kconfig files.

    Raises:
        BuildError: no such defconfig or option, a value of the wrong type or out of range, or
            one that another option of this configuration overrules.
    """
    path = kernel / "arch/arm/configs" / config.config
    if not path.is_file():
        hint = _hint(config.config, defconfigs(kernel))
        raise BuildError(f"there is no kernel configuration {config.config}{hint}")
    tree = _load(kernel, path)
    lines: list[str] = []
    asked: list[tuple[str, Any, str]] = []
    for name, value in config.options:
        symbol, text = _resolve(tree, name, value)
        lines.append(_assignment(symbol, text))
        if not symbol.set_value(text):
            kind = _kind(symbol)
            raise BuildError(f"{value!r} is no value for the kernel option {name}, {kind}")
        asked.append((f"{name}: {value}", symbol, text))
    for words, symbol, text in asked:
        _check_effect(words, symbol, text)
    return "".join(f"{line}\n" for line in lines)


def _load(kernel: Path, defconfig: Path) -> Any:
    """Parse Kconfig and the defconfig. kconfiglib reads its parameters from the environment."""
    import kconfiglib

    wanted = {"srctree": str(kernel), "SRCARCH": "arm", "ARCH": "arm"}
    with _parsing:
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            tree = kconfiglib.Kconfig("Kconfig", warn=False)
            tree.load_config(str(defconfig))
        except kconfiglib.KconfigError as error:
            raise _syntax_error(str(error)) from None
        except OSError as error:
            raise BuildError(
                f"the kernel does not build: {(error.strerror or 'unreadable').lower()}",
                path=f"kernel/{Path(str(error.filename)).name}",
            ) from None
        finally:
            for name, old in before.items():
                if old is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = old
    return tree


def _syntax_error(text: str) -> BuildError:
    """Return what kconfiglib says about a broken file, as one sentence with its place."""
    found = re.match(r"(?P<path>[^\s:]+):(?P<line>\d+): (?:error: )?(?P<text>.*)", text, re.DOTALL)
    if found is None:
        return BuildError(" ".join(text.split()))
    # What follows is about kconfiglib's environment, which is ours.
    message = " ".join(found["text"].partition(" Check that environment")[0].split()).rstrip(".")
    return BuildError(message, path=f"kernel/{found['path']}", line=int(found["line"]))


def _resolve(tree: Any, name: str, value: str) -> tuple[Any, str]:
    """Return the symbol that (name, value) means and the value to give it."""
    import kconfiglib

    defined = {s.name: s for s in tree.unique_defined_syms}
    symbol = defined.get(name)
    if symbol is not None:
        if symbol.orig_type in {kconfiglib.BOOL, kconfiglib.TRISTATE}:
            lowered = value.lower()
            if lowered in _TRUE:
                return symbol, "y"
            if lowered in _FALSE:
                return symbol, "n"
        else:
            return symbol, value
    member = defined.get(f"{name}_{value}".upper().replace("-", "_"))
    if member is not None and member.orig_type is kconfiglib.BOOL:
        return member, "y"
    if symbol is not None:
        raise BuildError(f"{value!r} is no value for the kernel option {name}, {_kind(symbol)}")
    choices = sorted(
        s.removeprefix(f"{name}_").lower()
        for s, symbol in defined.items()
        if s.startswith(f"{name}_") and symbol.choice is not None
    )
    if choices:
        raise BuildError(
            f"{value!r} is no value for the kernel option {name}; it can be {', '.join(choices)}"
        )
    raise BuildError(f"there is no kernel option {name}{_hint(name, list(defined))}")


def _kind(symbol: Any) -> str:
    """Return what values a symbol takes, as words for an error."""
    import kconfiglib

    word = {
        kconfiglib.BOOL: "which is y or n",
        kconfiglib.TRISTATE: "which is y or n",
        kconfiglib.INT: "which is a number",
        kconfiglib.HEX: "which is a hexadecimal number",
        kconfiglib.STRING: "which is a string",
    }.get(symbol.orig_type, "which has no type")
    for low, high, condition in symbol.ranges:
        if kconfiglib.expr_value(condition):
            return f"{word} from {low.str_value} to {high.str_value}"
    return word


def _assignment(symbol: Any, text: str) -> str:
    import kconfiglib

    if symbol.orig_type in {kconfiglib.BOOL, kconfiglib.TRISTATE} and text == "n":
        return f"# CONFIG_{symbol.name} is not set"
    if symbol.orig_type is kconfiglib.STRING:
        return f'CONFIG_{symbol.name}="{kconfiglib.escape(text)}"'
    return f"CONFIG_{symbol.name}={text}"


def _check_effect(words: str, symbol: Any, text: str) -> None:
    """Raise unless the symbol really has the value that was asked for."""
    import kconfiglib

    got = symbol.str_value
    if got == text or (
        symbol.orig_type in {kconfiglib.INT, kconfiglib.HEX} and _number(got) == _number(text)
    ):
        return
    if symbol.direct_dep is not symbol.kconfig.y and not kconfiglib.expr_value(symbol.direct_dep):
        needs = kconfiglib.expr_str(symbol.direct_dep)
        raise BuildError(f"the kernel option {words} has no effect, for it depends on {needs}")
    if symbol.ranges:
        raise BuildError(f"the kernel option {words} is out of range; it is {_kind(symbol)[9:]}")
    raise BuildError(
        f"the kernel option {words} has no effect: another option decides {symbol.name}"
    )


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None


def _hint(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
