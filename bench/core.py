"""The matching core without sockets: cost of an order against orders at rest, and their memory.

Run as a process of its own, so that its memory is its own; prints one JSON object.
"""

import gc
import json
import os
import sys
import time
from decimal import Decimal
from itertools import count
from pathlib import Path

from fixtures.config.environment import Listing
from fixtures.v5.enums import Phase
from fixtures.venue.demo_accounts import BACKGROUND_UID
from fixtures.venue.engine.exchange import Exchange
from fixtures.venue.model.accounts import Account, Accounts
from fixtures.venue.parts import CONFORMING
from fixtures.venue.venue_options import VenueOptions

RESTING = (100, 1_000, 10_000, 100_000)
PER_ACCOUNT = 400
"""Below the 500 orders that one UID may have open."""
_SAMPLE = 1_000
_NOW_MS = 1_795_000_000_000
_TRADER = "trader"
_TICK = Decimal("0.1")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LISTING = Listing(
    phase=Phase.TRADING,
    base_coin="BTC",
    quote_coin="USDT",
    tick_size=_TICK,
    base_precision=Decimal("0.000001"),
    quote_precision=Decimal("0.0000001"),
    min_order_amt=Decimal(5),
    max_limit_order_qty=Decimal(8),
    max_market_order_qty=Decimal(4),
    post_only_max_limit_order_size=Decimal(20),
    price_limit_ratio_x=Decimal("0.05"),
    price_limit_ratio_y=Decimal("0.1"),
    rehearsal_price=Decimal(65000),
)


class Filled:
    """An exchange with one listing, whose book grows on request."""

    def __init__(self) -> None:
        funds = {"BTC": Decimal(10**6), "USDT": Decimal(10**12)}
        uids = [_TRADER, BACKGROUND_UID, *map(str, range(max(RESTING) // PER_ACCOUNT + 1))]
        accounts = Accounts([Account.funded(uid, funds) for uid in uids], [])
        listings = {"BTCUSDT": _LISTING}
        self._exchange = Exchange(listings, accounts, VenueOptions(), seed=0, parts=CONFORMING)
        self._links = count(1)
        self._resting = 0

    def grow(self, resting: int) -> None:
        """Let that many buys rest, on a thousand price levels below the touch."""
        while self._resting < resting:
            self._create(str(self._resting // PER_ACCOUNT), 64_900 - (self._resting % 1_000) * _TICK)
            self._resting += 1

    def pairs_per_s(self) -> float:
        """Orders per second: a PostOnly order somewhere in the book is booked, then cancelled."""
        began = time.perf_counter_ns()
        for number in range(_SAMPLE):
            link = self._create(_TRADER, 64_900 - (number * 7 % 1_000) * _TICK)
            self._exchange.cancel(_TRADER, {**_NAMED, "orderLinkId": link}, _NOW_MS)
        return 2 * _SAMPLE / (time.perf_counter_ns() - began) * 1e9

    def _create(self, uid: str, price: Decimal) -> str:
        link = f"bench-{next(self._links)}"
        reply = self._exchange.create(uid, {**_ORDER, "price": str(price), "orderLinkId": link}, _NOW_MS)
        if reply.code:
            raise RuntimeError(f"the order is refused: {reply.text}")
        return link


_NAMED = {"category": "spot", "symbol": "BTCUSDT"}
_ORDER = {**_NAMED, "side": "Buy", "orderType": "Limit", "qty": "0.001", "timeInForce": "PostOnly"}


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 2**20


def main() -> None:
    """Measure, growing the book from one figure to the next."""
    filled, cost_us = Filled(), {}
    before = _resident_mib()
    for resting in RESTING:
        filled.grow(resting)
        gc.collect()
        cost_us[resting] = round(1e6 / max(filled.pairs_per_s() for _ in range(3)), 1)
    grown = {"resting": max(RESTING), "mib": round(_resident_mib() - before, 1)}
    json.dump({"cost_us": cost_us, "grown": grown}, sys.stdout)


if __name__ == "__main__":
    main()
