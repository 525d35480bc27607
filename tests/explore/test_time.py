"""What depends on time alone is no race: clocks, ticks and random numbers that a call gives out."""

from __future__ import annotations

import pytest
from tests.explore.programs import Workshop

from ringview.explore.drive import Search
from ringview.explore.findings import Outcome
from ringview.explore.mask import mask_of
from ringview.explore.results import Result
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.target import Target
from ringview.explore.text import report


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("tree"))


FETCH = """
	unsigned int len;
	u64 now;

	if (get_user(len, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	strscpy(text, "-", sizeof(text));
	now = %s;
"""
GIVE = {
    "to the user": "return put_user((u32)now, (u32 __user *)(b->data + 40));",
    "all of it to the user": "return copy_to_user(b->data + 40, &now, 8) ? -EFAULT : 0;",
    "to the log": 'pr_info("hello: %s%u at %llu\\n", text, len, now);\n\treturn 0;',
    "as the result": "return (long)(now & 0x3fffffff);",
    "to the user and the log": (
        'pr_info("hello: %u at %llx\\n", len, now);\n'
        "\treturn put_user((u32)now, (u32 __user *)(b->data + 40));"
    ),
}
CLOCKS = {
    "clock": "ktime_get_ns()",
    "ticks": "jiffies",
    "wall": "ktime_get_real_ns() / 1000000000",
    "random": "get_random_u32()",
}


def searched(target: Target, bound: int = 1) -> Result:
    search = Search(target, ADVERSARIES, bound)
    try:
        return search.run()
    finally:
        search.close()


@pytest.mark.parametrize(
    ("clock", "give"),
    [
        *(("clock", give) for give in GIVE),
        ("ticks", "to the log"),
        ("wall", "to the user"),
        ("random", "to the user"),
    ],
)
def test_a_call_that_gives_out_the_time_has_no_bug_by_that(
    workshop: Workshop, clock: str, give: str
) -> None:
    workshop.handler(FETCH % CLOCKS[clock] + "\t" + GIVE[give])
    result = searched(workshop.target("draws" if clock == "random" else "box"))
    kinds = {j.kind for _, j in result.judgements}
    assert kinds <= {"quiescent", "refused"}, [str(j.outcome) for _, j in result.judgements]
    assert result.verdict == "no bug found"
    assert result.certificate.holds
    # outcomes that differ in that alone are one, and what was not compared is said
    assert len({j.identity for _, j in result.judgements}) == 2
    said = next(line for line in report(result, {}) if line.startswith("Not covered"))
    if clock in ("clock", "random"):
        assert "depends on time or chance" in said


def test_the_time_that_a_call_itself_takes_is_not_compared(workshop: Workshop) -> None:
    """A duration is the same whenever the call begins; a preemption within makes it longer."""
    body = """
	unsigned int len;
	u64 began = ktime_get_ns();

	if (get_user(len, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	strscpy(text, "-", sizeof(text));
	pr_info("hello: %s%u took %llu ns\\n", text, len, ktime_get_ns() - began);
	return 0;
"""
    workshop.handler(body)
    result = searched(workshop.target("box"))
    assert result.verdict == "no bug found"


def test_a_bug_beside_the_time_is_found_all_the_same(workshop: Workshop) -> None:
    """No oracle fires: two fetches that differ are told apart in a line that holds the time."""
    body = """
	unsigned int len, again;

	if (get_user(len, &b->len) || get_user(again, &b->len))
		return -EFAULT;
	if (len > ROOM)
		return -EINVAL;
	strscpy(text, "-", sizeof(text));
	pr_info("hello: %u %s %u at %llu\\n", len, text, again, ktime_get_ns());
	return 0;
"""
    workshop.handler(body)
    result = searched(workshop.target("box"))
    bugs = {j.identity: j for _, j in result.judgements if j.kind == "bug"}
    assert len(bugs) == 1
    (bug,) = bugs.values()
    assert bug.outcome.log == ("hello: 4 - 48 at #",)
    assert bug.schedule.bound == 1
    assert {a for a, j in result.judgements if j.kind == "bug"} == set(ADVERSARIES)
    assert all(control.clean for find in result.finds for control in find.controls)


def test_hello2_is_compared_whole(explorer_of) -> None:  # type: ignore[no-untyped-def]
    """Its random numbers are the same in every schedule: nothing is left out for nothing."""
    for variant in ("single_copy", "len_refetch"):
        assert not explorer_of(variant).analyst.mask


SECRET = """
	static const char *what = "nothing";
	extern char planted_secret[];
	unsigned int len;

	if (!size) {
		what = planted_secret;
		return 0;
	}
	if (get_user(len, &b->len))
		return -EFAULT;
	strscpy(text, what, sizeof(text));
	pr_info("hello: %s\\n", text);
	return 0;
"""


def test_outcomes_that_differ_in_the_log_alone_are_told_apart(workshop: Workshop) -> None:
    """The adversary's own call makes the victim log a secret, whatever the victim fetches: the
    loads, the stores and the result of such a run are those of an undisturbed one.
    """
    workshop.handler(SECRET)
    target = workshop.target("owncall", "HELLO2: single_copy, PLANTED_SECRET: true")
    assert target.calls == (400,)
    result = searched(target)
    secret = [
        j for a, j in result.judgements if a == "board" and "secret disclosed" in j.outcome.oracles
    ]
    assert secret
    # with the call under way already, after its only fetch
    late = [
        cell
        for found in result.maps
        if found.adversary == "board"
        for cell in found.cells
        if cell.load == 1 and cell.start == 0
    ]
    assert any(cell.identity in {j.identity for j in secret} for cell in late)
    assert not any(
        "secret disclosed" in j.outcome.oracles for a, j in result.judgements if a != "board"
    )


def test_a_mask_blurs_what_differs_and_no_more() -> None:
    def outcome(time: str, value: int, data: str) -> Outcome:
        log = (f"hello: beagle 7 at {time}", "steady 12")
        return Outcome("returned", value, ((0x13002, data),), log, f"up {time}", ())

    one, other = outcome("1234", 5, "0000aabbccdd"), outcome("98765", 6, "0000aabbccde")
    mask = mask_of([one, other])
    assert mask.words == {0x13004}
    blurred = mask.blur(one)
    assert blurred.observable == mask.blur(other).observable
    assert blurred.result is None
    assert blurred.written == ((0x13002, "0000????????"),)
    assert blurred.log == ("hello: beagle 7 at #", "steady 12")
    assert blurred.console == "up #"
    assert mask.blur(outcome("1", 5, "0001aabbccdd")).observable != blurred.observable
    assert mask.blur(Outcome("returned", -14, (), (), "", ())).result == -14
    assert not mask_of([one, one])
