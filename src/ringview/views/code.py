"""The code pane: the C (or assembly) source, and the instructions it became."""

from __future__ import annotations

from ringview.views.decode import decode
from ringview.views.effect import Access, Effect
from ringview.views.frame import Code, CodeCaller, CodeRow, Privilege, SourceLine
from ringview.views.inputs import Function, Scene
from ringview.views.meaning import meaning, place, vector_name
from ringview.views.operation import Kind, Operation
from ringview.views.words import address, counted, read_word

_MAX_THUMB = 2048  # bytes of Thumb code read from a function's start to pc
_NOT_PRESENT = "page not present: a Prefetch Abort"
_MAX_FUNCTION = 1 << 16  # bytes; a broken symbol must not make us disassemble the kernel


def build_code(scene: Scene) -> Code:
    """Compute the code pane of a stop."""
    function = scene.know.function(scene.pc)
    here = scene.know.line(scene.pc)
    path = here[0] if here is not None else ""
    return Code(
        path=path,
        function=vector_name(scene.pc) or (function.name if function is not None else ""),
        privilege=scene.privilege,
        language="c" if path.endswith((".c", ".h")) else "asm" if path else "",
        source=_source(scene, here),
        rows=_rows(scene, function, in_c=path.endswith((".c", ".h"))),
        caller=None if path.endswith((".c", ".h")) else _caller(scene),
    )


def _caller(scene: Scene) -> CodeCaller | None:
    """The nearest frame, from the one that called inwards code, whose line is one of C."""
    for frame in list(scene.know.backtrace())[1:]:
        # The line of a call is that before the place it returns to.
        here = scene.know.outer_line(frame.pc if frame.boundary else frame.pc - 4)
        if here is None or not here[0].endswith((".c", ".h")):
            continue
        path, number = here
        text = scene.know.source(path)
        return CodeCaller(
            place=place(scene, frame.pc),
            source=f"{path}:{number}",
            text=text[number - 1].strip() if 0 < number <= len(text) else "",
            privilege=Privilege.USER if frame.user else scene.privilege,
        )
    return None


def _source(scene: Scene, here: tuple[str, int] | None) -> tuple[SourceLine, ...]:
    if here is None:
        return ()
    path, current = here
    text = scene.know.source(path)
    if not text:
        return ()
    wanted = max(scene.request.source_lines, 1)
    first = max(1, min(current - wanted // 2, len(text) - wanted + 1))
    places = [scene.know.line(va) for va in scene.breakpoints]
    stops = {found[1] for found in places if found is not None and found[0] == path}
    return tuple(
        SourceLine(n, text[n - 1], n == current, n in stops)
        for n in range(first, min(first + wanted, len(text) + 1))
    )


def _word(scene: Scene, va: int) -> int | None:
    """A word of code; of a page that is brought in on demand the one that the file has."""
    word = read_word(scene.now.read_virtual, va)
    return scene.know.image_word(va) if word is None else word


def _code(scene: Scene, start: int, size: int) -> bytes:
    """Up to ``size`` bytes of code, fewer where neither memory nor the file has more."""
    code = scene.now.read_virtual(start, size)
    if code is not None:
        return code
    found = bytearray()
    for va in range(start & ~3, start + size, 4):
        word = _word(scene, va)
        if word is None:
            break
        found += word.to_bytes(4, "little")
    return bytes(found[start & 3 : (start & 3) + size])


def _thumb_note(scene: Scene) -> str:
    if scene.now.read_virtual(scene.pc & ~1, 2) is None:
        return _NOT_PRESENT
    return "takes the Supervisor Call exception" if scene.at_svc else ""


def _thumb_rows(scene: Scene, function: Function | None) -> tuple[CodeRow, ...]:
    """Rows of Thumb code: their sizes differ, so they are read from the function's start on."""
    wanted = max(scene.request.code_rows, 1)
    pc = scene.pc & ~1
    start = pc
    if function is not None and 0 <= pc - (function.start & ~1) <= _MAX_THUMB:
        start = function.start & ~1
    code = _code(scene, start, pc - start + 4 * wanted)
    if len(code) <= pc - start:  # not all of the function is there: begin at pc itself
        start, code = pc, _code(scene, pc, 4 * wanted)
    found = list(scene.know.disassemble_thumb(start, code))
    here = next((i for i, row in enumerate(found) if row.va == pc), None)
    if here is None:  # data among the code: begin at pc itself
        found = list(scene.know.disassemble_thumb(pc, code[pc - start :]))
        here = 0
    first = max(0, here - wanted // 3)
    rows: list[CodeRow] = []
    for row in found[first : first + wanted]:
        line = scene.know.line(row.va)
        rows.append(
            CodeRow(
                va=row.va,
                encoding=row.encoding,
                mnemonic=row.mnemonic,
                operands=row.operands,
                symbol=scene.know.label(row.va),
                target="" if row.target is None else f"→ {place(scene, row.target)}",
                note="" if row.va != pc else _thumb_note(scene),
                line=line[1] if line is not None else 0,
                current=row.va == pc,
                breakpoint=row.va in scene.breakpoints,
            )
        )
    return tuple(rows)


def _rows(scene: Scene, function: Function | None, *, in_c: bool) -> tuple[CodeRow, ...]:
    if scene.cpsr >> 5 & 1:
        return _thumb_rows(scene, function)
    wanted = max(scene.request.code_rows, 1)
    pc = scene.pc & ~3
    first, last = pc - 4 * (wanted // 3), pc + 4 * wanted
    if function is not None and function.end - function.start <= _MAX_FUNCTION:
        first = max(first, function.start)
        if in_c:  # assembly flows from label to label; a C function ends where it ends
            last = min(last, function.end)
            first = max(function.start, min(first, last - 4 * wanted))
    rows: list[CodeRow] = []
    halves: dict[int, int] = {}
    for va in range(max(first, 0), min(last, 0xFFFFFFFC), 4):
        if len(rows) == wanted:
            break
        encoding = _word(scene, va)
        if encoding is None:
            if va >= pc:
                break
            rows.clear()
            continue
        if va > pc and encoding == 0:
            break  # zeros are padding: the code has ended
        rows.append(_row(scene, va, encoding, halves))
    return tuple(rows)


def _row(scene: Scene, va: int, encoding: int, halves: dict[int, int]) -> CodeRow:
    mnemonic, operands = scene.know.disassemble(va, encoding)
    line = scene.know.line(va)
    current = va == scene.pc
    note = ""
    if current and scene.now.read_virtual(va, 4) is None:
        note = _NOT_PRESENT
    elif current and scene.effect is not None:
        note = effect_note(scene, scene.effect)
    return CodeRow(
        va=va,
        encoding=f"{encoding:08x}",
        mnemonic=mnemonic,
        operands=operands,
        symbol=vector_name(va) or scene.know.label(va),
        target=_target(scene, va, decode(encoding), halves),
        note=note,
        line=line[1] if line is not None else 0,
        current=current,
        breakpoint=va in scene.breakpoints,
    )


def _target(scene: Scene, va: int, operation: Operation, halves: dict[int, int]) -> str:
    """Say where a branch goes, or which constant a literal load or a MOVW/MOVT pair builds."""
    if operation.displacement is not None:
        return f"→ {place(scene, (va + operation.displacement) & 0xFFFFFFFF)}"
    e = operation.encoding
    group = e >> 20 & 0xFF
    d = e >> 12 & 15
    half = (e >> 4 & 0xF000) | (e & 0xFFF)
    if e >> 28 != 15 and group == 0x30:
        halves[d] = half
        return ""
    if e >> 28 != 15 and group == 0x34 and d in halves:
        return _constant(scene, half << 16 | halves.pop(d))
    if operation.transfers:
        move = operation.transfers[0]
        if move.base == "pc" and not move.index and not move.write and move.size == 4:
            value = read_word(scene.now.read_virtual, va + 8 + move.start)
            return "" if value is None else _constant(scene, value)
    return ""


def _constant(scene: Scene, value: int) -> str:
    what = meaning(scene, value).removeprefix("→ ")
    return f"= {what}" if what else f"= {address(value)}"


# -------------------------------------------------------------------------- the current instruction


def condition_reason(condition: str, cpsr: int) -> str:
    """Return the flags that decide a condition, as they are: ``Z is 0``."""
    flags = {"hi": "CZ", "ls": "CZ", "ge": "NV", "lt": "NV", "gt": "ZNV", "le": "ZNV"}
    simple = {
        "eq": "Z",
        "ne": "Z",
        "cs": "C",
        "cc": "C",
        "mi": "N",
        "pl": "N",
        "vs": "V",
        "vc": "V",
    }
    bits = {"N": 31, "Z": 30, "C": 29, "V": 28}
    names = flags.get(condition) or simple.get(condition, "")
    return ", ".join(f"{name} is {cpsr >> bits[name] & 1}" for name in names)


def effect_note(scene: Scene, effect: Effect) -> str:
    """Return in a few words what the current instruction is about to do."""
    condition = effect.operation.condition
    why = condition_reason(condition, scene.cpsr)
    if not effect.holds:
        return f"skipped: {why}"
    if effect.kind is Kind.SVC:
        return "takes the Supervisor Call exception"
    if effect.kind is Kind.UNDEFINED:
        return "takes the Undefined Instruction exception"
    if effect.kind is Kind.BKPT:
        return "takes a Prefetch Abort (breakpoint)"
    note = access_note(scene, effect.accesses) if effect.accesses else ""
    if not note and effect.target is not None and effect.operation.displacement is None:
        note = f"goes to {place(scene, effect.target)}"
    if why:
        word = "taken" if effect.kind in (Kind.BRANCH, Kind.CALL, Kind.RETURN) else "executes"
        note = f"{word}: {why}" + (f"; {note}" if note else "")
    return note


def access_note(scene: Scene, accesses: tuple[Access, ...]) -> str:
    """Return which memory is about to be read or written, with the value."""
    first = accesses[0]
    if len(accesses) > 1 and first.write == accesses[-1].write:
        total = sum(a.size for a in accesses)
        words = counted(total // 4, "word") if total % 4 == 0 else counted(total, "byte")
        last = address(accesses[-1].va)
        if first.write:
            return f"writes {words} to {address(first.va)} … {last}"
        return f"reads {words} from {address(first.va)} … {last}"
    parts = [_one_access(scene, access) for access in accesses]
    return ", ".join(parts)


def _one_access(scene: Scene, access: Access) -> str:
    as_user = " as PL0" if access.unprivileged else ""
    if access.write:
        value = scene.now.registers.get(access.register)
        if value is None:
            return f"writes {counted(access.size, 'byte')} to {address(access.va)}{as_user}"
        return f"writes {value_text(value, access.size)} to {address(access.va)}{as_user}"
    data = scene.now.read_virtual(access.va, access.size)
    if data is None:
        return f"reads {address(access.va)}{as_user}: not mapped"
    value = int.from_bytes(data, "little")
    what = meaning(scene, value) if access.size == 4 else ""
    return f"reads {address(access.va)}{as_user}: {value_text(value, access.size)}" + (
        f" {what}" if what else ""
    )


def value_text(value: int, size: int) -> str:
    """Return a value of 1, 2 or 4 bytes in hex digits of its width."""
    value &= (1 << 8 * size) - 1
    return address(value) if size == 4 else f"{value:0{2 * size}x}"
