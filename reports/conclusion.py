"""What a whole run came to; its verdict is computed here and only here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.model import UNSETTLED, WORST_FIRST, Item, Result, RunVerdict, Verdict, urgency

FEW = 3
"""So many checks of a selection are each told by their id."""


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
    narrowed: what the command line narrowed the checks to, None when it took all of them
    selected: the ids of the checks that are left then, as far as they are known
    left_out: functions of the checks that were never collected, None when all were
    leaks: the names of the files that held a secret and were deleted
    profile: the name of a profile that is no sign-off, None for one that can be
    """

    flat: bool | None
    interrupted: str | None = None
    narrowed: str | None = None
    selected: tuple[str, ...] = ()
    left_out: str | None = None
    leaks: tuple[str, ...] = ()
    profile: str | None = None


def conclude(found: Sequence[Result], items: Sequence[Item], ending: Ending) -> Conclusion:
    """The run's verdict and why."""
    fails = [result for result in found if result.verdict is Verdict.FAIL and not result.deviates]
    waived = [result for result in found if result.verdict is Verdict.WAIVED]
    if cut := _cut_short(ending, fails):
        return Conclusion(RunVerdict.INCOMPLETE, cut)
    if fails:
        return Conclusion(RunVerdict.NOT_READY, _broke(fails))
    if lacking := _lacking(found, items, ending):
        return Conclusion(RunVerdict.INCOMPLETE, lacking)
    if ending.profile is not None:
        passed = f"{_passed(found, waived)} A {ending.profile} run is no sign-off."
        return Conclusion(RunVerdict.SMOKE_PASSED, passed)
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
        ended = _selected([result for result in found if result.id in ending.selected])
        return f"{ended}The run was narrowed to {ending.narrowed}, and a selection is no sign-off."
    if ending.left_out is not None:
        return f"The run left out {_ended(ending.left_out)}"
    if unsettled := [result for result in found if result.verdict in UNSETTLED]:
        return _missing(unsettled)
    if unseen := _unseen(found, items):
        return unseen
    return "" if ending.flat else "It is not proven that no order is left."


def _selected(chosen: Sequence[Result]) -> str:
    """How the checks of a selection ended, each by its id while they are few; "" when there are none."""
    if not chosen:
        return ""
    if len(chosen) <= FEW:
        return " ".join(f"{one.id} {_ended(_outcome(one))}" for one in chosen) + " "
    others = [one for one in chosen if one.made_verdict is not Verdict.PASS]
    first = f", first other {others[0].id} {_outcome(others[0])}" if others else ""
    return f"{_ended(f'{len(chosen) - len(others)} of {len(chosen)} selected checks passed{first}')} "


def _outcome(result: Result) -> str:
    verdict = result.made_verdict
    if result.deviates:
        return f"deviates: {result.sentence}"
    if verdict is not Verdict.PASS:
        return f"is {verdict}: {result.sentence}"
    made, whole = len(result.outcomes), max(result.check.makings, 1)
    count = f"{made}" if made == whole else f"{made} of {whole}"
    return f"passed ({count} {'making' if whole == 1 else 'makings'})"


def _unseen(found: Sequence[Result], items: Sequence[Item]) -> str:
    """What was declared away although there is no sign-off without it; "" when nothing."""
    away = [one.id for one in found if one.check.must_be_made and one.verdict is Verdict.NOT_APPLICABLE]
    if away:
        named = ", ".join(away)
        return f"Blockers that every environment can make are declared not applicable: take out {named}."
    counting = {result.item for result in found if result.check.counts}
    bare = [item for item in items if item.number in counting and not _has_shown_something(item, found)]
    return f"Item {bare[0].number}, “{bare[0].title}”, has no check that passed." if bare else ""


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
    deviating = [result for result in found if result.deviates]
    parts = [f"{passed} of {len(found)} checks passed"]
    parts += [f"{len(waived)} waived ({', '.join(result.id for result in waived)})"] if waived else []
    parts += (
        [f"{len(spared)} declared not applicable ({', '.join(result.id for result in spared)})"]
        if spared
        else []
    )
    if deviating:
        ids = ", ".join(result.id for result in deviating)
        parts.append(f"{len(deviating)} about a library that no listing trades through deviate ({ids})")
    return f"{', '.join(parts)}."


def _ended(sentence: str) -> str:
    return sentence if sentence.rstrip("'\"”)").endswith((".", "…")) else f"{sentence}."
