"""Jobs spread over worker processes, each of which imports the suite once."""

import multiprocessing
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from proof.jobs import Job, Verdict, run


class Workers:
    """A pool that tells on stderr how far it has come."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def verdicts(self, what: str, jobs: Iterable[Job]) -> list[Verdict]:
        """What each job came to, in the order of the jobs; raises what a job raises."""
        futures = [self._pool.submit(run, job) for job in jobs]
        for number, _ in enumerate(as_completed(futures), start=1):
            if number % 10 == 0 or number == len(futures):
                sys.stderr.write(f"{what}: {number} of {len(futures)}\n")
        return [future.result() for future in futures]


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    """So many worker processes."""
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield Workers(pool)
