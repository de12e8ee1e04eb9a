"""Runs the checklist inside this process and keeps the outcome of each case.

A job is a pytest session of its own: a conforming or broken venue, some of the checks, and nothing that
outlives it but the modules that were imported. So a worker pays for its imports once.
"""

import contextlib
import gc
import io
import tempfile
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from fixtures.harness.collection import is_about_client
from fixtures.harness.options import RUN
from fixtures.harness.run_judgement import found_so_far
from proof.expected_kills import EXPECTED_KILLS
from proof.fields.changes import FieldMutant
from proof.fields.outlet import at_outlet
from proof.library_findings import FINDINGS, case_of
from proof.mutants import Trace, tampered
from proof.paired_defects import paired
from reports.verdict.requirements import newest, read

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "checks"
VENUE = ROOT / "fixtures" / "venue"
SYMBOLS = ("NEWUSDT", "XRPUSDT")
"""A listing before its public phase and one that trades: some rules are reached by one of them only."""
LOOKS_BACK = "LAW-"
"""How the ids begin of the checks that judge the messages of the whole run."""
TRAFFIC = frozenset(
    {
        "test_fills",
        "test_message_schema",
        "test_order_record",
        "test_public_book",
        "test_time_in_force",
        "test_visibility",
    }
)
"""The modules of checks that are run before those that look back, in a job of chosen checks: they make the
messages."""
RAN = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
NOT_SEEN = "NotSeen"
"""What is raised when an awaited event does not come; by name, because a worker may import it twice."""


class CaseKind(StrEnum):
    """How one case of a check ended: what says most about the venue comes first."""

    ASSERTION = "assertion"
    """The check saw what is wrong."""
    TIMED_OUT = "timed out"
    """The awaited event did not come: an assertion too, but one that shows no wrong value."""
    ERROR = "error"
    """The check ended by an exception that is no assertion: it judged nothing."""
    PASSED = "passed"
    SKIPPED = "skipped"


KILLS = {CaseKind.ASSERTION, CaseKind.TIMED_OUT}
"""How a case ends that notices what is wrong."""


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """How one case of a check ended.

    message: the first line of what it raised, "" when it passed
    by_venue: True where the embedded venue itself raised it, as it was set up
    """

    check: str
    node: str
    kind: CaseKind
    message: str = ""
    by_venue: bool = False

    @property
    def rank(self) -> int:
        """0 for the kind that says most."""
        return list(CaseKind).index(self.kind)

    @property
    def looks_back(self) -> bool:
        """True for a case that judges the messages before it; without any it ends in an error."""
        return self.check.startswith(LOOKS_BACK)


def strongest(outcomes: Iterable[CaseOutcome]) -> dict[str, CaseOutcome]:
    """Check -> the outcome that counts, of all its cases, in the order of the ids.

    An assertion counts before a timeout, a timeout before an error, an error before a pass.
    """
    found: dict[str, CaseOutcome] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.rank):
        found.setdefault(outcome.check, outcome)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Job:
    """One pytest session to run.

    variants: legal variants of the venue, all at once
    checks, nodes: ids of the checks, and node ids of the cases, to run; None for all
    without: ids of checks that are not run
    stops: True when the first kill ends the run
    is_brief: True to make no more messages once each chosen check that looks back has one to report
    decisive: how a case ends after which the other cases of its check are not run
    order: the seed of a random order, None for the checklist's own
    code: the name of the code mutant that this process has imported
    field: the field mutant of the venue's messages
    traces: True to record which case reaches which mutant
    client: the order client whose checks alone are run, "none" for those of the venue
    """

    name: str
    defect: str = ""
    mutant: str = ""
    code: str = ""
    field: FieldMutant | None = None
    variants: tuple[str, ...] = ()
    checks: frozenset[str] | None = None
    nodes: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    stops: bool = False
    is_brief: bool = False
    decisive: frozenset[CaseKind] = frozenset({CaseKind.ASSERTION})
    market: str = "quiet"
    order: int | None = None
    symbols: tuple[str, ...] = SYMBOLS
    traces: bool = False
    client: str = "none"

    @property
    def looks_back(self) -> bool:
        """True when a chosen check judges the messages of the others."""
        return any(check_id.startswith(LOOKS_BACK) for check_id in self.checks or ())

    def asks_for(self, check_id: str, module: str) -> bool:
        """True for the chosen checks, and for those that make the messages for one that looks back."""
        makes_messages = self.looks_back and module in TRAFFIC
        return self.checks is None or check_id in self.checks or makes_messages

    @property
    def is_broken(self) -> bool:
        """True when the venue, a library or the policy has a defect or is a mutant, or its messages are."""
        return bool(self.defect or self.mutant or self.code or self.field)

    def options(self, folder: str) -> list[str]:
        """The command line of the run."""
        # Without the reports there are outcomes and no verdicts; without the cache the workers share no file.
        plain = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no", f"--out={folder}"]
        shuffled = [] if self.order is None else ["-p", "randomly", f"--randomly-seed={self.order}"]
        symbols = [option for symbol in self.symbols for option in ("--symbol", symbol)]
        defect = ["--defect", self.defect] if self.defect else []
        variants = [option for name in self.variants for option in ("--variant", name)]
        ids = () if self.looks_back else sorted(self.checks or ())
        # A selection by keyword also runs the long checks, which a run without a selection deselects.
        chosen = ["-k", " or ".join(ids) or "test_"]
        return [
            *plain,
            *shuffled,
            *symbols,
            *defect,
            *variants,
            *chosen,
            f"--market={self.market}",
            f"--client={self.client}",
            *map(str, self.modules()),
        ]

    def modules(self) -> list[Path]:
        """What pytest collects: the modules that hold what is asked for, the whole folder where all is."""
        if self.nodes is not None:
            return sorted({ROOT / node.partition("::")[0] for node in self.nodes})
        if self.checks is None:
            return [CHECKS]
        named = [f'"{check_id}"' for check_id in self.checks]
        return [
            path
            for path, text in _sources().items()
            if any(name in text for name in named) or (self.looks_back and path.stem in TRAFFIC)
        ] or [CHECKS]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a job produced. trace: which case reached which mutant, None when it was not recorded."""

    job: Job
    outcomes: tuple[CaseOutcome, ...]
    trace: Trace | None = None

    @property
    def red(self) -> list[CaseOutcome]:
        """The outcomes that neither passed nor were skipped, without the findings about client libraries."""
        return [
            outcome
            for outcome in self.outcomes
            if outcome.kind not in {CaseKind.PASSED, CaseKind.SKIPPED}
            and not is_finding(outcome.node, self.job.symbols)
        ]


@dataclass(slots=True)
class CaseRecorder:
    """A pytest plugin that selects the cases of a job and keeps their outcomes."""

    job: Job
    trace: Trace = field(default_factory=Trace)
    outcomes: dict[str, CaseOutcome] = field(default_factory=dict)
    killers: set[str] = field(default_factory=set)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Deselect what the job does not ask for, and put first what its defect must fail.

        An order that another check could not cancel would block the check that is about cancels. The suite's
        own order of the checks is made before.
        """
        yield
        chosen = sorted((item for item in items if self._wants(item)), key=self._is_incidental)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen

    def _is_incidental(self, item: pytest.Item) -> bool:
        expected = EXPECTED_KILLS.get(self.job.defect, ())
        check_id = check_of(item)
        return not expected or check_id not in expected or check_id.startswith(LOOKS_BACK)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Name the case to the trace."""
        self.trace.node = item.nodeid
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """On a broken venue, skip the other cases of a check of which one has already failed."""
        if self.job.is_broken and check_of(item) in self.killers:
            pytest.skip("its check has already failed")
        if self.job.is_brief and self._is_superfluous(item):
            pytest.skip("what looks back has enough to report")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the first outcome of set-up, call and tear-down that is no pass; end the run at a kill."""
        report = yield
        # A tear-down that fails after an assertion is a consequence of it, so the first outcome stays.
        outcome = self._outcome(item, call, report)
        known = self.outcomes.get(item.nodeid)
        if known is None or known.kind is CaseKind.PASSED:
            self.outcomes[item.nodeid] = outcome
        if outcome.kind in self.job.decisive:
            self.killers.add(outcome.check)
        if self.job.stops and outcome.kind in KILLS:
            item.session.shouldstop = "the mutant is killed"
        return report

    def _is_superfluous(self, item: pytest.Item) -> bool:
        """True for a case that only makes messages, when they contradict each law that is asked for."""
        checks = self.job.checks or frozenset()
        if check_of(item) in checks:
            return False
        found = found_so_far(item.config, item.config.stash[RUN])
        return all(found.of(check_id) for check_id in checks if check_id.startswith(LOOKS_BACK))

    def _wants(self, item: pytest.Item) -> bool:
        check_id, job = check_of(item), self.job
        in_checks = job.asks_for(check_id, item.path.stem) and check_id not in job.without
        proves = not job.is_broken or not is_finding(item.nodeid, job.symbols)
        return bool(check_id) and in_checks and proves and (job.nodes is None or item.nodeid in job.nodes)

    def _outcome(
        self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> CaseOutcome:
        check_id, node = check_of(item), item.nodeid
        if report.skipped:
            return CaseOutcome(check_id, node, CaseKind.SKIPPED)
        if not report.failed or call.excinfo is None:
            return CaseOutcome(check_id, node, CaseKind.PASSED)
        message = f"{call.excinfo.typename}: {call.excinfo.value}".splitlines()[0]
        if not call.excinfo.errisinstance(AssertionError) or call.when != "call":
            paths = (Path(entry.path) for entry in call.excinfo.traceback)
            by_venue = call.when == "setup" and any(VENUE in path.parents for path in paths)
            return CaseOutcome(check_id, node, CaseKind.ERROR, message, by_venue=by_venue)
        timed_out = call.excinfo.typename == NOT_SEEN
        message = (str(call.excinfo.value).splitlines() or [""])[0].removeprefix("AssertionError: ")
        return CaseOutcome(check_id, node, CaseKind.TIMED_OUT if timed_out else CaseKind.ASSERTION, message)


def check_of(item: pytest.Item) -> str:
    """The id of the check that a test item belongs to, "" when it belongs to none."""
    check = item.get_closest_marker("check")
    return str(check.kwargs["id"]) if check else ""


def is_finding(node: str, symbols: tuple[str, ...]) -> bool:
    """True for a case that fails on the conforming venue too, because of a client library."""
    return case_of(node.rpartition("::")[2], symbols) in FINDINGS


@cache
def required() -> frozenset[str]:
    """The ids of the checks of the venue that a sign-off demands.

    The others are long: they are run once, in a quiet market, on one symbol.
    """
    ids = read(newest(ROOT / "checks")).check_ids
    return frozenset(check_id for check_id in ids if not is_about_client(check_id))


@cache
def _sources() -> Mapping[Path, str]:
    """Module of checks -> its text."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(CHECKS.rglob("test_*.py"))}


def _keep_imports_out_of_collections() -> None:
    """Let the garbage collector pass over what the first job imported.

    pytest collects garbage several times at the end of every session. Going through the whole suite each time
    took half of a short job.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def run(job: Job, *plugins: object) -> TrialResult:
    """Run the checks of a job in this process. plugins: what else pytest is given.

    Raises RuntimeError with the end of pytest's output when pytest ran none of them.
    """
    recorder = CaseRecorder(job)
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(recorder.trace.installed() if job.traces else tampered(job.mutant))
        stack.enter_context(paired(job.defect))
        stack.enter_context(at_outlet(job.field))
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        code = pytest.main(job.options(folder), plugins=[recorder, *plugins])
    _keep_imports_out_of_collections()
    if code not in RAN or not recorder.outcomes:
        raise RuntimeError(f"{job.name} ran no case (exit code {code}): {printed.getvalue()[-2000:]}")
    return TrialResult(job, tuple(recorder.outcomes.values()), recorder.trace if job.traces else None)


def until_killed(jobs: Iterable[Job]) -> list[CaseOutcome]:
    """Run jobs one after the other, until one of them has a kill; the outcomes of all that ran."""
    outcomes: list[CaseOutcome] = []
    for job in jobs:
        outcomes += run(job).outcomes
        if any(outcome.kind in KILLS for outcome in outcomes):
            break
    return outcomes
