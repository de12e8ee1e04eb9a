"""Interrupts runs by signals at random points: each must end in time, with a sign-off and no open order."""

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
"""After so long the run is killed: longer than any timeout of its own, so that a late end is seen as late."""
INCOMPLETE = 2


@dataclass(frozen=True, slots=True)
class Point:
    """Which signal a run gets, and how many seconds after it was started."""

    name: str
    after_s: float

    def __str__(self) -> str:
        return f"{self.name} after {self.after_s:.2f} s"


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """How a run ended after a signal.

    code: its exit code; negative for a process that a signal ended
    took_s: from the signal to the end
    verdict: of its sign-off, "" where there is none
    began: True when it had opened its journal, so that it may have sent an order
    left: the orderLinkIds of this suite's runs that are open afterwards
    text: what it printed
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
        """What is wrong with it; a run that had no journal yet may end in any way, but leaves no order."""
        found = [f"{len(self.left)} orders are open, expected none"] if self.left else []
        if not self.began:
            return found
        failures = {
            f"took {self.took_s:.0f} s, expected at most {WITHIN_S:.0f}": self.took_s > WITHIN_S,
            f"exit code {self.code}, expected {INCOMPLETE}": self.code != INCOMPLETE,
            f"the sign-off says {self.verdict or 'nothing'}, expected INCOMPLETE": self.verdict
            != "INCOMPLETE",
            "a traceback": "Traceback" in self.text or "INTERNALERROR" in self.text,
            "no line says whether orders are open": "no order of this run is open" not in self.text,
        }
        return found + [text for text, is_wrong in failures.items() if is_wrong]


def points(count: int, seed: int, span_s: float, names: Sequence[str] = SIGNALS) -> list[Point]:
    """That many random points within a span of time."""
    chance = random.Random(seed)  # noqa: S311 - spreads the points, protects no secret
    return [Point(chance.choice(names), 0.2 + chance.random() * span_s) for _ in range(count)]


def interrupt(venue: Standalone, folder: Path, point: Point, *options: str) -> InterruptedRun | None:
    """Start a run, send it the signal of a point, look for open orders; None when it had ended by itself."""
    with venue.running(folder / "out", *options) as process:
        try:
            process.communicate(timeout=point.after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.Signals[point.name])
        else:
            return None
        signalled_s = time.monotonic()
        try:
            text, _ = process.communicate(timeout=GIVEN_UP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            text, _ = process.communicate()
    took_s = time.monotonic() - signalled_s
    if process.returncode < 0 and "\nnext: " in text:
        # It had printed its last line before the signal came: Python was only taking itself down.
        return None
    left = tuple(link_id for link_id in venue.open_orders(folder) if run_of(link_id))
    signoffs = [json.loads(path.read_bytes()) for path in folder.glob("out/*/signoff.json")]
    verdict = signoffs[0]["verdict"] if signoffs else ""
    began = any(folder.glob("out/*/journal.jsonl"))
    return InterruptedRun(point, process.returncode, took_s, verdict, began, left, text)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep that many cores busy with other work while the context is open."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


def main(count: int, seed: int, span_s: float, processes: int) -> int:
    """Interrupt that many runs, print how each ended, and return 1 when one did not end as it must."""
    wrong = 0
    slowest_s = 0.0
    with busy(processes):
        for point in points(count, seed, span_s):
            with tempfile.TemporaryDirectory() as name, standalone(Path(name)) as venue:
                ended = interrupt(venue, Path(name), point)
            if ended is None:
                print(f"{point}: had ended", flush=True)  # noqa: T201 - its table
                continue
            wrong += bool(ended.faults)
            slowest_s = max(slowest_s, ended.took_s)
            how = "; ".join(ended.faults) or ("well" if ended.began else "before it began")
            print(f"{point}: {how}, {ended.took_s:.1f} s", flush=True)  # noqa: T201 - its table
            if ended.faults:
                print(ended.text[-4000:], flush=True)  # noqa: T201 - its table
    beside = f" with {processes} busy processes" if processes else ""
    print(f"{count} points{beside}: {wrong} ended wrongly, the slowest in {slowest_s:.1f} s")  # noqa: T201 - its table
    return 1 if wrong else 0
