"""Runs that are told to end at random points: each must end in time, flat, and with its sign-off."""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixtures.record.run import run_of
from proof.venue_process import Standalone, standalone

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGXCPU")
WITHIN_S = 30.0
"""How long a run may take to end on a venue that answers, the Allure report included."""
GIVEN_UP_S = 150.0
INCOMPLETE = 2


@dataclass(frozen=True, slots=True)
class Point:
    """Which signal a run gets, and how many seconds after it was started."""

    name: str
    after_s: float

    def __str__(self) -> str:
        return f"{self.name} after {self.after_s:.2f} s"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    code: its exit code; negative for a process that a signal ended
    took_s: from the signal to the end
    verdict: of its sign-off, "" where there is none
    began: True when it had come so far that it may have sent an order
    left: the orderLinkIds of this suite's runs that are open afterwards
    """

    point: Point
    code: int
    took_s: float
    verdict: str
    began: bool
    left: tuple[str, ...]
    text: str

    @property
    def faults(self) -> list[str]:
        """What is wrong with it; a run that had not begun may just end."""
        found = [f"{len(self.left)} orders are open"] if self.left else []
        if not self.began:
            return found
        wanted = {
            f"took {self.took_s:.0f} s": self.took_s > WITHIN_S,
            f"ended with {self.code}": self.code != INCOMPLETE,
            f"the sign-off says {self.verdict or 'nothing'}": self.verdict != "INCOMPLETE",
            "a traceback": "Traceback" in self.text or "INTERNALERROR" in self.text,
            "no line says whether orders are open": "no order of this run is open" not in self.text,
        }
        return found + [told for told, wrong in wanted.items() if wrong]


def points(count: int, seed: int, span_s: float, names: Sequence[str] = SIGNALS) -> list[Point]:
    """So many random points within a span of time."""
    chance = random.Random(seed)  # noqa: S311 - spreads the points, guards no secret
    return [Point(chance.choice(names), 0.2 + chance.random() * span_s) for _ in range(count)]


def end(venue: Standalone, folder: Path, point: Point, *options: str) -> Ended | None:
    """Start a run, end it at a point, and look what is left; None when it had ended by itself."""
    with venue.running(folder / "out", *options) as process:
        try:
            process.communicate(timeout=point.after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.Signals[point.name])
        else:
            return None
        reported_s = time.monotonic()
        try:
            text, _ = process.communicate(timeout=GIVEN_UP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            text, _ = process.communicate()
    took_s = time.monotonic() - reported_s
    if process.returncode < 0 and "\nnext: " in text:
        return None  # it had said all it had to say
    left = tuple(one for one in venue.open_orders(folder) if run_of(one))
    signoffs = [json.loads(path.read_bytes()) for path in folder.glob("out/*/signoff.json")]
    verdict = signoffs[0]["verdict"] if signoffs else ""
    began = any(folder.glob("out/*/journal.jsonl"))
    return Ended(point, process.returncode, took_s, verdict, began, left, text)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """A machine that has so many other things to do while the context is open."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in burning:
            one.kill()
            one.wait()


def main(count: int, seed: int, span_s: float, processes: int) -> int:
    """End so many runs, print how, and return 1 when one did not end as it must."""
    wrong = 0
    slowest_s = 0.0
    with busy(processes):
        for point in points(count, seed, span_s):
            with tempfile.TemporaryDirectory() as name, standalone(Path(name)) as venue:
                ended = end(venue, Path(name), point)
            if ended is None:
                print(f"{point}: had ended", flush=True)  # noqa: T201 - its table
                continue
            wrong += bool(ended.faults)
            slowest_s = max(slowest_s, ended.took_s)
            told = "; ".join(ended.faults) or ("well" if ended.began else "before it began")
            print(f"{point}: {told}, {ended.took_s:.1f} s", flush=True)  # noqa: T201 - its table
            if ended.faults:
                print(ended.text[-4000:], flush=True)  # noqa: T201 - its table
    beside = f", {processes} processes beside" if processes else ""
    print(f"{count} points{beside}: {wrong} ended wrongly, the slowest in {slowest_s:.1f} s")  # noqa: T201 - its table
    return 1 if wrong else 0
