"""What a run of the checklist came to; the verdict is computed here and only here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


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

UNSETTLED = (Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN)
"""The verdicts that say nothing about the venue: a run with one of them is not complete."""


class RunVerdict(StrEnum):
    """What a whole run came to."""

    READY = "READY"
    READY_WITH_WAIVERS = "READY WITH WAIVERS"
    NOT_READY = "NOT READY"
    INCOMPLETE = "INCOMPLETE"

    @property
    def exit_code(self) -> int:
        """The exit code of the process."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    RunVerdict.READY: 0,
    RunVerdict.READY_WITH_WAIVERS: 0,
    RunVerdict.NOT_READY: 1,
    RunVerdict.INCOMPLETE: 2,
}

GRAVEST_FIRST = ("blocker", "major", "minor", "")
"""Severities; a check that was never collected has none."""

EXPLAINS_THE_REST = ("PRM-01", "PRM-02")
"""Checks whose failure leads every list: a wrong key or UID explains whatever else failed."""


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
class Check:
    """One check of the plan.

    requirements: one per function that carries the id; none for a check that was never collected
    severity: one of GRAVEST_FIRST
    makings: how often it must be made, over its functions and parameters
    """

    id: str
    requirements: tuple[Requirement, ...] = ()
    severity: str = ""
    makings: int = 0

    @property
    def title(self) -> str:
        """The first requirement's title."""
        return self.requirements[0].title if self.requirements else "Not collected."


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

    number: 1 to 4; 0 gathers what was checked beyond the checklist
    """

    number: int
    title: str
    clause: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A run's verdict and the sentence that says why."""

    verdict: RunVerdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, beside its checks.

    flat: True once the venue showed that no order of the run is left, False when some are, None
        when nobody could ask
    interrupted: what ended the run early, None when it ran to its end
    narrowed: what the command line narrowed the checks to, None when it took the whole folder
    leaks: the names of the files that held a secret and were deleted
    """

    flat: bool | None
    interrupted: str | None = None
    narrowed: str | None = None
    leaks: tuple[str, ...] = ()


BEYOND = Item(0, "Beyond the checklist", "Checked in addition to the four items.", ())


def gravest(severities: Iterable[str]) -> str:
    """The gravest of the severities; "" when there are none."""
    return min(severities, key=GRAVEST_FIRST.index, default="")


def urgency(check_id: str, severity: str) -> tuple[bool, int]:
    """Sorts failures: what explains the rest first, then the gravest."""
    return check_id not in EXPLAINS_THE_REST, GRAVEST_FIRST.index(severity)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; NOT RUN when there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOT_RUN)


def result_of(check: Check, item: int, outcomes: Sequence[Outcome]) -> Result:
    """The makings of one check as its result; a making that is missing counts as NOT RUN."""
    missing = len(outcomes) < max(check.makings, 1)
    verdict = worst([outcome.verdict for outcome in outcomes] + [Verdict.NOT_RUN] * missing)
    short = f"made {len(outcomes)} of {check.makings} times" if outcomes else "the check did not run"
    sentence = next((outcome.sentence for outcome in outcomes if outcome.verdict is verdict), short)
    return Result(check, item, verdict, sentence, tuple(outcomes))


def results(plan: Sequence[Check], items: Sequence[Item], outcomes: Sequence[Outcome]) -> tuple[Result, ...]:
    """One result per planned check, in the order of the items."""
    number = {check_id: item.number for item in items for check_id in item.checks}
    made: dict[str, list[Outcome]] = {check.id: [] for check in plan}
    for outcome in outcomes:
        made[outcome.check_id].append(outcome)
    found = [result_of(check, number.get(check.id, BEYOND.number), made[check.id]) for check in plan]
    return tuple(sorted(found, key=lambda result: result.item or len(items) + 1))


def conclude(found: Sequence[Result], items: Sequence[Item], ending: Ending) -> Conclusion:
    """The run's verdict and why."""
    fails = [result for result in found if result.verdict is Verdict.FAIL]
    waived = [result for result in found if result.verdict is Verdict.WAIVED]
    if cut := _cut_short(ending, fails):
        return Conclusion(RunVerdict.INCOMPLETE, cut)
    if fails:
        return Conclusion(RunVerdict.NOT_READY, _broke(fails))
    if lacking := _lacking(found, items, ending):
        return Conclusion(RunVerdict.INCOMPLETE, lacking)
    return Conclusion(RunVerdict.READY_WITH_WAIVERS if waived else RunVerdict.READY, _passed(found, waived))


def _cut_short(ending: Ending, fails: Sequence[Result]) -> str:
    """Why not even a failure counts; "" when the run can be judged."""
    if ending.leaks:
        return f"A secret stood in {', '.join(ending.leaks)}: the run must not be handed over."
    if ending.interrupted is not None:
        return f"The run did not reach its end: {_ended(ending.interrupted + _had_failed(fails))}"
    return ""


def _lacking(found: Sequence[Result], items: Sequence[Item], ending: Ending) -> str:
    """What a run without a failure lacks to be READY, the most pressing first; "" when nothing."""
    if ending.flat is False:
        return "Orders are left open."
    if ending.narrowed is not None:
        return f"The run was narrowed to {_ended(ending.narrowed)}"
    if unsettled := [result for result in found if result.verdict in UNSETTLED]:
        return _missing(unsettled)
    if bare := [item for item in items if not _has_shown_something(item, found)]:
        return f"Item {bare[0].number}, “{bare[0].title}”, has no check that passed."
    return "" if ending.flat else "It is not proven that no order is left."


def _has_shown_something(item: Item, found: Iterable[Result]) -> bool:
    return any(
        result.item == item.number and result.verdict in {Verdict.PASS, Verdict.WAIVED} for result in found
    )


def _had_failed(fails: Sequence[Result]) -> str:
    if not fails:
        return ""
    first, count = _leading(fails), "1 check" if len(fails) == 1 else f"{len(fails)} checks"
    return f"; {count} had failed, first {first.id} “{first.title}”: {first.sentence}"


def _broke(fails: Sequence[Result]) -> str:
    first = _leading(fails)
    others = f" {len(fails) - 1} more failed." if len(fails) > 1 else ""
    if not first.has_failed_making:
        return f"{first.sentence[:1].upper()}{_ended(first.sentence[1:])}{others}"
    return f"{first.id} “{first.title}” broke: {_ended(first.sentence)}{others}"


def _leading(fails: Sequence[Result]) -> Result:
    return min(fails, key=lambda result: urgency(result.id, result.check.severity))


def _missing(unsettled: Sequence[Result]) -> str:
    first = min(unsettled, key=lambda result: WORST_FIRST.index(result.verdict))
    count = "1 check has" if len(unsettled) == 1 else f"{len(unsettled)} checks have"
    return f"{count} no settled outcome, first {first.id} ({first.verdict}): {_ended(first.sentence)}"


def _passed(found: Sequence[Result], waived: Sequence[Result]) -> str:
    passed = sum(result.verdict is Verdict.PASS for result in found)
    spared = [result for result in found if result.verdict is Verdict.NOT_APPLICABLE]
    parts = [f"{passed} of {len(found)} checks passed"]
    parts += [f"{len(waived)} waived ({', '.join(result.id for result in waived)})"] if waived else []
    parts += (
        [f"{len(spared)} declared not applicable ({', '.join(result.id for result in spared)})"]
        if spared
        else []
    )
    return f"{', '.join(parts)}."


def _ended(sentence: str) -> str:
    return sentence if sentence.rstrip("'\"”)").endswith((".", "…")) else f"{sentence}."
