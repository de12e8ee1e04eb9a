"""``make prove``: every check on the defects that it exists for, and the rule tables mutated."""

import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from random import Random

from fixtures.expect import quoted
from proof.expected_kills import EXPECTED_KILLS, UNPROVEN
from proof.matrix import Matrix, Trial, build
from proof.mutants import Trace
from proof.pool import Workers, workers
from proof.report import as_json, as_page, made
from proof.trial import ROOT, SYMBOLS, Job
from reports.verdict.requirements import newest, read

MARKETS = ("quiet", "normal", "volatile")
CONTROL_SAMPLE = 6
"""So many checks that are not named for a defect are made on it too."""
SEED = 20261125
MAX_CASES = 10
"""So many makings that would see a mutant are tried before it counts as a survivor."""
_FOLDER = ROOT / "docs"


def conforming_jobs() -> list[Job]:
    """The sound venue in every market, traced in a quiet one on each symbol."""
    quiet, *moving = MARKETS
    listing, demanded = SYMBOLS[:1], required()
    return [
        Job(f"{quiet}, the long checks", without=demanded, market=quiet, symbols=listing, traces=True),
        *(
            Job(f"{quiet}, {one}", checks=demanded, market=quiet, symbols=(one,), traces=True)
            for one in SYMBOLS
        ),
        *(Job(market, checks=demanded, market=market, symbols=listing) for market in moving),
    ]


def required() -> frozenset[str]:
    """The checks that a sign-off demands.

    The others are long: they are made once, in a quiet market, on one symbol.
    """
    return frozenset(read(newest(ROOT / "checks")).check_ids)


def defect_jobs(names: Collection[str], checks: Collection[str], *, full: bool) -> list[Job]:
    """One job per defect: the checks named for it and a sample of the others, or all."""
    jobs, demanded = [], required()
    for name in names:
        named = EXPECTED_KILLS.get(name, ())
        others = sorted(set(checks) & demanded - set(named))
        sample = Random(f"{SEED}:{name}").sample(others, min(CONTROL_SAMPLE, len(others)))  # noqa: S311 - no secret
        wanted = None if full else frozenset({*named, *sample})
        jobs.append(Job(name, defect=name, checks=wanted, symbols=SYMBOLS[:1]))
    return jobs


def mutant_jobs(trace: Trace) -> list[Job]:
    """One job per mutant that some making would see.

    First come the makings in which the sound rule refuses something, then those that see the fewest mutants.
    """
    touched = trace.found()
    sees = Counter(node for nodes in touched.values() for node in nodes)

    def chosen(name: str) -> frozenset[str]:
        about = trace.about(name)
        by_worth = sorted(touched[name], key=lambda node: (node not in about, sees[node], node))
        return frozenset(by_worth[:MAX_CASES])

    return [Job(name, mutant=name, nodes=chosen(name), stops=True) for name in touched if touched[name]]


def _prove(pool: Workers, names: Collection[str], *, full: bool) -> Matrix:
    checks = {check_id for named in EXPECTED_KILLS.values() for check_id in named} | set(UNPROVEN)
    conforming = pool.start(conforming_jobs())
    broken = pool.start(defect_jobs(names, checks, full=full))
    trace = Trace()
    for verdict in pool.verdicts("sound venue", conforming):
        if verdict.trace:
            trace.add(verdict.trace)
    mutated = pool.start(mutant_jobs(trace))
    return build(
        Trial(
            tuple(future.result() for future in conforming),
            tuple(pool.verdicts("defects", broken)),
            tuple(pool.verdicts("mutants", mutated)),
            trace.found(),
            full=full,
        )
    )


def main(only: list[str], jobs: int, *, full: bool) -> int:
    """Prove, write the kill matrix unless only some defects are asked for, and name the broken rules."""
    known = list(EXPECTED_KILLS)
    unknown = [name for name in only if name not in known]
    if unknown:
        sys.stderr.write(f"--defect is {quoted(unknown[0])}, expected one of: {', '.join(known)}\n")
        return 4
    with workers(jobs) as pool:
        if only:
            return _some(pool, only, full=full)
        matrix = _prove(pool, known, full=full)
    facts = made(_FOLDER.parent)
    _write(_FOLDER / "kill-matrix.json", as_json(matrix, facts))
    _write(_FOLDER / "kill-matrix.md", as_page(matrix, facts))
    for line in matrix.broken_rules:
        sys.stderr.write(f"{line}\n")
    sys.stderr.write(f"{matrix.totals()}\n")
    return 1 if matrix.broken_rules else 0


def _some(pool: Workers, only: list[str], *, full: bool) -> int:
    """Print what the named checks, or all, say about some defects."""
    named = [
        Job(
            name,
            defect=name,
            checks=None if full else frozenset(EXPECTED_KILLS.get(name, ())) or None,
            symbols=SYMBOLS[:1],
        )
        for name in only
    ]
    missed = 0
    for verdict in pool.verdicts("defects", pool.start(named)):
        red = {x.check for x in verdict.outcomes if x.kind in {"assertion", "silence"}}
        missed += not set(EXPECTED_KILLS.get(verdict.job.name, ())) <= red
        for outcome in verdict.outcomes:
            print(f"{verdict.job.name}: {outcome.check} {outcome.kind} {outcome.said}")  # noqa: T201
    return 1 if missed else 0


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
