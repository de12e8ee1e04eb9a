"""Runs a soak: the venue in its own process, the clients in this one, a memory sample every few seconds."""

import asyncio
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bench.soak.laws import ClientLaw, LawLedger
from bench.soak.memory import Memory, MemorySample
from bench.soak.others import flood, follow, keep_books, litter, stall, vanish
from bench.soak.stage import LONGEST_VISIT_S, Stage, Visit
from bench.soak.trader import batch, make, take, trading
from bench.soak.wire import PlainRest
from fixtures.config.environment import read_file
from fixtures.v5.enums import Phase
from fixtures.venue.demo_accounts import crowd
from fixtures.venue.market_simulator import Dice
from fixtures.venue.server import VenueAddress

KEPT = 50
"""Closed orders and executions that the venue remembers per account: few, so that it fills up in time."""
UIDS = 2
"""How many UIDs each client has, by turns."""
_SAMPLES, _SAMPLE_S = 12, 10
Client = Callable[[Stage, Visit], Awaitable[None]]
_MAKER, _TAKER, _BATCHER = trading(make), trading(take), trading(batch)
CREW: tuple[tuple[str, Client], ...] = (
    ("maker", _MAKER),
    ("taker", _TAKER),
    ("book keeper, plain", keep_books),
    ("batcher", _BATCHER),
    ("flooder", flood),
    ("maker that vanishes", vanish),
    ("reader that does not read", stall),
    ("sender of garbage", litter),
    ("book keeper, ours", follow),
    *((("maker", _MAKER), ("taker", _TAKER)) * 4),
)
"""Who the clients are, in turns."""


@dataclass(frozen=True, slots=True)
class SoakResult:
    """The result of one run.

    invariants: what the venue reported at its end, see ``fixtures.venue.invariants``
    ended: the venue's exit code and what it wrote to its standard error
    """

    clients: int
    seconds: int
    seed: int
    samples: list[MemorySample]
    ledger: LawLedger
    invariants: Mapping[str, Any]
    ended: tuple[int, str]

    @property
    def memory(self) -> Memory:
        """How the venue's memory developed."""
        return Memory.of(self.samples)

    def findings(self) -> list[tuple[str, int, str]]:
        """Each law, how often it was observed, and how it was broken first; "" when it was kept."""
        inside = [(law, row["seen"], row["broken"]) for law, row in self.invariants["laws"].items()]
        outside = [
            (law.value, self.ledger.seen[law.value], self.ledger.broken.get(law.value, ""))
            for law in ClientLaw
        ]
        code, errors = self.ended
        clean = "" if (code, errors) == (0, "") else f"exit code {code}: {errors[-200:]!r}"
        return [*inside, *outside, ("the venue ends with 0 and has written no error", 1, clean)]

    @property
    def holds(self) -> bool:
        """True when every law was observed and kept, and the memory is steady."""
        return self.memory.is_steady and all(seen and not broken for _, seen, broken in self.findings())


@asynccontextmanager
async def _venue(seed: int, accounts: int) -> AsyncIterator[asyncio.subprocess.Process]:
    options = ("--market", "volatile", "--seed", str(seed), "--accounts", str(accounts))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "fixtures.venue", "--port", "0", "--audit", *options),
        *("--switch", f"kept_per_account={KEPT}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def soak(*, seconds: int, clients: int, seed: int) -> SoakResult:
    """Run the venue with that many clients for that long.

    Raises RuntimeError when the venue does not start, or reports nothing at its end.
    """
    async with _venue(seed, clients * UIDS) as process:
        stage = await _stage(process, seconds)
        samples: list[MemorySample] = []
        with tempfile.TemporaryDirectory() as folder:
            await _drive(stage, _visits(stage, clients, seed, Path(folder)), process.pid, samples, seconds)
        process.terminate()
        output, errors = await asyncio.wait_for(process.communicate(), 60)
    try:
        invariants = json.loads(output.splitlines()[-1])
    except (IndexError, ValueError):
        raise RuntimeError(f"the venue reported nothing at its end: {errors[-500:]!r}") from None
    ended = (process.returncode or 0, errors.decode())
    return SoakResult(clients, seconds, seed, samples, stage.ledger, invariants, ended)


async def _stage(process: asyncio.subprocess.Process, seconds: int) -> Stage:
    if process.stdout is None:
        raise RuntimeError("the venue has no output")
    rest = (await process.stdout.readline()).decode().removeprefix("REST ").strip()
    if not rest.startswith("http://"):
        raise RuntimeError("the venue did not start")
    listings = read_file(Path("environments.yaml")).listings
    traded = {
        symbol: listing.instrument(symbol)
        for symbol, listing in listings.items()
        if listing.phase is Phase.TRADING
    }
    return Stage(VenueAddress(rest, rest.replace("http", "ws", 1)), traded, time.monotonic() + seconds)


def _visits(stage: Stage, clients: int, seed: int, folder: Path) -> list[Callable[[], Awaitable[None]]]:
    """Each client as something to be awaited until the run ends."""
    symbols, keys = list(stage.instruments), crowd(clients * UIDS)

    def client(place: int) -> Callable[[], Awaitable[None]]:
        async def stay() -> None:
            name, kind = CREW[place % len(CREW)]
            dice = Dice(seed * 1000 + place)
            stage.ledger.counts[f"clients: {name}"] += 1
            for number in count():
                visit = Visit(
                    number=place + number,
                    credentials=keys[place * UIDS + number % UIDS].credentials,
                    symbol=symbols[(place + number) % len(symbols)],
                    dice=dice,
                    until_s=time.monotonic() + LONGEST_VISIT_S * (50 + dice.roll(50)) / 100,
                    prefix=f"s{place}-{number}",
                    folder=folder,
                    prices=dict(stage.prices),
                )
                if stage.is_over(visit):
                    return
                await _one(stage, name, kind, visit)

        return stay

    return [client(place) for place in range(clients)]


async def _one(stage: Stage, name: str, kind: Client, visit: Visit) -> None:
    """One visit; whatever goes wrong in it breaks the law that every request is answered."""
    stage.ledger.counts["visits"] += 1
    try:
        await kind(stage, visit)
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is a finding, too
        traceback.print_exc()
        stage.ledger.see(ClientLaw.ANSWERED, kept=False, what=f"{name}: {type(error).__name__}: {error}")
        await stage.pause(visit, 5)


async def _drive(
    stage: Stage,
    clients: list[Callable[[], Awaitable[None]]],
    pid: int,
    samples: list[MemorySample],
    seconds: int,
) -> None:
    """Let the clients stay, and look at prices and memory meanwhile."""
    rest = PlainRest(stage.address, None)
    await stage.look(rest)
    beside = [
        asyncio.create_task(stage.keep_looking(rest)),
        asyncio.create_task(_keep_sampling(pid, samples, min(_SAMPLE_S, seconds / _SAMPLES))),
    ]
    await asyncio.gather(*(client() for client in clients))
    for task in beside:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await rest.close()


async def _keep_sampling(pid: int, samples: list[MemorySample], every_s: float) -> None:
    began = time.monotonic()
    while True:
        samples.append(_sample(pid, time.monotonic() - began))
        await asyncio.sleep(every_s)


def _sample(pid: int, at_s: float) -> MemorySample:
    process = Path(f"/proc/{pid}")
    pages = int((process / "statm").read_text(encoding="ascii").split()[1])
    spent = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    venue_cpu_s = (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")
    mib = round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
    return MemorySample(round(at_s, 1), mib, venue_cpu_s, time.process_time())
