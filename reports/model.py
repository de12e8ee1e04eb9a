"""What the checks of a run came to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.finding import Attribution, Party


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
"""A check that was made several times is as good as the worst; a declared N/A does not spoil a PASS."""

TO_MEND = (Verdict.FAIL, Verdict.ERROR, Verdict.BLOCKED)
"""The verdicts that somebody has to do something about."""

UNSETTLED = (Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN)
"""The verdicts that say nothing about the venue: a run with one of them is not complete."""


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

GRAVEST_FIRST = ("blocker", "major", "minor", "")
"""Severities; a check that was never collected has none."""

EXPLAINS_THE_REST = ("PRM-01", "PRM-02", "PRM-03", "VIS-01")
"""Checks whose failure leads every list: a wrong key, UID or permission, or a symbol that is not shown,
explains whatever else failed.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one function of the catalogue demands.

    title: the requirement in one sentence
    paragraph: what a reader would not guess, "" when there is nothing
    source: where it is documented, "" when unknown
    sequence: the events in their order, "" when unknown
    passes: what is compared with what, "" when unknown
    cure: what to do about a library that does not comply, "" for a check of the venue
    """

    title: str
    paragraph: str = ""
    source: str = ""
    sequence: str = ""
    passes: str = ""
    cure: str = ""


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

    requirements: one per function that carries the id; none for a check that was never collected
    severity: one of GRAVEST_FIRST
    makings: how often it must be made, over its functions and parameters
    library: None for a check of the venue
    spared: an environment may declare it N/A although it is a blocker
    """

    id: str
    requirements: tuple[Requirement, ...] = ()
    severity: str = ""
    makings: int = 0
    library: Library | None = None
    spared: bool = True

    @property
    def title(self) -> str:
        """The first requirement's title."""
        return self.requirements[0].title if self.requirements else "Not collected."

    @property
    def counts(self) -> bool:
        """False for a check of a library that no listing under test trades through."""
        return self.library is None or self.library.traded

    @property
    def must_be_made(self) -> bool:
        """True for a blocker that no environment can declare away."""
        return self.severity == GRAVEST_FIRST[0] and self.counts and not self.spared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one making of a check came to.

    parameters: name -> value: symbol, transport, side
    label: the parameters in a few words, "" when there is nothing to tell apart
    sentence: why it is not a PASS, one sentence; "" for a PASS
    observations: messages of the venue during the call, set-up and tear-down left out: what the check's
        `observes` is held against
    evidence: positions of the first record and the one after the last
    orders: the order_link_ids that the evidence names, each with its order_id; "" when the venue gave none
    started_ms, ended_ms: Unix ms, client clock
    allure_uuid: the Allure result, "" when there is none
    attribution: None when there is nothing to mend
    library: what the making judged, None for what its check judges; makings may judge different ones
    """

    check_id: str
    requirement: Requirement
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
        return self.attribution is None or self.attribution.party is Party.LIBRARY


@dataclass(frozen=True, slots=True)
class Result:
    """What one check came to, over all its makings.

    item: the number of the checklist item; 0 for a check beyond the checklist
    """

    check: Check
    item: int
    verdict: Verdict
    sentence: str
    outcomes: tuple[Outcome, ...]

    @property
    def id(self) -> str:
        """The check's id."""
        return self.check.id

    @property
    def title(self) -> str:
        """The requirement that decided the verdict, in one sentence."""
        deciding = (outcome.requirement.title for outcome in self.outcomes if outcome.verdict is self.verdict)
        return next(deciding, self.check.title)

    @property
    def library(self) -> Library | None:
        """What the makings that decided judged: a library that is traded through before any other."""
        judged = [one.library for one in self.outcomes if one.verdict is self.verdict and one.library]
        return next((one for one in judged if one.traded), judged[0] if judged else self.check.library)

    @property
    def deviates(self) -> bool:
        """True for a failure of a library that no listing under test trades through: it breaks nothing."""
        idle = self.library is not None and not self.library.traded
        failed = [outcome for outcome in self.outcomes if outcome.verdict is Verdict.FAIL]
        return self.verdict is Verdict.FAIL and idle and all(one.is_about_its_library for one in failed)

    @property
    def made_verdict(self) -> Verdict:
        """The verdict as far as the check was made."""
        made = self.verdict is Verdict.NOT_RUN and self.outcomes
        return worst(outcome.verdict for outcome in self.outcomes) if made else self.verdict

    @property
    def has_failed_making(self) -> bool:
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


def gravest(severities: Iterable[str]) -> str:
    """The gravest of the severities; "" when there are none."""
    return min(severities, key=GRAVEST_FIRST.index, default="")


def urgency(check_id: str, severity: str) -> tuple[int, int]:
    """Sorts failures: what explains the rest first, then the gravest."""
    first = EXPLAINS_THE_REST.index(check_id) if check_id in EXPLAINS_THE_REST else len(EXPLAINS_THE_REST)
    return first, GRAVEST_FIRST.index(severity)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; NOT RUN when there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOT_RUN)


def result_of(check: Check, item: int, outcomes: Sequence[Outcome], *, several: bool = False) -> Result:
    """The makings of one check as its result; a making that is missing counts as NOT RUN.

    several: several listings are under test, so that the sentence names those that it is about
    """
    missing = len(outcomes) < max(check.makings, 1)
    verdict = worst([outcome.verdict for outcome in outcomes] + [Verdict.NOT_RUN] * missing)
    short = f"made {len(outcomes)} of {check.makings} times" if outcomes else "the check did not run"
    deciding = sorted(
        (outcome for outcome in outcomes if outcome.verdict is verdict),
        key=lambda one: one.attribution is not None and one.attribution.party is Party.LIBRARY,
    )
    sentence = deciding[0].sentence if deciding else short
    named = _named(deciding, outcomes) if several and sentence else ""
    return Result(check, item, verdict, f"{named}{sentence}", tuple(outcomes))


def _named(deciding: Sequence[Outcome], outcomes: Sequence[Outcome]) -> str:
    """Which listings a sentence is about, "" where it holds word for word for each of them."""
    symbols = list(dict.fromkeys(one.symbol for one in deciding if one.symbol))
    is_everywhere = set(symbols) == {one.symbol for one in outcomes}
    if not symbols or (is_everywhere and len({one.sentence for one in deciding}) == 1):
        return ""
    others = f" (and {', '.join(symbols[1:])})" if symbols[1:] else ""
    return f"{symbols[0]}{others}: "


def results(plan: Sequence[Check], items: Sequence[Item], outcomes: Sequence[Outcome]) -> tuple[Result, ...]:
    """One result per planned check, in the order of the items."""
    number = {check_id: item.number for item in items for check_id in item.checks}
    made: dict[str, list[Outcome]] = {check.id: [] for check in plan}
    for outcome in outcomes:
        made[outcome.check_id].append(outcome)
    several = len({outcome.symbol for outcome in outcomes if outcome.symbol}) > 1
    found = [
        result_of(check, number.get(check.id, BEYOND.number), made[check.id], several=several)
        for check in plan
    ]
    return tuple(sorted(found, key=lambda result: result.item or len(items) + 1))
