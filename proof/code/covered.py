"""Which case of a check runs which line of the venue: one run on the conforming venue under coverage.py."""

from collections.abc import Generator, Mapping
from pathlib import Path

import coverage
import pytest

from proof.code.sites import VENUE
from proof.trial import Job, TrialResult, run

Lines = Mapping[str, frozenset[int]]
"""Module of the venue, as a path within its package -> lines of it."""


class _Contexts:
    """A pytest plugin that names the running case to coverage.py."""

    def __init__(self, measuring: coverage.Coverage) -> None:
        self._measuring = measuring

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._measuring.switch_context(item.nodeid)
        return (yield)


def covered(job: Job) -> tuple[TrialResult, dict[str, Lines]]:
    """Run a job in this process; case -> the lines of the venue that it runs."""
    measuring = coverage.Coverage(data_file=None, include=[f"{VENUE}/*"], messages=False)
    measuring.start()
    try:
        result = run(job, _Contexts(measuring))
    finally:
        measuring.stop()
    found: dict[str, dict[str, set[int]]] = {}
    data = measuring.get_data()
    for path in data.measured_files():
        module = Path(path).relative_to(VENUE).as_posix()
        for line, cases in data.contexts_by_lineno(path).items():
            for case in filter(None, cases):
                found.setdefault(case, {}).setdefault(module, set()).add(line)
    return result, {
        case: {module: frozenset(lines) for module, lines in by_module.items()}
        for case, by_module in found.items()
    }
