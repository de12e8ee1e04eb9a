"""The checks as cards: ``python -m reports.cards`` writes docs/checks.md from the code."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from fixtures.config.environment import Environment, read_file, select
from fixtures.harness.collection import ROLE_OF_FIXTURE, is_about_client, kept_back, library_of, needs_of
from fixtures.harness.facts import facts_of
from fixtures.oracle import LAWS
from reports.cards.card import Card, page
from reports.session.items import check_id_of, group, label, parameters, requirement
from reports.verdict.requirements import newest, read

PAGE = "docs/checks.md"

NEEDS: Mapping[str, str] = {
    "desk": "orders may be sent, and both coins are funded",
    "read_only": "a read-only key of the same UID",
    "non_whitelisted": "a key of a UID outside the whitelist",
    "taker": "a key of a second UID that may trade",
    "market": "the venue answers about its market",
    "account": "the venue answers for the key",
    "connections": "streams can be opened",
    "instrument": "the symbol is shown to the key with usable filters",
    "listing": "the symbol is listed in environments.yaml",
    "library": "the library is installed",
    "pybit": "pybit is installed",
    "ccxt": "ccxt is installed",
    "other_environment": "a key of another environment",
    "ip_bound": "a key that is bound to other addresses",
    "expired": "a key that has expired",
    "desk_on_other_symbol": "a second listing that the key sees",
    "batch": "the venue takes batches",
    "book": "the public book can be followed",
    "obligation": "an obligation is agreed for the listing",
    "request_ids": "a trade stream",
    "probes": "further streams can be opened",
    "observer": "a second private stream can be opened",
    "venue_control": "the embedded venue, which a check can instruct",
}
"""Fixture -> its prerequisite; a fixture that is not listed has none."""


class Collected:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the items in their order."""
        self.items = [item for item in session.items if check_id_of(item)]


def collect(root: Path) -> list[pytest.Item]:
    """Every check that the suite has, as pytest collects it on the embedded venue; raises RuntimeError."""
    collected = Collected()
    options = ["--collect-only", "-qq", "--profile=regression", "-p", "no:cacheprovider"]
    with redirect_stdout(StringIO()):
        code = pytest.main([*options, str(root / "checks")], plugins=[collected])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the checks cannot be collected: pytest ends with {code}")
    return collected.items


def cards(items: Sequence[pytest.Item], environments: Mapping[str, Environment]) -> tuple[Card, ...]:
    """The items as cards, one per id, in their order."""
    by_id: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_id.setdefault(check_id_of(item), []).append(item)
    return tuple(_card(check_id, own, environments) for check_id, own in by_id.items())


def written(root: Path) -> str:
    """The page of the suite that stands in this folder."""
    content = read_file(root / "environments.yaml")
    environments = {name: select(content, name, {}) for name in content.environments}
    return page(cards(collect(root), environments), read(newest(root / "checks")))


def main(arguments: Sequence[str], root: Path) -> int:
    """Write the page, or with ``--check`` say whether it is what the code says; returns the exit code."""
    text, path = written(root), root / PAGE
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE} is stale: run `make docs`", file=sys.stderr)  # noqa: T201 - its one line
    return 1


def _card(check_id: str, items: Sequence[pytest.Item], environments: Mapping[str, Environment]) -> Card:
    first = items[0]
    marked = next(iter(first.iter_markers("check"))).kwargs
    names = [name for name in getattr(first, "fixturenames", ()) if name in NEEDS]
    return Card(
        id=check_id,
        requirement=requirement(first),
        group=group(first),
        severity=str(marked["severity"]),
        library=library_of(first),
        mainnet=environments["mainnet"].not_applicable.get(check_id) or _kept_back(items),
        judged=facts_of(first).get("judged", "driven") if is_about_client(check_id) else "",
        max_fills=marked["max_fills"],
        min_messages=marked["min_messages"],
        cases=tuple(dict.fromkeys(filter(None, (label(parameters(item), ()) for item in items)))),
        needs=tuple(NEEDS[name] for name in NEEDS if name in names),
        exempt=tuple(_exempt(first, items, environments)),
        laws=tuple(f"{law.statement} ({law.source})" for law in LAWS if law.check_id == check_id),
    )


def _exempt(
    first: pytest.Item, items: Sequence[pytest.Item], environments: Mapping[str, Environment]
) -> list[str]:
    reasons = [
        f"{name}: {environment.not_applicable[check_id_of(first)]}"
        for name, environment in environments.items()
        if check_id_of(first) in environment.not_applicable
    ]
    for reason, count in Counter(filter(None, map(kept_back, items))).items():
        reasons.append(f"{count} of {len(items)} cases, with real money: {reason}")
    reasons += [f"The order client does not offer {name}." for name in facts_of(first).get("offers", ())]
    phases = first.get_closest_marker("phase")
    if phases is not None:
        agreed = " or ".join(phases.args)
        reasons.append(f"The listing's phase is not {agreed}; the embedded venue is taken there.")
    if library := library_of(first):
        reasons.append(f"No listing under test trades through {library}, and it is not installed.")
    for path, needing in Counter(path for item in items for path in needs_of(item)).items():
        some = "" if needing == len(items) else f"{needing} of {len(items)} cases: "
        reasons += [
            some + environment.not_served[path]
            for environment in environments.values()
            if path in environment.not_served
        ]
    roles = [ROLE_OF_FIXTURE[name] for name in getattr(first, "fixturenames", ()) if name in ROLE_OF_FIXTURE]
    absent = (
        environment.not_applicable.get(role) or environment.absent.get(role)
        for role in roles
        for environment in environments.values()
    )
    return reasons + list(dict.fromkeys(reason for reason in absent if reason))


def _kept_back(items: Sequence[pytest.Item]) -> str:
    """Why no case of a check runs with real money, "" when one does."""
    if is_about_client(check_id_of(items[0])):
        return "No order client is sent faults where money is real."
    reasons = [kept_back(item) for item in items]
    return (reasons[0] or "") if all(reasons) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parents[2]))
