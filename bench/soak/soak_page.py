"""Renders one run as docs/soak.md."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.soak.memory import MIN_S, MOST_GROWTH, Memory
from bench.soak.soak_run import KEPT, UIDS, SoakResult

_HEAD = """# Soak

Written by `make soak`. {cpu}, {cores} cores, Python {python}, {date}.

    python -m fixtures.venue --audit --market volatile --seed {seed} --accounts {accounts} \\
        --switch kept_per_account={kept}

ran for {minutes:.1f} minutes with {clients} clients, which come and go: each stays for half a minute to a
minute, leaves, and comes back under another of its {uids} UIDs. About half of them use this suite's own
clients, the others plain httpx, websockets and sockets. Venue and clients took {venue_cpu:.0%} and
{driver_cpu:.0%} of one core on average.
"""


def page(result: SoakResult) -> str:
    """The whole page."""
    return "\n".join([_head(result), *_laws(result), *_memory(result), *_counts(result)]) + "\n"


def _head(result: SoakResult) -> str:
    first, last = result.samples[0], result.samples[-1]
    took = max(last.at_s - first.at_s, 1)
    return _HEAD.format(
        cpu=_cpu(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=result.seed,
        accounts=result.clients * UIDS,
        kept=KEPT,
        minutes=result.seconds / 60,
        clients=result.clients,
        uids=UIDS,
        venue_cpu=(last.venue_cpu_s - first.venue_cpu_s) / took,
        driver_cpu=(last.driver_cpu_s - first.driver_cpu_s) / took,
    )


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


def _laws(result: SoakResult) -> Iterator[str]:
    yield "## Laws\n"
    yield "The first are the venue's own invariants, checked at every operation and reported at its end; the"
    yield "others were observed by the clients. A law that was never observed counts as broken.\n"
    yield "| law | observations | |"
    yield "|---|---|---|"
    for law, seen, broken in result.findings():
        verdict = f"**broken**: {broken}" if broken else "kept" if seen else "**not seen**"
        yield f"| {law} | {seen:,} | {verdict} |"
    yield ""


def _memory(result: SoakResult) -> Iterator[str]:
    memory = result.memory
    yield "## Memory of the venue\n"
    yield f"The first half is warm-up: each account fills up to the {KEPT} closed orders and executions that"
    yield "are remembered. The rule: the regression line through the samples of the second half rises by"
    yield f"at most {MOST_GROWTH:.0%} over that half. A run of less than {MIN_S // 60} minutes is all"
    yield "warm-up and not judged.\n"
    yield "| start MiB | middle MiB | end MiB | maximum MiB | growth of the second half | |"
    yield "|---|---|---|---|---|---|"
    figures = (memory.start_mib, memory.middle_mib, memory.end_mib, memory.most_mib)
    growth = "" if memory.growth is None else f"{memory.growth:+.1%}"
    yield f"| {' | '.join(f'{mib:.1f}' for mib in figures)} | {growth} | {_verdict(memory)} |"
    yield ""


def _verdict(memory: Memory) -> str:
    if memory.growth is None:
        return "not judged"
    return "steady" if memory.is_steady else "**grows**"


def _counts(result: SoakResult) -> Iterator[str]:
    yield "## Counts\n"
    yield "| what | how many |"
    yield "|---|---|"
    for name, number in result.invariants["counts"].items():
        yield f"| in the venue: {name} | {number:,} |"
    for name, number in sorted(result.ledger.counts.items()):
        yield f"| {name} | {number:,} |"
