"""The translation pane: one virtual address walked through the guest's own tables, and who may do
what there.
"""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, hex32, short_size, wrapped
from ringview.views.frame import AccessVerdict, Translation, WalkStep

ALLOWED = "✓"
DENIED = "✗"
_ACCESSES = ("read", "write", "execute")
_SHORT = {"read": "read", "write": "write", "execute": "exec"}
_OWNER = {"PL0": "user", "PL1": "kernel"}


def paint(translation: Translation, room: Room) -> Page:
    """The walk as a ladder, the verdict in a sentence, and the matrix of rights."""
    width = room.width
    owner = _OWNER.get(translation.privilege, "text")
    head = Line("VA ", "dim").add(hex32(translation.va), f"{owner} bold")
    reason = translation.reason
    if head.width + 2 + len(reason) > width:
        reason = reason.replace("about to be read by ", "▸ ")
        reason = reason.replace("about to be written by ", "◂ ")
    head.join(Line(f"  {reason}", "text").fit(max(4, width - head.width)))
    ladder = _ladder(translation, room)
    matrix = _matrix(translation, width)
    sentence = _sentence(translation, width, 2)
    lines = [*_problem(translation, width), *_aliases(translation, width), head, *ladder]
    free = room.height - len(lines) - len(matrix) - len(sentence)
    least = int(room.roomy)
    if translation.mapped and max(free, least) > 0:
        lines.extend(_detail(translation, width, max(free, least)))
    lines.extend(sentence)
    lines.extend(matrix)
    if len(lines) > room.height and len(sentence) > 1:
        top = [*_problem(translation, width), *_aliases(translation, width), head, *ladder]
        lines = [*top, *_sentence(translation, width, 1), *matrix]
    return Page(lines, "translation", _tlb_answer(translation))


def _problem(translation: Translation, width: int) -> list[Line]:
    """Why what was asked for is not what is shown."""
    if not translation.problem:
        return []
    first, *rest = wrapped(translation.problem, "bad", max(8, width - 3), 3)
    return [Line(" ✗ ", "bad").join(first), *(Line("   ").join(line) for line in rest)]


def _aliases(translation: Translation, width: int) -> list[Line]:
    """All virtual addresses of the physical one that was asked for; a click walks one."""
    if translation.physical < 0 or not translation.aliases:
        return []
    count = len(translation.aliases)
    ways = f"{count} virtual addresses lead" if count > 1 else "1 virtual address leads"
    lines = [Line(f" {ways} to PA {hex32(translation.physical)}:", "strong").fit(width)]
    for alias in translation.aliases:
        line = Line("  ", "dim").add(hex32(alias.va), alias.owner.value).add(" ")
        line.add(alias.user, "user" if alias.user != "---" else "dim").add("/", "dim")
        line.add(alias.kernel, "kernel" if alias.kernel != "---" else "dim")
        line.add(f" {alias.spaces}", "text").add(f" {alias.note}" if alias.note else "", "dim")
        lines.append(line.click(("translate", alias.va)).fit(width))
    return lines


def _ladder(translation: Translation, room: Room) -> list[Line]:
    """One rung a step: level, the index that chose it, the descriptor, its meaning."""
    lines = []
    last = len(translation.steps) - 1
    roomy = room.roomy or room.big
    two_rows = roomy and room.height >= 2 * len(translation.steps) + 6
    for index, step in enumerate(translation.steps):
        lines.extend(_rung(step, index, index == last, room.width, two_rows, translation))
    if not translation.steps:
        lines.append(Line("   the MMU is off: PA = VA", "text"))
    return lines


def _rung(
    step: WalkStep, index: int, last: bool, width: int, two_rows: bool, translation: Translation
) -> list[Line]:
    joint = " " if index == 0 else "╰▸" if last else "├▸"
    line = Line(f"{joint:<2}", "rule").add(f"{step.level:<6}", "strong")
    if step.level == "PA":
        line.add(hex32(step.raw), "strong" if translation.mapped else "dim")
    else:
        chosen = step.index if two_rows else step.index.split("=")[-1].strip().removeprefix("0x")
        if step.descriptor_pa:
            line.add(f"{chosen}" if two_rows else f"[{chosen}] ", "text")
            if two_rows:
                line.to(26)
            if width >= 46:
                line.add(f"{hex32(step.descriptor_pa)}: ", "dim")
        line.add(hex32(step.raw), "strong" if two_rows else "text")
    if step.meaning and two_rows:
        under = Line("  " if last else "│ ", "rule").to(8)
        return [line, under.add(step.meaning, "dim").fit(width)]
    meaning = step.meaning if hex32(step.raw) not in step.meaning or two_rows else ""
    if line.width + 1 + len(meaning) > width:
        meaning = _brief(meaning)
    if meaning and width - line.width >= 8:
        line.join(Line(f" {meaning}", "dim").fit(width - line.width))
    return [line]


_BRIEF = (
    ("first-level table at PA ", "→ table "),
    ("page table at PA ", "→ table "),
    ("small page → ", "→ page "),
    ("large page → ", "→ 64K "),
    ("section → ", "→ 1M "),
    ("physical address ", ""),
)


def _brief(meaning: str) -> str:
    """The meaning of a descriptor for a narrow pane: where it leads comes first."""
    for long, short in _BRIEF:
        meaning = meaning.replace(long, short)
    return meaning


def _detail(translation: Translation, width: int, most: int) -> list[Line]:
    parts = [f"{short_size(translation.page_size)} page"] if translation.page_size else []
    if translation.asid >= 0:
        parts.append(f"asid {translation.asid}")
    if translation.domain:
        parts.append(f"domain {translation.domain}")
    if translation.attributes:
        parts.append(translation.attributes)
    text = " · ".join(parts)
    return [Line("   ").join(line) for line in wrapped(text, "dim", max(8, width - 3), most)]


def _sentence(translation: Translation, width: int, limit: int) -> list[Line]:
    if not translation.verdict:  # kept back while a question waits
        asked = f"{translation.access} by {translation.privilege}: "
        return [Line(" ? ", "strong").add(asked, "text").add("told after the answer", "dim")]
    allowed = _verdict(translation, translation.privilege, translation.access)
    denied = allowed is not None and not allowed.allowed
    glyph = DENIED if denied or not translation.mapped else ALLOWED
    style = "bad" if glyph == DENIED else "good"
    text = translation.verdict
    if allowed is not None and allowed.rule and allowed.rule not in text:
        text = f"{text}: {allowed.rule}"
    if limit == 1 and allowed is not None and allowed.rule and len(text) > width - 3:
        # The matrix below says whose access it is; the rule is what only this line says.
        text = f"{'allowed' if allowed.allowed else 'denied'}: {allowed.rule}"
    body = wrapped(text, "text", max(8, width - 3), limit)
    lines = []
    for index, part in enumerate(body):
        line = Line(f" {glyph} " if index == 0 else "   ", f"{style} bold")
        lines.append(line.join(part))
    return lines


def _verdict(translation: Translation, privilege: str, access: str) -> AccessVerdict | None:
    return next(
        (
            verdict
            for verdict in translation.verdicts
            if (verdict.privilege, verdict.access) == (privilege, access)
        ),
        None,
    )


def _matrix(translation: Translation, width: int) -> list[Line]:
    """PL0 and PL1 against read, write, execute; the access in question in brackets."""
    lines = []
    for privilege in ("PL0", "PL1"):
        owner = _OWNER[privilege]
        word = "user" if privilege == "PL0" else "kernel"
        line = Line(f" {privilege} ", f"{owner} bold").add(f"{word:<7}", owner)
        for access in _ACCESSES:
            verdict = _verdict(translation, privilege, access)
            here = (privilege, access) == (translation.privilege, translation.access)
            line.add("[" if here else " ", "strong")
            if verdict is None:
                line.add(f"· {_SHORT[access]}", "dim")
            else:
                line.add(ALLOWED if verdict.allowed else DENIED, _mark(verdict))
                line.add(f" {_SHORT[access]}", "strong" if here else "text")
            line.add("]" if here else " ", "strong")
            line.add(" " if access != "execute" else "")
        verdict = _verdict(translation, privilege, "execute")
        if width >= 80 and verdict is not None:
            shown = _verdict(translation, privilege, translation.access) or verdict
            line.add("  ").join(Line(shown.rule, "dim").fit(width - line.width - 2))
        lines.append(line)
    return lines


def _mark(verdict: AccessVerdict) -> str:
    return "good bold" if verdict.allowed else "bad"


def _tlb_answer(translation: Translation) -> Line:
    answer = translation.in_tlb
    if not answer:
        return Line()
    style = "bad" if answer.startswith("stale") else "text"
    return Line("tlb ", "dim").add(answer, style)
