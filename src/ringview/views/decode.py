"""Reads what an A32 instruction does off its encoding (ARM DDI 0406C, A5 and A8).

A disassembler's text does not say this; the encoding does.
"""

from __future__ import annotations

from collections.abc import Iterable

from ringview.views.operation import CONDITIONS, REGISTERS, Kind, Operation, Transfer

_COMPARES = range(8, 12)  # TST TEQ CMP CMN write no register
_MOVES = (13, 15)  # MOV MVN read no first operand
_WITH_CARRY = (5, 6, 7)  # ADC SBC RSC


def decode(encoding: int) -> Operation:
    """Decode one A32 instruction."""
    if encoding >> 28 == 15:
        return _unconditional(encoding)
    major = encoding >> 25 & 7
    if major in (0, 1):
        operation = _data_processing_space(encoding, immediate=bool(major))
    elif major == 2 or (major == 3 and not encoding & 1 << 4):
        operation = _single_transfer(encoding)
    elif major == 3:
        operation = _media(encoding)
    elif major == 4:
        operation = _multiple(encoding)
    elif major == 5:
        operation = _branch(encoding)
    else:
        operation = _coprocessor_space(encoding)
    return operation


def _name(encoding: int, shift: int) -> str:
    return REGISTERS[encoding >> shift & 15]


def _make(
    encoding: int,
    kind: Kind,
    reads: Iterable[str] = (),
    writes: Iterable[str] = (),
    transfers: tuple[Transfer, ...] = (),
    *,
    displacement: int | None = None,
    target: str = "",
    immediate: int = 0,
) -> Operation:
    condition = CONDITIONS[min(encoding >> 28, 14)]
    reads = dict.fromkeys(reads)
    if condition != "al":
        reads["cpsr"] = None
    return Operation(
        encoding,
        kind,
        condition,
        tuple(reads),
        tuple(dict.fromkeys(writes)),
        transfers,
        displacement,
        target,
        immediate,
    )


def _data_processing_space(e: int, *, immediate: bool) -> Operation:
    opcode = e >> 21 & 15
    sets_flags = bool(e >> 20 & 1)
    if not immediate and e >> 4 & 1 and e >> 7 & 1:
        return _multiply_or_extra(e)
    if opcode in _COMPARES and not sets_flags:
        return _wide_or_status(e) if immediate else _miscellaneous(e)
    d = _name(e, 12)
    reads: list[str] = [] if opcode in _MOVES else [_name(e, 16)]
    if not immediate:
        reads.append(_name(e, 0))
        if e >> 4 & 1:
            reads.append(_name(e, 8))
    if opcode in _WITH_CARRY:
        reads.append("cpsr")
    writes = [] if opcode in _COMPARES else [d]
    if sets_flags:
        writes.append("cpsr")
    kind, target = Kind.PLAIN, ""
    if d == "pc" and opcode not in _COMPARES:
        if sets_flags:
            kind = Kind.EXCEPTION_RETURN
            reads.append("spsr")
        else:
            from_lr = opcode == 13 and not immediate and _name(e, 0) == "lr"
            kind = Kind.RETURN if from_lr else Kind.BRANCH
            target = _name(e, 0) if opcode == 13 and not immediate else ""
    return _make(e, kind, reads, writes, target=target)


def _wide_or_status(e: int) -> Operation:
    """MOVW, MOVT, MSR (immediate) and the hints (A5.2.11)."""
    if e >> 21 & 3 == 0 or (e >> 20 & 31) in (16, 20):
        d = _name(e, 12)
        return _make(e, Kind.PLAIN, [d] if e >> 22 & 1 else [], [d])
    if e >> 16 & 15 == 0 and not e >> 22 & 1:
        hint = e & 255
        return _make(e, Kind.WAIT if hint in (2, 3) else Kind.PLAIN)
    return _msr(e, [])


def _msr(e: int, reads: list[str]) -> Operation:
    to_spsr = bool(e >> 22 & 1)
    control = bool(e >> 16 & 1) and not to_spsr
    writes = ["spsr" if to_spsr else "cpsr"]
    return _make(e, Kind.MODE_CHANGE if control else Kind.PLAIN, reads, writes)


def _miscellaneous(e: int) -> Operation:
    operation, low = e >> 21 & 3, e >> 4 & 7
    m = _name(e, 0)
    if e >> 7 & 1:  # halfword multiplies
        accumulates = [_name(e, 12)] if operation in (0, 1, 2) else []
        return _make(e, Kind.PLAIN, [m, _name(e, 8), *accumulates], [_name(e, 16)])
    if low == 0:
        if operation & 1:
            return _msr(e, [m])
        return _make(e, Kind.PLAIN, ["spsr" if e >> 22 & 1 else "cpsr"], [_name(e, 12)])
    if low == 1 and operation == 1:
        kind = Kind.RETURN if m == "lr" else Kind.BRANCH
        return _make(e, kind, [m], ["pc"], target=m)
    if low == 1 and operation == 3:
        return _make(e, Kind.PLAIN, [m], [_name(e, 12)])
    if low in (2, 3) and operation == 1:
        writes = ["pc"] if low == 2 else ["lr", "pc"]
        return _make(e, Kind.CALL if low == 3 else Kind.BRANCH, [m], writes, target=m)
    if low == 5:
        return _make(e, Kind.PLAIN, [m, _name(e, 16)], [_name(e, 12)])
    if low == 7 and operation == 1:
        return _make(e, Kind.BKPT, immediate=(e >> 4 & 0xFFF0) | (e & 15))
    if low == 7 and operation == 3:
        return _make(e, Kind.SMC, immediate=e & 15)
    return _make(e, Kind.UNDEFINED)


def _multiply_or_extra(e: int) -> Operation:
    low = e >> 5 & 3
    if low:
        return _extra_transfer(e)
    if not e >> 24 & 1:  # multiplies: Rd at 16, Ra at 12, Rm at 8, Rn at 0
        d, a = _name(e, 16), _name(e, 12)
        operation = e >> 21 & 7
        reads = [_name(e, 0), _name(e, 8)]
        writes = [d]
        if operation in (1, 3):
            reads.append(a)
        elif operation >= 4 or operation == 2:
            writes.append(a)
            if operation in (2, 5, 7):
                reads += [a, d]
        if e >> 20 & 1:
            writes.append("cpsr")
        return _make(e, Kind.PLAIN, reads, writes)
    return _exclusive(e)


def _exclusive(e: int) -> Operation:
    """SWP, LDREX, STREX and their sizes (A5.2.10)."""
    n, t2 = _name(e, 16), _name(e, 0)
    if not e >> 23 & 1:  # SWP, SWPB: reads, then writes
        width, t = (1 if e >> 22 & 1 else 4), _name(e, 12)
        moves = (
            Transfer(write=False, base=n, registers=(t,), size=width),
            Transfer(write=True, base=n, registers=(t2,), size=width),
        )
        return _make(e, Kind.PLAIN, [n, t2], [t], moves)
    width = (4, 8, 1, 2)[e >> 21 & 3]
    load = bool(e >> 20 & 1)
    first = e >> 12 & 15 if load else e & 15
    names = (REGISTERS[first],) if width != 8 else (REGISTERS[first], REGISTERS[min(first + 1, 15)])
    move = Transfer(write=not load, base=n, registers=names, size=min(width, 4), exclusive=True)
    if load:
        return _make(e, Kind.PLAIN, [n], names, (move,))
    return _make(e, Kind.PLAIN, [n, *names], [_name(e, 12)], (move,))


def _transfer_operation(
    e: int, move: Transfer, *, post: bool, writeback: bool, displacement: int
) -> Operation:
    reads = [move.base]
    if move.index:
        reads.append(move.index)
    writes: list[str] = []
    if move.write:
        reads += move.registers
    else:
        writes += move.registers
    if post or writeback:
        writes.append(move.base)
    kind, target = Kind.PLAIN, ""
    if "pc" in writes and not move.write:
        # A pop of pc returns; any other load of pc is a jump through memory.
        kind = Kind.RETURN if move.base == "sp" else Kind.BRANCH
    del displacement
    return _make(e, kind, reads, writes, (move,), target=target)


def _single_transfer(e: int) -> Operation:
    """LDR, STR, LDRB, STRB and their T forms (A5.3)."""
    pre, up, byte = bool(e >> 24 & 1), bool(e >> 23 & 1), bool(e >> 22 & 1)
    writeback, load = bool(e >> 21 & 1), bool(e >> 20 & 1)
    by_register = bool(e >> 25 & 1)
    distance = 0 if by_register else (e & 0xFFF) * (1 if up else -1)
    indexed = by_register and pre
    move = Transfer(
        write=not load,
        base=_name(e, 16),
        registers=(_name(e, 12),),
        size=1 if byte else 4,
        start=distance if pre else 0,
        index=_name(e, 0) if indexed else "",
        shift=_shift(e) if indexed else (0, 0),
        subtract=not up,
        unprivileged=not pre and writeback,
    )
    operation = _transfer_operation(
        e, move, post=not pre, writeback=writeback, displacement=distance
    )
    if by_register and not pre:
        reads = (*operation.reads, _name(e, 0))
        return _make(e, operation.kind, reads, operation.writes, operation.transfers)
    return operation


def _shift(e: int) -> tuple[int, int]:
    kind, amount = e >> 5 & 3, e >> 7 & 31
    return (kind, 32 if kind in (1, 2) and amount == 0 else amount)


def _extra_transfer(e: int) -> Operation:
    """Halfwords, signed bytes and doublewords (A5.2.8, A5.2.9)."""
    pre, up, by_immediate = bool(e >> 24 & 1), bool(e >> 23 & 1), bool(e >> 22 & 1)
    writeback, load, low = bool(e >> 21 & 1), bool(e >> 20 & 1), e >> 5 & 3
    double = not load and low in (2, 3)
    first = e >> 12 & 15
    names = (REGISTERS[first], REGISTERS[min(first + 1, 15)]) if double else (REGISTERS[first],)
    distance = ((e >> 4 & 0xF0) | (e & 15)) * (1 if up else -1) if by_immediate else 0
    indexed = not by_immediate and pre
    move = Transfer(
        write=not load and (low == 1 or low == 3),
        base=_name(e, 16),
        registers=names,
        size=4 if double else 1 if low == 2 else 2,
        start=distance if pre else 0,
        index=_name(e, 0) if indexed else "",
        subtract=not up,
        unprivileged=not pre and writeback,
    )
    return _transfer_operation(e, move, post=not pre, writeback=writeback, displacement=distance)


def _media(e: int) -> Operation:
    """Parallel arithmetic, packing, bit fields, SDIV; UDF (A5.4)."""
    group = e >> 20 & 31
    if group == 31 and e >> 4 & 15 == 15:
        return _make(e, Kind.UNDEFINED, immediate=(e >> 4 & 0xFFF0) | (e & 15))
    m, d = _name(e, 0), _name(e, 12)
    if group >= 28 or group in (26, 27):  # BFI/BFC, UBFX, SBFX
        inserts = group in (28, 29)
        reads = [] if m == "pc" else [m]
        return _make(e, Kind.PLAIN, [*reads, d] if inserts else reads, [d])
    if group >= 16:  # signed multiplies, USAD8: destination at 16
        accumulator = [] if d == "pc" else [d]
        return _make(e, Kind.PLAIN, [m, _name(e, 8), *accumulator], [_name(e, 16)])
    n = _name(e, 16)
    reads = [m] if n == "pc" else [n, m]
    writes = [d, "cpsr"] if group < 8 else [d]
    return _make(e, Kind.PLAIN, reads, writes)


def _multiple(e: int) -> Operation:
    """LDM and STM (A5.5)."""
    before, up, privileged = bool(e >> 24 & 1), bool(e >> 23 & 1), bool(e >> 22 & 1)
    writeback, load = bool(e >> 21 & 1), bool(e >> 20 & 1)
    numbers = [i for i in range(16) if e >> i & 1]
    names = tuple(REGISTERS[i] for i in numbers)
    total = 4 * len(numbers)
    start = (4 if before else 0) if up else -total + (0 if before else 4)
    base = _name(e, 16)
    move = Transfer(write=not load, base=base, registers=names, size=4, start=start)
    to_user = privileged and not (load and "pc" in names)
    shown = tuple(_user_bank(name) for name in names) if to_user else names
    if to_user:
        move = Transfer(write=not load, base=base, registers=shown, size=4, start=start)
    back = [base] if writeback else []
    if not load:
        return _make(e, Kind.PLAIN, [base, *shown], back, (move,))
    writes = [*shown, *back]
    if "pc" not in names:
        return _make(e, Kind.PLAIN, [base], writes, (move,))
    if privileged:
        return _make(e, Kind.EXCEPTION_RETURN, [base, "spsr"], [*writes, "cpsr"], (move,))
    kind = Kind.RETURN if base in ("sp", "r11") else Kind.BRANCH
    return _make(e, kind, [base], writes, (move,))


def _user_bank(name: str) -> str:
    return f"{name}_usr" if name in ("sp", "lr") else name


def _branch(e: int) -> Operation:
    distance = ((e & 0xFFFFFF) ^ 0x800000) - 0x800000
    link = bool(e >> 24 & 1)
    writes = ["lr", "pc"] if link else ["pc"]
    kind = Kind.CALL if link else Kind.BRANCH
    return _make(e, kind, [], writes, displacement=distance * 4 + 8)


def _coprocessor_space(e: int) -> Operation:
    if e >> 24 & 15 == 15:
        return _make(e, Kind.SVC, immediate=e & 0xFFFFFF)
    number = e >> 8 & 15
    kind = Kind.FLOATING if number in (10, 11) else Kind.SYSTEM
    if e >> 25 & 7 == 6:
        if e >> 21 & 15 == 2:  # MCRR, MRRC
            names = [_name(e, 12), _name(e, 16)]
            return _make(e, kind, *(((), names) if e >> 20 & 1 else (names, ())))
        return _floating_transfer(e) if kind is Kind.FLOATING else _make(e, kind)
    if e >> 4 & 1:
        t = _name(e, 12)
        if not e >> 20 & 1:
            return _make(e, kind, [t])
        return _make(e, kind, [], ["cpsr"] if t == "pc" else [t])
    return _make(e, kind)


def _floating_transfer(e: int) -> Operation:
    """VLDR, VSTR, VLDM, VSTM (A7.6)."""
    pre, up, writeback = bool(e >> 24 & 1), bool(e >> 23 & 1), bool(e >> 21 & 1)
    load, base, words = bool(e >> 20 & 1), _name(e, 16), e & 255
    if pre and not writeback:
        count = 2 if e >> 8 & 1 else 1
        start = words * 4 if up else -words * 4
    else:
        count = words & ~1 if e >> 8 & 1 else words
        start = 0 if up else -words * 4
    move = Transfer(write=not load, base=base, registers=("",) * count, size=4, start=start)
    return _make(e, Kind.FLOATING, [base], [base] if writeback else [], (move,))


def _unconditional(e: int) -> Operation:
    """BLX (immediate), CPS, SRS, RFE, barriers (A5.7)."""
    if e >> 25 & 7 == 5:
        distance = ((e & 0xFFFFFF) ^ 0x800000) - 0x800000
        shift = distance * 4 + 8 + (e >> 23 & 2)
        return _make(e, Kind.CALL, [], ["lr", "pc", "cpsr"], displacement=shift)
    if e & 0xFFF10020 == 0xF1000000:
        changes_mode = bool(e >> 17 & 1)
        return _make(e, Kind.MODE_CHANGE, [], ["cpsr"], immediate=e & 31 if changes_mode else 0)
    before, up, writeback = bool(e >> 24 & 1), bool(e >> 23 & 1), bool(e >> 21 & 1)
    start = (4 if before else 0) if up else (-8 if before else -4)
    if e & 0xFE5FFFE0 == 0xF84D0500:
        move = Transfer(
            write=True, base="sp", registers=("lr", "spsr"), size=4, start=start, bank=e & 31
        )
        return _make(e, Kind.PLAIN, ["lr", "spsr"], ["sp"] if writeback else [], (move,))
    if e & 0xFE50FFFF == 0xF8100A00:
        base = _name(e, 16)
        move = Transfer(write=False, base=base, registers=("pc", "cpsr"), size=4, start=start)
        back = [base] if writeback else []
        return _make(e, Kind.EXCEPTION_RETURN, [base], ["pc", "cpsr", *back], (move,))
    if e & 0xFFFFFF00 == 0xF57FF000:
        return _make(e, Kind.BARRIER)
    if e >> 25 & 7 == 1 or e >> 24 & 15 in (4, 5) or e >> 24 & 15 in (14, 12, 13):
        return _make(e, Kind.PLAIN if e >> 24 & 15 in (5, 7) else Kind.FLOATING)
    return _make(e, Kind.UNDEFINED if e >> 24 & 15 == 15 else Kind.PLAIN)
