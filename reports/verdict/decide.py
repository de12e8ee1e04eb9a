"""Decides the verdicts of a case, a check and a run, by pure functions from data; nothing else decides them.

Theory of the verdict. Three questions are asked in turn, each of the answers to the one before it:

    verdict_of_case    how its phases ended, a declared reason for N/A, the messages it received, attribution
    verdict_of_check   the verdicts of its cases, how many of them were planned, its waiver
    verdict_of_run     the verdicts of its checks, the items of the checklist, how the run ended

The worst decides, in the order of ``WORST_FIRST``. A FAIL says something about the venue and stands
whatever else went wrong; ERROR, BLOCKED and NOT RUN say that nothing is known of it, and rank between FAIL
and PASS. So only what was observed is green: a case passes when every phase completed and the call received
as many messages as its check requires, a check when each planned case passed or was declared N/A, a run when
no check stands against it. Three rules depart from "the worst decides": a library that was refused as our own
client was before it is not judged by that (``explained``), a FAIL may be waived until a date, and a FAIL
about a library that no listing under test uses is a deviation, which does not fail the run.

A run has passed unless a rule of ``verdict_of_run`` applies, and of several the first decides. A leaked
secret and an interruption come first: such a run cannot be handed over, whatever it saw. A FAIL comes before
everything else that makes a run INCOMPLETE, because no completion would make that run READY.

READY is about two sides, the venue's and the order client's, and a run may have tested one of them: a run
that passed without an order client is VENUE READY, the certification of a client alone is CLIENT READY, and
only a run that passed on both sides is READY. A FAIL or a gap on either side decides as anywhere else.

``reports.session.phases`` says how a phase ended, ``reports.verdict.attribution`` who has to fix a failure,
and ``reports.verdict.sentences`` writes why; pytest, JUnit, Allure and the terminal only show the result. A
decision carries its reason as data, so that a better sentence changes no verdict.
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
"""What a case received whose call did not start."""


# A case


class PhaseEnd(StrEnum):
    """How a phase of a case ended."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    """A prerequisite is missing."""
    SILENT = "silent"
    """A connection gave no proof of life, so that nothing follows from what did not arrive."""
    FAILED = "failed"
    """An expectation was not met."""
    REFUSED = "refused"
    """The venue refused a request that it must accept."""
    MALFORMED = "malformed"
    """The venue sent a message that cannot be parsed."""
    BROKEN = "broken"
    """Anything else: a bug of the suite, this machine, or a request without an answer."""


VERDICT_OF_PHASE: Mapping[str, Mapping[PhaseEnd, Verdict]] = {
    "setup": {
        PhaseEnd.COMPLETED: Verdict.PASS,
        PhaseEnd.BLOCKED: Verdict.BLOCKED,
        PhaseEnd.SILENT: Verdict.BLOCKED,
    },
    "call": {
        PhaseEnd.COMPLETED: Verdict.PASS,
        PhaseEnd.BLOCKED: Verdict.BLOCKED,
        PhaseEnd.SILENT: Verdict.BLOCKED,
        PhaseEnd.FAILED: Verdict.FAIL,
        PhaseEnd.REFUSED: Verdict.FAIL,
        PhaseEnd.MALFORMED: Verdict.FAIL,
    },
    "teardown": {
        PhaseEnd.COMPLETED: Verdict.PASS,
    },
}
"""Phase -> how it ended -> its verdict; ERROR for what is not listed. Only the call can fail a check."""


@dataclass(frozen=True, slots=True)
class EndedPhase:
    """A phase of a case, and how it ended.

    when: setup, call or teardown
    sentence: why it did not complete, "" when it did
    """

    when: str
    ended: PhaseEnd = PhaseEnd.COMPLETED
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The data that decides the verdict of a case.

    phases: those that have ended, in their order
    not_applicable: the declared reason why the case does not apply, None when it does
    messages: how many the call received, and how many its check requires
    explained: a client library was refused as our own client was before it
    """

    phases: Sequence[EndedPhase]
    not_applicable: str | None = None
    messages: CallMessages = NO_MESSAGES
    explained: bool = False


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """The verdict of a case.

    sentence: why it is not a PASS, "" for a PASS
    phase: the one that decided, "" when none did because the case passed or was cut short
    """

    verdict: Verdict
    sentence: str = ""
    phase: str = ""


def verdict_of_case(case: CaseFacts) -> CaseDecision:
    """The worst verdict of its phases, the first of several; a case that was cut short is NOT RUN."""
    decided = (_verdict_of_phase(phase, case) for phase in case.phases)
    decisive = min(
        (decision for decision in decided if decision.verdict is not Verdict.PASS), key=_rank, default=None
    )
    if decisive is not None:
        is_explained = case.explained and decisive.verdict in ACTIONABLE
        return replace(decisive, verdict=Verdict.BLOCKED) if is_explained else decisive
    if {"call", "teardown"} <= {phase.when for phase in case.phases}:
        return CaseDecision(Verdict.PASS)
    return CaseDecision(Verdict.NOT_RUN, "the check did not finish")


def _verdict_of_phase(phase: EndedPhase, case: CaseFacts) -> CaseDecision:
    if phase.ended is PhaseEnd.SKIPPED and case.not_applicable is not None:
        return CaseDecision(Verdict.NOT_APPLICABLE, case.not_applicable, phase.when)
    if phase.ended is PhaseEnd.SKIPPED:
        return CaseDecision(Verdict.BLOCKED, phase.sentence, phase.when)
    if phase.when == "call" and phase.ended is PhaseEnd.COMPLETED and not case.messages.suffice:
        return CaseDecision(Verdict.BLOCKED, str(case.messages), phase.when)
    verdict = VERDICT_OF_PHASE[phase.when].get(phase.ended, Verdict.ERROR)
    return CaseDecision(verdict, phase.sentence, phase.when)


def _rank(decision: CaseDecision) -> int:
    return WORST_FIRST.index(decision.verdict)


def deviates(case: Outcome, check: Check) -> bool:
    """True for a case that failed because of a library that no listing under test trades through."""
    library = case.library or check.library
    is_idle = library is not None and not library.traded
    return case.verdict is Verdict.FAIL and is_idle and case.is_about_its_library


# A check


class Waiving(Enum):
    """What a waiver does to the verdict of its check."""

    NOTHING = auto()
    """There is no waiver, or no FAIL, which alone can be waived."""
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

    deciding: the cases with that verdict before any waiver, those about the venue first; empty when
        missing cases decided
    deviates: True for a FAIL that does not count, because no listing trades through the library
    """

    verdict: Verdict
    deciding: tuple[Outcome, ...]
    waiving: Waiving
    deviates: bool


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; NOT RUN when there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.NOT_RUN)


def verdict_of_check(check: Check, cases: Sequence[Outcome], waived: Waived | None) -> CheckDecision:
    """The worst verdict of its cases, where a missing case counts as NOT RUN; then its waiver is applied.

    waived: None when nobody waived the check
    """
    # A check that was never collected plans no case, and yet one is missing.
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
    """False for a blocker that every environment can run, as the requirement set says."""
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
    """Blockers were declared N/A that may not be."""
    NOTHING_PASSED = auto()
    """An item of the checklist has no check that passed."""
    UNCONFIRMED = auto()
    """Nobody could ask the venue whether orders remain open."""
    CLIENT_NOT_TESTED = auto()
    """It passed, on the venue side alone."""
    VENUE_NOT_RUN = auto()
    """It passed, on the order client's side alone."""
    PASSED = auto()


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a run ended, apart from its checks.

    no_open_orders: True once the venue showed that no order of the run is open, False when some are, None
        when nobody could ask
    client: the order client whose checks were planned, None when none was tested
    venue: the checks of the venue were planned
    interrupted: what ended the run early, None when it ran to its end
    filtered: what the command line selected, None when it took all checks
    selected: the ids of the checks that were selected, as far as they are known
    deselected: functions of the checks that were never collected, None when all were
    leaks: the names of the files that held a secret and were deleted
    profile: the name of a profile that is no sign-off, None for one that can be
    """

    no_open_orders: bool | None
    client: str | None
    venue: bool = True
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
    """The first rule that applies decides; a run to which none applies has passed."""
    # The order is the rule: each line outranks those below it, so a FAIL is never hidden by INCOMPLETE,
    # and a run that may not be handed over is never called NOT READY.
    against = [result for result in found if stands_against(result.verdict, deviates=result.deviates)]
    failed = tuple(result for result in against if result.verdict is Verdict.FAIL)
    inconclusive = tuple(result for result in against if result.verdict in INCONCLUSIVE_VERDICTS)
    declared = [result for result in found if result.verdict is Verdict.NOT_APPLICABLE]
    must_apply = tuple(result for result in declared if not may_be_not_applicable(result.check))
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
    return next((decision for applies, decision in rules if applies), _passed(found, run))


def stands_against(verdict: Verdict, *, deviates: bool) -> bool:
    """True for a check that keeps its run from READY."""
    return verdict in INCONCLUSIVE_VERDICTS or (verdict is Verdict.FAIL and not deviates)


def _passed(found: Sequence[Result], run: RunFacts) -> RunDecision:
    if run.profile is not None:
        return RunDecision(RunVerdict.SMOKE_PASSED, Reason.PASSED)
    if not run.venue:
        return RunDecision(RunVerdict.CLIENT_READY, Reason.VENUE_NOT_RUN)
    if run.client is None:
        return RunDecision(RunVerdict.VENUE_READY, Reason.CLIENT_NOT_TESTED)
    is_waived = any(result.verdict is Verdict.WAIVED for result in found)
    return RunDecision(RunVerdict.READY_WITH_WAIVERS if is_waived else RunVerdict.READY, Reason.PASSED)


def _has_passed(item: Item, found: Iterable[Result]) -> bool:
    """True for an item with a check that passed or is waived, or without any check that counts."""
    own = [result for result in found if result.item == item.number]
    shown = any(result.verdict in {Verdict.PASS, Verdict.WAIVED} for result in own)
    return shown or not any(counts(result.check) for result in own)
