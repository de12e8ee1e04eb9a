"""Drives one contestant and times each request."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """One round, or the medians of several.

    p50_us, p99_us: request to answer; per_s: requests answered in a second
    """

    p50_us: float
    p99_us: float
    per_s: float

    @classmethod
    def of(cls, taken_ns: list[int], elapsed_ns: int) -> "Timing":
        """The timing of one round. taken_ns: per request; elapsed_ns: of the whole round."""
        ordered = sorted(taken_ns)
        p50, p99 = (ordered[int(len(ordered) * part)] / 1000 for part in (0.5, 0.99))
        return cls(p50, p99, len(ordered) / elapsed_ns * 1e9)

    @classmethod
    def median(cls, rounds: list["Timing"]) -> "Timing":
        """The median of each figure, rounded to what the rounds can resolve."""
        return cls(
            round(statistics.median(timing.p50_us for timing in rounds), 1),
            round(statistics.median(timing.p99_us for timing in rounds), 1),
            round(statistics.median(timing.per_s for timing in rounds)),
        )


async def drive(order: Callable[[], Awaitable[object]], count: int, in_flight: int) -> Timing:
    """Send count orders, always in_flight of them unanswered."""
    taken: list[int] = []

    async def worker(share: int) -> None:
        for _ in range(share):
            began = time.perf_counter_ns()
            await order()
            taken.append(time.perf_counter_ns() - began)

    began = time.perf_counter_ns()
    await asyncio.gather(*(worker(count // in_flight) for _ in range(in_flight)))
    return Timing.of(taken, time.perf_counter_ns() - began)


def drive_threads(orders: list[Callable[[], object]], count: int) -> Timing:
    """The same for a blocking client: one thread per callable."""
    taken: list[int] = []

    def worker(order: Callable[[], object]) -> None:
        for _ in range(count // len(orders)):
            began = time.perf_counter_ns()
            order()
            taken.append(time.perf_counter_ns() - began)

    with ThreadPoolExecutor(len(orders)) as pool:
        began = time.perf_counter_ns()
        list(pool.map(worker, orders))
        return Timing.of(taken, time.perf_counter_ns() - began)
