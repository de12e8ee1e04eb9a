"""Writes why a check or a run has its verdict, in a sentence; ``reports.verdict.decide`` decides it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.verdict.decide import (
    CheckDecision,
    Reason,
    RunDecision,
    RunFacts,
    Waived,
    Waiving,
    verdict_of_check,
    verdict_of_run,
    worst,
)
from reports.verdict.results import (
    BEYOND,
    WORST_FIRST,
    Check,
    Item,
    Outcome,
    Result,
    RunVerdict,
    Verdict,
    triage_order,
)

FEW = 3
"""Up to this number, each selected check is reported by its id."""


# Checks


def results(
    plan: Sequence[Check], items: Sequence[Item], outcomes: Sequence[Outcome], waived: Mapping[str, Waived]
) -> tuple[Result, ...]:
    """One result per planned check, in the order of the items. waived: check id -> its waiver."""
    number = {check_id: item.number for item in items for check_id in item.checks}
    cases: dict[str, list[Outcome]] = {check.id: [] for check in plan}
    for outcome in outcomes:
        cases[outcome.check_id].append(outcome)
    several = len({outcome.symbol for outcome in outcomes if outcome.symbol}) > 1
    found = [
        result_of(
            check, number.get(check.id, BEYOND.number), cases[check.id], waived.get(check.id), several=several
        )
        for check in plan
    ]
    return tuple(sorted(found, key=lambda result: result.item or len(items) + 1))


def result_of(
    check: Check,
    item: int,
    outcomes: Sequence[Outcome],
    waived: Waived | None = None,
    *,
    several: bool = False,
) -> Result:
    """The result of one check from its cases.

    several: more than one listing is under test, so the sentence names those that it is about
    """
    decision = verdict_of_check(check, outcomes, waived)
    sentence = _of_check(check, decision, outcomes)
    named = _named(decision.deciding, outcomes) if several and sentence else ""
    if decision.waiving is Waiving.HAS_EXPIRED and waived is not None:
        sentence = f"{sentence} (its waiver expired on {waived.expires})"
    return Result(check, item, decision.verdict, f"{named}{sentence}", tuple(outcomes), decision.deviates)


def _of_check(check: Check, decision: CheckDecision, outcomes: Sequence[Outcome]) -> str:
    if decision.waiving is Waiving.IS_VOID:
        return f"the waiver of {check.id} is void because the check passed: remove it from waivers.yaml"
    if decision.deciding:
        return decision.deciding[0].sentence
    return f"{len(outcomes)} of {check.cases} cases were run" if outcomes else "the check did not run"


def _named(deciding: Sequence[Outcome], outcomes: Sequence[Outcome]) -> str:
    """The listings that a sentence is about, "" when the sentence is the same for all of them."""
    symbols = list(dict.fromkeys(case.symbol for case in deciding if case.symbol))
    is_everywhere = set(symbols) == {case.symbol for case in outcomes}
    if not symbols or (is_everywhere and len({case.sentence for case in deciding}) == 1):
        return ""
    others = f" (and {', '.join(symbols[1:])})" if symbols[1:] else ""
    return f"{symbols[0]}{others}: "


# The run


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A run's verdict and the sentence that says why."""

    verdict: RunVerdict
    sentence: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """A run with the rule that decided it."""

    decision: RunDecision
    found: Sequence[Result]
    facts: RunFacts


def conclude(found: Sequence[Result], items: Sequence[Item], facts: RunFacts) -> Conclusion:
    """The run's verdict and why."""
    decision = verdict_of_run(found, items, facts)
    return Conclusion(decision.verdict, _SENTENCES[decision.reason](_Judged(decision, found, facts)))


def _interrupted(run: _Judged) -> str:
    failed = ""
    if run.decision.checks:
        first = _first_failed(run.decision.checks)
        failed = f"; {_count(run.decision.checks)} had failed, first {first.id}: {first.sentence}"
    return f"The run did not finish: {_ended(f'{run.facts.interrupted}{failed}')}"


def _failed(run: _Judged) -> str:
    first, more = _first_failed(run.decision.checks), len(run.decision.checks) - 1
    others = f" {more} more {'check' if more == 1 else 'checks'} failed." if more else ""
    if not first.has_failed_case:
        return f"{first.sentence[:1].upper()}{_ended(first.sentence[1:])}{others}"
    return f"{first.id} failed: {_ended(first.sentence)}{others}"


def _selected(run: _Judged) -> str:
    """How the selected checks ended, by id if they are few, and that a selection is no sign-off."""
    chosen = [result for result in run.found if result.id in run.facts.selected]
    others = [result for result in chosen if _so_far(result) is not Verdict.PASS]
    no_sign_off = f"Only a selection was run ({run.facts.filtered}), which is no sign-off."
    if len(chosen) <= FEW:
        return " ".join((*(f"{result.id} {_ended(_of_selected(result))}" for result in chosen), no_sign_off))
    first = f"; first of the others: {others[0].id} {_of_selected(others[0])}" if others else ""
    passed = len(chosen) - len(others)
    return f"{_ended(f'{passed} of {len(chosen)} selected checks passed{first}')} {no_sign_off}"


def _of_selected(result: Result) -> str:
    verdict = _so_far(result)
    if result.deviates:
        return f"deviates: {result.sentence}"
    if verdict is not Verdict.PASS:
        return f"is {verdict}: {result.sentence}"
    completed, planned = len(result.outcomes), max(result.check.cases, 1)
    count = f"{completed}" if completed == planned else f"{completed} of {planned}"
    return f"passed ({count} {'case' if planned == 1 else 'cases'})"


def _so_far(result: Result) -> Verdict:
    """The verdict of the cases that were run, when a selection omitted others of the check."""
    is_short = result.verdict is Verdict.NOT_RUN and result.outcomes
    return worst(outcome.verdict for outcome in result.outcomes) if is_short else result.verdict


def _inconclusive(run: _Judged) -> str:
    checks = run.decision.checks
    first = min(checks, key=lambda result: WORST_FIRST.index(result.verdict))
    are = "is" if len(checks) == 1 else "are"
    return (
        f"{_count(checks)} {are} inconclusive, first {first.id} ({first.verdict}): {_ended(first.sentence)}"
    )


def _must_apply(run: _Judged) -> str:
    ids = [result.id for result in run.decision.checks]
    if len(ids) == 1:
        return f"{ids[0]} is a blocker and may not be N/A here: remove it from not_applicable."
    return f"{', '.join(ids)} are blockers and may not be N/A here: remove them from not_applicable."


def _nothing_passed(run: _Judged) -> str:
    item = run.decision.items[0]
    return f"No check of item {item.number}, “{item.title}”, passed."


def _passed(run: _Judged) -> str:
    passed = sum(result.verdict is Verdict.PASS for result in run.found)
    others = {
        "waived": [result.id for result in run.found if result.verdict is Verdict.WAIVED],
        "not applicable": [result.id for result in run.found if result.verdict is Verdict.NOT_APPLICABLE],
        "deviating in a client library that no listing uses": [
            result.id for result in run.found if result.deviates
        ],
    }
    parts = [f"{len(ids)} {what} ({', '.join(ids)})" for what, ids in others.items() if ids]
    no_sign_off = f" A {run.facts.profile} run is no sign-off." if run.facts.profile else ""
    return f"{', '.join((f'{passed} of {len(run.found)} checks passed', *parts))}.{no_sign_off}"


_SENTENCES: Mapping[Reason, Callable[[_Judged], str]] = {
    Reason.LEAKED: lambda run: (
        f"A secret was found in {', '.join(run.facts.leaks)}: do not hand over this run."
    ),
    Reason.INTERRUPTED: _interrupted,
    Reason.FAILED: _failed,
    Reason.ORDERS_OPEN: lambda _: "Orders of this run are still open.",
    Reason.SELECTED: _selected,
    Reason.NOT_COLLECTED: lambda run: f"Checks were not loaded: {_ended(str(run.facts.deselected))}",
    Reason.INCONCLUSIVE: _inconclusive,
    Reason.MUST_APPLY: _must_apply,
    Reason.NOTHING_PASSED: _nothing_passed,
    Reason.UNCONFIRMED: lambda _: "Could not confirm that no orders remain open.",
    Reason.CLIENT_NOT_TESTED: lambda run: (
        f"READY for the venue side; the order client was not tested. {_passed(run)}"
    ),
    Reason.VENUE_NOT_RUN: lambda run: (
        f"READY for the order client {run.facts.client}; the venue side was not run. {_passed(run)}"
    ),
    Reason.PASSED: _passed,
}


def _first_failed(failed: Sequence[Result]) -> Result:
    return min(failed, key=lambda result: triage_order(result.check.cause, result.check.severity))


def _count(checks: Sequence[Result]) -> str:
    return f"{len(checks)} {'check' if len(checks) == 1 else 'checks'}"


def _ended(sentence: str) -> str:
    return sentence if sentence.rstrip("'\"”)").endswith((".", "…")) else f"{sentence}."
