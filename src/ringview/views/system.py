"""What the system control registers say, in words (ARM DDI 0406C, B4.1)."""

from __future__ import annotations

from collections.abc import Mapping

from ringview.arm.fault import decode_fsr, fsr_domain, fsr_is_write
from ringview.views.words import address, listed

_DOMAIN_ACCESS = ("no access", "client", "reserved", "manager")


def system_note(name: str, system: Mapping[str, int]) -> str:
    """Return what a system register's value means, "" where the value speaks for itself."""
    value = system[name]
    if name in ("ttbr0", "ttbr1"):
        return table_note(name, system)
    if name == "ttbcr":
        n = value & 7
        return f"N = {n}: " + (
            "TTBR0 translates every address"
            if n == 0
            else f"TTBR0 translates below {address(1 << (32 - n))}, TTBR1 the rest"
        )
    if name == "dacr":
        return dacr_note(value)
    if name == "contextidr":
        return f"ASID {value & 0xFF}"
    if name == "sctlr":
        return sctlr_note(value)
    if name in ("dfsr", "ifsr"):
        return fsr_note(value, data=name == "dfsr")
    if name == "vbar":
        return (
            "not in use: SCTLR.V is 1" if system.get("sctlr", 0) >> 13 & 1 else "vectors start here"
        )
    return ""


def table_note(name: str, system: Mapping[str, int]) -> str:
    """Return where a translation table base register points."""
    n = system.get("ttbcr", 0) & 7
    if name == "ttbr1" and n == 0:
        return "not in use: TTBCR.N is 0"
    low = 14 - n if name == "ttbr0" else 14
    return f"first-level table at PA {address(system[name] >> low << low)}"


def dacr_note(value: int) -> str:
    """Return the rights of the sixteen domains, those without access summed up."""
    groups: dict[str, list[str]] = {}
    for domain in range(16):
        rights = value >> 2 * domain & 3
        if rights:
            groups.setdefault(_DOMAIN_ACCESS[rights], []).append(str(domain))
    if not groups:
        return "no access to any domain"
    parts = [
        f"{'domain' if len(domains) == 1 else 'domains'} {listed(domains)} {rights}"
        for rights, domains in groups.items()
    ]
    rest = "" if sum(map(len, groups.values())) == 16 else ", all others no access"
    return "; ".join(parts) + rest


def sctlr_note(value: int) -> str:
    """Return the bits of SCTLR that this machine obeys."""
    mmu = "MMU on" if value & 1 else "MMU off"
    caches = {0: "caches off", 1: "data cache only", 2: "instruction cache only", 3: "caches on"}
    vectors = "vectors at ffff_0000" if value >> 13 & 1 else "vectors at VBAR"
    both = (value >> 2 & 1) | (value >> 11 & 2)
    return f"{mmu}, {caches[both]}, {vectors}"


def fault_status(fsr: int) -> str:
    """Return the fault that a fault status register's value stands for."""
    status = decode_fsr(fsr)
    return "reserved fault status" if status is None else status.text


def fsr_note(value: int, *, data: bool) -> str:
    """Return a fault status register in words: the fault, and for data the access and the
    domain.
    """
    if value == 0:
        return "no fault recorded"
    if not data:
        return fault_status(value)
    status = decode_fsr(value)
    kind = "write" if fsr_is_write(value) else "read"
    domain = f", domain {fsr_domain(value)}" if status is not None and status.has_domain else ""
    return f"{fault_status(value)}, on a {kind}{domain}"
