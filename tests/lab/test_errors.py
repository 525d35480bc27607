"""A call's errors: wrong handlers that pass the happy path, each told with what it did."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.lab.tree import Lab, finished, working_in

from ringview.cli.plain import sentences
from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import Failed, GoTo, Message, Noted, Step
from ringview.engine.spec import EngineSpec
from ringview.lab.recipe import HELLO, HELLO2, RECIPES, TABLE
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.views.frame import BeatView

HANDLER, HANDLER2 = "kernel/sys-hello.c", "kernel/sys-hello2.c"
EFAULT = "\n\t\treturn -EFAULT;\n"
GREET = f"\tif (copy_to_user(buf, greeting, sizeof(greeting))){EFAULT}"
IN = f"\tif (copy_from_user(&in, uin, sizeof(in))){EFAULT}"
NAME = f"\tif (copy_from_user(name, (char __user *)in.name, in.len)){EFAULT}"
OUT = f"\tif (copy_to_user(uout, &out, sizeof(out))){EFAULT}"
LIMIT = "\tif (in.len > HELLO2_NAME_MAX)\n\t\treturn -EINVAL;\n"
FILL = (
    "\tout.nr_calls = atomic_inc_return(&nr_calls);\n"
    "\tget_random_bytes(out.rand_data, sizeof(out.rand_data));\n"
)
ANOTHER = (
    "\tif (get_user(in.name, &uin->name) || get_user(in.len, &uin->len) ||\n"
    f"\t    get_user(in.val, &uin->val)){EFAULT}"
)
"""As good a way to read the structure as the lecturer's."""

UNSEEN = "".join(f"\tget_user(in.{field}, &uin->{field});\n" for field in ("name", "len", "val"))
"""The same, and nobody looks what became of it."""

Edits = list[tuple[str, str]]


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lab]:
    """Both labs, done."""
    folder = tmp_path_factory.mktemp("labs")
    return {name: finished(recipe, folder / name) for name, recipe in RECIPES.items()}


@pytest.fixture
def hello(trees: dict[str, Lab]) -> Iterator[Lab]:
    """The lab of hello, done; the working directory lies in it."""
    with working_in(trees["hello"]) as made:
        yield made


@pytest.fixture
def hello2(trees: dict[str, Lab]) -> Iterator[Lab]:
    """The assignment, done; the working directory lies in it."""
    with working_in(trees["hello2"]) as made:
        yield made


def ignored(copy: str) -> str:
    """A copy whose result nobody looks at."""
    return copy.replace("\tif (", "\t").replace(f"){EFAULT}", ";\n")


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_what_is_also_checked_ships_and_shows_the_call(recipe: object) -> None:
    assert recipe in (HELLO, HELLO2)
    shipped = {path.stem for path in shipped_scenarios()}
    for each in RECIPES.values():
        assert each.also, "the errors of a call are looked at as well"
        assert set(each.scenarios) <= shipped
        for name in each.also:
            results = [getattr(e, "returns", None) for e in load_scenario(name).expect]
            assert any(result is not None and result < 0 for result in results), name


def test_the_finished_assignment_passes_all(hello2: Lab) -> None:
    text = hello2.look(status=0)
    assert "✓ hello2-efault: every address that leads nowhere" in text
    assert "each of 17 calls gets what it should" in text
    with hello2.edited((HANDLER2, IN, ANOTHER)):
        hello2.look(status=0)


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        pytest.param(
            [(IN, "\tin = *uin;\n")],
            ["sys-hello2.c:28, says “Unhandled fault: domain fault", "never for *", "After that:"],
            id="a plain dereference",
        ),
        pytest.param(
            [(NAME, "\tmemcpy(name, in.name, in.len);\n")],
            ["memcpy.S", "(called at kernel/kernel/sys-hello2.c:32)", "never for *"],
            id="a plain copy",
        ),
        pytest.param(
            [(IN, ignored(IN))],
            [
                "returns -EFAULT when in is NULL: it returns 0",
                (
                    "copy_from_user at kernel/kernel/sys-hello2.c:28 could not do all, and the "
                    "handler went on as if it had; it returns how many bytes are left"
                ),
                "access_ok refused c0008000",
                "calls 1, 2, 3 and 4 should have failed, and were answered",
            ],
            id="the result ignored",
        ),
        pytest.param(
            [(OUT, ignored(OUT))],
            [
                "returns -EFAULT when out is NULL: it returns 0",
                "copy_to_user at kernel/kernel/sys-hello2.c:41 could not do all",
                "and 1 more for the same reason",
            ],
            id="the last result ignored",
        ),
        pytest.param(
            [(IN, UNSEEN)],
            [
                "get_user at kernel/kernel/sys-hello2.c:30 could not do all",
                "it returns an error, and if that is not",
            ],
            id="what get_user returns ignored",
        ),
        pytest.param(
            [(NAME, NAME.replace("-EFAULT", "EFAULT"))],
            ["it returns 14", "14 is EFAULT without its sign: an error is a negative number"],
            id="a positive number",
        ),
        pytest.param(
            [(OUT + "\treturn 0;\n", "\treturn copy_to_user(uout, &out, sizeof(out));\n")],
            [
                "20 is how many bytes copy_to_user at kernel/kernel/sys-hello2.c:41 could not copy",
                "when out ends in a page that is not there: it returns 12",
            ],
            id="what is left returned",
        ),
        pytest.param(
            [(FILL + OUT, ""), (IN, FILL + OUT + IN)],
            [
                "out.nr_calls is 0 at the 8th call of hello2, phase exit: it is 8",
                "call 1 failed, and yet copy_to_user at kernel/kernel/sys-hello2.c:30 had written",
                "the answer goes out last",
            ],
            id="the answer before the checks",
        ),
        pytest.param(
            [(IN, IN.replace("EFAULT", "EINVAL"))],
            [
                "when in is NULL: it returns -EINVAL",
                (
                    "-EINVAL is for a value that makes no sense; an address that cannot be used is "
                    "-EFAULT: copy_from_user at kernel/kernel/sys-hello2.c:28"
                ),
            ],
            id="another error",
        ),
        pytest.param(
            [(NAME, NAME.replace("-EFAULT", "-1"))],
            ["it returns -EPERM", "-EPERM is another error; an address that cannot be used is"],
            id="minus one",
        ),
        pytest.param(
            [(NAME, NAME.replace("copy_from", "__copy_from"))],
            [
                "when in.name is the kernel's address c0008000: it returns 0",
                (
                    "the kernel's own memory at c0008000 was used for the program, at "
                    "kernel/kernel/sys-hello2.c:32: nobody asked access_ok"
                ),
            ],
            id="a copy without the range check",
        ),
        pytest.param(
            [(LIMIT, "")],
            [
                "hello2 comes back when in.len is minus one: it never returned",
                "memset at kernel/kernel/sys-hello2.c faulted at c",
                "and the kernel never came out of that",
            ],
            id="no limit to the length",
        ),
    ],
)
def test_a_wrong_handler_of_the_assignment_is_told_what_it_did(
    hello2: Lab, edits: Edits, words: list[str]
) -> None:
    with hello2.spoilt(*((HANDLER2, old, new) for old, new in edits)) as text:
        assert "step 2 of the recipe" in text, text
        for word in words:
            assert word in text, (word, text)


@pytest.mark.parametrize(
    ("old", "new", "scenario", "words"),
    [
        (
            GREET, ignored(GREET), "hello-efault",
            ["called once, with 0", "access_ok refused c0100000"],
        ),
        (
            GREET, GREET.replace("-EFAULT", "EFAULT"), "hello-efault",
            ["14 is EFAULT without its sign"],
        ),
        (
            "\tif (len < sizeof(greeting))", "\tif (!len)", "hello-einval",
            ["called once, with 0", "refused with -EINVAL before anything is copied"],
        ),
        (
            "return -EINVAL", "return -EFAULT", "hello-einval",
            ["called once, with -EFAULT", "refused with -EINVAL before anything is copied"],
        ),
    ],
)  # fmt: skip
def test_a_wrong_handler_of_hello_is_told_what_it_did(
    hello: Lab, old: str, new: str, scenario: str, words: list[str]
) -> None:
    with hello.spoilt((HANDLER, old, new)) as text:
        assert "every expectation of the scenario holds" in text, "the happy path"
        assert f"✗ {scenario}" in text
        assert text.count("✓ hello-e") == 1, "the other one"
        assert "step 2 of the recipe" in text, text
        for word in words:
            assert word in text, (word, text)


def ringview(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ringview.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=lab.root)


def test_one_of_them_alone_says_the_same_and_what_else_is_checked(hello2: Lab) -> None:
    with hello2.edited((HANDLER2, IN, ignored(IN))):
        failed = ringview(hello2, "run", "hello2-efault", "--headless")
        passed = ringview(hello2, "run", "hello2", "--headless")
    assert failed.returncode == 1
    assert "(step 2 of the recipe: copy_from_user at kernel/kernel/sys-hello2.c:28" in failed.stdout
    assert "“ringview lab” runs hello2 too" in failed.stdout
    assert passed.returncode == 0
    assert "“ringview lab” runs hello2-efault too" in passed.stdout


def told(text: str, title: str) -> str:
    """The words of a beat of a plain story, up to the next empty line."""
    found = [part for part in text.split("\n\n") if part.startswith("Beat ") and title in part]
    assert len(found) == 1, (title, text)
    return found[0]


def first_words(title: str) -> str:
    """What the scenario itself says first at a beat."""
    beat = next(beat for beat in load_scenario("hello2").beats if beat.title == title)
    return sentences(beat.say)[0]


def test_a_beat_is_told_as_it_is_in_the_students_kernel(hello2: Lab) -> None:
    with hello2.edited((TABLE, "401\tcommon\thello2\t\t\tsys_hello2\n", "")):
        without = ringview(hello2, "run", "hello2", "--plain").stdout
    assert first_words("The door") in told(without, "The door.")
    handler = told(without, "The handler: not yet.")
    assert first_words("The handler") not in without
    assert "“401 common hello2 sys_hello2” is missing" in handler
    assert "step 7 of the recipe" in handler
    assert "Question" not in told(without, "Home again: not yet.")
    with hello2.edited((HANDLER2, IN, ANOTHER)):
        other = ringview(hello2, "run", "hello2", "--plain").stdout
    assert first_words("The handler") in told(other, "The handler.")
    assert "of another handler than yours" in told(other, "The checked copy: otherwise here.")
    assert first_words("Home again") in told(other, "Home again."), "beats that are so stay"


def wait_for(client: Client, kind: type[Message]) -> str:
    client.wait_frame()
    while not isinstance(message := client.receive(), kind):
        pass
    return str(getattr(message, "text"))  # noqa: B009 (of any kind)


def beat_at(client: Client, command: GoTo | Step) -> BeatView:
    """The beat that is told where a command leads to."""
    client.send(command)
    assert client.frame is not None
    return next(beat for beat in client.frame.narration.beats if beat.here and beat.current)


def test_the_live_screen_says_so_too(hello2: Lab) -> None:
    spec = EngineSpec(scenario="hello2")
    with (
        hello2.edited((HANDLER2, IN, ANOTHER)),
        spawn_engine(spec) as engine,
        Client(engine, timeout=120) as client,
    ):
        assert wait_for(client, Noted) == "“ringview lab” runs hello2-efault too"
        assert first_words("The handler") in beat_at(client, GoTo(0, "beat 7")).say
        assert beat_at(client, GoTo(0, "beat 8")).say.startswith("The story here is of another")
        here = beat_at(client, Step(0, "beat", 1))
        assert here.title == "The answer", "what does not come is passed over"
    spec = EngineSpec(scenario="hello2-efault")
    with (
        hello2.edited((HANDLER2, OUT, ignored(OUT))),
        spawn_engine(spec) as engine,
        Client(engine, timeout=120) as client,
    ):
        words = wait_for(client, Failed)
    assert words.startswith("hello2 returns -EFAULT when out is NULL: it returns 0 (step 2 of the")
