"""Merge a defconfig and fragments into the kernel's configuration.

Writes ``.config``, ``include/config/auto.conf`` (for make), and
``include/generated/autoconf.h`` and ``utsrelease.h`` (for C) under the object
tree. Stricter than Linux's merge_config: a symbol that does not exist, a value
that its type refuses, and a value that a dependency overrules are errors, each
with the file and line that asked for it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import kconfiglib

_SET = re.compile(r"CONFIG_(\w+)=(.*)")
_UNSET = re.compile(r"# CONFIG_(\w+) is not set")


class ConfigError(Exception):
    """A line of an input file that cannot be honoured."""


def parse(path: Path) -> list[tuple[str, str, str]]:
    """Return (symbol, value, "file:line") for each assignment of a file."""
    found = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        place = f"{path}:{number}"
        if match := _SET.fullmatch(line):
            found.append((match[1], _unquote(match[2], place), place))
        elif match := _UNSET.fullmatch(line):
            found.append((match[1], "n", place))
        elif line and not line.startswith("#"):
            raise ConfigError(f"{place}: expected CONFIG_NAME=value or '# CONFIG_NAME is not set'")
    return found


def _unquote(value: str, place: str) -> str:
    if not value.startswith('"'):
        return value
    if len(value) < 2 or not value.endswith('"'):
        raise ConfigError(f"{place}: the string is not closed")
    return kconfiglib.unescape(value[1:-1])


def merge(kconf: kconfiglib.Kconfig, inputs: list[Path]) -> None:
    """Apply the inputs in order, later ones winning, and check the outcome."""
    asked: dict[str, tuple[str, str]] = {}
    for path in inputs:
        for name, value, place in parse(path):
            symbol = kconf.syms.get(name)
            if symbol is None or not symbol.nodes:
                raise ConfigError(f"{place}: there is no option CONFIG_{name}")
            _set(symbol, value, place)
            asked[name] = (value, place)
            if symbol.choice is not None and value == "y":
                # the one chosen last wins; do not hold the others to their y
                for other in symbol.choice.syms:
                    if other is not symbol:
                        asked.pop(other.name, None)
    for name, (value, place) in asked.items():
        _check(kconf.syms[name], value, place)


def _set(symbol: kconfiglib.Symbol, value: str, place: str) -> None:
    if symbol.set_value(value):
        return
    kind = kconfiglib.TYPE_TO_STR[symbol.orig_type]
    raise ConfigError(f"{place}: '{value}' is no value for CONFIG_{symbol.name} ({kind})")


def _check(symbol: kconfiglib.Symbol, value: str, place: str) -> None:
    got = symbol.str_value
    if got == value or (symbol.orig_type is kconfiglib.HEX and int(got, 16) == int(value, 16)):
        return
    if symbol.visibility == 0 and symbol.direct_dep is not symbol.kconfig.y:
        needs = kconfiglib.expr_str(symbol.direct_dep)
        raise ConfigError(
            f"{place}: CONFIG_{symbol.name}={value} has no effect: it depends on {needs}"
        )
    raise ConfigError(
        f"{place}: CONFIG_{symbol.name}={value} is not allowed here, it would be '{got}'"
    )


def write_if_changed(path: Path, text: str) -> None:
    """Leave the file's date alone when nothing changed: make reads dates."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def auto_conf(kconf: kconfiglib.Kconfig) -> str:
    """Return the configuration as make variables, unset symbols left out."""
    lines = []
    for symbol in kconf.unique_defined_syms:
        line = symbol.config_string
        if line and not line.startswith("#"):
            lines.append(line)
    return "".join(lines)


def write_outputs(kconf: kconfiglib.Kconfig, objtree: Path, release: str) -> None:
    """Write every generated file of the configuration."""
    write_if_changed(objtree / ".config", kconf._config_contents(""))
    kconf_header = kconf._autoconf_contents("")
    write_if_changed(objtree / "include/generated/autoconf.h", kconf_header)
    local = kconf.syms["LOCALVERSION"].str_value
    write_if_changed(
        objtree / "include/generated/utsrelease.h",
        f'#define UTS_RELEASE "{release}{local}"\n',
    )
    conf = objtree / "include/config/auto.conf"
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.write_text(auto_conf(kconf), encoding="utf-8")
    # make waits for a newer header; nothing recompiles but what lists it
    header = objtree / "include/generated/autoconf.h"
    _ = header


def main() -> int:
    """Run from the Makefile; return 1 after printing what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--srctree", type=Path, required=True)
    parser.add_argument("--objtree", type=Path, required=True)
    parser.add_argument("--release", required=True)
    parser.add_argument("--merge", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    # lower case is what kconfiglib reads
    os.environ["srctree"] = str(args.srctree)  # noqa: SIM112
    os.environ["SRCARCH"] = "arm"
    try:
        kconf = kconfiglib.Kconfig("Kconfig", warn_to_stderr=False)
        merge(kconf, args.merge)
        write_outputs(kconf, args.objtree, args.release)
    except (ConfigError, kconfiglib.KconfigError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
