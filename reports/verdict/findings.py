"""Groups the failures of a run by root cause: a wrong key is one finding, not sixty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixtures.expect import Cause, Owner
from reports.verdict.cause import Attribution, Frame
from reports.verdict.results import ACTIONABLE, WORST_FIRST, Result, Verdict, triage_order

EXPLAINS: Mapping[Cause, frozenset[Cause]] = {
    Cause.KEY: frozenset({Cause.UID, Cause.PERMISSION, Cause.WHITELIST, Cause.HIDDEN, Cause.FUNDS}),
    Cause.UID: frozenset({Cause.PERMISSION, Cause.WHITELIST, Cause.HIDDEN, Cause.FUNDS}),
    Cause.WHITELIST: frozenset({Cause.HIDDEN}),
    Cause.VENUE_CLOCKS: frozenset({Cause.CLOCK}),
    Cause.KEY_MISREPORTED: frozenset({Cause.PERMISSION}),
}
"""Root cause -> the causes that follow from it when both are found in one run."""

OF_A_LISTING = frozenset({Cause.WHITELIST, Cause.HIDDEN, Cause.TAKES})
"""Root causes that may hold for one listing and not for another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause with the checks that it explains.

    owner: who has to fix it; None for a missing prerequisite
    headline: what is wrong, one sentence
    symbols: the listings that a root cause is about; () unless several are under test
    results: at least one; first the checks that show the root cause, then those that follow from it
    frame: the message that proves it; None when no message of the venue bears on it
    """

    owner: Owner | None
    headline: str
    results: tuple[Result, ...]
    frame: Frame | None
    symbols: tuple[str, ...] = ()


_Key = tuple[str, ...]


def findings(results: Sequence[Result]) -> tuple[Finding, ...]:
    """What did not pass, by root cause, the one that explains most first; a deviation is no finding."""
    open_ = [result for result in results if result.verdict in ACTIONABLE and not result.deviates]
    attributed = {result.id: _attribution_of(result) for result in open_}
    causes = {attribution.cause for attribution in attributed.values() if attribution.cause is not None}
    keys = {result.id: _key(result, attributed[result.id], causes) for result in open_}
    looked_for = {
        result.check.establishes: keys[result.id] for result in open_ if result.check.establishes is not None
    }
    gathered: dict[_Key, list[Result]] = {}
    for result in open_:
        missing, own = attributed[result.id].missing, keys[result.id]
        key = looked_for.get(missing, own) if missing else own
        gathered.setdefault(key, []).append(result)
    found = (_finding(key, own, attributed) for key, own in gathered.items())
    several = len({case.symbol for result in results for case in result.outcomes if case.symbol}) > 1
    return tuple(sorted((_of_listings(finding) if several else finding for finding in found), key=_rank))


def _of_listings(finding: Finding) -> Finding:
    """The finding with the listings that its root cause is about."""
    if finding.headline not in OF_A_LISTING:
        return finding
    cases = (case for result in finding.results for case in result.outcomes if case.verdict is result.verdict)
    return replace(finding, symbols=tuple(dict.fromkeys(case.symbol for case in cases if case.symbol)))


def _attribution_of(result: Result) -> Attribution:
    """The attribution of the deciding case; of several, one with a root cause comes first."""
    own = [outcome for outcome in result.outcomes if outcome.verdict is result.verdict]
    known = [outcome.attribution for outcome in own if outcome.attribution is not None]
    # No case decided a check that passed and failed only because of its waiver.
    unknown = Attribution(None if result.verdict is Verdict.BLOCKED else Owner.SUITE, None, None)
    return min(
        known,
        key=lambda attribution: (attribution.cause is None, attribution.owner is Owner.LIBRARY),
        default=unknown,
    )


def _key(result: Result, attribution: Attribution, causes: set[Cause]) -> _Key:
    cause = attribution.cause
    if cause is not None:
        return "cause", next(
            (deep for deep, ends in EXPLAINS.items() if deep in causes and cause in ends), cause
        )
    # One fault that two owners would have to fix is two findings, as nobody can fix both.
    return f"{result.verdict} {attribution.owner}", *(attribution.kind or (result.sentence,))


def _finding(key: _Key, results: Sequence[Result], attributed: Mapping[str, Attribution]) -> Finding:
    def explains_most(result: Result) -> tuple[bool, int, tuple[int, int]]:
        own = attributed[result.id].cause
        return (
            key[0] == "cause" and own != key[1],
            WORST_FIRST.index(result.verdict),
            triage_order(result.check.cause, result.check.severity),
        )

    ordered = sorted(results, key=explains_most)
    first = attributed[ordered[0].id]
    frames = (attributed[result.id].frame for result in ordered)
    headline = Cause(key[1]) if key[0] == "cause" else ordered[0].sentence
    return Finding(first.owner, headline, tuple(ordered), next(filter(None, frames), None))


def _rank(finding: Finding) -> tuple[bool, int, tuple[int, int]]:
    first = finding.results[0]
    has_no_cause = not isinstance(finding.headline, Cause)
    return (
        has_no_cause,
        WORST_FIRST.index(first.verdict),
        triage_order(first.check.cause, first.check.severity),
    )
