"""The narration: the lecture's beat, or what the machine itself has to tell: the fault, the
transition, the next effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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


MEASURE = 64
"""Columns of a line in the lecture layout: what is read at a glance from afar."""

MARGIN = 2


def paint(part: NarrationPart, room: Room) -> Page:
    """The most telling thing about this stop, then the next effect and the way of the call."""
    if room.big:
        return _large(part, room)
    narration = part.narration
    hops = _hops(narration.hops, room) if room.roomy else []
    tail = [*_next(narration.next_effect, room.width), *hops]
    title, style, lines = _told(part, room, len(tail))
    lines.extend(_more(part, room, len(lines) + (len(tail) if room.roomy else 1)))
    if room.zoomed:
        lines.extend([Line(), *tail])
        lines.extend([Line(), *hop_rows(narration.hops, room.width)] if narration.hops else [])
    else:
        # What comes next stands at the pane's foot, always in the same place, if there is room.
        tail = tail[: max(0, room.height - len(lines))]
        lines.extend(Line() for _ in range(room.height - len(lines) - len(tail)))
        lines.extend(tail)
    aside = Line()
    if narration.hops and not hops and not room.zoomed:
        aside = _near(narration.hops, max(20, room.width - len(title) - 12))
    return Page(lines, title, aside, style=style)


def _large(part: NarrationPart, room: Room) -> Page:
    """For the last row: what is said in full, in short lines with air between, and little else."""
    wide = max(8, room.width - 2 * MARGIN)
    told: list[Line] = []
    title = style = ""
    beat_here = any(beat.here for beat in part.narration.beats)
    for measure in (min(MEASURE, wide), wide):
        title, style, told = _told(
            part, replace(room, width=measure, height=99 if beat_here else room.height), 0
        )
        if len(told) <= room.height:
            break
    after = _next(part.narration.next_effect, wide)
    airy = 2 * len(told) + len(after) <= room.height
    lines = [line for row in told for line in ((row, Line()) if airy else (row,))]
    if len(lines) + len(after) <= room.height:
        lines.extend(Line() for _ in range(room.height - len(lines) - len(after)))
        lines.extend(after)
    return Page([_heavier(line) for line in lines], title, style=style)


def _heavier(line: Line) -> Line:
    """A line in bold, set in by the margin."""
    result = Line(" " * MARGIN)
    result.action = line.action
    for span in line.spans:
        result.add(span.text, f"{span.style} bold", span.action)
    return result


def _told(part: NarrationPart, room: Room, reserved: int) -> tuple[str, str, list[Line]]:
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
        lines = _transition(transition, room.width, room.height)
        return f"next: {transition.headline}", "title", lines
    if transition is not None and transition.just_now:
        lines = _transition(transition, room.width, room.height)
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
    asked: list[Line] = []
    chosen = beat.question and 0 <= part.chosen < len(beat.choices)
    if chosen and (part.revealed or not part.audience):
        asked = _verdict(beat, part, room.width)
    elif beat.question and part.revealed:
        asked = wrapped(f"! {beat.answer}", "good bold", room.width, 2)
    elif chosen:
        asked = _waiting(beat, part.chosen, room.width)
    elif beat.question:
        asked = _question(beat, room, _hints(beat, room, part.audience))
    if room.height >= 99 and asked:
        asked.insert(0, Line())
    said = wrapped(beat.say, "text", room.width, max(1, room.height - len(asked)))
    return [*said, *asked][: max(room.height, 1)]


def _verdict(beat: BeatView, part: NarrationPart, width: int) -> list[Line]:
    chosen = beat.choices[part.chosen]
    if chosen == beat.answer:
        lines = wrapped(f"✓ right: {beat.answer}", "good bold", width, 2)
    else:
        lines = wrapped(f"✗ wrong: not {chosen}, but {beat.answer}", "abort bold", width, 2)
    so_far = f"   {part.score} so far"
    if lines[-1].width + len(so_far) <= width:
        lines[-1].add(so_far, "dim")
    return lines


def _waiting(beat: BeatView, chosen: int, width: int) -> list[Line]:
    """The choice of one in the audience, before the lecturer shows the answer."""
    lines = wrapped(f"? {beat.question}", "strong", width, 2)
    yours = f"  you chose {chosen + 1} {beat.choices[chosen]}; the lecturer will show the answer"
    return [*lines, *wrapped(yours, "text", width, 2)]


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
    width, space = room.width, room.height
    options = Line()
    for number, choice in enumerate(beat.choices, 1):
        options.add("  " if number > 1 else "", "dim", ("choose", number))
        options.add(f"{number}", "key", ("choose", number))
        options.add(f" {choice}", "strong", ("choose", number))
    least = min((hint.width for hint in hints), default=0)
    lines = wrapped(f"? {beat.question}", "strong", max(8, width - least), 2)
    if beat.choices and lines[-1].width + 2 + options.width + least <= width:
        lines[-1].add("  ").join(options)
    elif beat.choices:
        # One row is kept for what is said.
        lines = wrapped(f"? {beat.question}", "strong", width, 2 if space > 3 else 1)
        lines.append(options.fit(width))
    hint = next((hint for hint in hints if lines[-1].width + hint.width <= width), None)
    if hint is not None:
        lines[-1].join(hint)
    for line in lines:
        line.click(("answer",))
    return lines


def _fault(fault: FaultStory, room: Room) -> list[Line]:
    """The sentence, what comes of it, and between them as much evidence as there is room for."""
    width, space = room.width, 99 if room.zoomed else max(1, room.height)
    said = wrapped(fault.sentence, "strong", width, max(1, space - 1))
    after: list[Line] = []
    if fault.what_next:
        glyph = "→ " if fault.recorded else "→ prediction: "
        after = _bullet(glyph, fault.what_next, "kernel", width)
    left = space - len(said) - len(after)
    evidence = [line for text in fault.evidence for line in _bullet("· ", text, "text", width)]
    if len(evidence) > left:
        together = wrapped("· " + "  · ".join(fault.evidence), "text", width, max(0, left))
        evidence = together if left > 0 else []
    return [*said, *evidence, *after][: max(1, space)]


def _bullet(glyph: str, text: str, style: str, width: int) -> list[Line]:
    return [
        Line(glyph if index == 0 else " " * len(glyph), "dim").add(part, style)
        for index, part in enumerate(wrap(text, max(8, width - len(glyph))))
    ]


def _transition(story: TransitionStory, width: int, space: int) -> list[Line]:
    """Each step of the exception a line of its own if they fit, run together otherwise."""
    numbered = [
        line
        for number, step in enumerate(story.steps, 1)
        for line in _bullet(f"{number} ", step, "text", width)
    ]
    if len(numbered) <= space:
        return numbered
    whole: list[Line] = []
    for count in range(1, len(story.steps) + 1):
        told = "  ".join(f"{n}. {step}" for n, step in enumerate(story.steps[:count], 1))
        rest = len(story.steps) - count
        told += f"  … and {rest} more, in large" if rest else ""
        lines = wrapped(told, "text", width)
        if len(lines) > space:
            break
        whole = lines
    return whole or wrapped(story.steps[0] if story.steps else "", "text", width, space)


NEAR = 500
"""Instructions after a beat for which its words still describe the screen."""


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
        ago = f"{grouped(icount - story.icount)} instructions ago: "
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
    if story is None or space < 2:
        return []
    fault_here = narration.fault is not None and narration.fault.icount == part.icount
    beat_here = any(beat.here for beat in narration.beats)
    if beat_here and fault_here and narration.fault is not None:
        told = _fault(narration.fault, replace(room, height=space))
        head = Line("why this fault", "abort bold")
        return [Line(), head, *told] if spaced else [head, *told]
    if not (fault_here or beat_here) and (story.just_now or not room.zoomed):
        return []
    head = Line(f"@{grouped(story.icount)} ", "dim").add(story.headline, "strong")
    steps = _transition(story, room.width, space)
    return [Line(), head, *steps] if spaced else [head, *steps]


def _next(effect: str, width: int) -> list[Line]:
    if not effect:
        return []
    return [Line("next ▸ ", "key").join(Line(effect, "text").fit(max(4, width - 7)))]


# ----------------------------------------------------------------------------------- the call's way


def _hops(hops: tuple[Hop, ...], room: Room) -> list[Line]:
    """The way of one call in a line: each stage with its cost, the present one marked, all
    clickable.
    """
    if not hops or room.height < 3 or room.zoomed:
        return []
    for cost in (True, False):
        line = Line("way ▸ ", "key")
        for index, hop in enumerate(hops):
            if index:
                line.add(" → ", "dim")
            owner = "user" if "user" in hop.name and "copy" not in hop.name else "kernel"
            mark = "●" if hop.current else ""
            style = f"{owner} bold underline" if hop.current else owner
            line.add(f"{mark}{hop.name}", style, ("go", hop.icount))
            if cost and hop.instructions > 0:
                line.add(f" {grouped(hop.instructions)}", "dim", ("go", hop.icount))
        if line.width <= room.width:
            return [line]
    return [_near(hops, room.width)]


def _near(hops: tuple[Hop, ...], width: int) -> Line:
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
        owner = "user" if "user" in hop.name and "copy" not in hop.name else "kernel"
        line.add(" → " if index > first else "", "dim")
        style = f"{owner} bold underline" if hop.current else owner
        line.add(("●" if hop.current else "") + hop.name, style, ("go", hop.icount))
    return line.add(" …" if last < len(hops) - 1 else "", "dim").fit(width)
