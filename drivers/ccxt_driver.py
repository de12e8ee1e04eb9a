"""The driver of unmodified ccxt: ``python -m drivers.ccxt_driver``.

What a careful user writes around ccxt.pro, ccxt's asyncio client with streams: it remembers its
intents, sets postOnly and orderLinkId, follows orders and trades in the manual's loop, asks for an order once
after an exception, and for everything after one of a stream. Trying again, connecting anew and keeping limits
are left to the library.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import ccxt.pro  # type: ignore[import-untyped]

from drivers.order_intents import Intents, OrderIntent, Row, alert
from drivers.stdio import serve

REASONS = {
    ccxt.RateLimitExceeded: "rate_limit",
    ccxt.DDoSProtection: "rate_limit",
    ccxt.OnMaintenance: "maintenance",
    ccxt.InvalidNonce: "clock",
    ccxt.AuthenticationError: "permission",
    ccxt.NetworkError: "unknown_outcome",
}
"""ccxt's own classes -> the reason of an alert; the first that fits."""


class CcxtDriver(Intents):
    """ccxt.pro behind the driver protocol."""

    library = "ccxt"
    exchange: Any = None
    over_trade = False

    def __init__(self) -> None:
        super().__init__()
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, *, hosts: Row, **given: str) -> None:
        """Load the markets, authenticate, and watch; ccxt does not say when a subscription is confirmed."""
        self.recall(given["state_directory"])
        rest, private = hosts["rest"], hosts["private"]
        streams = {"contract": private, "spot": {"unified": private}, "trade": hosts["trade"]}
        self.exchange = ccxt.pro.bybit(
            {
                "apiKey": os.environ[given["key_variable"]],
                "secret": os.environ[given["secret_variable"]],
                "urls": {"api": {"spot": rest, "public": rest, "private": rest, "ws": {"private": streams}}},
                "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
            }
        )
        await self.exchange.load_markets()
        market = self.exchange.markets_by_id[given["symbol"]][0]
        self.symbol, self.base_coin = market["symbol"], market["base"]
        self.over_trade = given["transport"] == "trade"
        await self.exchange.is_unified_enabled()  # it asks before it subscribes
        await self.exchange.authenticate(private)
        self.later(self.watch(self.exchange.watch_orders, self.take_order))
        self.later(self.watch(self.exchange.watch_my_trades, lambda trade: self.take_fill(trade["info"])))

    # --- requests

    async def submit(self, intent: str, side: str, price: str, qty: str) -> None:
        """Take one order."""
        taken = self.new(intent, side, price, qty)
        create = self.exchange.create_order_ws if self.over_trade else self.exchange.create_order
        self.later(self.send([taken], create(*self.terms(taken).values())))

    async def submit_batch(self, orders: list[dict[str, str]]) -> None:
        """Take several orders, sent in one request; ccxt has none for it on the trade stream."""
        taken = [self.new(**order) for order in orders]
        self.later(self.send(taken, self.exchange.create_orders([self.terms(intent) for intent in taken])))

    async def amend(self, intent: str, price: str | None = None, qty: str | None = None) -> None:
        """Take a change of price, of total quantity or of both."""
        known = self.known(intent)
        edit = self.exchange.edit_order_ws if self.over_trade else self.exchange.edit_order
        figures = (figure and float(figure) for figure in (qty, price))
        call = edit(None, self.symbol, "limit", known.side.lower(), *figures, self.named(known))
        self.later(self.send([known], call))

    async def cancel(self, intent: str) -> None:
        """Take a cancel."""
        known = self.known(intent)
        cancel = self.exchange.cancel_order_ws if self.over_trade else self.exchange.cancel_order
        self.later(self.send([known], cancel(None, self.symbol, self.named(known))))

    async def stop(self) -> None:
        """Cancel over REST what may be open, and close the connections."""
        if self.exchange is None:
            return
        exchange, self.exchange = self.exchange, None
        for task in self.tasks:
            task.cancel()
        names = [self.named(intent) for intent in self.not_ended()]
        cancels = [exchange.cancel_order(None, self.symbol, name) for name in names]
        await asyncio.gather(*cancels, return_exceptions=True)
        await exchange.close()

    # --- calls of ccxt

    @staticmethod
    def named(intent: OrderIntent) -> dict[str, str]:
        """How a request names an order."""
        return {"orderLinkId": intent.link_id}

    def terms(self, intent: OrderIntent) -> Row:
        """The arguments of a create, in their order."""
        what = {"symbol": self.symbol, "type": "limit", "side": intent.side.lower()}
        params = {"postOnly": True, "clientOrderId": intent.link_id}
        return {**what, "amount": float(intent.qty), "price": float(intent.price), "params": params}

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done beside the requests."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def send(self, intents: list[OrderIntent], call: Awaitable[Any]) -> None:
        """Await a call of ccxt; an acknowledgement leaves the outcome to the stream."""
        try:
            reply = await call
        except ccxt.BaseError as error:
            await self.refused(intents, error)
            return
        for intent, order in zip(intents, reply if isinstance(reply, list) else [], strict=False):
            if order["status"] == "rejected":
                self.believe(intent, "REJECTED", f"{order['info']['code']}: {order['info']['msg']}")

    async def refused(self, intents: list[OrderIntent], error: Exception) -> None:
        """Ask for each order of a request that failed, once."""
        reason = next((reason for kind, reason in REASONS.items() if isinstance(error, kind)), "refused")
        alert(reason, f"{type(error).__name__}: {error}")
        for intent in intents:
            await self.look_up(intent, f"{type(error).__name__}: {error}")

    async def look_up(self, intent: OrderIntent, reason: str) -> None:
        """Ask for an order; believe it refused when the venue does not show it."""
        try:
            orders = await self.exchange.fetch_open_orders(self.symbol, params=self.named(intent))
            orders = orders or await self.exchange.fetch_canceled_and_closed_orders(
                self.symbol, params=self.named(intent)
            )
            for trade in await self.exchange.fetch_my_trades(self.symbol, params=self.named(intent)):
                self.take_fill(trade["info"])
        except ccxt.BaseError as error:
            self.believe(intent, "UNKNOWN", f"{type(error).__name__} after {reason}")
            return
        if orders:
            self.take_order(orders[0])
        else:
            self.believe(intent, "REJECTED", reason)

    # --- the streams

    async def watch(self, watch: Callable[[str], Awaitable[list[Row]]], take: Callable[[Row], None]) -> None:
        """Take what a stream shows; ccxt raises when it is lost, and connects anew at the next call."""
        while True:
            try:
                for item in await watch(self.symbol):
                    take(item)
            except ccxt.BaseError as error:
                alert("stream", f"{type(error).__name__}: {error}")
                await self.catch_up()

    async def catch_up(self) -> None:
        """Ask for what a lost stream may have missed."""
        for intent in self.not_ended():
            await self.look_up(intent, "not shown after a stream was lost")

    def take_order(self, order: Row) -> None:
        """Believe a row of an own order, by ccxt's status; look it up when that says nothing."""
        intent = self.links.get(order["clientOrderId"])
        if intent is None:
            return
        filled, amount = order["filled"] or 0, order["amount"] or 0
        states = {
            "open": "PARTIAL" if filled else "LIVE",
            "closed": "FILLED" if filled >= amount else "CANCELLED",
            "canceled": "CANCELLED",
            "rejected": "REJECTED",
        }
        state = states.get(order["status"], "UNKNOWN")
        if state == "UNKNOWN" and intent.state != state:
            self.later(self.look_up(intent, "a status that is not known"))
        self.shown(intent, state, order["info"])


async def main() -> None:
    """Serve one client until its input ends."""
    await serve(CcxtDriver())


if __name__ == "__main__":
    asyncio.run(main())
