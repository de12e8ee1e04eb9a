"""``make prove``: run every check on the defects that it must catch, and on mutants of the rules."""

import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from random import Random

from fixtures.expect import quoted
from fixtures.harness.options import REFERENCE
from proof import unlisted
from proof.expected_kills import CLIENT_DEFECTS, EXPECTED_KILLS, UNPROVEN
from proof.matrix import CampaignResults, Matrix, build
from proof.mutants import Trace
from proof.pool import Workers, workers
from proof.report import as_json, as_page, provenance
from proof.trial import KILLS, ROOT, SYMBOLS, Job, required

MARKETS = ("quiet", "normal", "volatile")
CONTROL_SAMPLE = 6
"""How many checks that a defect does not name are run on it too: they show what else notices it."""
SEED = 20261125
MAX_CASES = 10
"""How many of the cases that reach a mutant are tried before it counts as a survivor."""
_FOLDER = ROOT / "docs"


def conforming_jobs() -> list[Job]:
    """One job per market on the conforming venue; those in the quiet market are traced, one per symbol."""
    quiet, *moving = MARKETS
    listing, demanded = SYMBOLS[:1], required()
    return [
        Job(f"{quiet}, the long checks", without=demanded, market=quiet, symbols=listing, traces=True),
        *(
            Job(f"{quiet}, {symbol}", checks=demanded, market=quiet, symbols=(symbol,), traces=True)
            for symbol in SYMBOLS
        ),
        *(Job(market, checks=demanded, market=market, symbols=listing) for market in moving),
        Job(f"{quiet}, the order client", market=quiet, symbols=listing, client=REFERENCE),
    ]


def defect_jobs(names: Collection[str], checks: Collection[str], *, full: bool) -> list[Job]:
    """One job per defect: its expected kills and a control sample of the other checks, or all checks."""
    jobs, demanded = [], required()
    for name in names:
        named = EXPECTED_KILLS.get(name, ())
        if name in CLIENT_DEFECTS:
            jobs.append(
                Job(name, defect=name, checks=frozenset(named), symbols=SYMBOLS[:1], client=REFERENCE)
            )
            continue
        others = sorted(set(checks) & demanded - set(named))
        # Seeded by the defect's name, so that a new defect leaves the samples of the others as they are.
        sample = Random(f"{SEED}:{name}").sample(others, min(CONTROL_SAMPLE, len(others)))  # noqa: S311 - no secret
        wanted = None if full else frozenset({*named, *sample})
        jobs.append(Job(name, defect=name, checks=wanted, symbols=SYMBOLS[:1]))
    return jobs


def mutant_jobs(trace: Trace) -> list[Job]:
    """One job per mutant that some case reaches.

    First come the cases in which the original rule refuses something, then those that reach the fewest
    mutants: the closer a case is to one rule, the likelier it is to notice that this rule has changed.
    """
    touched = trace.found()
    reaches = Counter(node for nodes in touched.values() for node in nodes)

    def chosen(name: str) -> frozenset[str]:
        about = trace.about(name)
        likeliest = sorted(touched[name], key=lambda node: (node not in about, reaches[node], node))
        return frozenset(likeliest[:MAX_CASES])

    return [Job(name, mutant=name, nodes=chosen(name), stops=True) for name in touched if touched[name]]


def _prove(pool: Workers, names: Collection[str], *, full: bool) -> Matrix:
    checks = {check_id for named in EXPECTED_KILLS.values() for check_id in named} | set(UNPROVEN)
    conforming = pool.start(conforming_jobs())
    broken = pool.start(defect_jobs(names, checks, full=full))
    trace = Trace()
    for result in pool.results("conforming venue", conforming):
        if result.trace:
            trace.add(result.trace)
    # The defects are queued before this: their jobs keep the workers busy while the traces are awaited.
    mutated = pool.start(mutant_jobs(trace))
    return build(
        CampaignResults(
            tuple(future.result() for future in conforming),
            tuple(pool.results("defects", broken)),
            tuple(pool.results("mutants", mutated)),
            trace.found(),
            full=full,
        )
    )


def main(only: list[str], jobs: int, samples: int, *, full: bool) -> int:
    """Run the campaign, write the kill matrix, and print the broken rules; with ``only``, just those defects.

    samples: how many times larger than usual the samples of unlisted faults are, 0 for the usual factor

    Returns 0 when no rule is broken, 1 when one is, 4 for the name of no defect.
    """
    known = list(EXPECTED_KILLS)
    unknown = [name for name in only if name not in known]
    if unknown:
        sys.stderr.write(f"--defect is {quoted(unknown[0])}, expected one of: {', '.join(known)}\n")
        return 4
    with workers(jobs) as pool:
        if only:
            return _prove_some(pool, only, full=full)
        matrix = _prove(pool, known, full=full)
        found = unlisted.measured(pool, jobs, samples or (unlisted.FULL if full else 1))
    facts = provenance(_FOLDER.parent)
    _write(_FOLDER / "kill-matrix.json", as_json(matrix, facts, found))
    _write(_FOLDER / "kill-matrix.md", as_page(matrix, facts, found))
    for line in matrix.broken_rules:
        sys.stderr.write(f"{line}\n")
    for line in (matrix.totals(), *found.sentences()):
        sys.stderr.write(f"{line}\n")
    return 1 if matrix.broken_rules else 0


def _prove_some(pool: Workers, only: list[str], *, full: bool) -> int:
    """Print the outcomes of the expected kills, or of all checks, on some defects; 1 if a kill is missing."""
    chosen = [
        Job(
            name,
            defect=name,
            client=REFERENCE if name in CLIENT_DEFECTS else "none",
            checks=None if full else frozenset(EXPECTED_KILLS.get(name, ())) or None,
            symbols=SYMBOLS[:1],
        )
        for name in only
    ]
    missed = 0
    for result in pool.results("defects", pool.start(chosen)):
        killed_by = {outcome.check for outcome in result.outcomes if outcome.kind in KILLS}
        missed += not set(EXPECTED_KILLS.get(result.job.name, ())) <= killed_by
        for outcome in result.outcomes:
            print(f"{result.job.name}: {outcome.check} {outcome.kind} {outcome.message}")  # noqa: T201
    return 1 if missed else 0


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
