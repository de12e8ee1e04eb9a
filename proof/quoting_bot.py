"""A market maker's bot without a driver: the reference client under a loop that quotes both sides.

``python -m proof.quoting_bot --rest URL --public URL --private URL --trade URL [--mutant NAME]`` with the key
in DMM_CLIENT_KEY and the secret in DMM_CLIENT_SECRET. It asks nobody what to do: it places one order a side,
and renews it every few seconds. With ``--digits`` each has a quantity with other last digits, so that the bot
goes through the table of ``--client observed``.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from decimal import Decimal
from itertools import count, cycle
from typing import Any

import httpx

from drivers.mutant_clients import MUTANTS
from drivers.order_states import CLOSED, State
from drivers.reference import Reference
from drivers.stdio import Declined
from fixtures.event_loop import new_event_loop
from fixtures.v5 import paths

KEY, SECRET = "DMM_CLIENT_KEY", "DMM_CLIENT_SECRET"
RENEWED_AFTER_S, PAUSE_AFTER_REFUSAL_S, BETWEEN_LOOKS_S = 2.0, 3.0, 0.1
DIGITS = 26
"""Quantities end in 00 to 25."""


class QuotingBot:
    """One order a side, at the touch or behind it.

    client: places the orders; rest: where the prices are asked for
    digits: quantities end in 00 and so many minus one more
    """

    def __init__(self, client: Reference, rest: str, symbol: str, digits: int) -> None:
        self._client, self._symbol = client, symbol
        self._http = httpx.AsyncClient(base_url=rest)
        self._digits = cycle(range(digits))
        self._names = count(1)
        self._lot = self._tick = self._smallest = Decimal(0)

    async def run(self) -> None:
        """Quote until cancelled."""
        filters = (await self._get(paths.MARKET_INSTRUMENTS))["list"][0]
        self._lot = Decimal(filters["lotSizeFilter"]["basePrecision"])
        self._tick = Decimal(filters["priceFilter"]["tickSize"])
        prices = await self._prices()
        worth = Decimal(filters["lotSizeFilter"]["minOrderAmt"]) * 2
        hundred = 100 * self._lot
        self._smallest = (worth / prices["Buy"] // hundred + 1) * hundred
        await asyncio.gather(*(self._quote(side, price) for side, price in prices.items()))

    async def _prices(self) -> dict[str, Decimal]:
        """One tick inside the spread where it has room, else at the touch."""
        book = await self._get(paths.MARKET_ORDER_BOOK)
        bid, ask = Decimal(book["b"][0][0]), Decimal(book["a"][0][0])
        inside = self._tick if ask - bid > 2 * self._tick else Decimal(0)
        return {"Buy": bid + inside, "Sell": ask - inside}

    async def _get(self, path: str) -> dict[str, Any]:
        query = {"category": "spot", "symbol": self._symbol}
        result: dict[str, Any] = (await self._http.get(path, params=query)).json()["result"]
        return result

    async def _quote(self, side: str, price: Decimal) -> None:
        """Keep one order on a side."""
        qty = Decimal(0)
        while True:
            name = f"quote-{next(self._names)}"
            qty = qty or self._smallest + next(self._digits) * self._lot
            try:
                await self._client.submit(name, side, str(price), str(qty))
            except Declined:
                await asyncio.sleep(BETWEEN_LOOKS_S)
                continue
            qty = Decimal(0)
            await self._until_closed(name, RENEWED_AFTER_S)
            with suppress(Declined):
                await self._client.cancel(name)
            await self._until_closed(name, None)
            if self._client.orders[name].state is State.REJECTED:
                await asyncio.sleep(PAUSE_AFTER_REFUSAL_S)

    async def _until_closed(self, name: str, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._client.orders[name].state not in CLOSED:  # noqa: ASYNC110 - the client has no event
                    await asyncio.sleep(BETWEEN_LOOKS_S)


async def trade(asked: argparse.Namespace) -> None:
    """Start the client and quote with it until the process ends."""
    client = MUTANTS[asked.mutant]() if asked.mutant else Reference()
    hosts = {name: getattr(asked, name) for name in ("rest", "public", "private", "trade")}
    await _reachable(asked.rest)
    with tempfile.TemporaryDirectory() as folder:
        await client.start(
            hosts=hosts,
            symbol=asked.symbol,
            key_variable=KEY,
            secret_variable=SECRET,
            transport="trade" if asked.over_trade else "rest",
            state_directory=folder,
        )
        await QuotingBot(client, asked.rest, asked.symbol, DIGITS if asked.digits else 1).run()


async def _reachable(rest: str) -> None:
    """Return once somebody listens there."""
    async with httpx.AsyncClient(base_url=rest) as http:
        while True:
            with suppress(httpx.TransportError):
                await http.get(paths.MARKET_TIME)
                return
            await asyncio.sleep(BETWEEN_LOOKS_S)


def main(arguments: list[str]) -> None:
    """Read the command line and quote."""
    parser = argparse.ArgumentParser(prog="python -m proof.quoting_bot")
    for name in ("rest", "public", "private", "trade"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--symbol", default="NEWUSDT")
    parser.add_argument("--over-trade", action="store_true")
    parser.add_argument("--digits", action="store_true")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), default="")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(trade(parser.parse_args(arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
