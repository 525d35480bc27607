"""What wishes make of what is chosen, in any order, without a terminal."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.tui import sample

from ringview.tui.arranging import Needs, arranged, needs
from ringview.tui.audience import Audience
from ringview.tui.choosing import CHOICES, Here, Turn
from ringview.tui.chosen import Chosen
from ringview.tui.commands import COMMANDS
from ringview.tui.layout import TABS
from ringview.tui.names import LARGE, PANES
from ringview.tui.panes import logs
from ringview.tui.panes.footer import FooterPart
from ringview.tui.shaping import SHAPES
from ringview.tui.showing import Showing
from ringview.tui.stage import stage_of, staged

WISHES = {**CHOICES, **SHAPES}
ACTIONS = sorted(
    {entry.action for entry in COMMANDS if entry.action[0] in WISHES}
    | {("choose", number) for number in range(5)}
    | {("memory", 0x8004), ("translate", 0x8004), ("table", 3), ("log_tab", 2), ("time", 1, 41_000)}
)
SIZES = ((80, 24), (120, 40), (200, 60))


def here(
    chosen: Chosen, size: tuple[int, int] = (120, 40), focused: str = "", *, audience: bool = False
) -> Here:
    """Where wishes meet a screen that asks the sample's question."""
    showing = Showing(sample.at_svc(), chosen, FooterPart(), audience)
    needed = needs(showing, *size, Needs())
    return Here(showing, needed, arranged(showing, *size, needed), focused)


def wished(place: Here, *action: str | int) -> Turn:
    return WISHES[str(action[0])](place, *action[1:])


@st.composite
def sittings(draw: st.DrawFn) -> list[Here]:
    """A screen through some wishes, the focus going where they say."""
    size, audience = draw(st.sampled_from(SIZES)), draw(st.booleans())
    places = [here(Chosen(), size, audience=audience)]
    for action in draw(st.lists(st.sampled_from(ACTIONS), max_size=20)):
        turn = wished(places[-1], *action)
        after = here(turn.chosen, size, audience=audience)
        focused = turn.focus or places[-1].focused
        places.append(replace(after, focused=focused if after.displays(focused) else ""))
    return places


@given(sittings())
def test_any_wishes_leave_a_screen_that_there_is(places: list[Here]) -> None:
    chosen = places[-1].chosen
    assert chosen.zoom in ("", *PANES, *LARGE)
    assert chosen.tab in range(len(TABS))
    assert chosen.log_tab in range(len(logs.TABS))
    assert set(chosen.columns) <= set(LARGE)
    assert all(column >= 0 for column in chosen.columns.values())
    assert chosen.quiz.chosen.keys().isdisjoint(chosen.quiz.looked_up)
    width, height = places[-1].arrangement.width, places[-1].arrangement.height
    cells = sum(rect.width * rect.height for rect in places[-1].arrangement.rects.values())
    assert cells == width * height
    if chosen.zoom:
        assert places[-1].displays(chosen.zoom)


@given(sittings(), sittings())
def test_who_follows_looks_as_who_is_followed(lecturer: list[Here], other: list[Here]) -> None:
    stage = stage_of(lecturer[-1].chosen)
    mine = other[-1].chosen
    taken = staged(mine, stage)
    assert stage_of(taken) == stage
    # One's own: how the panes are shaped, what was answered, and what the size asks for.
    assert (taken.wishes, taken.quiz, taken.columns) == (mine.wishes, mine.quiz, mine.columns)
    assert taken.view.code_rows == mine.view.code_rows


@given(sittings())
def test_in_the_audience_only_the_lecturers_answers_show(places: list[Here]) -> None:
    for before, after in pairwise(places):
        chose = before.chosen.quiz.chosen != after.chosen.quiz.chosen
        if chose and after.showing.audience:
            assert after.chosen.answers == before.chosen.answers
        elif chose:
            assert after.chosen.answers > before.chosen.answers


@given(sittings(), st.sampled_from(PANES))
def test_zoomed_twice_is_not_zoomed_and_a_pane_put_away_comes_back(
    places: list[Here], name: str
) -> None:
    chosen = replace(places[-1].chosen, zoom="", big=False)
    place = here(chosen)
    zoomed = wished(place, "zoom", name).chosen
    assert zoomed.zoom == name
    assert wished(here(zoomed), "zoom", name).chosen == chosen
    hidden = place.shaped(place.wished.hiding(frozenset({name}))).chosen
    assert not here(hidden).displays(name)
    back = wished(here(hidden), "pane", name)
    assert back.focus == name
    assert name not in here(back.chosen).wished.hidden


def follows(role: Audience, chosen: Chosen) -> bool:
    """Whether a screen that looks so shows what the lecturer's does."""
    role.compare(chosen)
    return bool(role.following)


@given(sittings(), sittings())
def test_looking_around_and_back(lecturer: list[Here], other: list[Here]) -> None:
    role = Audience()
    stage = stage_of(lecturer[-1].chosen)
    chosen = role.heard(Chosen(), stage)
    assert follows(role, chosen)
    around = replace(chosen, log_tab=(chosen.log_tab + 1) % len(logs.TABS))
    assert not follows(role, around)
    # What the lecturer does meanwhile is not taken over, but for the answers.
    later = stage_of(other[-1].chosen)
    heard = role.heard(around, later)
    assert replace(heard, answers=around.answers, quiz=around.quiz) == around
    assert heard.answers == frozenset(later.answers)
    assert follows(role, role.follow(heard))
