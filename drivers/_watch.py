"""What this suite's own client does by itself: it pings its streams, reconciles and remembers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal

from drivers._order_life import OrderLife
from drivers.order_states import ZERO, Fills, Order, Row, State, figure_of
from fixtures.clients.errors import ClientError

PING_S, RECONCILE_S, STATUS_S, REFRESH_S = 3.0, 3.0, 2.5, 30.0
"""How often the streams are pinged, beliefs compared, maintenance asked for, clock and filters read anew."""
GRACE_S = 5.0
"""How long quotes may stand while the private stream is down."""
_OVERLAP_MS = 60_000
_FILL_FIELDS = ("execId", "side", "execQty", "execPrice", "execFee", "feeCurrency", "orderLinkId", "execTime")


class Watch(OrderLife):
    """The streams, the venue's views and the state directory of one client.

    is_maintained: True while the venue is under maintenance
    is_blind: True while nobody knows what the private stream would push
    """

    fills: Fills
    is_maintained = False
    is_blind = False
    _watching: tuple["asyncio.Task[None]", ...] = ()

    def begin(self) -> None:
        """Start to watch."""
        rhythms = (
            (PING_S, self.ping),
            (RECONCILE_S, self.reconcile),
            (STATUS_S, self.ask_for_maintenance),
            (REFRESH_S, self.refresh),
        )
        self._watching = tuple(self.spawn(self.every(seconds, work)) for seconds, work in rhythms)

    def end(self) -> None:
        """Watch no more."""
        for task in self._watching:
            task.cancel()

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
        if any(order.filled > self.fills.filled.get(order.link_id, ZERO) for order in self.orders.values()):
            await self.backfill()
        links = {row.get("orderLinkId") for row in shown}
        for order in self.may_be_open():
            if order.link_id not in links and not self.turns[order.intent].locked():
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
