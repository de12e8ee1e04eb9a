"""Clients that send orders: makers, takers and batchers, each through one of four ways in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from bench.soak.laws import ClientLaw
from bench.soak.mirror import Orders
from bench.soak.stage import Stage, Visit
from bench.soak.wire import (
    Body,
    OrderSender,
    OurRestSender,
    OurTradeSender,
    PlainRest,
    PlainStream,
    VenueAnswer,
    evidence,
)
from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.streams.private import PrivateStream
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode as C
from fixtures.v5.enums import OrderType, Side, SmpType, TimeInForce
from fixtures.v5.instrument import Instrument, down_to, plain, up_to

TOPICS = ("order", "execution", "wallet")
OURS, PLAIN = ("our REST", "our trade stream"), ("httpx", "websockets")
WAYS = (*OURS, *PLAIN)
_ANSWERED_S = 60
_MOST_OPEN = 20
_AMOUNT = 40
"""What an order is worth, quote coin."""
_EXPECTED = frozenset(
    {
        C.OK,
        C.TOO_MANY_VISITS,
        C.ORDER_NOT_EXIST,
        C.DUPLICATE_ORDER_LINK_ID,
        C.AMEND_QTY_BELOW_FILLED,
        C.BALANCE_INSUFFICIENT,
        C.BUY_PRICE_ABOVE_LIMIT,
        C.SELL_PRICE_BELOW_LIMIT,
        C.ORDER_VALUE_TOO_LOW,
        C.PRICE_DECIMALS,
        C.REQUEST_PARAM_ERROR,
    }
)
"""The codes that these requests may get: the market moved, an order was filled, or the request is wrong on
purpose."""


@dataclass(slots=True)
class Trader:
    """One UID with its private stream and its way to send orders.

    acked: ids that were acknowledged; the stream must push a terminal state of each
    """

    stage: Stage
    visit: Visit
    rest: PlainRest
    sender: OrderSender
    orders: Orders
    stream: PlainStream | PrivateStream
    acked: set[str] = field(default_factory=set)
    _links: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    async def open(cls, stage: Stage, visit: Visit, ways: Sequence[str] = WAYS) -> "Trader":
        """Connect, cancel what an earlier visit left behind, and listen from an empty start on."""
        rest = PlainRest(stage.address, visit.credentials)
        # Before the stream is opened: it would not know the orders of an earlier visit, and the lookup would.
        await rest.order(paths.ORDER_CANCEL_ALL, {"category": "spot"})
        orders = Orders(stage.ledger)
        stream = await _listener(stage, visit, orders)
        sender = await _sender(stage, visit, ways[visit.number % len(ways)])
        return cls(stage, visit, rest, sender, orders, stream)

    async def close(self) -> None:
        """End every order, hear of each end, and leave."""
        await self.send(paths.ORDER_CANCEL_ALL, {"category": "spot"})
        await self.until(lambda: self.acked <= self.orders.ended)
        missing = sorted(self.acked - self.orders.ended)
        for order_id in self.acked:
            what = f"{order_id} of {len(missing)} whose end was not pushed"
            self.stage.ledger.see(ClientLaw.ENDS_ONCE, kept=order_id in self.orders.ended, what=what)
        await self.compare()
        for connection in (self.sender, self.stream, self.rest):
            await connection.close()

    async def send(self, path: str, body: Body) -> list[int]:
        """Send an order request and take note of the answer; the codes, of a batch those of its items."""
        sender = self.rest if path == paths.ORDER_CANCEL_ALL else self.sender
        answer = await sender.order(path, body)
        self._note(path, answer)
        return answer.codes()

    async def compare(self) -> None:
        """Hold the stream against the lookup; pushes on their way may take a moment."""
        for _ in range(100):
            listed = await self._listed()
            if self.orders.is_like(listed):
                break
            await asyncio.sleep(0.1)
        pushed, shown = sorted(self.orders.open), sorted(row["orderId"] for row in listed)
        what = f"open on the stream {pushed[:3]}, in the lookup {shown[:3]}"
        self.stage.ledger.see(ClientLaw.REBUILDS, kept=self.orders.is_like(listed), what=what)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for the stream, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWERED_S):
                while not reached():
                    self.orders.changed.clear()
                    await self.orders.changed.wait()

    def link(self) -> str:
        """An orderLinkId that was not used before."""
        return f"{self.visit.prefix}-{next(self._links)}"

    def some_link(self) -> str | None:
        """The orderLinkId of an open order."""
        rows = list(self.orders.open.values())
        return str(rows[self.visit.dice.roll(len(rows))]["orderLinkId"]) if rows else None

    def order(self, steps: int, **fields: object) -> dict[str, object]:
        """A limit order of either side.

        steps: from the best price of its side, away from the other side; one is a ten-thousandth of the
            price, and at least a tick
        """
        spec = self.stage.instruments[self.visit.symbol]
        side = (Side.BUY, Side.SELL)[self.visit.dice.roll(2)]
        touch = self.stage.touch(self.visit.symbol, side)
        price = touch - side.sign * steps * max(spec.tick_size, down_to(touch / 10_000, spec.tick_size))
        body = {
            "category": "spot",
            "symbol": spec.symbol,
            "side": side.value,
            "orderType": OrderType.LIMIT.value,
            "timeInForce": TimeInForce.POST_ONLY.value,
            "price": plain(price),
            "qty": plain(self.qty(spec, price)),
            "orderLinkId": self.link(),
        }
        return body | fields

    def qty(self, spec: Instrument, price: Decimal) -> Decimal:
        """A quantity that is worth a little."""
        amount = Decimal(_AMOUNT + self.visit.dice.roll(_AMOUNT))
        return up_to(amount / price, spec.base_precision)

    def _note(self, path: str, answer: VenueAnswer) -> None:
        ledger = self.stage.ledger
        ledger.see(ClientLaw.ANSWERED, kept=True, what="")
        for code in answer.codes():
            ledger.counts[f"{path.removeprefix('/v5/')}: {code}"] += 1
            ledger.see(ClientLaw.REFUSALS, kept=code in _EXPECTED, what=f"{path} was answered with {code}")
        if path in {paths.ORDER_CREATE, paths.ORDER_CREATE_BATCH}:
            listed = answer.result.get("list") or [answer.result]
            self.acked.update(row["orderId"] for row in listed if row.get("orderId"))

    async def _listed(self) -> list[Mapping[str, Any]]:
        """Every page of the open orders."""
        rows: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            query = "category=spot&limit=50" + (f"&cursor={cursor}" if cursor else "")
            answer = await self.rest.get(paths.ORDER_REALTIME, query)
            rows += answer.result["list"]
            cursor = answer.result["nextPageCursor"]
            if not cursor:
                return rows


async def _listener(stage: Stage, visit: Visit, orders: Orders) -> PlainStream | PrivateStream:
    """The private stream, of this suite or plain, by turns."""
    if visit.number % 2:
        plain_stream = await PlainStream.open(
            stage.address, paths.PRIVATE_STREAM, lambda frame: orders.take(frame["topic"], frame["data"])
        )
        await plain_stream.authenticate(visit.credentials)
        await plain_stream.subscribe(*TOPICS)
        return plain_stream
    stream = PrivateStream(
        stage.address.stream + paths.PRIVATE_STREAM,
        ClientContext(evidence(), SystemClock(), timeout_ms=60_000),
        credentials=visit.credentials,
        on_push=lambda push: orders.take(push.topic, push.rows),
    )
    await stream.connect()
    await stream.subscribe(*TOPICS)
    return stream


async def _sender(stage: Stage, visit: Visit, way: str) -> OrderSender:
    if way == "httpx":
        return PlainRest(stage.address, visit.credentials)
    if way == "websockets":
        stream = await PlainStream.open(stage.address, paths.TRADE_STREAM)
        await stream.authenticate(visit.credentials)
        return stream
    if way == "our REST":
        return OurRestSender(stage.address, visit.key())
    return await OurTradeSender.open(stage.address, visit.key())


async def make(trader: Trader) -> None:
    """One act of a maker: quote, move a quote, take one back, make a mistake, start over."""
    roll, link = trader.visit.dice.roll(100), trader.some_link()
    named = {"category": "spot", "symbol": trader.visit.symbol}
    if len(trader.orders.open) > _MOST_OPEN or roll == 0:
        await trader.send(paths.ORDER_CANCEL_ALL, {"category": "spot"})
    elif link is None or roll < 50:  # noqa: PLR2004 - percent
        steps = trader.visit.dice.roll(40) - 1
        kind = TimeInForce.GTC if roll % 5 == 0 else TimeInForce.POST_ONLY
        await trader.send(paths.ORDER_CREATE, trader.order(steps, timeInForce=kind.value))
    elif roll < 75:  # noqa: PLR2004
        moved = trader.order(trader.visit.dice.roll(40))
        changed = {"price": moved["price"]} if roll % 2 else {"qty": moved["qty"]}
        await trader.send(paths.ORDER_AMEND, {**named, "orderLinkId": link, **changed})
    elif roll < 95:  # noqa: PLR2004
        await trader.send(paths.ORDER_CANCEL, {**named, "orderLinkId": link})
    else:
        await trader.send(paths.ORDER_CREATE, trader.order(30, orderLinkId=link))


async def take(trader: Trader) -> None:
    """One act of a taker: through the touch, at the market, or at rest in the way of its own next order."""
    roll, smp = trader.visit.dice.roll(100), list(SmpType)[trader.visit.dice.roll(4)].value
    spec = trader.stage.instruments[trader.visit.symbol]
    if len(trader.orders.open) > _MOST_OPEN:
        await trader.send(paths.ORDER_CANCEL_ALL, {"category": "spot"})
    elif roll < 20:  # noqa: PLR2004
        side = (Side.BUY, Side.SELL)[roll % 2]
        unit = "quoteCoin" if side is Side.BUY else "baseCoin"
        qty = (
            plain(trader.qty(spec, trader.stage.touch(spec.symbol, side)))
            if side is Side.SELL
            else str(_AMOUNT)
        )
        more = {"orderType": "Market", "side": side.value, "marketUnit": unit, "qty": qty}
        await trader.send(paths.ORDER_CREATE, trader.order(0, price="", timeInForce="IOC", **more))
    else:
        kind = (TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTC)[roll % 3]
        body = trader.order(-12 if roll < 80 else 0, timeInForce=kind.value, smpType=smp)  # noqa: PLR2004
        await trader.send(paths.ORDER_CREATE, body)


async def batch(trader: Trader) -> None:
    """One act of a batcher: create some with a bad one among them, amend them, cancel them."""
    links = [str(row["orderLinkId"]) for row in trader.orders.open.values()][:8]
    if not links:
        good = [trader.order(20 + number) for number in range(5)]
        bad = trader.order(20) | {"price": "1.000000000001"}
        await trader.send(
            paths.ORDER_CREATE_BATCH, {"category": "spot", "request": [*good[:2], bad, *good[2:]]}
        )
        return
    named = [{"symbol": trader.visit.symbol, "orderLinkId": link} for link in links]
    if trader.visit.dice.roll(2):
        price = str(trader.order(30)["price"])
        request = [item | {"price": price} for item in named]
        await trader.send(paths.ORDER_AMEND_BATCH, {"category": "spot", "request": request})
    else:
        gone = {"symbol": trader.visit.symbol, "orderLinkId": f"{trader.visit.prefix}-none"}
        await trader.send(paths.ORDER_CANCEL_BATCH, {"category": "spot", "request": [*named, gone]})


Act = Callable[[Trader], Awaitable[None]]


def trading(act: Act) -> Callable[[Stage, Visit], Awaitable[None]]:
    """A client that acts about once a second until its visit is over."""

    async def visit_once(stage: Stage, visit: Visit) -> None:
        trader = await Trader.open(stage, visit)
        for number in count(1):
            if stage.is_over(visit):
                break
            await act(trader)
            if number % 10 == 0:
                await trader.compare()
            await stage.pause(visit)
        await trader.close()

    return visit_once
