"""The whole checklist again and again: every making must come to the same each time, in whatever order."""

from collections import Counter
from collections.abc import Iterable

from proof.pool import workers
from proof.trial import ROOT, Job, Verdict
from reports.verdict.requirements import newest, read

SYMBOLS = ("NEWUSDT",)
RANDOM_EVERY = 2
"""Every so many runs one has an order of its own."""


def plan(runs: int, market: str) -> list[Job]:
    """The runs of what a sign-off demands, every other one in a random order seeded by its number."""
    required = frozenset(read(newest(ROOT / "checks")).check_ids)
    return [
        Job(
            f"run {number}",
            market=market,
            checks=required,
            order=number if number % RANDOM_EVERY == 0 else None,
            symbols=SYMBOLS,
        )
        for number in range(1, runs + 1)
    ]


def differences(verdicts: Iterable[Verdict]) -> dict[str, dict[str, list[str]]]:
    """Case -> what it came to -> the runs, of the makings that did not always come to the same."""
    seen: dict[str, dict[str, list[str]]] = {}
    told = list(verdicts)
    nodes = {outcome.node: outcome.check for verdict in told for outcome in verdict.outcomes}
    for verdict in told:
        kinds = {outcome.node: str(outcome.kind) for outcome in verdict.outcomes}
        for node, check_id in nodes.items():
            came_to = seen.setdefault(f"{check_id} {node.rpartition('::')[2]}", {})
            came_to.setdefault(kinds.get(node, "not made"), []).append(verdict.job.name)
    return {name: came_to for name, came_to in seen.items() if len(came_to) > 1}


def main(runs: int, market: str, jobs: int) -> int:
    """Run, print a table, and return 1 when two runs differ or one is not green."""
    with workers(jobs) as pool:
        verdicts = pool.verdicts("runs", pool.start(plan(runs, market)))
    lines = []
    for verdict in verdicts:
        kinds = Counter(str(outcome.kind) for outcome in verdict.outcomes)
        order = f"random order, seed {verdict.job.order}" if verdict.job.order else "the checklist's order"
        lines.append(f"{verdict.job.name:<8} {order:<24} " + ", ".join(f"{n} {k}" for k, n in kinds.items()))
    differ = differences(verdicts)
    for name, came_to in differ.items():
        lines.append(f"{name}: " + "; ".join(f"{kind} in {', '.join(of)}" for kind, of in came_to.items()))
    red = [x for verdict in verdicts for x in verdict.red]
    lines += [f"red: {outcome.check} {outcome.node}: {outcome.said}" for outcome in red]
    lines.append(f"{runs} runs in a {market} market: {len(differ)} makings differ, {len(red)} red")
    print("\n".join(lines))  # noqa: T201 - its table
    return 1 if differ or red else 0
