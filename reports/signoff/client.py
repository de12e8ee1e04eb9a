"""The part of a sign-off about the order client: who it is, what it offers, how it did in each check."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fixtures.harness.collection import is_about_client
from fixtures.harness.scope import OBSERVED
from fixtures.record.client_facts import ClientFacts
from fixtures.record.run import Run
from reports.signoff.sections import Json
from reports.signoff.subject import is_loopback
from reports.verdict.decide import worst
from reports.verdict.results import Item, Result, Verdict

OPERATIONAL = 4
"""The item of the page that is asked of the venue, the account and the market maker's own client."""
SUBJECTS = {
    "venue": "venue",
    "account": "account",
    "suite": "this suite's client",
    "client": "your client",
}
"""Subject of a check -> how the sign-off calls who was judged."""
CAPABILITIES = ("amend", "batch", "cancel_all", "recovery", "inventory")


@dataclass(frozen=True, slots=True)
class Certified:
    """The order client that a run tested.

    name: the entry of ``clients:``, or "observed"
    facts: None when it never answered
    where: the environment, "on the embedded venue" where it was one
    results: of the checks of the order client
    """

    name: str
    facts: ClientFacts | None
    where: str
    results: tuple[Result, ...]


def client_under_test(run: Run, results: Sequence[Result]) -> str | None:
    """The order client that was tested; None when the run has none, or beside the venue each check is N/A."""
    own = [result.verdict for result in results if is_about_client(result.id)]
    is_away = run.tests_venue and all(verdict is Verdict.NOT_APPLICABLE for verdict in own)
    return run.client if own and not is_away else None


def judging(
    results: Sequence[Result], items: Sequence[Item], client: str | None
) -> tuple[Sequence[Result], Sequence[Item]]:
    """What decides a run: without a client that was tested, neither its checks nor their item."""
    if client is not None:
        return results, items
    venue = [item for item in items if not all(map(is_about_client, item.checks))]
    return [result for result in results if not is_about_client(result.id)], venue


def certified(run: Run, client: str | None, results: Sequence[Result]) -> Certified | None:
    """What the run found about its order client; None when it tested none."""
    if client is None:
        return None
    is_embedded = run.environment.embedded or is_loopback(run.environment.rest)
    where = f"{run.environment.name}, on the embedded venue" if is_embedded else run.environment.name
    return Certified(client, run.client_facts, where, tuple(filter(_is_about_client, results)))


def section(client: Certified | None) -> Json | None:
    """The part of the sign-off; None when no client was tested."""
    if client is None:
        return None
    return {
        "name": client.name,
        "way_in": "observed" if client.name == OBSERVED else "driven",
        "environment": client.where,
        "driver": None if client.facts is None else _driver(client.facts),
        "verdict": worst(result.verdict for result in client.results),
        "checks": [
            {
                "id": result.id,
                "title": result.title,
                "verdict": result.verdict,
                "sentence": result.sentence,
                "remediation": result.check.remediation or None,
            }
            for result in client.results
        ],
    }


def judged(number: int, results: Sequence[Result], client: Certified | None) -> list[Json]:
    """Who was judged under an item, with counts and verdict for each; [] but for the operational item.

    The order client is judged by checks of its own, under the same clause; its verdict is None when none was
    tested.
    """
    if number != OPERATIONAL:
        return []
    judging = [result for result in results if result.check.library is None]
    own = {subject: [result for result in judging if result.check.subject == subject] for subject in SUBJECTS}
    own["client"] = list(client.results) if client else []
    return [_judged(subject, found) for subject, found in own.items() if found or subject == "client"]


def _judged(subject: str, found: Sequence[Result]) -> Json:
    counted = Counter(result.verdict for result in found)
    return {
        "name": SUBJECTS[subject],
        "verdict": worst(result.verdict for result in found) if found else None,
        "counts": {verdict: counted[verdict] for verdict in Verdict},
    }


def _driver(facts: ClientFacts) -> Json:
    offered = {name: facts.capabilities.get(name, False) for name in CAPABILITIES}
    return {
        "name": facts.name,
        "version": facts.version,
        "library": facts.library or None,
        "command": list(facts.command),
        "files": [{"file": name, "sha256": digest} for name, digest in facts.sha256.items()],
        "protocol": facts.protocol or None,
        "transports": {name: name in facts.transports for name in ("rest", "trade")},
        "capabilities": offered,
        "largest_batch": facts.largest_batch,
        "storm": None if facts.seed is None else {"seed": facts.seed, "sequences": facts.storms},
    }


def _is_about_client(result: Result) -> bool:
    return is_about_client(result.id)
