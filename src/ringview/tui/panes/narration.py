"""The narration: the lecture's beat, or what the machine itself has to tell: the fault, the
transition, the next effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from ringview.tui.panes.storyboard import hop_rows
from ringview.tui.text import Line, Page, Room, grouped, wrap, wrapped
from ringview.views.frame import BeatView, FaultStory, Hop, Narration, TransitionStory


@dataclass(frozen=True, slots=True)
class NarrationPart:
    """The narration of a frame, where it is, and what was answered.

    Attributes:
        revealed: the beat's answer was asked for.
        chosen: which of its choices was chosen, counted from 0; -1 for none.
        score: of all questions so far, as ``1 of 2``; empty if none was answered.
        audience: the answer comes only when the lecturer shows it, whatever was chosen.
    """

    narration: Narration
    icount: int
    revealed: bool
    chosen: int = -1
    score: str = ""
    audience: bool = False


def paint(part: NarrationPart, room: Room) -> Page:
    """The most telling thing about this stop, then the next effect and the way of the call."""
    narration = part.narration
    hops = _hops(narration.hops, room) if room.roomy else []
    tail = [*following(narration.next_effect, room.width), *hops]
    title, style, lines = said(part, room, len(tail))
    # What comes next gives its row to words that would be cut.
    spare = room.height - rows_needed(part, room.width)
    reserved = len(tail) if room.roomy else min(1, max(0, spare))
    lines.extend(_more(part, room, len(lines) + reserved))
    if room.zoomed:
        lines.extend([Line(), *tail])
        lines.extend([Line(), *hop_rows(narration.hops, room.width)] if narration.hops else [])
    else:
        # What comes next stands at the pane's foot, always in the same place, if there is room.
        tail = tail[: max(0, room.height - len(lines))]
        lines.extend(Line() for _ in range(room.height - len(lines) - len(tail)))
        lines.extend(tail)
    aside = Line()
    if not room.zoomed:
        aside = _unread(part, room)
        if any(hop.current for hop in narration.hops) and not hops:
            free = room.width - len(title) - 12 - aside.width
            here = next((hop for hop in narration.hops if hop.current), narration.hops[0])
            if len(here.name) + len("way ▸ … ● …") <= free:  # the present stage whole, or none
                way = near(narration.hops, free)
                aside = aside.add("  ").join(way) if aside.width else way
    return Page(lines, title, aside, style=style)


# -------------------------------------------------------------------------- what must not be cut


NEAR = 500
"""Instructions after a beat for which its words still describe the screen."""
_STEPS = 6
"""Rows of a change of mode that are asked for; all of it stands in its own large view."""
_EVIDENCE = 3
"""Rows of a fault's evidence that are asked for; all of it stands where the pane is in large."""


def rows_needed(part: NarrationPart, width: int) -> int:
    """Rows that this stop's words take at a width: a beat's with its question in every state, so
    that no answer moves the panes, and for as long as they describe the screen; a fault's sentence
    and what comes of it. 0 where nothing is told that must not be cut.
    """
    narration = part.narration
    beat = next((b for b in narration.beats if b.current), None)
    rows = 0
    if beat is not None and (beat.here or 0 <= part.icount - beat.icount <= NEAR):
        rows = _beat_rows(beat.say, beat.question, beat.answer, beat.choices, width)
        rows += 0 if beat.here else 1
    fault = narration.fault
    here = fault is not None and fault.icount == part.icount
    if fault is not None and (here or (fault.coming and not (beat and beat.here))):
        told = _fault_rows(fault.sentence, fault.what_next, width)
        rows = rows + 1 + told if beat is not None and beat.here else max(rows, told + _EVIDENCE)
    moved = narration.transition
    if moved is not None and (moved.coming or moved.just_now):
        rows = max(rows, _STEPS)
    return rows


def rows_usual(part: NarrationPart, width: int, most: int) -> int:
    """Rows that there are at every stop, so that the panes keep still from one to the next: as
    many as the longest beat takes, but no more than ``most``.
    """
    beats = part.narration.beats
    needed = (_beat_rows(b.say, b.question, b.answer, b.choices, width) for b in beats)
    return max((min(need, most) for need in needed), default=0)


@lru_cache(256)
def _beat_rows(say: str, question: str, answer: str, choices: tuple[str, ...], width: int) -> int:
    """Rows of a beat, whatever is answered."""
    room = Room(width, 40)
    states = every_state(say, question, answer, choices)
    return len(wrap(say, width)) + max(len(asked(beat, part, room)) for beat, part in states)


def every_state(
    say: str, question: str, answer: str, choices: tuple[str, ...]
) -> Iterator[tuple[BeatView, NarrationPart]]:
    """A beat in every state of its question."""
    beat = BeatView(0, "", say, question, answer, choices, 0, current=True, here=True, show=())
    part = partial(NarrationPart, Narration((beat,), (), None, None, ""), 0)
    yield beat, part(revealed=False)
    yield beat, part(revealed=True)
    yield beat, part(revealed=False, audience=True)
    for chosen in range(len(choices)):
        for audience in (False, True):
            yield beat, part(revealed=False, chosen=chosen, score="10 of 10", audience=audience)


@lru_cache(256)
def _fault_rows(sentence: str, what_next: str, width: int) -> int:
    after = f"→ prediction: {what_next}" if what_next else ""
    return len(wrap(sentence, width)) + (len(wrap(after, width)) if after else 0)


def _unread(part: NarrationPart, room: Room) -> Line:
    """Where the rest is read, if a small pane cannot show all words."""
    key = room.keys.text("pane 8")
    if not key or rows_needed(part, room.width) <= room.height:
        return Line()
    zoom = ("zoom", "narration")
    return Line(f"{key} {key}", "key", zoom).add(" all of it", "strong", zoom)


def is_open(part: NarrationPart) -> bool:
    """Whether a question waits here: until it is answered, nothing else tells what comes."""
    beat = next((b for b in part.narration.beats if b.here), None)
    answered = part.revealed or (part.chosen >= 0 and not part.audience)
    return beat is not None and bool(beat.question) and not answered


def heading(part: NarrationPart) -> tuple[str, str]:
    """What the title rule says of this stop, and its style."""
    title, style, _ = said(part, Room(40, 1), 0)
    return title, style


def owner_of(hop: Hop) -> str:
    """Whose a stage is: the style of its name."""
    return "user" if "user" in hop.name and "copy" not in hop.name else "kernel"


def said(part: NarrationPart, room: Room, reserved: int) -> tuple[str, str, list[Line]]:
    """Title, its style, and the story: of the fault, the beat, the transition, or of none."""
    narration = part.narration
    beat = next((b for b in narration.beats if b.here), None)
    fault, transition = narration.fault, narration.transition
    # A beat's words come first everywhere: who missed the lecture has nothing else to go by.
    if beat is not None:
        return _beat_title(beat, part), "strong", _beat(beat, room, part)
    if fault is not None and fault.icount == part.icount:
        return "why this fault", "abort bold", _fault(fault, room)
    if fault is not None and fault.coming:
        return "why the next instruction will fault", "abort", _fault(fault, room)
    if transition is not None and transition.coming:
        lines = transition_rows(transition, room, room.height)
        return f"next: {transition.headline}", "title", lines
    if transition is not None and transition.just_now:
        lines = transition_rows(transition, room, room.height)
        return transition.headline, "strong", lines
    space = max(1, room.height - reserved)
    title, lines = _quiet(part, room.width, space)
    return title, "title", lines


def _beat_title(beat: BeatView, part: NarrationPart) -> str:
    beats = part.narration.beats
    title = f"beat {beat.ordinal} of {len(beats)} · {beat.title}"
    # At the end of the beats, how well the questions were answered.
    return f"{title} · score {part.score} right" if part.score and beat == beats[-1] else title


def _beat(beat: BeatView, room: Room, part: NarrationPart) -> list[Line]:
    question = asked(beat, part, room)
    words = wrapped(beat.say, "text", room.width, max(1, room.height - len(question)))
    return [*words, *question][: max(room.height, 1)]


def asked(beat: BeatView, part: NarrationPart, room: Room) -> list[Line]:
    """The beat's question, or what has become of it."""
    chosen = beat.question and 0 <= part.chosen < len(beat.choices)
    if chosen and (part.revealed or not part.audience):
        return _verdict(beat, part, room)
    if beat.question and part.revealed:
        return wrapped(f"! {beat.answer}", "good bold", room.width, _limit(room))
    if chosen:
        return _waiting(beat, part.chosen, room)
    if beat.question:
        return _question(beat, room, _hints(beat, room, part.audience))
    return []


def _limit(room: Room) -> int:
    """Rows that a question or an answer may take: one is kept for what is said."""
    return max(1, min(4, room.height - 1 if room.height > 3 else 1))


def _verdict(beat: BeatView, part: NarrationPart, room: Room) -> list[Line]:
    chosen, width, limit = beat.choices[part.chosen], room.width, _limit(room)
    if chosen == beat.answer:
        lines = wrapped(f"✓ right: {beat.answer}", "good bold", width, limit)
    else:
        lines = wrapped(f"✗ wrong: not {chosen}, but {beat.answer}", "abort bold", width, limit)
    so_far = f"   {part.score} so far"
    if lines[-1].width + len(so_far) <= width:
        lines[-1].add(so_far, "dim")
    return lines


def _waiting(beat: BeatView, chosen: int, room: Room) -> list[Line]:
    """The choice of one in the audience, before the lecturer shows the answer."""
    lines = wrapped(f"? {beat.question}", "strong", room.width, _limit(room))
    yours = f"  you chose {chosen + 1} {beat.choices[chosen]}; the lecturer will show the answer"
    return [*lines, *wrapped(yours, "text", room.width, 2)]


def _hints(beat: BeatView, room: Room, audience: bool) -> list[Line]:
    """What can be done about a question, the longest words first."""
    if audience:
        return [Line("   a number chooses", "dim")] if beat.choices else []
    answer = Line("   ").add(room.keys.text("answer"), "key").add(" answer", "dim")
    if not beat.choices:
        return [answer]
    here = room.keys.text("pane 8")
    short = Line("   ").add(here, "key").add(" and number", "dim").join(answer)
    long = Line("   ").add(here, "key").add(" and then a number chooses", "dim").join(answer)
    return [long, short, answer]


def _question(beat: BeatView, room: Room, hints: list[Line]) -> list[Line]:
    """The question; its choices can be clicked."""
    width = room.width
    least = min((hint.width for hint in hints), default=0)
    limit = _limit(room) if not beat.choices else max(1, _limit(room) - 1)
    lines = wrapped(f"? {beat.question}", "strong", max(8, width - least), limit)
    options = choices(beat, width)
    if len(options) == 1 and lines[-1].width + 2 + options[0].width + least <= width:
        lines[-1].add("  ").join(options[0])
    elif options:
        lines = [*wrapped(f"? {beat.question}", "strong", width, limit), *options]
    hint = next((hint for hint in hints if lines[-1].width + hint.width <= width), None)
    if hint is not None:
        lines[-1].join(hint)
    elif room.height > _FEW:
        own = next((hint for hint in hints if hint.width <= width), Line())
        row = Line()
        for span in own.spans[1:]:  # the first keeps it off the question
            row.add(*span)
        lines.extend([row] if row.width else [])
    for line in lines:
        line.click(("answer",))
    return lines


_FEW = 4  # rows of a pane in which a question has no row for what can be done about it


def choices(beat: BeatView, width: int) -> list[Line]:
    """What can be chosen, each with its number, in as few rows as hold them whole."""
    rows: list[Line] = []
    for number, choice in enumerate(beat.choices, 1):
        option = Line(f"{number}", "key", ("choose", number))
        option.add(f" {choice}", "strong", ("choose", number))
        if rows and rows[-1].width + 2 + option.width <= width:
            rows[-1].add("  ", "dim", ("choose", number)).join(option)
        else:
            rows.append(option.fit(width))
    return rows


def _fault(fault: FaultStory, room: Room) -> list[Line]:
    """The sentence, what comes of it, and between them as much evidence as there is room for."""
    width, space = room.width, 99 if room.zoomed else max(1, room.height)
    why = wrapped(fault.sentence, "strong", width)
    glyph = "→ " if fault.recorded else "→ prediction: "
    after = bullet(glyph, fault.what_next, "kernel", width) if fault.what_next else []
    if len(why) + len(after) > space:  # the sentence first, and something of what comes of it
        kept = min(len(after), max(1, space - len(why)))
        why = wrapped(fault.sentence, "strong", width, max(1, space - kept))
        after = bullet(glyph, fault.what_next, "kernel", width, limit=kept) if kept else []
    left = space - len(why) - len(after)
    evidence = [line for text in fault.evidence for line in bullet("· ", text, "text", width)]
    if len(evidence) > left:
        evidence = _together(fault.evidence, width, left)
    return [*why, *evidence, *after][: max(1, space)]


def _together(evidence: tuple[str, ...], width: int, rows: int) -> list[Line]:
    """As many pieces as fit whole, one after the other."""
    for count in range(len(evidence), 0, -1):
        text = "  · ".join(evidence[:count])
        rest = len(evidence) - count
        lines = wrapped(f"· {text}{f'  … and {rest} more' if rest else ''}", "text", width)
        if len(lines) <= rows:
            return lines
    return []


def bullet(
    glyph: str, text: str, style: str, width: int, mark: str = "dim", limit: int | None = None
) -> list[Line]:
    """A text that stands clear of the glyph before it."""
    return [
        Line(glyph if index == 0 else " " * len(glyph), mark).add(part, style)
        for index, part in enumerate(wrap(text, max(8, width - len(glyph)), limit))
    ]


def transition_rows(story: TransitionStory, room: Room, space: int) -> list[Line]:
    """The steps of the exception, each in a row of its own; as many as fit, and where the rest
    is.
    """
    width = room.width
    numbered = [
        bullet(f"{number:>2} ", step, "text", width) for number, step in enumerate(story.steps, 1)
    ]
    if sum(map(len, numbered)) <= space:
        return [line for step in numbered for line in step]
    lines: list[Line] = []
    shown = 0
    for step in numbered:
        if len(lines) + len(step) >= max(space, 2):
            break
        lines.extend(step)
        shown += 1
    key = room.keys.text("change of mode")
    rest = Line(f" … and {len(numbered) - shown} more", "dim")
    if key:
        large = ("large", "switch")
        rest.add(": ", "dim").add(key, "key", large).add(" shows all in large", "dim", large)
    return [*lines, rest.fit(width)] if shown else numbered[0][:space]


def _quiet(part: NarrationPart, width: int, space: int) -> tuple[str, list[Line]]:
    """Between events: the beat we are in while it is near, then the last transition, quietly."""
    narration, icount = part.narration, part.icount
    lines: list[Line] = []
    title = "story"
    beat = next((b for b in narration.beats if b.current), None)
    if beat is not None:
        title = _beat_title(beat, part)
        if icount - beat.icount <= NEAR:
            lines.extend(wrapped(beat.say, "dim", width, space))
        else:
            title = f"after {title}"
    story = narration.transition
    if story is not None and len(lines) < space:
        passed = icount - story.icount
        ago = f"{grouped(passed)} instruction{'s' if passed != 1 else ''} ago: "
        lines.append(Line(ago, "dim").add(story.headline, "text").fit(width))
        if len(lines) < space and icount - story.icount > 0:
            steps = wrapped(" ".join(story.steps), "dim", width, space - len(lines))
            lines.extend(steps)
    return title, lines


def _more(part: NarrationPart, room: Room, used: int) -> list[Line]:
    """In a large pane: the transition's steps below a beat or a fault, a fault below a beat."""
    narration = part.narration
    story = narration.transition
    spaced = room.roomy
    space = 99 if room.zoomed else room.height - used - 1 - int(spaced)
    if story is None or space < 1:
        return []
    fault_here = narration.fault is not None and narration.fault.icount == part.icount
    beat_here = any(beat.here for beat in narration.beats)
    fault = narration.fault
    if beat_here and fault_here and fault is not None:
        told = _fault(fault, replace(room, height=space))
        head = Line("why this fault", "abort bold")
        return [Line(), head, *told] if spaced else [head, *told]
    if is_open(part) or (not (fault_here or beat_here) and (story.just_now or not room.zoomed)):
        return []
    when = "next: " if story.coming else f"@{grouped(story.icount)} "
    head = Line(when, "dim").add(story.headline, "strong")
    steps = transition_rows(story, room, space)
    return [Line(), head, *steps] if spaced else [head, *steps]


def following(effect: str, width: int) -> list[Line]:
    """What the next instruction will do; nothing where that is not known."""
    if not effect:
        return []
    return [Line("next ▸ ", "key").join(Line(effect, "text").fit(max(4, width - 7)))]


# ----------------------------------------------------------------------------------- the call's way


def _hops(hops: tuple[Hop, ...], room: Room) -> list[Line]:
    """The way of one call in a line: its stages, the present one marked, all clickable."""
    if not any(hop.current for hop in hops) or room.height < 3 or room.zoomed:
        return []
    line = Line("way ▸ ", "key")
    for index, hop in enumerate(hops):
        style = f"{owner_of(hop)} bold underline" if hop.current else owner_of(hop)
        line.add(" → " if index else "", "dim")
        line.add(("●" if hop.current else "") + hop.name, style, ("go", hop.icount))
    return [line] if line.width <= room.width else [near(hops, room.width)]


def near(hops: tuple[Hop, ...], width: int) -> Line:
    """As much of the way around the present stage as fits."""
    current = next((i for i, hop in enumerate(hops) if hop.current), 0)
    first = last = current
    size = len(hops[current].name)
    while True:
        grown = False
        for index in (last + 1, first - 1):
            if 0 <= index < len(hops) and size + len(hops[index].name) + 3 <= width - 14:
                size += len(hops[index].name) + 3
                first, last = min(first, index), max(last, index)
                grown = True
        if not grown:
            break
    line = Line("way ▸ ", "key").add("… " if first else "", "dim")
    for index in range(first, last + 1):
        hop = hops[index]
        owner = owner_of(hop)
        line.add(" → " if index > first else "", "dim")
        style = f"{owner} bold underline" if hop.current else owner
        line.add(("●" if hop.current else "") + hop.name, style, ("go", hop.icount))
    return line.add(" …" if last < len(hops) - 1 else "", "dim").fit(width)
