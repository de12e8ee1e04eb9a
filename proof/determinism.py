"""Repeats the whole checklist: every case must have the same outcome each time, in whatever order."""

from collections import Counter
from collections.abc import Iterable

from proof.pool import workers
from proof.trial import Job, TrialResult, required

SYMBOLS = ("NEWUSDT",)
RANDOM_EVERY = 2
"""Every second run is shuffled, so that a case that leans on an earlier one is found."""


def plan(runs: int, market: str) -> list[Job]:
    """One job per run of the required checks; every second one is shuffled, with its number as the seed."""
    return [
        Job(
            f"run {number}",
            market=market,
            checks=required(),
            order=number if number % RANDOM_EVERY == 0 else None,
            symbols=SYMBOLS,
        )
        for number in range(1, runs + 1)
    ]


def differences(results: Iterable[TrialResult]) -> dict[str, dict[str, list[str]]]:
    """Case -> outcome -> names of the runs, for the cases whose outcomes differ between runs."""
    seen: dict[str, dict[str, list[str]]] = {}
    runs = list(results)
    nodes = {outcome.node: outcome.check for result in runs for outcome in result.outcomes}
    for result in runs:
        kinds = {outcome.node: str(outcome.kind) for outcome in result.outcomes}
        for node, check_id in nodes.items():
            by_kind = seen.setdefault(f"{check_id} {node.rpartition('::')[2]}", {})
            by_kind.setdefault(kinds.get(node, "not run"), []).append(result.job.name)
    return {name: by_kind for name, by_kind in seen.items() if len(by_kind) > 1}


def main(runs: int, market: str, jobs: int) -> int:
    """Run the checklist that often, print a table, and return 1 when two runs differ or one is red."""
    with workers(jobs) as pool:
        results = pool.results("runs", pool.start(plan(runs, market)))
    lines = []
    for result in results:
        kinds = Counter(str(outcome.kind) for outcome in result.outcomes)
        order = f"random order, seed {result.job.order}" if result.job.order else "the checklist's order"
        lines.append(f"{result.job.name:<8} {order:<24} " + ", ".join(f"{n} {k}" for k, n in kinds.items()))
    differ = differences(results)
    for name, by_kind in differ.items():
        lines.append(
            f"{name}: " + "; ".join(f"{kind} in {', '.join(names)}" for kind, names in by_kind.items())
        )
    red = [outcome for result in results for outcome in result.red]
    lines += [f"red: {outcome.check} {outcome.node}: {outcome.message}" for outcome in red]
    lines.append(f"{runs} runs in a {market} market: {len(differ)} cases differ, {len(red)} red")
    print("\n".join(lines))  # noqa: T201 - its table
    return 1 if differ or red else 0
