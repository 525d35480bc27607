"""``--json``: a run as documented, versioned data. docs/json.md describes it for people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from ringview.scenario.check import Result
from ringview.scenario.linux import signal_name
from ringview.scenario.model import Scenario
from ringview.scenario.record import RunRecord, SyscallFact, TransitionFact
from ringview.scenario.resolve import PlacedBeat

SCHEMA_VERSION = 1
"""Grows when something that is there already changes or goes; additions keep it."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the output."""
    text = files("ringview.cli").joinpath("output.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def report(
    scenario: Scenario,
    record: RunRecord,
    beats: Iterable[PlacedBeat] = (),
    results: Iterable[Result] = (),
) -> dict[str, Any]:
    """Return everything that is known of a run as plain JSON data."""
    return {
        "schema": SCHEMA_VERSION,
        "scenario": {"name": scenario.name, "title": scenario.title},
        "kernel": {
            "config": record.kernel.config,
            "options": dict(record.kernel.options),
            "key": record.kernel.key,
        },
        "program": {
            "name": scenario.program.name,
            "args": list(scenario.args),
            "exit_status": record.exit_status,
            "signal": None if record.signal is None else signal_name(record.signal),
        },
        "machine": {"memory": scenario.memory, "seed": scenario.seed},
        "icount": record.icount,
        "start": record.start if record.start >= 0 else None,
        "halt": {"reason": record.halt, "text": record.halt_text},
        "transitions": [_transition(t) for t in record.transitions],
        "syscalls": [_syscall(call) for call in record.syscalls],
        "beats": [{"icount": b.icount, "title": b.beat.title} for b in beats],
        "log": [
            {"seconds": line.seconds, "level": line.level, "text": line.text} for line in record.log
        ],
        "console": record.console.decode("utf-8", "replace"),
        "expectations": [
            {"held": r.held, "text": r.text, "detail": r.told, "line": r.line} for r in results
        ],
    }


def _transition(t: TransitionFact) -> dict[str, Any]:
    return {
        "icount": t.icount,
        "from": t.source,
        "to": t.target,
        "cause": t.cause,
        "pc": t.pc,
        "place": t.place,
        "target": t.target_va,
        "vector": t.vector,
        "lr": t.lr,
        "spsr": t.spsr,
    }


def _syscall(call: SyscallFact) -> dict[str, Any]:
    return {
        "ordinal": call.ordinal,
        "nr": call.nr,
        "name": call.name,
        "task": call.task,
        "text": call.text,
        "args": list(call.args),
        "ret": call.ret,
        "enter": call.enter,
        "exit": call.exit if call.exit >= 0 else None,
        "sp_user": call.sp_user,
        "sp_kernel": call.sp_kernel,
        "instructions": dict(call.instructions),
        "hops": [
            {
                "phase": hop.phase,
                "name": hop.name,
                "icount": hop.icount,
                "pc": hop.pc,
                "place": hop.place,
                "source": hop.source,
                "note": hop.note,
                "instructions": hop.instructions,
            }
            for hop in call.hops
        ],
    }
