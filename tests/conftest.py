"""What holds for every test: in CI no missing tool hides behind a skip, and examples repeat."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import settings

_own_files = tempfile.TemporaryDirectory(prefix="ringview-tests-")
for _name in ("RINGVIEW_CONFIG", "RINGVIEW_STATE"):
    # No test reads or writes what the person who runs it has set, nor does what it starts.
    os.environ[_name] = os.path.join(_own_files.name, _name)  # noqa: PTH118

REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"
"""Set by CI, where every oracle is installed: a test that skips has failed."""

# A submission is judged by the same examples as the one before it; `make soak` looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be missing."""
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be missing: {report.longrepr}"
    return report
