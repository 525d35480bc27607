"""Handlers that nobody has told ringview about, and mutations of one that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.explore.conftest import search
from tests.explore.programs import Workshop

from ringview.errors import InputError
from ringview.explore.drive import Search
from ringview.explore.judge import Judgement
from ringview.explore.results import certificate_of
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.search import Explorer
from ringview.explore.target import Target, find_target
from ringview.explore.text import report
from ringview.scenario.load import load_scenario

LOG = 'text[len] = 0;\n\tpr_info("hello: %s\\n", text);\n\treturn 0;'

FIELDS = f"""
	unsigned int len;

	if (get_user(len, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	if (copy_from_user(text, b->data, len))
		return -EFAULT;
	{LOG}
"""

IN_A_LOOP = f"""
	unsigned int len, i, n;

	if (get_user(len, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	for (i = 0; !get_user(n, &b->len) && i < n; i++)
		if (get_user(text[i], &b->data[i]))
			return -EFAULT;
	{LOG}
"""

TWO_CALLS_DEEP = f"""
	unsigned int len;

	if (!fits(b))
		return -EINVAL;
	len = length(b);
	if (copy_from_user(text, b->data, len))
		return -EFAULT;
	{LOG}
"""
DEEP_HELPERS = """
static noinline unsigned int length(struct box __user *b)
{
	unsigned int len;

	return get_user(len, &b->len) ? 0 : len;
}

static noinline int fits(struct box __user *b)
{
	return length(b) <= ROOM;
}
"""

THROUGH_AN_ALIAS = f"""
	unsigned int len;

	if (get_user(len, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	len = *(volatile unsigned int *)alias_of(&b->len);
	if (copy_from_user(text, b->data, len))
		return -EFAULT;
	{LOG}
"""
ALIAS_HELPER = """
/* The kernel's own address of a user's byte: by ATS1CPR, through the linear map. */
static noinline void *alias_of(void __user *p)
{
	unsigned long pa;

	asm volatile("mcr p15, 0, %1, c7, c8, 0\\n\\tisb\\n\\tmrc p15, 0, %0, c7, c4, 0"
			: "=r" (pa) : "r" (p));
	pa = (pa & ~0xfffUL) | ((unsigned long)p & 0xfff);
	return (void *)(pa + 0x40000000UL);
}
"""

PLAIN = "HELLO2: single_copy"
# ATS1CPR obeys the domains: with software PAN on, the user's are closed to it.
NO_PAN = f"{PLAIN}, CPU_SW_DOMAIN_PAN: false"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("tree"))


@contextmanager
def judged(target: Target, bound: int = 1) -> Iterator[list[Judgement]]:
    explorer = Explorer(target)
    try:
        yield [
            judgement
            for adversary in ("second-core", "board")
            for judgement in search(explorer, adversary, bound).judgements.values()
        ]
    finally:
        explorer.close()


def _bugs(judgements: list[Judgement]) -> list[Judgement]:
    return [j for j in judgements if j.kind == "bug"]


def test_each_field_fetched_once_is_certified(workshop: Workshop) -> None:
    workshop.handler(FIELDS)
    target = workshop.target("box")
    assert target.call.name == "hello"
    with judged(target) as judgements:
        assert not _bugs(judgements)
        assert certificate_of(judgements).holds


@pytest.mark.parametrize(
    ("body", "helpers", "settings"),
    [
        pytest.param(IN_A_LOOP, "", PLAIN, id="in a loop"),
        pytest.param(TWO_CALLS_DEEP, DEEP_HELPERS, PLAIN, id="two calls deep"),
        pytest.param(THROUGH_AN_ALIAS, ALIAS_HELPER, NO_PAN, id="through an alias"),
    ],
)
def test_a_field_fetched_again_is_a_bug(
    workshop: Workshop, body: str, helpers: str, settings: str
) -> None:
    workshop.handler(body, helpers)
    with judged(workshop.target("box", settings)) as judgements:
        bugs = _bugs(judgements)
        assert bugs
        assert min(j.schedule.bound for j in bugs) == 1
        assert {j.schedule.adversary for j in bugs} == {"second-core", "board"}
        assert any("object bounds" in j.outcome.oracles for j in bugs)
        assert not certificate_of(judgements).holds


def test_without_its_canary_the_overflow_runs_on(workshop: Workshop) -> None:
    """The same option, and a build that does not honour it: nothing catches the overflow."""
    settings = "HELLO2: len_refetch, CPU_SW_DOMAIN_PAN: false, STACKPROTECTOR: true"
    found = {}
    for mutated in (False, True):
        if mutated:
            workshop.change(
                "Makefile",
                "-Xclang -stack-protector -Xclang 2",
                "-fno-stack-protector",
            )
        with judged(workshop.target("race-len", settings)) as judgements:
            found[mutated] = {o for j in _bugs(judgements) for o in j.outcome.oracles}
    workshop.change("Makefile", "", "")
    assert "stack canary" in found[False]
    assert "kernel executes user code" not in found[False]
    assert "stack canary" not in found[True]
    assert "kernel executes user code" in found[True]


def test_a_call_that_never_returns_is_told_first(workshop: Workshop) -> None:
    workshop.handler(
        "\tunsigned int len;\n\n\tif (get_user(len, &b->len))\n\t\treturn -EFAULT;\n"
        "\tfor (;;)\n\t\tWRITE_ONCE(text[0], len);\n"
    )
    search = Search(workshop.target("box"), ADVERSARIES, 1)
    result = search.run()
    search.close()
    assert {j.outcome.end for _, j in result.judgements} == {"limit"}
    assert not result.certificate.holds
    lines = list(report(result, {}))
    said = next(line for line in lines if line.startswith("Even undisturbed"))
    assert "does not return within 100,000 instructions" in said
    assert any("behind the limit" in line for line in lines if line.startswith("Not covered"))


def test_a_call_that_waits_for_the_race_is_a_bug(workshop: Workshop) -> None:
    """It returns undisturbed; with the bytes changed back and forth it may not."""
    workshop.handler(
        "\tunsigned int len, n;\n\n\tif (get_user(len, &b->len) || get_user(n, &b->len))\n"
        "\t\treturn -EFAULT;\n\twhile (n != len)\n\t\tWRITE_ONCE(text[0], n);\n\treturn 0;\n"
    )
    with judged(workshop.target("box")) as judgements:
        bugs = _bugs(judgements)
        assert {j.outcome.end for j in bugs} == {"limit"}
        assert min(j.schedule.bound for j in bugs) == 1
        assert all("does not return within" in why for j in bugs for why in j.why)


def test_threads_that_never_meet_are_told(workshop: Workshop) -> None:
    workshop.handler("\t(void)b;\n\t(void)text;\n\treturn size ? 0 : 1;\n")
    with pytest.raises(InputError, match="the threads never meet: in none of the"):
        workshop.target("box\nrace: {syscall: hello}")


def test_a_copy_moved_behind_the_check_is_a_bug(workshop: Workshop) -> None:
    workshop.change(
        "kernel/sys-hello2.c",
        "\tif (copy_from_user(name,",
        "\tif (copy_from_user(&in, uin, sizeof(in)))\n\t\treturn -EFAULT;\n"
        "\tif (copy_from_user(name,",
    )
    with judged(workshop.target("race-len")) as judgements:
        assert min(j.schedule.bound for j in _bugs(judgements)) == 1


def test_a_check_moved_behind_the_copy_needs_no_race(workshop: Workshop) -> None:
    check = "\tif (in.len > HELLO2_NAME_MAX)\n\t\treturn -EINVAL;\n"
    workshop.change("kernel/sys-hello2.c", check, "")
    with judged(workshop.target("race-len"), 0) as judgements:
        bugs = _bugs(judgements)
        assert bugs
        assert bugs[0].schedule.bound == 0
        assert "object bounds" in bugs[0].outcome.oracles


def test_many_fields_torn_in_every_way_are_no_bug(workshop: Workshop) -> None:
    """A copy that is not atomic mixes what the caller could have passed: no bug, and certified."""
    workshop.change("kernel/sys-hello2.c", "", "")
    explorer = Explorer(workshop.target("scramble"))
    try:
        judgements = list(search(explorer, "second-core", 1).judgements.values())
    finally:
        explorer.close()
    assert {j.kind for j in judgements} == {"quiescent", "mixed"}
    assert certificate_of(judgements).holds
    assert sum(j.count for j in judgements) > 500


def test_linux_own_calls_are_judged_without_a_hint(workshop: Workshop) -> None:
    """write, writev and a call that sleeps: no bug, and each outcome in words of its own."""
    for call, kinds, ends in (
        ("write", {"quiescent"}, {"returned"}),
        ("writev", {"quiescent", "mixed"}, {"returned"}),
        ("nanosleep", {"mixed"}, {"limit"}),
    ):
        search = Search(workshop.target(f"writes\nrace: {{syscall: {call}}}"), ADVERSARIES, 1)
        result = search.run()
        search.close()
        assert result.verdict == "no bug found", call
        judgements = [j for _, j in result.judgements]
        assert {j.kind for j in judgements} == kinds
        assert {j.outcome.end for j in judgements} == ends
        words = {(j.identity, str(j.outcome)) for j in judgements}
        assert len({text for _, text in words}) == len(words), words
        lines = list(report(result, {}))
        assert any(line.startswith("Even undisturbed") for line in lines) == (call == "nanosleep")
        assert result.certificate.holds == (call != "nanosleep")


def test_a_call_that_is_woken_by_the_other_thread_is_no_bug() -> None:
    """futex: it sleeps until the others act, so nothing stays frozen meanwhile."""
    explorer = Explorer(find_target(load_scenario("threads")))
    try:
        judgements = [
            j
            for adversary in ADVERSARIES
            for j in search(explorer, adversary, 1).judgements.values()
        ]
    finally:
        explorer.close()
    assert explorer.target.call.name == "futex"
    assert {j.kind for j in judgements} == {"quiescent", "mixed"}
    assert certificate_of(judgements).holds
