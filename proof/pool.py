"""Jobs spread over worker processes, each of which imports the suite once."""

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from proof.parent import end_with_parent
from proof.trial import Job, TrialResult, run

Result = TypeVar("Result")


class Workers:
    """A pool of worker processes that reports its progress on stderr."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def call(self, work: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Queue a call; it is started behind those queued before."""
        return self._pool.submit(work, *arguments)

    def start(self, jobs: Iterable[Job]) -> list[Future[TrialResult]]:
        """Queue jobs; they are started in this order, behind those queued before."""
        return [self.call(run, job) for job in jobs]

    def results(self, what: str, started: Iterable[Future[Result]]) -> list[Result]:
        """The result of each call, in the order of the calls; raises what a call raises."""
        futures = list(started)
        for number, _ in enumerate(as_completed(futures), start=1):
            if number % 10 == 0 or number > len(futures) - 5 or number == len(futures):
                sys.stderr.write(f"{what}: {number} of {len(futures)}\n")
        return [future.result() for future in futures]


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    """Start that many worker processes; they end with this one, however it ends."""
    # Spawned, not forked: a fork would inherit the patched modules and open loops of this process.
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawning, initializer=end_with_parent) as pool:
        yield Workers(pool)
