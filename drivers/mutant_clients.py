"""Wrong clients: each is the reference driver with one step done wrong, and a check that must fail on it.

``python -m drivers.mutant_clients NAME`` serves one of them. A mutant changes one step and leaves the rest as
it is; where the rest would repair the wrong belief by itself, ``Trusting`` leaves that out as well.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from drivers._connections import Connections, NoRedirect
from drivers.filters import SPOT
from drivers.order_states import STATE_OF, ZERO, Order, Row, State, figure_of
from drivers.reference import Reference, main
from drivers.stdio import notify
from fixtures.clients.errors import ClientError, Refused, Unanswered
from fixtures.clients.reply import Reply
from fixtures.clients.rest import RestClient
from fixtures.clients.signing import RestPayload, Signing
from fixtures.config.environment import Credentials
from fixtures.v5 import paths

MUTANTS: dict[str, type[Reference]] = {}
"""Name -> mutant."""
EXPECTED: dict[str, frozenset[str]] = {}
"""Name -> the checks that must fail on the mutant."""
_AT_ONCE_S = 0.05
_MANY = 20

Mutant = TypeVar("Mutant", bound=type[Reference])


def mutant(*check_ids: str) -> Callable[[Mutant], Mutant]:
    """List a mutant under its name, with the checks that must fail on it."""

    def listed(cls: Mutant) -> Mutant:
        MUTANTS[cls.__name__], EXPECTED[cls.__name__] = cls, frozenset(check_ids)
        return cls

    return listed


class Trusting(Reference):
    """Never compares its beliefs with what the venue shows; the mutants below add one step done wrong."""

    async def reconcile(self) -> None:
        """Trust every belief."""

    def believe(self, order: Order, state: State, reason: str) -> None:
        """Believe something for good, whatever the venue shows later."""
        order.state, order.reason, order.by_venue = state, reason, True
        self.changed(order)

    def rename(self, order: Order) -> None:
        """Give an order another orderLinkId."""
        order.link_id = self.new_link_id()
        self.links[order.link_id] = order


@mutant("CRT-01")
class does_nothing(Reference):
    """It takes every order and sends none."""

    async def place(self, order: Order) -> None:
        order.reason = "not sent"


@mutant("CRT-02")
class new_id_on_retry(Trusting):
    """After a lost answer it sends the order again under another orderLinkId."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        del error
        self.rename(order)
        await self.write(paths.ORDER_CREATE, self.terms(order))


@mutant("CRT-03")
class gives_up_as_live(Trusting):
    """An order whose answer was lost counts as resting."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        self.believe(order, State.LIVE, str(error))


@mutant("CRT-04", "CRT-23", "CRT-49")
class unknown_is_rejected(Trusting):
    """An order of unknown outcome counts as rejected."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        self.believe(order, State.REJECTED, str(error))


@mutant("CRT-05")
class timer_fires_anyway(Reference):
    """An order in back-off is sent again although the stream has confirmed it."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        await asyncio.sleep(10 * _AT_ONCE_S)
        with suppress(ClientError):
            await self.write(paths.ORDER_CREATE, self.terms(order))
        await super().in_doubt(order, error)


@mutant("CRT-06")
class new_id_for_a_duplicate(Trusting):
    """After a refusal as a duplicate it sends the order again under another orderLinkId."""

    async def refused(self, order: Order, refusal: Refused) -> None:
        del refusal
        self.rename(order)
        await self.write(paths.ORDER_CREATE, self.terms(order))


@mutant("CRT-07")
class counts_from_one(Reference):
    """The orderLinkIds of each life are the same."""

    def connect(self, hosts: Mapping[str, str], credentials: Credentials, *, over_trade: bool) -> Connections:
        self.journal.owner, self.journal.life = "counter", 1
        return super().connect(hosts, credentials, over_trade=over_trade)


@mutant("CRT-08")
class acknowledged_is_live(Trusting):
    """An acknowledged order counts as resting."""

    async def acknowledged(self, order: Order, _reply: Reply) -> None:
        order.state = State.LIVE
        self.changed(order)


@mutant("CRT-09")
class takes(Reference):
    """Its orders are GTC."""

    def connect(self, hosts: Mapping[str, str], credentials: Credentials, *, over_trade: bool) -> Connections:
        venue = super().connect(hosts, credentials, over_trade=over_trade)
        venue.risk.terms = {"GTC"}
        return venue

    def terms(self, order: Order) -> dict[str, Any]:
        return super().terms(order) | {"timeInForce": "GTC"}


@mutant("CRT-10")
class absent_at_once(Trusting):
    """An order that the first query does not show is sent again under another orderLinkId."""

    absent_after_s = 0.0

    def absent(self, order: Order) -> None:
        self.rename(order)
        self.spawn(self.place(order))


@mutant("CRT-11")
class ignores_the_reset(Reference):
    """A refusal for too many requests is repeated at once."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        reply = await self.venue.rest.send("POST", path, body, paced=False)
        while reply.ret_code:
            reply = await self.venue.rest.send("POST", path, body, paced=False)
        return reply


@mutant("CRT-12")
class polls_through_the_ban(Reference):
    """It goes on with its queries while its address is banned."""

    def is_banned(self) -> bool:
        self.venue.context.address.banned_until_ms = 0
        return False


@mutant("CRT-13")
class retries_without_end(Reference):
    """A server error is answered with the same order again, without a pause that grows and without an end."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        while True:
            with suppress(Unanswered):
                return await super().write(path, body)
            await asyncio.sleep(_AT_ONCE_S)


@mutant("CRT-14")
class retries_all(Reference):
    """A refused order is sent again as it is."""

    async def refused(self, order: Order, refusal: Refused) -> None:
        with suppress(ClientError):
            await self.write(paths.ORDER_CREATE, self.terms(order))
        await super().refused(order, refusal)


@mutant("CRT-15")
class never_stops(Reference):
    """A refusal that only a person can lift alerts nobody and stops nothing."""

    def halt(self, reason: str, text: str) -> None:
        notify("log", {"text": f"{reason}: {text}"})


class _Widening(RestClient):
    async def _resynchronise(self) -> None:
        self._recv_window_ms *= 12


class _WideConnections(Connections):
    rest_type = _Widening


@mutant("CRT-16")
class widens_the_window(Reference):
    """After a refused timestamp it enlarges its receive window and does not ask for the venue's time."""

    connections = _WideConnections


@mutant("CRT-17")
class trusts_a_silent_stream(Trusting):
    """It sends no ping, so it does not notice a stream that carries nothing any more."""

    async def ping(self) -> None:
        """Do nothing."""


@mutant("CRT-18")
class forgets_the_backfill(Trusting):
    """After a reconnect it subscribes and fetches nothing of what it missed."""

    async def catch_up(self) -> None:
        self.is_blind = False


class _Unsure(Connections):
    async def open(self) -> None:
        await self.rest.synchronise()
        await self.private.connect()
        with suppress(ClientError):
            await self.private.subscribe("order", "execution")
        await self.trade.connect()


@mutant("CRT-19")
class subscribes_and_forgets(Trusting):
    """It does not look whether its subscription was accepted."""

    connections = _Unsure


@mutant("CRT-20")
class reconnects_in_a_tight_loop(Reference):
    """It opens a new private stream again and again without a pause."""

    def stream_lost(self) -> None:
        if not self.stopped_by:
            self.spawn(self.hammer())

    async def hammer(self) -> None:
        """Connect until it succeeds."""
        while not self.stopped_by:
            with suppress(ClientError):
                return await self.venue.private._stream._open()  # noqa: SLF001 - past the policy
            await asyncio.sleep(_AT_ONCE_S)
        return None


@mutant("CRT-21")
class keeps_the_old_socket(Trusting):
    """A trade stream that announces its restart is used on."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        reply = await self.venue.trade.send(path.removeprefix("/v5/").replace("/", "."), body)
        if reply.ret_code:
            raise Refused(path, reply)
        return reply


@mutant("CRT-22")
class waits_for_ever(Trusting):
    """An order whose answer does not come waits for it without end."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        del order, error
        await asyncio.Event().wait()


@mutant("CRT-24")
class registers_after_sending(Trusting):
    """What arrives about an order before its request has returned is dropped."""

    async def place(self, order: Order) -> None:
        del self.links[order.link_id]
        await self.write(paths.ORDER_CREATE, self.terms(order))
        await asyncio.sleep(_AT_ONCE_S)
        self.links[order.link_id] = order


@mutant("CRT-25")
class counts_executions_twice(Reference):
    """An execution that is pushed twice counts twice."""

    def take_execution(self, row: Row) -> None:
        self.fills.seen.clear()
        super().take_execution(row)


@mutant("CRT-26")
class counts_filled_orders(Trusting):
    """Its inventory is made of the orders that are pushed as Filled, each time they are."""

    def take_execution(self, row: Row) -> None:
        """Count nothing by executions."""

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        super().take_order(row, asked=asked)
        if row.get("orderStatus") == "Filled":
            qty, value, fee = (
                figure_of(row.get(name)) or ZERO for name in ("cumExecQty", "cumExecValue", "cumExecFee")
            )
            sign = 1 if row.get("side") == "Buy" else -1
            self.fills.base += sign * qty - (fee if sign > 0 else ZERO)
            self.fills.quote -= sign * value + (fee if sign < 0 else ZERO)


@mutant("CRT-27")
class forgets_the_partial_fill(Reference):
    """A cancelled order has nothing filled."""

    def changed(self, order: Order) -> None:
        if order.state is State.CANCELLED:
            order.filled = ZERO
        super().changed(order)


@mutant("CRT-28")
class unknown_is_filled(Trusting):
    """An unknown status counts as Filled."""

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        known = row.get("orderStatus") in STATE_OF
        super().take_order(row if known else {**row, "orderStatus": "Filled"}, asked=asked)


@mutant("CRT-29")
class batch_is_all_live(Trusting):
    """An answered batch has every order of it count as resting."""

    def item_outcomes(self, orders: list[Order], reply: Reply) -> list[Coroutine[Any, Any, None]]:
        del reply
        for order in orders:
            self.believe(order, State.LIVE, "")
        return []


@mutant("CRT-30")
class writes_floats(Reference):
    """Its prices go over the wire as floats."""

    def terms(self, order: Order) -> dict[str, Any]:
        return super().terms(order) | {"price": float(order.price)}


@mutant("CRT-31")
class keeps_the_old_filters(Reference):
    """It reads the filters once."""

    async def read_filters(self, *, with_band: bool = False) -> None:
        """Do nothing. with_band: not heeded."""


@mutant("CRT-32")
class ignores_the_echo(Reference):
    """The price of an order is the one that it sent."""

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        super().take_order({**row, "price": ""}, asked=asked)


@mutant("CRT-33")
class repeats_before_the_opening(Reference):
    """An order that is refused because the symbol is not open is sent again and again."""

    async def refused(self, order: Order, refusal: Refused) -> None:
        for _ in range(_MANY):
            with suppress(ClientError):
                await self.write(paths.ORDER_CREATE, self.terms(order))
        await super().refused(order, refusal)


@mutant("CRT-34")
class amends_blindly(Reference):
    """An amend is repeated whatever became of the order."""

    async def change(self, order: Order, price: Decimal | None, qty: Decimal | None) -> None:
        body = {**self.named(order), "price": str(price or order.price), "qty": str(qty or order.qty)}
        for _ in range(_MANY):
            with suppress(ClientError):
                await self.write(paths.ORDER_AMEND, body)


@mutant("CRT-35")
class cancels_without_end(Reference):
    """A cancel is repeated whatever became of the order."""

    async def take_back(self, order: Order) -> None:
        for _ in range(_MANY):
            with suppress(ClientError):
                await self.write(paths.ORDER_CANCEL, self.named(order))
        await super().take_back(order)


@mutant("CRT-36")
class ignores_its_earlier_life(Reference):
    """After a restart it knows no order of its earlier life."""

    def recall(self) -> None:
        """Know nothing."""

    def adopt(self, row: Row) -> None:
        """Adopt nothing."""


@mutant("CRT-37")
class leaves_its_orders(Reference):
    """It stops without a cancel."""

    async def is_anything_left(self) -> bool:
        return False


@mutant("CRT-38")
class cancels_foreign_orders(Reference):
    """It ends its own orders with the venue's cancel-all, which ends those of everybody on the UID."""

    def connect(self, hosts: Mapping[str, str], credentials: Credentials, *, over_trade: bool) -> Connections:
        venue = super().connect(hosts, credentials, over_trade=over_trade)
        venue.risk.owner = ""
        return venue

    async def pull_quotes(self) -> None:
        await self.venue.rest.call("POST", paths.ORDER_CANCEL_ALL, {**SPOT, "symbol": self.symbol})


class _FirstPage(Connections):
    async def _pages(self, path: str, query: Mapping[str, str]) -> list[Row]:
        return (await self._page(path, query))[0]


@mutant("CRT-39")
class reads_the_first_page(Reference):
    """After a restart it knows the orders of the first page alone."""

    connections = _FirstPage

    def recall(self) -> None:
        """Know nothing but what the page shows."""


@mutant("CRT-40")
class fees_in_the_base_coin(Reference):
    """Every fee is booked in the base coin."""

    def take_execution(self, row: Row) -> None:
        super().take_execution({**row, "feeCurrency": self.filters.base_coin})


@mutant("CRT-41")
class knows_own_cancels_alone(Reference):
    """A cancel that it did not ask for does not end an order."""

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        order = self.links.get(str(row.get("orderLinkId")))
        if row.get("orderStatus") != "Cancelled" or (order and self.turns[order.intent].locked()):
            super().take_order(row, asked=asked)


@mutant("CRT-42")
class ignores_the_maintenance(Reference):
    """While the venue is under maintenance it sends its orders again and again."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        while True:
            with suppress(Unanswered):
                return await super().write(path, body)
            await asyncio.sleep(_AT_ONCE_S)


def _spaced(payload: RestPayload) -> RestPayload:
    return payload._replace(sent=payload.sent.replace(b",", b", "))


@mutant("CRT-43")
class signs_another_text(Reference):
    """It signs its orders as another JSON writer would write them."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        reply = await self.venue.rest.send("POST", path, body, signing=Signing(payload=_spaced))
        if reply.ret_code:
            raise Refused(path, reply)
        return reply


@mutant("CRT-44")
class logs_its_headers(Reference):
    """It logs the headers of its requests, the key among them."""

    def connect(self, hosts: Mapping[str, str], credentials: Credentials, *, over_trade: bool) -> Connections:
        sys.stderr.write(f"X-BAPI-API-KEY: {credentials.key}\n")
        return super().connect(hosts, credentials, over_trade=over_trade)


class _Following(NoRedirect):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.status_code in range(300, 400):
            body, place = await request.aread(), response.headers["location"]
            again = httpx.Request(request.method, place, headers=request.headers, content=body)
            again.extensions["timeout"] = request.extensions["timeout"]
            return await self._inner.handle_async_request(again)
        return response


class _FollowingConnections(Connections):
    transport_type = _Following


@mutant("CRT-45")
class follows_redirects(Reference):
    """A signed order goes to whatever host an answer names."""

    connections = _FollowingConnections


@mutant("CRT-46")
class keeps_no_limit(Reference):
    """It sends its orders as fast as they come."""

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        reply = await self.venue.rest.send("POST", path, body, paced=False)
        if reply.ret_code:
            raise Refused(path, reply)
        return reply


@mutant("CRT-47")
class resends_blindly(Trusting):
    """An order whose connection breaks is sent again at once, without asking for it."""

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        with suppress(ClientError):
            await self.write(paths.ORDER_CREATE, self.terms(order))
        await super().in_doubt(order, error)


@mutant("CRT-48")
class reads_the_text(Trusting):
    """An order is accepted when the answer's text is OK, whatever its code."""

    async def acknowledged(self, order: Order, reply: Reply) -> None:
        if reply.ret_msg == "OK":
            await super().acknowledged(order, reply)
        else:
            self.believe(order, State.REJECTED, reply.ret_msg)


@mutant("CRT-50")
class has_one_queue(Reference):
    """Its cancels wait in one queue behind its creates."""

    def __init__(self) -> None:
        super().__init__()
        self._queue = asyncio.Lock()

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        async with self._queue:
            return await super().write(path, body)


if __name__ == "__main__":
    main(MUTANTS[sys.argv[1]]())
