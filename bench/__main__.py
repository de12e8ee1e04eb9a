"""Measures everything, writes both files, and prints the page."""

import asyncio
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import venue_load
from bench.awake import cores_awake
from bench.bench_page import BARE, FLOOR, OURS, PYBIT, in_readme, page
from bench.contestants import (
    CREDENTIALS,
    ORDER,
    CcxtRest,
    CcxtTrade,
    Contestant,
    OurRest,
    OurTrade,
    PybitRest,
    PybitTrade,
)
from bench.drive import Timing
from bench.floors import BareRest, BareTrade, rest_socket, trade_socket
from bench.gateway_cost import gateway_cost
from bench.matching_engines import matching_us
from bench.pacing import pacing
from bench.signing_cost import signing_us
from fixtures.event_loop import new_event_loop

ROUNDS = 7
STARTS = 3
COUNTS = {1: 1_000, 32: 1_280}
"""Orders of one round, by how many are in flight."""
_FOLDER = Path(__file__).parent
_PAGE = _FOLDER.parent / "docs" / "bench.md"
_README = _FOLDER.parent / "README.md"


@contextmanager
def _responder() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.responder"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the responder has no output")
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def _clients(port: int, contestants: Mapping[str, Contestant]) -> dict[str, dict[str, Any]]:
    """The timings by orders in flight, then by client; the clients take turns within each round."""
    rounds: dict[int, dict[str, list[Timing]]] = {
        width: {name: [] for name in contestants} for width in COUNTS
    }
    for _ in range(ROUNDS):
        for width, count in COUNTS.items():
            for name, contestant in contestants.items():
                gc.collect()
                gc.freeze()  # the heap of every library imported here would burden each round's collections
                rounds[width][name].append(await contestant.round(port, count, width))
    return {
        str(width): {name: asdict(Timing.median(timings)) for name, timings in by_name.items()}
        for width, by_name in rounds.items()
    }


def _on_loop(clients: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(clients)


def _venue() -> dict[str, Any]:
    starts, memory = [], []
    for _ in range(STARTS):
        with venue_load.started() as venue:
            starts.append(venue.first_answer_ms)
            memory.append(venue.resident_mib())
    with venue_load.started() as venue:
        rates = [
            (venue_load.rest_per_s(venue, f"rest-{number}"), venue_load.trade_per_s(venue, f"trade-{number}"))
            for number in range(ROUNDS)
        ]
    core = subprocess.run([sys.executable, "-m", "bench.core"], stdout=subprocess.PIPE, check=True)
    return {
        "rest_per_s": round(statistics.median(rest for rest, _ in rates)),
        "trade_per_s": round(statistics.median(trade for _, trade in rates)),
        "first_answer_ms": round(statistics.median(starts)),
        "resident_mib": statistics.median(memory),
        "core": json.loads(core.stdout),
    }


def _machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return {
        "cpu": next(line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "load": round(os.getloadavg()[0], 1),
        "pybit": version("pybit"),
        "ccxt": version("ccxt"),
    }


def main() -> None:
    """Run every measurement."""
    with tempfile.TemporaryDirectory() as name, _responder() as port:
        folder = Path(name)
        rest: dict[str, Contestant] = {
            FLOOR: rest_socket(),
            BARE: BareRest(CREDENTIALS, ORDER),
            OURS: OurRest(folder),
            "ccxt": CcxtRest(),
            "ccxt, bare": CcxtRest(bare=True),
            PYBIT: PybitRest(),
        }
        trade: dict[str, Contestant] = {
            FLOOR: trade_socket(),
            BARE: BareTrade(ORDER),
            OURS: OurTrade(folder),
            "ccxt": CcxtTrade(),
            PYBIT: PybitTrade(),
        }
        figures = {"machine": _machine(), "rounds": ROUNDS}
        with cores_awake():
            figures["rest"] = _on_loop(_clients(port, rest))
            figures["trade"] = _on_loop(_clients(port, trade))
            figures["gateway"] = gateway_cost(port, BareRest(CREDENTIALS, ORDER), ROUNDS)
        figures["signing_us"] = signing_us(folder)
    figures["venue"] = _venue()
    figures["matching_us"] = matching_us()
    figures["pacing"] = pacing()
    text = json.dumps(figures, indent=2, ensure_ascii=False) + "\n"
    (_FOLDER / "results.json").write_text(text, encoding="utf-8")
    _PAGE.write_text(page(figures), encoding="utf-8")
    _README.write_text(in_readme(_README.read_text(encoding="utf-8"), figures), encoding="utf-8")
    sys.stdout.write(page(figures))


if __name__ == "__main__":
    main()
