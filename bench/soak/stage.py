"""What the clients share: the venue, its prices, the time, and what was seen."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bench.soak.laws import LawLedger
from bench.soak.wire import Key, PlainRest
from fixtures.config.environment import Credentials
from fixtures.v5 import paths
from fixtures.v5.enums import Side
from fixtures.v5.instrument import Instrument
from fixtures.venue.market_simulator import Dice
from fixtures.venue.server import VenueAddress

LONGEST_VISIT_S = 60
_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of one client: it connects, acts, and leaves.

    number: decides the way in
    until_s: when it leaves, monotonic
    """

    number: int
    credentials: Credentials
    symbol: str
    dice: Dice
    until_s: float
    prefix: str
    folder: Path
    prices: Mapping[str, Decimal]

    def key(self) -> Key:
        """What one of this suite's clients is made of."""
        return Key(self.credentials, self.prefix, self.folder, self.prices)


@dataclass(slots=True)
class Stage:
    """The venue as all clients see it.

    ends_s: when the run ends, monotonic
    """

    address: VenueAddress
    instruments: Mapping[str, Instrument]
    ends_s: float
    ledger: LawLedger = field(default_factory=LawLedger)
    prices: dict[str, Decimal] = field(default_factory=dict)
    _touches: dict[tuple[str, Side], Decimal] = field(default_factory=dict)

    def touch(self, symbol: str, side: Side) -> Decimal:
        """The best price of a side, as it was a moment ago."""
        return self._touches[symbol, side]

    def is_over(self, visit: Visit) -> bool:
        """True when a client is to leave."""
        return time.monotonic() >= min(visit.until_s, self.ends_s)

    async def pause(self, visit: Visit, seconds: float = 1.6) -> None:
        """Let half of that time to one and a half of it pass, but not more than the visit lasts."""
        # Random, so that the clients do not act in step.
        left = min(visit.until_s, self.ends_s) - time.monotonic()
        await asyncio.sleep(max(0, min(left, seconds * (0.5 + visit.dice.roll(1000) / 1000))))

    async def look(self, rest: PlainRest) -> None:
        """Read the touch of every market once."""
        answer = await rest.get(paths.MARKET_TICKERS, "category=spot")
        for row in answer.result["list"]:
            self.prices[row["symbol"]] = Decimal(row["lastPrice"])
            for side, name in ((Side.BUY, "bid1Price"), (Side.SELL, "ask1Price")):
                if row[name]:
                    self._touches[row["symbol"], side] = Decimal(row[name])

    async def keep_looking(self, rest: PlainRest) -> None:
        """Read the touches until cancelled."""
        while True:
            await self.look(rest)
            await asyncio.sleep(_LOOK_EVERY_S)
