"""The driver of unmodified pybit: ``python -m drivers.pybit_driver``.

What a careful user writes around pybit's HTTP session, private WebSocket and trade WebSocket: it remembers
its intents, sets PostOnly and orderLinkId, takes each row of the streams, and asks for an order once after an
exception. Trying again, connecting anew and keeping limits are left to the library.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from pybit import _websocket_trading, unified_trading  # type: ignore[import-untyped]

from drivers.order_intents import Intents, OrderIntent, Row, alert
from drivers.stdio import serve

STATES = {
    "New": "LIVE",
    "PartiallyFilled": "PARTIAL",
    "Filled": "FILLED",
    "Cancelled": "CANCELLED",
    "PartiallyFilledCanceled": "CANCELLED",
    "Rejected": "REJECTED",
}
WORKERS = 8
"""pybit's calls block: as many of them are under way at once."""


class PybitDriver(Intents):
    """pybit behind the driver protocol."""

    library = "pybit"
    http: Any = None
    private: Any = None
    trade: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.workers = ThreadPoolExecutor(WORKERS)
        self.loop = asyncio.get_running_loop()

    async def start(self, *, hosts: Row, **given: str) -> None:
        """Connect and subscribe; pybit does not say when the venue has confirmed it."""
        self.recall(given["state_directory"])
        self.symbol = given["symbol"]
        keys = {
            "api_key": os.environ[given["key_variable"]],
            "api_secret": os.environ[given["secret_variable"]],
        }
        await self.later(self.connect, hosts, keys, over_trade=given["transport"] == "trade")

    def connect(self, hosts: Row, keys: Row, *, over_trade: bool) -> None:
        """Open the connections; addresses other than the venue's own, pybit takes in these places only."""
        self.http = unified_trading.HTTP(testnet=False, **keys)
        self.http.endpoint = hosts["rest"]
        instruments = self.http.get_instruments_info(category="spot", symbol=self.symbol)
        self.base_coin = instruments["result"]["list"][0]["baseCoin"]
        unified_trading.PRIVATE_WSS = hosts["private"]
        self.private = unified_trading.WebSocket("private", testnet=False, **keys)
        self.private.order_stream(partial(self.take_rows, self.take_order))
        self.private.execution_stream(partial(self.take_rows, self.take_fill))
        if over_trade:
            _websocket_trading.TRADE_WSS = hosts["trade"]
            self.trade = unified_trading.WebSocketTrading(testnet=False, **keys)

    # --- requests

    async def submit(self, intent: str, side: str, price: str, qty: str) -> None:
        """Take one order."""
        taken = self.new(intent, side, price, qty)
        self.later(self.send, "place_order", [taken], **self.terms(taken))

    async def submit_batch(self, orders: list[dict[str, str]]) -> None:
        """Take several orders, sent in one request."""
        taken = [self.new(**order) for order in orders]
        self.later(self.send, "place_batch_order", taken, request=[self.terms(intent) for intent in taken])

    async def amend(self, intent: str, **changes: str) -> None:
        """Take a change of price, of total quantity or of both."""
        known = self.known(intent)
        self.later(self.send, "amend_order", [known], **self.named(known), **changes)

    async def cancel(self, intent: str) -> None:
        """Take a cancel."""
        known = self.known(intent)
        self.later(self.send, "cancel_order", [known], **self.named(known))

    async def stop(self) -> None:
        """Cancel over HTTP what may be open, and close the connections."""
        if self.http is None:
            return
        http, self.http = self.http, None
        names = [{"category": "spot", **self.named(intent)} for intent in self.not_ended()]
        cancels = [self.later(http.cancel_order, **name) for name in names]
        await asyncio.gather(*cancels, return_exceptions=True)
        closing = [self.later(socket.exit) for socket in (self.private, self.trade) if socket]
        await asyncio.wait(closing, timeout=2)

    # --- calls of pybit, on threads

    def named(self, intent: OrderIntent) -> dict[str, str]:
        """How a request names an order."""
        return {"symbol": self.symbol, "orderLinkId": intent.link_id}

    def terms(self, intent: OrderIntent) -> dict[str, str]:
        """The body of a create."""
        limit = {"orderType": "Limit", "timeInForce": "PostOnly"}
        figures = {"qty": intent.qty, "price": intent.price}
        return {**self.named(intent), **limit, "side": intent.side, **figures}

    def later(self, call: Callable[..., Any], *args: object, **kwargs: object) -> asyncio.Future[None]:
        """Have a blocking call made beside the requests."""
        return self.loop.run_in_executor(self.workers, partial(call, *args, **kwargs))

    def in_loop(self, call: Callable[..., None], *args: object) -> None:
        """Have the event loop make a call: beliefs change there alone."""
        self.loop.call_soon_threadsafe(call, *args)

    def send(self, call: str, intents: list[OrderIntent], **body: object) -> None:
        """Call pybit over the transport of this client."""
        try:
            if self.trade:
                answered, refused = partial(self.answered, intents), partial(self.refused, intents)
                getattr(self.trade, call)(answered, refused, category="spot", **body)
            else:
                self.answered(intents, getattr(self.http, call)(category="spot", **body))
        except Exception as error:  # noqa: BLE001 - pybit lets through what the libraries below it raise
            code = getattr(error, "status_code", type(error).__name__)
            self.refused(intents, {"retCode": code, "retMsg": getattr(error, "message", str(error))})

    def answered(self, intents: list[OrderIntent], reply: Row) -> None:
        """Take the refused items of a batch; any other acknowledgement leaves the outcome to the stream."""
        for intent, item in zip(intents, reply.get("retExtInfo", {}).get("list", []), strict=False):
            if item["code"]:
                self.in_loop(self.believe, intent, "REJECTED", f"{item['code']}: {item['msg']}")

    def refused(self, intents: list[OrderIntent], reply: Row) -> None:
        """Have each order of a request that failed looked up, once."""
        reason = f"{reply['retCode']}: {reply['retMsg']}"
        self.in_loop(alert, "refused", reason)
        for intent in intents:
            self.later(self.look_up, intent, reason)

    def look_up(self, intent: OrderIntent, reason: str) -> None:
        """Ask for an order; believe it refused when the venue does not show it."""
        query = {"category": "spot", **self.named(intent)}
        try:
            rows = self.http.get_open_orders(**query)["result"]["list"]
            rows = rows or self.http.get_order_history(**query)["result"]["list"]
            fills = self.http.get_executions(**query)["result"]["list"]
        except Exception as error:  # noqa: BLE001 - whatever it was, the order stays unknown
            self.in_loop(self.believe, intent, "UNKNOWN", f"{type(error).__name__} after {reason}")
            return
        for row in fills:
            self.in_loop(self.take_fill, row)
        if rows:
            self.in_loop(self.take_order, rows[0])
        else:
            self.in_loop(self.believe, intent, "REJECTED", reason)

    # --- rows of the venue

    def take_rows(self, take: Callable[[Row], None], message: Row) -> None:
        """Take each row of a message of the private stream, which comes on pybit's thread."""
        for row in message["data"]:
            self.in_loop(take, row)

    def take_order(self, row: Row) -> None:
        """Believe a row of an own order; look it up when its status says nothing."""
        if intent := self.links.get(row.get("orderLinkId", "")):
            state = STATES.get(row.get("orderStatus", ""), "UNKNOWN")
            if state == "UNKNOWN" and intent.state != state:
                self.later(self.look_up, intent, "a status that is not known")
            self.shown(intent, state, row)


async def main() -> None:
    """Serve one client until its input ends."""
    await serve(PybitDriver())


if __name__ == "__main__":
    asyncio.new_event_loop().run_until_complete(main())
    os._exit(0)  # a call of pybit that waits still must not keep the process
