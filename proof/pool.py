"""Jobs spread over worker processes, each of which imports the suite once."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from proof.trial import Job, Verdict, run


class Workers:
    """A pool that tells on stderr how far it has come."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def start(self, jobs: Iterable[Job]) -> list[Future[Verdict]]:
        """Queue jobs; they are begun in this order, behind those queued before."""
        return [self._pool.submit(run, job) for job in jobs]

    def verdicts(self, what: str, started: Iterable[Future[Verdict]]) -> list[Verdict]:
        """What each job came to, in the order of the jobs; raises what a job raises."""
        futures = list(started)
        for number, _ in enumerate(as_completed(futures), start=1):
            if number % 10 == 0 or number > len(futures) - 5 or number == len(futures):
                sys.stderr.write(f"{what}: {number} of {len(futures)}\n")
        return [future.result() for future in futures]


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    """So many worker processes, which end with this one however it ends."""
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawning, initializer=_end_with_parent) as pool:
        yield Workers(pool)


def _end_with_parent() -> None:
    """Leave this worker as soon as its parent is gone, killed or not."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
