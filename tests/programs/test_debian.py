"""Debian's busybox and bash for ARM, as the packages ship them: what they do under qemu-arm they do
under our kernel.

The guest's console is a terminal and the oracle's pipe is none, so a case's words do not depend on
that, and what it says on standard error it throws away or does not say.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.programs.both import (
    REQUIRED,
    end_of,
    needs_qemu,
    under_qemu,
    under_ringview,
    words_of,
)

PROGRAMS = Path("/opt/debian-armhf/bin")
BUSYBOX, BASH = PROGRAMS / "busybox", PROGRAMS / "bash-static"

pytestmark = [
    needs_qemu,
    pytest.mark.skipif(
        not (REQUIRED or (BUSYBOX.exists() and BASH.exists())),
        reason="Debian's programs for ARM are not unpacked",
    ),
]

TEXT = b"pear\napple\nfig\nbanana 3\napple\n"

APPLETS: list[tuple[tuple[str, ...], bytes]] = [
    (("sort",), TEXT),
    (("sort", "-u"), TEXT),
    (("uniq", "-c"), TEXT),
    (("wc",), TEXT),
    (("grep", "-n", "a"), TEXT),
    (("grep", "-c", "nothing of this"), TEXT),
    (("sed", "s/a/A/g;2d"), TEXT),
    (("awk", '{ n += length($0) } END { printf "%d %.3f %.9g\\n", n, n / 7, exp(1) }'), TEXT),
    (("tr", "a-z", "A-Z"), TEXT),
    (("cut", "-c2-3"), TEXT),
    (("tail", "-n2"), TEXT),
    (("tac",), TEXT),
    (("od", "-c"), TEXT),
    (("xargs", "-n1", "echo"), TEXT),
    (("md5sum",), TEXT),
    (("sha512sum",), TEXT * 1000),
    (("diff", "/dev/null", "-"), TEXT),
    (("factor", "123456789"), b""),
    (("cal", "11", "2026"), b""),
    (("date", "-u", "-d", "@0"), b""),
    (("dc",), b"2 3 + p 40 k 2 v p\n"),
    (("expr", "6", "*", "7"), b""),
    (("test", "-d", "/nowhere"), b""),
]

BUSYBOX_SCRIPTS = {
    "loop": "x=0; while [ $x -lt 3 ]; do echo $x; x=$((x+1)); done",
    "function": "f() { return 4; }; f; echo $?; trap 'echo bye' EXIT; (cd /tmp; pwd)",
    "here": "x=3; cat <<END\nhere $x\nEND\necho 'a b' | { read p q; echo $q $p; }",
    "pipeline": "set -o pipefail; false | true; echo $?; yes | head -n3; seq 9 | grep -v 5 | wc -l",
    "files": "mkdir d; cd d; echo one >f; cp f g; mv g h; ln -s h s; cat s; ls | cat; cd ..; "
    "rm -r d; ls d 2>/dev/null || echo gone",
    "rights": "umask; umask 077; >u; stat -c %a u; chmod 644 u; stat -c '%a %s' u; rm u",
    "archive": "mkdir d; echo q >d/q; seq 999 >d/s; tar cf t.tar d; rm -r d; tar xf t.tar; "
    "md5sum d/s; gzip d/s; gunzip d/s.gz; md5sum d/s; rm -r d t.tar",
    "descriptors": "exec 3>f; echo hi >&3; exec 3>&-; cat f; rm f; "
    "(echo a; echo b >&2) 2>&1 | sort; dd if=/dev/zero bs=1k count=3 2>/dev/null | wc -c",
    "background": "sleep 0.1 & wait $!; echo $?; kill -0 $$; echo $?; "
    "(sh -c 'kill -TERM $$'; echo $?) 2>/dev/null",
    "missing": "no-such-command 2>/dev/null; echo $?; realpath /tmp/../tmp; ${x:-echo} default",
}

BASH_SCRIPTS = {
    "arrays": "a=(1 2 3); echo ${a[@]} ${#a[@]}; declare -A m; m[x]=5; echo ${m[x]} {1..5}; "
    'printf "%q\\n" "a b"',
    "matching": "[[ abc =~ b(.) ]] && echo ${BASH_REMATCH[1]}; "
    "for ((i = 0; i < 3; i++)); do echo $i; done",
    "substitution": "f() { local x=1; echo $x; }; f; echo $(f | { read y; echo got $y; }); "
    'exec 5<<<"hello"; read -u5 z; echo $z',
    "trap": '(trap "echo usr1" USR1; kill -USR1 $BASHPID; echo after); wait; echo done',
    "coprocess": 'coproc { while read l; do echo "<$l>"; done; }; echo hey >&${COPROC[1]}; '
    "read r <&${COPROC[0]}; echo $r; read -t 0.1 q </dev/zero; echo $?",
    "statuses": "exec 2>/dev/null; (exit 3); echo $?; (kill -KILL $BASHPID); echo $?; "
    "ulimit -s >/dev/null; echo $?",
}


def _the_same(program: Path, arguments: tuple[str, ...], stdin: bytes = b"") -> None:
    ours = under_ringview(program, arguments, stdin)
    theirs = under_qemu(program, arguments, stdin)
    assert ours.stderr == b""
    assert words_of(ours) == words_of(theirs)
    assert end_of(ours) == end_of(theirs)


@pytest.mark.parametrize(("arguments", "stdin"), APPLETS, ids=lambda value: str(value)[:30])
def test_an_applet(arguments: tuple[str, ...], stdin: bytes) -> None:
    _the_same(BUSYBOX, arguments, stdin)


@pytest.mark.parametrize("script", BUSYBOX_SCRIPTS)
def test_a_script_of_busybox(script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    _the_same(BUSYBOX, ("sh", "-c", BUSYBOX_SCRIPTS[script]))


@pytest.mark.parametrize("script", BASH_SCRIPTS)
def test_a_script_of_bash(script: str) -> None:
    _the_same(BASH, ("-c", BASH_SCRIPTS[script]))
