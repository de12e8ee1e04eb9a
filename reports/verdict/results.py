"""What is known of the checks of a run, as data; the verdicts are decided in ``reports.verdict.decide``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fixtures.expect import Cause, Owner, Prerequisite
from reports.verdict.cause import Attribution


class Verdict(StrEnum):
    """What one check came to."""

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
"""A check is as good as the worst of its cases; N/A comes last, so that it spoils no PASS."""

ACTIONABLE = (Verdict.FAIL, Verdict.ERROR, Verdict.BLOCKED)
"""The verdicts that somebody has to do something about."""

INCONCLUSIVE_VERDICTS = (Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN)
"""The inconclusive verdicts: they say nothing about the venue, and a run with one of them is not complete."""


class RunVerdict(StrEnum):
    """What a whole run came to."""

    READY = "READY"
    READY_WITH_WAIVERS = "READY WITH WAIVERS"
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
    RunVerdict.SMOKE_PASSED: 0,
    RunVerdict.NOT_READY: 1,
    RunVerdict.INCOMPLETE: 2,
}

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
    cases: how often it must be made, over its parameters
    library: None for a check of the venue
    exempt: an environment may declare it N/A although it is a blocker
    cause: the root cause that it looks for, None when its failure can have several
    establishes: the prerequisite of other checks that it looks for, None when it looks for none
    formerly: the id of an earlier requirement set that stood for this requirement and others, "" for none
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

    @property
    def title(self) -> str:
        """The requirement in one sentence."""
        return self.requirement.title if self.requirement else "Not collected."

    @property
    def remediation(self) -> str:
        """What to do about a library that does not comply, "" for a check of the venue."""
        return self.requirement.remediation if self.requirement else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one making of a check came to.

    parameters: name -> value: symbol, transport, side
    label: the parameters in a few words, "" when there is nothing to tell apart
    sentence: why it is not a PASS, one sentence; "" for a PASS
    observations: messages of the venue during the call; those of set-up and tear-down do not count
    evidence: positions of the first record and the one after the last
    orders: the order_link_ids that the evidence names, each with its order_id; "" when the venue gave none
    started_ms, ended_ms: Unix ms, client clock
    allure_uuid: the Allure result, "" when there is none
    attribution: None when there is nothing to mend
    library: what the making judged, None for what its check judges; makings may judge different ones
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
        """The listing that it was made on, "" for one that is about none."""
        return self.parameters.get("symbol", "")

    @property
    def is_about_its_library(self) -> bool:
        """False where a check of a library found that something else is at fault."""
        return self.attribution is None or self.attribution.owner is Owner.LIBRARY


@dataclass(frozen=True, slots=True)
class Result:
    """What one check came to, over all its makings.

    item: the number of the checklist item; 0 for a check beyond the checklist
    deviates: a FAIL that fails nothing: it is about a library that no listing under test trades through
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
        """What the makings that decided judged: a library that is traded through before any other."""
        judged = [one.library for one in self.outcomes if one.verdict is self.verdict and one.library]
        return next((one for one in judged if one.traded), judged[0] if judged else self.check.library)

    @property
    def has_failed_case(self) -> bool:
        """False for a check that passed, but whose waiver made it a FAIL."""
        return any(outcome.verdict is Verdict.FAIL for outcome in self.outcomes)

    @property
    def observations(self) -> int:
        """Messages of the venue over all makings."""
        return sum(outcome.observations for outcome in self.outcomes)

    @property
    def orders(self) -> dict[str, str]:
        """The order_link_ids of all makings, each with its order_id or ""."""
        return {
            link_id: order_id for outcome in self.outcomes for link_id, order_id in outcome.orders.items()
        }

    @property
    def started_ms(self) -> int | None:
        """When the first making started, Unix ms; None when the check did not run."""
        return min((outcome.started_ms for outcome in self.outcomes), default=None)

    @property
    def ended_ms(self) -> int | None:
        """When the last making ended, Unix ms; None when the check did not run."""
        return max((outcome.ended_ms for outcome in self.outcomes), default=None)

    @property
    def duration_ms(self) -> int:
        """How long the makings took together, ms."""
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
