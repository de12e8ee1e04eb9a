"""What is known of the checks of a run, as data; the verdicts are decided in ``reports.verdict.decide``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fixtures.expect import Cause, Owner, Prerequisite
from reports.verdict.cause import Attribution


class Verdict(StrEnum):
    """The verdict of a case or a check."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    BLOCKED = "BLOCKED"
    ERROR = "ERROR"
    NOT_APPLICABLE = "N/A"
    WAIVED = "WAIVED"
    NOT_RUN = "NOT RUN"


WORST_FIRST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.BLOCKED,
    Verdict.NOT_RUN,
    Verdict.WAIVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
"""A check is as good as the worst of its cases; N/A comes last, so that it does not outrank a PASS."""

ACTIONABLE = (Verdict.FAIL, Verdict.ERROR, Verdict.BLOCKED)
"""The verdicts that somebody has to do something about."""

INCONCLUSIVE_VERDICTS = (Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN)
"""These verdicts say nothing about the venue, and a run with one of them is INCOMPLETE."""


class RunVerdict(StrEnum):
    """The verdict of a run."""

    READY = "READY"
    READY_WITH_WAIVERS = "READY WITH WAIVERS"
    VENUE_READY = "VENUE READY"
    """The venue side is ready; no order client was tested."""
    CLIENT_READY = "CLIENT READY"
    """The order client is certified; the venue side was not run."""
    SMOKE_PASSED = "SMOKE PASSED"
    NOT_READY = "NOT READY"
    INCOMPLETE = "INCOMPLETE"

    @property
    def exit_code(self) -> int:
        """The exit code of the process."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    RunVerdict.READY: 0,
    RunVerdict.READY_WITH_WAIVERS: 0,
    RunVerdict.VENUE_READY: 5,
    RunVerdict.CLIENT_READY: 5,
    RunVerdict.SMOKE_PASSED: 0,
    RunVerdict.NOT_READY: 1,
    RunVerdict.INCOMPLETE: 2,
}

ONE_SIDED = (RunVerdict.VENUE_READY, RunVerdict.CLIENT_READY)
"""Everything that was run passed, on one side only."""

BLOCKER = "blocker"
MOST_SEVERE_FIRST = (BLOCKER, "major", "minor", "")
"""Severities; a check that was never collected has none."""

EXPLAINS_THE_REST = (Cause.KEY, Cause.UID, Cause.PERMISSION, Cause.HIDDEN)
"""A failed check that looks for one of these leads every list.

A wrong key, UID or permission, or a symbol that is not shown, explains whatever else failed.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a check demands.

    title: the requirement in one sentence
    paragraph: what a reader would not guess, "" when there is nothing
    source: where it is documented, "" when unknown
    sequence: the events in their order, "" when unknown
    passes: what is compared with what, "" when unknown
    remediation: what to do about a library that does not comply, "" for a check of the venue
    """

    title: str
    paragraph: str = ""
    source: str = ""
    sequence: str = ""
    passes: str = ""
    remediation: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A client library that a check judges.

    version: as installed, "" when it is not
    traded: a listing under test trades through it, so that its failures count
    """

    name: str
    version: str
    traded: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the plan.

    requirement: None for a check that was never collected
    severity: one of MOST_SEVERE_FIRST
    cases: how many cases must be run, over its parameters
    library: None for a check of the venue
    exempt: an environment may declare it N/A although it is a blocker
    cause: the root cause that it looks for, None when its failure can have several
    establishes: the prerequisite of other checks that it looks for, None when it looks for none
    formerly: the id of an earlier requirement set that stood for this requirement and others, "" for none
    subject: who is judged: venue, account, suite (this suite's own client) or client (the order client)
    """

    id: str
    requirement: Requirement | None = None
    severity: str = ""
    cases: int = 0
    library: Library | None = None
    exempt: bool = True
    cause: Cause | None = None
    establishes: Prerequisite | None = None
    formerly: str = ""
    subject: str = "venue"

    @property
    def title(self) -> str:
        """The requirement in one sentence."""
        return self.requirement.title if self.requirement else "Not loaded in this run."

    @property
    def remediation(self) -> str:
        """What to do about a library that does not comply, "" for a check of the venue."""
        return self.requirement.remediation if self.requirement else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case of a check ended.

    parameters: name -> value: symbol, transport, side
    label: the parameters in a few words, "" when the case has none to show
    sentence: why it is not a PASS, one sentence; "" for a PASS
    observations: messages of the venue during the call; those of set-up and tear-down do not count
    evidence: positions of the first record and the one after the last
    orders: the order_link_ids that the evidence names, each with its order_id; "" when the venue gave none
    started_ms, ended_ms: Unix ms, client clock
    allure_uuid: the Allure result, "" when there is none
    attribution: None when there is nothing to fix
    library: the one that this case judges, None for that of the check; cases may judge different libraries
    """

    check_id: str
    verdict: Verdict
    sentence: str
    parameters: Mapping[str, str]
    label: str
    observations: int
    evidence: tuple[int, int]
    orders: Mapping[str, str]
    started_ms: int
    ended_ms: int
    allure_uuid: str = ""
    attribution: Attribution | None = None
    library: Library | None = None

    @property
    def symbol(self) -> str:
        """The symbol that the case ran on, "" when it is about no listing."""
        return self.parameters.get("symbol", "")

    @property
    def is_about_its_library(self) -> bool:
        """False when a check of a library found that something else is at fault."""
        return self.attribution is None or self.attribution.owner is Owner.LIBRARY


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict of one check, over all its cases.

    item: the number of the checklist item; 0 for a check beyond the checklist
    deviates: True for a FAIL that does not count, because no listing under test trades through the library
    """

    check: Check
    item: int
    verdict: Verdict
    sentence: str
    outcomes: tuple[Outcome, ...]
    deviates: bool = False

    @property
    def id(self) -> str:
        """The check's id."""
        return self.check.id

    @property
    def title(self) -> str:
        """The requirement in one sentence."""
        return self.check.title

    @property
    def library(self) -> Library | None:
        """The library that the deciding cases judged; one that a listing trades through comes first."""
        judged = [case.library for case in self.outcomes if case.verdict is self.verdict and case.library]
        return next(
            (library for library in judged if library.traded), judged[0] if judged else self.check.library
        )

    @property
    def has_failed_case(self) -> bool:
        """False for a check that passed, but whose waiver made it a FAIL."""
        return any(outcome.verdict is Verdict.FAIL for outcome in self.outcomes)

    @property
    def observations(self) -> int:
        """How many messages of the venue all cases received."""
        return sum(outcome.observations for outcome in self.outcomes)

    @property
    def orders(self) -> dict[str, str]:
        """The order_link_ids of all cases, each with its order_id or ""."""
        return {
            link_id: order_id for outcome in self.outcomes for link_id, order_id in outcome.orders.items()
        }

    @property
    def started_ms(self) -> int | None:
        """When the first case started, Unix ms; None when the check did not run."""
        return min((outcome.started_ms for outcome in self.outcomes), default=None)

    @property
    def ended_ms(self) -> int | None:
        """When the last case ended, Unix ms; None when the check did not run."""
        return max((outcome.ended_ms for outcome in self.outcomes), default=None)

    @property
    def duration_ms(self) -> int:
        """The durations of all cases added up, ms."""
        return sum(outcome.ended_ms - outcome.started_ms for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist with the checks that belong to it.

    number: 1 to 4 are the page's, 5 its tips on libraries; 0 gathers what was checked beyond the checklist
    """

    number: int
    title: str
    clause: str
    checks: tuple[str, ...]


BEYOND = Item(0, "Beyond the checklist", "Checked in addition to what is required.", ())


def triage_order(cause: str | None, severity: str) -> tuple[int, int]:
    """Sorts failed checks: what explains the rest first, then the most severe.

    cause: the root cause that the check looks for
    """
    first = EXPLAINS_THE_REST.index(cause) if cause in EXPLAINS_THE_REST else len(EXPLAINS_THE_REST)
    return first, MOST_SEVERE_FIRST.index(severity)
