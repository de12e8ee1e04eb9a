"""Runs that are killed at random points: the clean-up leaves no own order and touches no foreign one."""

import asyncio
import random
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixtures.clients.rest import RestClient
from fixtures.record.run import JOURNAL, run_of
from fixtures.v5 import paths
from proof.venue_process import SYMBOL, Standalone, standalone

FOREIGN = 200
BATCH = 10
CLEANED_UP_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Killed:
    """What a clean-up after a kill came to.

    code: its exit code, None where the run had not begun; said: its words
    own, foreign: how many orders of the run, and of somebody else, are open after it
    found: how many of the run were open before it
    """

    after_s: float
    code: int | None
    said: str
    found: int
    own: int
    foreign: int

    @property
    def is_well(self) -> bool:
        """True when nothing of the run is open, all of the rest is, and the clean-up said so."""
        said_so = self.code is None or (self.code == 0 and ", 0 left; " in self.said)
        return said_so and (self.own, self.foreign) == (0, FOREIGN)


async def rest_foreign(client: RestClient) -> None:
    """Let somebody else's orders rest under the UID of the market maker."""
    for first in range(0, FOREIGN, BATCH):
        orders = [
            {
                "symbol": SYMBOL,
                "side": "Buy",
                "orderType": "Limit",
                "qty": "30",
                "price": "0.2400",
                "timeInForce": "PostOnly",
                "orderLinkId": f"somebody-{number:04}",
            }
            for number in range(first, first + BATCH)
        ]
        await client.call("POST", paths.ORDER_CREATE_BATCH, {"category": "spot", "request": orders})
    await client.close()


def kill(venue: Standalone, folder: Path, after_s: float, *options: str) -> Killed:
    """Kill a run after so many seconds, and clean up after it."""
    with venue.running(folder / "out", *options) as process, suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=after_s)
    before = venue.open_orders(folder)
    code, said = None, ""
    for journal in folder.glob(f"out/*/{JOURNAL}"):
        with venue.running(folder / "out", f"--cleanup={journal.parent.name}") as cleaning:
            said, _ = cleaning.communicate(timeout=CLEANED_UP_WITHIN_S)
        code = cleaning.returncode
    after = venue.open_orders(folder)
    return Killed(
        after_s,
        code,
        said.strip(),
        sum(run_of(one) is not None for one in before),
        sum(run_of(one) is not None for one in after),
        sum(one.startswith("somebody-") for one in after),
    )


def main(times: int, seed: int, span_s: float) -> int:
    """Kill so many runs, print what came of each, and return 1 when one was not cleaned up as it must."""
    chance = random.Random(seed)  # noqa: S311 - spreads the points, guards no secret
    wrong = 0
    with tempfile.TemporaryDirectory() as name, standalone(Path(name)) as venue:
        asyncio.run(rest_foreign(venue.client(Path(name))))
        for _ in range(times):
            with tempfile.TemporaryDirectory() as own:
                killed = kill(venue, Path(own), 0.2 + chance.random() * span_s)
            wrong += not killed.is_well
            print(  # noqa: T201 - its table
                f"killed after {killed.after_s:.2f} s: {killed.found} own orders open, after the clean-up "
                f"{killed.own} own and {killed.foreign} foreign; {killed.said}",
                flush=True,
            )
    print(f"{times} kills: {wrong} not cleaned up")  # noqa: T201 - its table
    return 1 if wrong else 0
