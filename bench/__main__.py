"""Run every benchmark, each in a process of its own so that none warms another.

Usage: python -m bench [NAME ...]     with no name, all of them; NAME is the part after ``bench_``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the named benchmarks and return the worst exit status."""
    scripts = sorted(HERE.glob("bench_*.py"))
    known = {script.stem.removeprefix("bench_"): script for script in scripts}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"bench: no benchmark is called {unknown[0]}; there are {', '.join(known)}")
        return 2
    worst = 0
    for name in names or list(known):
        print(f"== {name}", flush=True)
        worst = max(worst, _run(known[name]))
    return worst


def _run(script: Path) -> int:
    # Warm means compiled: this variable makes every start compile every module anew.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", f"{HERE.name}.{script.stem}"]
    done = subprocess.run(command, check=False, cwd=HERE.parent, env=environment)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
