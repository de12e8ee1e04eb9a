"""Which failures of a run are one: a wrong key is one finding, not sixty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixtures.expect import Cause, Owner
from reports.verdict.cause import Attribution, Frame
from reports.verdict.results import ACTIONABLE, WORST_FIRST, Result, Verdict, triage_order

EXPLAINS: Mapping[Cause, frozenset[Cause]] = {
    Cause.KEY: frozenset({Cause.UID, Cause.PERMISSION, Cause.WHITELIST, Cause.HIDDEN, Cause.FUNDS}),
    Cause.UID: frozenset({Cause.PERMISSION, Cause.WHITELIST, Cause.HIDDEN, Cause.FUNDS}),
    Cause.WHITELIST: frozenset({Cause.HIDDEN}),
}
"""Root causes that follow from a deeper one when both are found in one run."""

OF_A_LISTING = frozenset({Cause.WHITELIST, Cause.HIDDEN, Cause.TAKES})
"""Root causes that may hold for one listing and not for another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause with the checks that it explains.

    owner: None for a missing prerequisite
    headline: what is wrong, one sentence
    symbols: the listings that a root cause is about, where several are under test; else none
    results: the checks that show it first, then those that follow from it; at least one
    frame: None when no message of the venue bears on it
    """

    owner: Owner | None
    headline: str
    results: tuple[Result, ...]
    frame: Frame | None
    symbols: tuple[str, ...] = ()


_Key = tuple[str, ...]


def findings(results: Sequence[Result]) -> tuple[Finding, ...]:
    """What did not pass, by root cause, the most telling first; a deviation of a library is none."""
    open_ = [one for one in results if one.verdict in ACTIONABLE and not one.deviates]
    attributed = {result.id: _attribution_of(result) for result in open_}
    causes = {one.cause for one in attributed.values() if one.cause is not None}
    keys = {result.id: _key(result, attributed[result.id], causes) for result in open_}
    looked_for = {one.check.establishes: keys[one.id] for one in open_ if one.check.establishes is not None}
    gathered: dict[_Key, list[Result]] = {}
    for result in open_:
        missing, own = attributed[result.id].missing, keys[result.id]
        key = looked_for.get(missing, own) if missing else own
        gathered.setdefault(key, []).append(result)
    found = (_finding(key, own, attributed) for key, own in gathered.items())
    several = len({one.symbol for result in results for one in result.outcomes if one.symbol}) > 1
    return tuple(sorted((_of_listings(one) if several else one for one in found), key=_rank))


def _of_listings(finding: Finding) -> Finding:
    """The finding with the listings that its root cause is about."""
    if finding.headline not in OF_A_LISTING:
        return finding
    cases = (one for result in finding.results for one in result.outcomes if one.verdict is result.verdict)
    return replace(finding, symbols=tuple(dict.fromkeys(one.symbol for one in cases if one.symbol)))


def _attribution_of(result: Result) -> Attribution:
    """The attribution of the making that decided the check; one with a cause tells most."""
    own = [outcome for outcome in result.outcomes if outcome.verdict is result.verdict]
    said = [outcome.attribution for outcome in own if outcome.attribution is not None]
    # A check that passed and failed only by its waiver was decided by no making.
    unsaid = Attribution(None if result.verdict is Verdict.BLOCKED else Owner.SUITE, None, None)
    return min(said, key=lambda one: (one.cause is None, one.owner is Owner.LIBRARY), default=unsaid)


def _key(result: Result, attribution: Attribution, causes: set[Cause]) -> _Key:
    cause = attribution.cause
    if cause is not None:
        return "cause", next(
            (deep for deep, ends in EXPLAINS.items() if deep in causes and cause in ends), cause
        )
    return f"{result.verdict} {attribution.owner}", *(attribution.kind or (result.sentence,))


def _finding(key: _Key, results: Sequence[Result], attributed: Mapping[str, Attribution]) -> Finding:
    def telling(result: Result) -> tuple[bool, int, tuple[int, int]]:
        own = attributed[result.id].cause
        return (
            key[0] == "cause" and own != key[1],
            WORST_FIRST.index(result.verdict),
            triage_order(result.check.cause, result.check.severity),
        )

    ordered = sorted(results, key=telling)
    first = attributed[ordered[0].id]
    frames = (attributed[result.id].frame for result in ordered)
    headline = Cause(key[1]) if key[0] == "cause" else ordered[0].sentence
    return Finding(first.owner, headline, tuple(ordered), next(filter(None, frames), None))


def _rank(finding: Finding) -> tuple[bool, int, tuple[int, int]]:
    first = finding.results[0]
    alone = not isinstance(finding.headline, Cause)
    return alone, WORST_FIRST.index(first.verdict), triage_order(first.check.cause, first.check.severity)
