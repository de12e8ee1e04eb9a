"""One run of the checklist inside this process, and what its checks said.

A job is a pytest session of its own: a sound or broken venue, some of the checks, and nothing that
outlives it but the modules that were imported. So a worker pays for its imports once.
"""

import contextlib
import io
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from proof.library_findings import FINDINGS, case_of
from proof.mutants import Trace, tampered

ROOT = Path(__file__).parents[1]
SYMBOLS = ("NEWUSDT", "XRPUSDT")
"""A listing before its public phase and one that trades: some rules are reached in one of them only."""
RAN = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
SILENT = "NotSeen"
"""What an awaited event that did not come raises; by name, because a worker may import it twice."""


class Kind(StrEnum):
    """What one making of a check came to."""

    PASSED = "passed"
    ASSERTION = "assertion"
    """The check saw what is wrong."""
    TIMEOUT = "silence"
    """The check waited in vain: an assertion too, but one that names no reason."""
    ERROR = "error"
    """The check could not come to an end."""
    SKIPPED = "skipped"


KILLS = {Kind.ASSERTION, Kind.TIMEOUT}
"""What a check that notices comes to."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one making of a check came to. said: the first line of what it raised, "" when it passed."""

    check: str
    node: str
    kind: Kind
    said: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One run.

    checks, nodes: ids of the checks and of the makings to be made; None for all
    without: ids of checks that are left out
    stops: True when the first kill ends the run
    order: the seed of a random order, None for the checklist's own
    """

    name: str
    defect: str = ""
    mutant: str = ""
    checks: frozenset[str] | None = None
    nodes: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    stops: bool = False
    market: str = "quiet"
    order: int | None = None
    symbols: tuple[str, ...] = SYMBOLS
    traces: bool = False

    @property
    def is_broken(self) -> bool:
        """True when the venue, a library or the policy is not the sound one."""
        return bool(self.defect or self.mutant)

    def options(self, folder: str) -> list[str]:
        """The command line of the run."""
        plain = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no", f"--out={folder}"]
        shuffled = [] if self.order is None else ["-p", "randomly", f"--randomly-seed={self.order}"]
        symbols = [option for symbol in self.symbols for option in ("--symbol", symbol)]
        defect = ["--defect", self.defect] if self.defect else []
        # A selection by keyword includes the checks that are left out of a run by default, for their length.
        chosen = ["-k", " or ".join(sorted(self.checks)) if self.checks else "test_"]
        return [
            *plain,
            *shuffled,
            *symbols,
            *defect,
            *chosen,
            f"--market={self.market}",
            str(ROOT / "checks"),
        ]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a job came to. trace: what its venue was asked, None when nobody looked."""

    job: Job
    outcomes: tuple[Outcome, ...]
    trace: Trace | None = None

    @property
    def red(self) -> list[Outcome]:
        """The makings that came to no good, but for those that find something about a client library."""
        return [
            outcome
            for outcome in self.outcomes
            if outcome.kind not in {Kind.PASSED, Kind.SKIPPED}
            and not is_finding(outcome.node, self.job.symbols)
        ]


@dataclass(slots=True)
class Recorder:
    """A pytest plugin that selects the makings of a job and keeps their outcomes."""

    job: Job
    trace: Trace = field(default_factory=Trace)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what the job does not ask for."""
        chosen = [item for item in items if self._wants(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tell the trace whose making it is."""
        self.trace.node = item.nodeid
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out the other makings of a check that an assertion of it has told from the sound venue."""
        if self.job.is_broken and check_of(item) in self.settled:
            pytest.skip("settled")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the worst that set-up, check and tear-down came to; end the run when that is asked for."""
        report = yield
        outcome = self._outcome(item, call, report)
        known = self.outcomes.get(item.nodeid)
        if known is None or known.kind is Kind.PASSED:
            self.outcomes[item.nodeid] = outcome
        if outcome.kind is Kind.ASSERTION:
            self.settled.add(outcome.check)
        if self.job.stops and outcome.kind in KILLS:
            item.session.shouldstop = "noticed"
        return report

    def _wants(self, item: pytest.Item) -> bool:
        check_id, job = check_of(item), self.job
        in_checks = (job.checks is None or check_id in job.checks) and check_id not in job.without
        proves = not job.is_broken or not is_finding(item.nodeid, job.symbols)
        return bool(check_id) and in_checks and proves and (job.nodes is None or item.nodeid in job.nodes)

    def _outcome(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Outcome:
        check_id, node = check_of(item), item.nodeid
        if report.skipped:
            return Outcome(check_id, node, Kind.SKIPPED)
        if not report.failed or call.excinfo is None:
            return Outcome(check_id, node, Kind.PASSED)
        said = f"{call.excinfo.typename}: {call.excinfo.value}".splitlines()[0]
        if not call.excinfo.errisinstance(AssertionError) or call.when != "call":
            return Outcome(check_id, node, Kind.ERROR, said)
        silent = call.excinfo.typename == SILENT
        said = (str(call.excinfo.value).splitlines() or [""])[0].removeprefix("AssertionError: ")
        return Outcome(check_id, node, Kind.TIMEOUT if silent else Kind.ASSERTION, said)


def check_of(item: pytest.Item) -> str:
    """The id of the check that an item makes, "" when it makes none."""
    check = item.get_closest_marker("check")
    return str(check.kwargs["id"]) if check else ""


def is_finding(node: str, symbols: tuple[str, ...]) -> bool:
    """True for a making that fails on the sound venue because of a client library."""
    return case_of(node.rpartition("::")[2], symbols) in FINDINGS


def run(job: Job) -> Verdict:
    """Make the checks of a job in this process.

    Raises RuntimeError with pytest's own words when pytest did not come to run them.
    """
    recorder = Recorder(job)
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(recorder.trace.installed() if job.traces else tampered(job.mutant))
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        code = pytest.main(job.options(folder), plugins=[recorder])
    if code not in RAN or not recorder.outcomes:
        raise RuntimeError(f"{job.name} did not run (exit {code}): {printed.getvalue()[-2000:]}")
    return Verdict(job, tuple(recorder.outcomes.values()), recorder.trace if job.traces else None)
