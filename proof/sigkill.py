"""Kills runs at random points: the clean-up after each leaves no own order and touches no foreign one."""

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
"""The most orders that one create-batch may carry."""
CLEANED_UP_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class KilledRun:
    """What the clean-up after a kill did.

    code: its exit code, None when the run had not opened its journal yet
    output: what it printed
    found: how many orders of the run were open before it
    own, foreign: how many orders of the run, and of somebody else, are open after it
    """

    after_s: float
    code: int | None
    output: str
    found: int
    own: int
    foreign: int

    @property
    def is_well(self) -> bool:
        """True when no order of the run is open, every foreign one is, and the clean-up reports that."""
        is_reported = self.code is None or (self.code == 0 and ", 0 left; " in self.output)
        return is_reported and (self.own, self.foreign) == (0, FOREIGN)


async def rest_foreign(client: RestClient) -> None:
    """FieldPlace orders of another program under the UID of the market maker, which no clean-up may touch."""
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


def kill(venue: Standalone, folder: Path, after_s: float, *options: str) -> KilledRun:
    """Kill a run after that many seconds, and clean up after it."""
    # The context kills the process when it ends, which is the kill that is on trial.
    with venue.running(folder / "out", *options) as process, suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=after_s)
    before = venue.open_orders(folder)
    code, output = None, ""
    for journal in folder.glob(f"out/*/{JOURNAL}"):
        with venue.running(folder / "out", f"--cleanup={journal.parent.name}") as cleaning:
            output, _ = cleaning.communicate(timeout=CLEANED_UP_WITHIN_S)
        code = cleaning.returncode
    after = venue.open_orders(folder)
    return KilledRun(
        after_s,
        code,
        output.strip(),
        sum(run_of(link_id) is not None for link_id in before),
        sum(run_of(link_id) is not None for link_id in after),
        sum(link_id.startswith("somebody-") for link_id in after),
    )


def main(times: int, seed: int, span_s: float) -> int:
    """Kill that many runs, print what each clean-up did, and return 1 when one was not complete."""
    chance = random.Random(seed)  # noqa: S311 - spreads the points, protects no secret
    wrong = 0
    with tempfile.TemporaryDirectory() as name, standalone(Path(name)) as venue:
        asyncio.run(rest_foreign(venue.client(Path(name))))
        for _ in range(times):
            with tempfile.TemporaryDirectory() as own:
                killed = kill(venue, Path(own), 0.2 + chance.random() * span_s)
            wrong += not killed.is_well
            print(  # noqa: T201 - its table
                f"killed after {killed.after_s:.2f} s: {killed.found} own orders open, after the clean-up "
                f"{killed.own} own and {killed.foreign} foreign; {killed.output}",
                flush=True,
            )
    print(f"{times} kills: {wrong} not cleaned up")  # noqa: T201 - its table
    return 1 if wrong else 0
