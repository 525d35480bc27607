"""Handlers that nobody has told ringview about, and mutations of one that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.explore.conftest import search
from tests.explore.programs import Workshop

from ringview.explore.judge import Judgement
from ringview.explore.results import certificate_of
from ringview.explore.search import Explorer
from ringview.explore.target import Target

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
