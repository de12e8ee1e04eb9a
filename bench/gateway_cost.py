"""What the gateway adds to a round trip, and how much it carries.

The gateway runs in a process of its own, before the responder; the bare protocol drives both in turn.
``python -m bench.gateway_cost PORT`` is that process: it prints the port on which it listens.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from bench.drive import Timing
from bench.floors import BareRest
from fixtures.event_loop import new_event_loop
from fixtures.gateway.gateway import LOOPBACK, Gateway, Hosts
from fixtures.record.evidence import Evidence, Redactor

WIDTHS = {1: 2_000, 32: 5_120}
"""Orders of one round, by how many are in flight."""


def gateway_cost(port: int, bare: BareRest, rounds: int) -> dict[str, Any]:
    """The timings by orders in flight, of the responder itself and through a gateway.

    port: of the responder
    """
    with _gateway(port) as through, asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_compared({"direct": port, "through": through}, bare, rounds))


async def _compared(ports: dict[str, int], bare: BareRest, rounds: int) -> dict[str, Any]:
    taken: dict[int, dict[str, list[Timing]]] = {width: {name: [] for name in ports} for width in WIDTHS}
    for _ in range(rounds):
        for width, count in WIDTHS.items():
            for name, port in ports.items():
                taken[width][name].append(await bare.round(port, count, width))
    return {
        str(width): {name: asdict(Timing.median(timings)) for name, timings in by_name.items()}
        for width, by_name in taken.items()
    }


@contextmanager
def _gateway(port: int) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.gateway_cost", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own words
        try:
            if process.stdout is None:
                raise RuntimeError("the gateway has no output")
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def _serve(port: int) -> None:
    evidence = Evidence(Redactor(), lambda: 0)
    async with Gateway(Hosts.on(LOOPBACK, port), evidence).open() as hosts:
        print(hosts.rest.rpartition(":")[2], flush=True)  # noqa: T201 - for the process that started this one
        await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as served:
        served.run(_serve(int(sys.argv[1])))
