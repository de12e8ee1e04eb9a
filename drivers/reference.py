"""The driver of this suite's own client: ``python -m drivers.reference``.

What a market maker may copy: the start, what is refused before it is sent, and the watch over the streams.
The life of one order stands in ``_order_life.py``, the connections in ``_connections.py``.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from drivers._connections import Connections
from drivers._order_life import OrderLife
from drivers.order_states import Fills, Order, Row, State, figure_of, plain
from drivers.state_directory import StateDirectory
from drivers.stdio import Declined, serve
from fixtures.clients.errors import ClientError
from fixtures.config.environment import Credentials
from fixtures.config.real_money import real_hosts
from fixtures.event_loop import new_event_loop

PING_S, RECONCILE_S, STATUS_S, REFRESH_S = 4.0, 4.0, 5.0, 30.0
"""How often the streams are pinged, beliefs compared, maintenance asked for, clock and filters read anew."""
GRACE_S = 5.0
"""How long quotes may stand while the private stream is down."""
STOP_S = 14.0
_OVERLAP_MS = 60_000
_FILL_FIELDS = ("execId", "side", "execQty", "execPrice", "execFee", "feeCurrency", "orderLinkId", "execTime")


class Reference(OrderLife):
    """This suite's own client behind the driver protocol."""

    fills: Fills
    is_maintained = False
    is_blind = False
    watch: tuple["asyncio.Task[None]", ...] = ()

    async def initialize(self, protocol: str) -> dict[str, Any]:
        """Say who this is and what it offers."""
        if protocol != "1.0":
            raise Declined(f"protocol {protocol} is not spoken here")
        offered = {"amend": True, "batch": 10, "cancel_all": True, "recovery": True, "inventory": True}
        return {
            "protocol": "1.0",
            "name": "reference",
            "version": "1.0",
            "library": "",
            "capabilities": {"transports": ["rest", "trade"], **offered},
        }

    async def start(
        self,
        *,
        hosts: Mapping[str, str],
        symbol: str,
        key_variable: str,
        secret_variable: str,
        transport: str,
        state_directory: str,
    ) -> None:
        """Connect, remember the earlier lives, fetch what they missed; return once it may trade."""
        self.require_hosts(hosts)
        self.symbol = symbol
        self.journal = StateDirectory(Path(state_directory), time.time_ns() // 1_000_000)
        self.venue = Connections(
            hosts,
            Credentials(os.environ[key_variable], os.environ[secret_variable]),
            symbol,
            self.journal.owner,
            over_trade=transport == "trade",
            on_order=self.take_order,
            on_execution=self.take_execution,
            on_lost=self.stream_lost,
            on_back=self.catch_up,
            on_trouble=self.trouble,
        )
        await self.venue.open()
        self.filters = await self.venue.filters()
        self.fills = Fills(self.filters.base_coin, self.filters.quote_coin)
        self.recall()
        await self.catch_up()
        await asyncio.gather(*(self.resolve(order) for order in self.may_be_open() if not order.rows))
        rhythms = ((PING_S, self.ping), (RECONCILE_S, self.reconcile), (STATUS_S, self.ask_for_maintenance))
        self.watch = tuple(
            self.spawn(self.every(seconds, work)) for seconds, work in (*rhythms, (REFRESH_S, self.refresh))
        )

    def require_hosts(self, hosts: Mapping[str, str]) -> None:
        """Refuse hosts with real money unless the variable REAL_MONEY allows it, and a mixture of both."""
        names = [url.split("//")[1].split("/")[0].rsplit(":", 1)[0] for url in hosts.values()]
        real = real_hosts(names)
        if real and (os.environ.get("REAL_MONEY") != "yes" or len(real) < len(names)):
            raise Declined(f"host: {real[0]} is not a host that this client may trade on")

    # --- requests

    async def submit(self, intent: str, side: str, price: str, qty: str) -> None:
        """Take one order."""
        self.spawn(self.place(self.new_order(intent, side, price, qty)))

    async def submit_batch(self, orders: list[dict[str, str]]) -> None:
        """Take several orders, sent in one request."""
        self.spawn(self.place_batch([self.new_order(**order) for order in orders]))

    async def amend(self, intent: str, price: str | None = None, qty: str | None = None) -> None:
        """Take a change of price, of total quantity or of both."""
        order = self.known(intent)
        new_price, new_qty = figure_of(price), figure_of(qty)
        self.require_trading()
        self.require_filters(order.side, new_price or order.price, new_qty or order.qty)
        self.spawn(self.change(order, new_price, new_qty))

    async def cancel(self, intent: str) -> None:
        """Take a cancel."""
        self.spawn(self.take_back(self.known(intent)))

    async def cancel_all(self) -> None:
        """Take the cancel of every own order; foreign ones are left alone."""
        self.spawn(self.pull_quotes())

    async def order(self, intent: str) -> dict[str, str]:
        """Say what is believed of an intent."""
        return self.known(intent).report()

    async def open_orders(self) -> dict[str, list[str]]:
        """Say which orders are believed to rest."""
        resting = [order for order in self.orders.values() if order.state in {State.LIVE, State.PARTIAL}]
        return {"orders": [order.link_id for order in resting]}

    async def inventory(self) -> dict[str, str]:
        """Say what fills and fees have changed."""
        return {"base": plain(self.fills.base), "quote": plain(self.fills.quote)}

    async def stop(self) -> None:
        """Cancel every own order over REST, look that none is left, and close the connections."""
        if not hasattr(self, "venue"):
            return
        self.stopped_by, self.venue.over_trade = "stopped", False
        for task in self.watch:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                while await self.is_anything_left():
                    await self.pull_quotes()
        await self.venue.close()
        self.journal.close()

    async def is_anything_left(self) -> bool:
        """True until the venue shows no own order, and none is in doubt."""
        try:
            await self.reconcile()
        except ClientError:
            await asyncio.sleep(0.5)
            return True
        return bool(self.may_be_open())

    # --- what is refused before it is sent

    def known(self, intent: str) -> Order:
        """The order of an intent."""
        if intent not in self.orders:
            raise Declined(f"no order of the intent {intent}")
        return self.orders[intent]

    def new_order(self, intent: str, side: str, price: str, qty: str) -> Order:
        """A new order with an id of its own, journalled before anything is sent; raises Declined."""
        self.require_trading()
        if intent in self.orders:
            raise Declined(f"the intent {intent} has an order")
        at, size = Decimal(price), Decimal(qty)
        self.require_filters(side, at, size)
        order = Order(intent, self.new_link_id(), side, at, size, sent={at})
        self.orders[intent] = self.links[order.link_id] = order
        self.journal.write({"order": {"intent": intent, "side": side, **order.report()}})
        return order

    def new_link_id(self) -> str:
        """An orderLinkId that no order of any life of this client has."""
        return self.journal.new_link_id()

    def require_filters(self, side: str, price: Decimal, qty: Decimal) -> None:
        """Refuse an order that the venue would refuse."""
        if fault := self.filters.fault(side, price, qty):
            raise Declined(f"filter: {fault}")

    def require_trading(self) -> None:
        """Refuse while nothing may be sent."""
        if not self.watch:
            raise Declined("not started")
        reasons = {
            self.stopped_by: bool(self.stopped_by),
            "ban": self.is_banned(),
            "maintenance": self.is_maintained,
            "stream": self.is_blind,
            "breaker": self.breaker.is_open(self.now()),
            "order_cap": self.now() < self.capped_until,
        }
        if reason := next((name for name, holds in reasons.items() if holds), ""):
            raise Declined(reason)

    # --- what happens by itself

    async def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do something again and again; the venue not answering ends none of it."""
        while True:
            await asyncio.sleep(seconds)
            with suppress(ClientError):
                await work()
            self.is_banned()

    async def ping(self) -> None:
        """See that both streams are alive; a private stream that is silent has the quotes pulled."""
        private, trade = self.venue.private, self.venue.trade
        if private.is_down:
            await private.returned(500)
        else:
            try:
                await private.ping()
            except ClientError:
                self.spawn(self.go_blind("the private stream is silent"))
        if self.venue.over_trade:
            await (trade.returned(500) if trade.is_down else trade.ping())

    def stream_lost(self) -> None:
        """Give the private stream a moment to come back before the quotes are pulled."""
        if not self.stopped_by:
            self.spawn(self.go_blind("the private stream is down", GRACE_S))

    async def go_blind(self, why: str, grace_s: float = 0.0) -> None:
        """Pull the quotes, and place none, while what happens to them cannot be seen."""
        await asyncio.sleep(grace_s)
        if self.venue.private.is_down and not self.is_blind:
            self.is_blind = True
            self.alert("critical", "stream", why)
            await self.pull_quotes()

    async def catch_up(self) -> None:
        """Fetch what the private stream did not push, however long that takes; then see again."""
        while True:
            try:
                await self.backfill()
                await self.reconcile()
            except ClientError:
                await asyncio.sleep(1)
            else:
                self.is_blind = False
                return

    async def backfill(self) -> None:
        """Count every execution that no push has shown."""
        since_ms = max(self.journal.first_ms, self.fills.newest_ms) - _OVERLAP_MS
        for row in await self.venue.executions(since_ms):
            self.take_execution(row)

    async def reconcile(self) -> None:
        """Compare the beliefs with the venue's open orders; look up what it does not show."""
        shown = [row for row in await self.venue.open_rows() if self.is_own(row)]
        for row in shown:
            self.adopt(row)
            self.take_order(row, asked=True)
        links = {row.get("orderLinkId") for row in shown}
        for order in self.may_be_open():
            if order.link_id not in links and not self._turns[order.intent].locked():
                self.spawn(self.resolve(order))

    async def ask_for_maintenance(self) -> None:
        """Pull the quotes while the venue is under maintenance."""
        was, self.is_maintained = self.is_maintained, await self.venue.is_maintained()
        if self.is_maintained and not was:
            self.alert("critical", "maintenance", "spot trading is under maintenance")
            await self.pull_quotes()

    async def refresh(self) -> None:
        """Compare the clocks and read the filters anew."""
        await self.venue.rest.synchronise(samples=3)
        await self.read_filters()

    def trouble(self, reason: str, text: str) -> None:
        """Hear of trouble beside a request; another host is no place to trade on."""
        if reason == "host":
            self.halt(reason, text)
        else:
            self.alert("warning", reason, text)

    # --- what is remembered

    def recall(self) -> None:
        """Know the orders and the fills of earlier lives, so that none is lost and none counted twice."""
        for line in self.journal.kept("order"):
            order = Order(
                line["intent"],
                line["order_link_id"],
                line["side"],
                Decimal(line["price"]),
                Decimal(line["qty"]),
            )
            order.sent.add(order.price)
            self.orders[order.intent] = self.links[order.link_id] = order
        for line in self.journal.kept("closed"):
            closed = self.links[line["order_link_id"]]
            closed.filled, closed.by_venue = Decimal(line["filled_qty"]), True
            closed.state, closed.reason = State(line["state"]), line["reason"]
        for row in self.journal.kept("fill"):
            self.fills.take(row)

    def adopt(self, row: Row) -> None:
        """Know an own order that rests and that the journal does not name."""
        link_id = str(row["orderLinkId"])
        if link_id not in self.links:
            price, qty = (figure_of(row.get(name)) or Decimal(0) for name in ("price", "qty"))
            order = Order(link_id, link_id, str(row.get("side")), price, qty, sent={price})
            self.orders[link_id] = self.links[link_id] = order

    def is_own(self, row: Row) -> bool:
        """True for a row of an order of this client, in whichever of its lives it was sent."""
        return str(row.get("orderLinkId")).startswith(f"{self.journal.owner}-")

    def take_execution(self, row: Row) -> None:
        """Count an execution of an own order once; one that lacks a field is fetched."""
        if row.get("orderLinkId") and not self.is_own(row):
            return
        new = self.fills.take(row) if row.get("orderLinkId") else None
        if new is None:
            self.spawn(self.backfill())
        elif new:
            self.journal.write({"fill": {name: row.get(name) for name in _FILL_FIELDS}})
            if order := self.links.get(str(row["orderLinkId"])):
                order.fill(self.fills.filled[order.link_id])
                self.changed(order)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(Reference()))
