"""The registers pane: core registers with what they mean, the CPSR decoded, every bank, the system
registers.
"""

from __future__ import annotations

from collections.abc import Callable

from ringview.views.effect import Effect
from ringview.views.frame import BankColumn, FlagField, Privilege, RegisterRow, Registers
from ringview.views.inputs import (
    HIGH_VECTORS,
    Scene,
    is_user_address,
    mode_name,
    privilege_of,
)
from ringview.views.meaning import error_name, meaning, psr_text, stack_name, vector_name
from ringview.views.operation import REGISTERS, Kind
from ringview.views.system import system_note
from ringview.views.words import by_role, offset

_BANKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("USR", ("sp_usr", "lr_usr")),
    ("SVC", ("sp_svc", "lr_svc", "spsr_svc")),
    ("ABT", ("sp_abt", "lr_abt", "spsr_abt")),
    ("UND", ("sp_und", "lr_und", "spsr_und")),
    ("IRQ", ("sp_irq", "lr_irq", "spsr_irq")),
    (
        "FIQ",
        ("r8_fiq", "r9_fiq", "r10_fiq", "r11_fiq", "r12_fiq", "sp_fiq", "lr_fiq", "spsr_fiq"),
    ),
)

SYSTEM = (
    "ttbr0",
    "ttbr1",
    "ttbcr",
    "dacr",
    "contextidr",
    "sctlr",
    "dfsr",
    "dfar",
    "ifsr",
    "ifar",
    "vbar",
    "tpidruro",
)


def build_registers(scene: Scene) -> Registers:
    """Compute the registers pane of a stop."""
    registers = scene.now.registers
    before = scene.before.registers if scene.before is not None else registers
    psr_before = before.get("cpsr", scene.cpsr)
    spsr = registers.get("spsr")
    has_spsr = spsr is not None and scene.mode not in ("USR", "SYS")
    spsr_name = f"spsr_{scene.mode.lower()}"
    return Registers(
        core=tuple(_core(scene, name) for name in (*REGISTERS, "cpsr")),
        flags=flag_fields(scene.cpsr, psr_before),
        spsr_flags=(
            flag_fields(spsr, before.get(spsr_name, spsr)) if has_spsr and spsr is not None else ()
        ),
        banks=tuple(
            BankColumn(
                mode,
                scene.mode == mode or (mode == "USR" and scene.mode == "SYS"),
                tuple(_banked(scene, name, mode) for name in names if name in registers),
            )
            for mode, names in _BANKS
        ),
        system=tuple(_system(scene, name) for name in SYSTEM if name in scene.now.system),
    )


def operand_role(effect: Effect | None, name: str) -> str:
    """Return what the next instruction does with a register: "read", "write", "read write" or
    "".
    """
    if effect is None or (not effect.holds and name != "cpsr"):
        return ""
    reads = name in effect.operation.reads
    writes = name in effect.operation.writes and effect.holds
    return " ".join(word for word, on in (("read", reads), ("write", writes)) if on)


def _core(scene: Scene, name: str) -> RegisterRow:
    value = scene.now.registers[name]
    before = scene.before.registers.get(name, value) if scene.before is not None else value
    return RegisterRow(
        by_role(name),
        value,
        before,
        value != before,
        operand_role(scene.effect, name),
        _core_note(scene, name, value),
        _owner(scene, name),
    )


def _core_note(scene: Scene, name: str, value: int) -> str:
    if name == "cpsr":
        return psr_text(value)
    if name == "pc":
        return vector_name(value) or scene.know.place(value)
    if name == "sp":
        return stack_name(scene, value) or meaning(scene, value)
    if name == "r7" and _number_in_r7(scene):
        return scene.know.syscall(value) or "no such system call"
    if name == "r0":
        error = error_name(value)
        if error and returns_a_result(scene):
            return error
    return meaning(scene, value)


def _number_in_r7(scene: Scene) -> bool:
    """Whether r7 holds a system call's number: at the svc, and from the vector until r7 is
    reused.
    """
    if scene.at_svc:
        return True
    if scene.mode != "SVC" or mode_name(scene.now.registers.get("spsr", 0)) != "USR":
        return False
    function = scene.know.function(scene.pc)
    entry = function is not None and function.name in ("vector_swi", "sys_syscall")
    return entry or scene.pc == HIGH_VECTORS + 8


def returns_a_result(scene: Scene) -> bool:
    """Whether r0 is a return value now: at a return, on the kernel's way out, just back in user
    mode.
    """
    effect = scene.effect
    if scene.returned:
        return True
    if effect is not None and effect.kind in (Kind.RETURN, Kind.EXCEPTION_RETURN):
        return True
    function = scene.know.function(scene.pc)
    return function is not None and function.name.startswith("ret_")


def _owner(scene: Scene, name: str) -> Privilege:
    """At the vector itself the low registers still hold what the interrupted code left there."""
    at_vector = bool(vector_name(scene.pc)) and scene.mode not in ("USR", "SYS")
    if at_vector and name not in ("sp", "lr", "pc", "cpsr"):
        return privilege_of(mode_name(scene.now.registers.get("spsr", scene.cpsr)))
    return scene.privilege


def _banked(scene: Scene, name: str, mode: str) -> RegisterRow:
    value = scene.now.registers[name]
    before = scene.before.registers.get(name, value) if scene.before is not None else value
    role = operand_role(scene.effect, name)
    if not role and scene.mode == mode and name.startswith("spsr_"):
        role = operand_role(scene.effect, "spsr")
    if name.startswith("spsr_"):
        note = psr_text(value) if value else "never written"
    elif name.startswith("sp_"):
        note = stack_name(scene, value) or meaning(scene, value)
    else:
        note = meaning(scene, value)
    owner = Privilege.USER if mode == "USR" else privilege_of(mode)
    return RegisterRow(name, value, before, value != before, role, note, owner)


def _system(scene: Scene, name: str) -> RegisterRow:
    value = scene.now.system[name]
    before = scene.before.system.get(name, value) if scene.before is not None else value
    owner = Privilege.USER if name == "tpidruro" else Privilege.KERNEL
    if name in ("dfsr", "dfar", "ifsr", "ifar"):
        owner = Privilege.ABORT
    note = system_note(name, scene.now.system)
    if not note and name in ("dfar", "ifar") and value:
        note = meaning(scene, value) or ("user address" if is_user_address(value) else "")
    if name == "tpidruro" and value:
        note = offset("the thread's own data", 0)
    return RegisterRow(name, value, before, value != before, "", note, owner)


# --------------------------------------------------------------------------------- status registers

_Meaning = Callable[[int], str]

_FIELDS: tuple[tuple[str, int, int, _Meaning], ...] = (
    ("N", 31, 1, lambda v: "last result negative" if v else "last result not negative"),
    ("Z", 30, 1, lambda v: "last result zero, or equal" if v else "last result not zero"),
    ("C", 29, 1, lambda v: "carry, or no borrow" if v else "no carry, or borrow"),
    ("V", 28, 1, lambda v: "signed overflow" if v else "no signed overflow"),
    ("Q", 27, 1, lambda v: "an operation saturated" if v else "nothing saturated"),
    ("GE", 16, 4, lambda v: "results of parallel arithmetic"),
    ("E", 9, 1, lambda v: "data big-endian" if v else "data little-endian"),
    ("A", 8, 1, lambda v: "asynchronous aborts masked" if v else "asynchronous aborts taken"),
    ("I", 7, 1, lambda v: "IRQ masked" if v else "IRQ taken"),
    ("F", 6, 1, lambda v: "FIQ masked" if v else "FIQ taken"),
    ("T", 5, 1, lambda v: "Thumb instructions" if v else "ARM instructions"),
)

_MODE_WORDS = {
    "USR": "User, PL0",
    "FIQ": "FIQ, PL1",
    "IRQ": "IRQ, PL1",
    "SVC": "Supervisor, PL1",
    "ABT": "Abort, PL1",
    "UND": "Undefined, PL1",
    "SYS": "System, PL1 with the user's registers",
}


def flag_fields(value: int, before: int) -> tuple[FlagField, ...]:
    """Decode a status register, most significant field first (ARM DDI 0406C, B1.3.3)."""
    fields: list[FlagField] = []
    for name, low, width, words in _FIELDS:
        mask = (1 << width) - 1
        now, then = value >> low & mask, before >> low & mask
        text = f"{now:x}" if width == 1 else f"{now:04b}"
        fields.append(FlagField(name, text, now != then, words(now)))
    mode, mode_before = mode_name(value), mode_name(before)
    fields.append(
        FlagField("M", mode, mode != mode_before, _MODE_WORDS.get(mode, "not a mode of this core"))
    )
    return tuple(fields)
