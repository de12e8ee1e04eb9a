"""What a case, a check and a run come to: decided here and nowhere else, by pure functions from data.

Theory of the verdict. Three questions are asked in turn, each of the answers to the one before it:

    verdict_of_case    how its phases ended, a declared reason for N/A, the messages it received, attribution
    verdict_of_check   the verdicts of its cases, how many of them were planned, its waiver
    verdict_of_run     the verdicts of its checks, the items of the checklist, how the run ended

The worst decides, in the order of ``WORST_FIRST``. A FAIL says something about the subject and stands
whatever else went wrong; ERROR, BLOCKED and NOT RUN say that nothing is known of it, and rank between FAIL
and PASS. So green is only what was observed: a case passes when every phase completed and the call received
as many messages as its check requires, a check when each planned case passed or was declared N/A, a run when
no check stands against it. Three rules depart from "the worst decides": a library that met what our own
client met before it is not judged by that (``explained``), a FAIL may be waived until a date, and a FAIL
about a library that no listing under test uses is a deviation, which fails nothing.

A run is READY unless a rule of ``verdict_of_run`` applies, and of several the first decides. A leaked secret
and an interruption come first: such a run cannot be handed over, whatever it saw. A FAIL comes before
everything else that makes a run INCOMPLETE, because no completion would make that run READY.

Nobody else decides. ``reports.session.phases`` says how a phase ended, ``reports.verdict.attribution`` whose a failure is,
``reports.verdict.sentences`` writes why; pytest, JUnit, Allure and the terminal are shown the result. A decision
carries its reason as data, so that a better sentence changes no verdict.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from fixtures.record.evidence import CallMessages
from reports.verdict.results import (
    ACTIONABLE,
    BLOCKER,
    INCONCLUSIVE_VERDICTS,
    WORST_FIRST,
    Check,
    Item,
    Outcome,
    Result,
    RunVerdict,
    Verdict,
)

NO_MESSAGES = CallMessages(0, 0, received=0, required=0)
"""Of a case whose call did not start."""


# A case


class Ended(StrEnum):
    """How a phase of a case ended."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    """A prerequisite is missing."""
    SILENT = "silent"
    """A connection did not prove that it is alive, so that nothing follows from what did not come."""
    FAILED = "failed"
    """An expectation was not met."""
    REFUSED = "refused"
    """The venue refused a request that it must accept."""
    MALFORMED = "malformed"
    """The venue sent what cannot be understood."""
    BROKEN = "broken"
    """Anything else: a bug of the suite, this machine, or a request without an answer."""


VERDICT_OF_PHASE: Mapping[str, Mapping[Ended, Verdict]] = {
    "setup": {
        Ended.COMPLETED: Verdict.PASS,
        Ended.BLOCKED: Verdict.BLOCKED,
        Ended.SILENT: Verdict.BLOCKED,
    },
    "call": {
        Ended.COMPLETED: Verdict.PASS,
        Ended.BLOCKED: Verdict.BLOCKED,
        Ended.SILENT: Verdict.BLOCKED,
        Ended.FAILED: Verdict.FAIL,
        Ended.REFUSED: Verdict.FAIL,
        Ended.MALFORMED: Verdict.FAIL,
    },
    "teardown": {
        Ended.COMPLETED: Verdict.PASS,
    },
}
"""What a phase comes to by how it ended; an ERROR where nothing stands. Only a call can fail its check."""


@dataclass(frozen=True, slots=True)
class Phase:
    """How one phase of a case ended.

    when: setup, call or teardown
    sentence: why it did not complete, "" when it did
    """

    when: str
    ended: Ended = Ended.COMPLETED
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the verdict of a case is decided from.

    phases: those that came to an end, in their order
    not_applicable: the declared reason why the case does not apply, None when it does
    messages: what the call received, beside what its check requires
    explained: a client library met a refusal that our own client met before it
    """

    phases: Sequence[Phase]
    not_applicable: str | None = None
    messages: CallMessages = NO_MESSAGES
    explained: bool = False


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """The verdict of a case.

    sentence: why it is not a PASS, "" for a PASS
    phase: the one that decided, "" when none did: the case passed, or was cut short
    """

    verdict: Verdict
    sentence: str = ""
    phase: str = ""


def verdict_of_case(case: CaseFacts) -> CaseDecision:
    """The worst that a phase came to, the first of several; a case that was cut short is NOT RUN."""
    decided = (_verdict_of_phase(phase, case) for phase in case.phases)
    worst_one = min((one for one in decided if one.verdict is not Verdict.PASS), key=_rank, default=None)
    if worst_one is not None:
        is_explained = case.explained and worst_one.verdict in ACTIONABLE
        return replace(worst_one, verdict=Verdict.BLOCKED) if is_explained else worst_one
    if {"call", "teardown"} <= {phase.when for phase in case.phases}:
        return CaseDecision(Verdict.PASS)
    return CaseDecision(Verdict.NOT_RUN, "the check did not finish")


def _verdict_of_phase(phase: Phase, case: CaseFacts) -> CaseDecision:
    if phase.ended is Ended.SKIPPED and case.not_applicable is not None:
        return CaseDecision(Verdict.NOT_APPLICABLE, case.not_applicable, phase.when)
    if phase.ended is Ended.SKIPPED:
        return CaseDecision(Verdict.BLOCKED, phase.sentence, phase.when)
    if phase.when == "call" and phase.ended is Ended.COMPLETED and not case.messages.suffice:
        return CaseDecision(Verdict.BLOCKED, str(case.messages), phase.when)
    verdict = VERDICT_OF_PHASE[phase.when].get(phase.ended, Verdict.ERROR)
    return CaseDecision(verdict, phase.sentence, phase.when)


def _rank(decision: CaseDecision) -> int:
    return WORST_FIRST.index(decision.verdict)


def deviates(case: Outcome, check: Check) -> bool:
    """True for a case that failed for what a library does which no listing under test trades through."""
    library = case.library or check.library
    is_idle = library is not None and not library.traded
    return case.verdict is Verdict.FAIL and is_idle and case.is_about_its_library


# A check


class Waiving(Enum):
    """What a waiver does to the verdict of its check."""

    NOTHING = auto()
    """There is none, or nothing that could be waived: only a FAIL can."""
    WAIVES = auto()
    HAS_EXPIRED = auto()
    IS_VOID = auto()
    """The check passed: its waiver would hide the next failure, and counts as one until it is removed."""


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver of a check, as it stands on the day of the run.

    expires: its last day, ISO 8601
    holds: that day is not over
    """

    expires: str
    holds: bool


@dataclass(frozen=True, slots=True)
class CheckDecision:
    """The verdict of a check.

    deciding: the cases that came to it, before any waiver, those about the venue first; none when the
        cases that are missing decided
    deviates: a FAIL that fails nothing, because it is about a library that no listing trades through
    """

    verdict: Verdict
    deciding: tuple[Outcome, ...]
    waiving: Waiving
    deviates: bool


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; NOT RUN when there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOT_RUN)


def verdict_of_check(check: Check, cases: Sequence[Outcome], waived: Waived | None) -> CheckDecision:
    """The worst of its cases, of which a missing one is NOT RUN; then its waiver is applied.

    waived: None when nobody waived the check
    """
    is_short = len(cases) < max(check.cases, 1)
    seen = worst((*(case.verdict for case in cases), *([Verdict.NOT_RUN] * is_short)))
    deciding = sorted(
        (case for case in cases if case.verdict is seen),
        key=lambda case: case.attribution is not None and case.is_about_its_library,
    )
    waiving = _waiving(seen, waived)
    verdict = _BY_WAIVER.get(waiving, seen)
    beside = verdict is Verdict.FAIL and bool(deciding) and all(deviates(case, check) for case in deciding)
    return CheckDecision(verdict, tuple(deciding), waiving, beside)


_BY_WAIVER = {Waiving.WAIVES: Verdict.WAIVED, Waiving.IS_VOID: Verdict.FAIL}


def _waiving(seen: Verdict, waived: Waived | None) -> Waiving:
    if waived is None:
        return Waiving.NOTHING
    if seen is Verdict.PASS:
        return Waiving.IS_VOID
    if seen is not Verdict.FAIL:
        return Waiving.NOTHING
    return Waiving.WAIVES if waived.holds else Waiving.HAS_EXPIRED


def may_be_waived(check: Check) -> bool:
    """False for a blocker."""
    return check.severity != BLOCKER


def may_be_not_applicable(check: Check) -> bool:
    """False for a blocker that every environment can make, as the requirement set says."""
    return check.exempt or check.severity != BLOCKER or not counts(check)


def counts(check: Check) -> bool:
    """False for a check of a library that no listing under test trades through."""
    return check.library is None or check.library.traded


# A run


class Reason(Enum):
    """Which rule decided a run, the first that applies."""

    LEAKED = auto()
    INTERRUPTED = auto()
    FAILED = auto()
    ORDERS_OPEN = auto()
    SELECTED = auto()
    """The command line chose among the checks."""
    NOT_COLLECTED = auto()
    INCONCLUSIVE = auto()
    """Checks are ERROR, BLOCKED or NOT RUN."""
    MUST_APPLY = auto()
    """Blockers are N/A that may not be."""
    NOTHING_PASSED = auto()
    """An item of the checklist has no check that passed."""
    UNCONFIRMED = auto()
    """Nobody could ask the venue whether orders remain open."""
    PASSED = auto()


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a run ended, beside its checks.

    no_open_orders: True once the venue showed that no order of the run is open, False when some are, None
        when nobody could ask
    interrupted: what ended the run early, None when it ran to its end
    filtered: what the command line selected, None when it took all checks
    selected: the ids of the checks that were selected, as far as they are known
    deselected: functions of the checks that were never collected, None when all were
    leaks: the names of the files that held a secret and were deleted
    profile: the name of a profile that is no sign-off, None for one that can be
    """

    no_open_orders: bool | None
    interrupted: str | None = None
    filtered: str | None = None
    selected: tuple[str, ...] = ()
    deselected: str | None = None
    leaks: tuple[str, ...] = ()
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class RunDecision:
    """The verdict of a run and the rule that decided it.

    checks: those that the rule is about, in the order of the plan
    items: likewise, the items of the checklist
    """

    verdict: RunVerdict
    reason: Reason
    checks: tuple[Result, ...] = ()
    items: tuple[Item, ...] = ()


def verdict_of_run(found: Sequence[Result], items: Sequence[Item], run: RunFacts) -> RunDecision:
    """The first rule that applies decides; a run that none applies to has passed."""
    against = [one for one in found if stands_against(one.verdict, deviates=one.deviates)]
    failed = tuple(one for one in against if one.verdict is Verdict.FAIL)
    inconclusive = tuple(one for one in against if one.verdict in INCONCLUSIVE_VERDICTS)
    declared = [one for one in found if one.verdict is Verdict.NOT_APPLICABLE]
    must_apply = tuple(one for one in declared if not may_be_not_applicable(one.check))
    nothing_passed = tuple(item for item in items if not _has_passed(item, found))
    incomplete = RunVerdict.INCOMPLETE
    rules = (
        (bool(run.leaks), RunDecision(incomplete, Reason.LEAKED)),
        (run.interrupted is not None, RunDecision(incomplete, Reason.INTERRUPTED, failed)),
        (bool(failed), RunDecision(RunVerdict.NOT_READY, Reason.FAILED, failed)),
        (run.no_open_orders is False, RunDecision(incomplete, Reason.ORDERS_OPEN)),
        (run.filtered is not None, RunDecision(incomplete, Reason.SELECTED)),
        (run.deselected is not None, RunDecision(incomplete, Reason.NOT_COLLECTED)),
        (bool(inconclusive), RunDecision(incomplete, Reason.INCONCLUSIVE, inconclusive)),
        (bool(must_apply), RunDecision(incomplete, Reason.MUST_APPLY, must_apply)),
        (bool(nothing_passed), RunDecision(incomplete, Reason.NOTHING_PASSED, items=nothing_passed)),
        (run.no_open_orders is None, RunDecision(incomplete, Reason.UNCONFIRMED)),
    )
    passed = RunDecision(_passed(found, run), Reason.PASSED)
    return next((decision for applies, decision in rules if applies), passed)


def stands_against(verdict: Verdict, *, deviates: bool) -> bool:
    """True for a check with which no run is READY."""
    return verdict in INCONCLUSIVE_VERDICTS or (verdict is Verdict.FAIL and not deviates)


def _passed(found: Sequence[Result], run: RunFacts) -> RunVerdict:
    if run.profile is not None:
        return RunVerdict.SMOKE_PASSED
    is_waived = any(one.verdict is Verdict.WAIVED for one in found)
    return RunVerdict.READY_WITH_WAIVERS if is_waived else RunVerdict.READY


def _has_passed(item: Item, found: Iterable[Result]) -> bool:
    """True for an item of which something passed or is waived, or none of whose checks counts."""
    own = [one for one in found if one.item == item.number]
    shown = any(one.verdict in {Verdict.PASS, Verdict.WAIVED} for one in own)
    return shown or not any(counts(one.check) for one in own)
