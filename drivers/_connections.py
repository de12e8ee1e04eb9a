"""This suite's own clients as one market maker uses them: REST, the private stream and the trade stream."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from drivers.order_states import ZERO, Order, Row, figure_of, plain
from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.errors import ClientError, Malformed, Misuse, Refused, Unreachable
from fixtures.clients.net.httpx_transport import LeanTransport
from fixtures.clients.operations import orders_of
from fixtures.clients.reply import Reply, as_dict
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.clients.streams.private import PrivateStream
from fixtures.clients.streams.push import Push
from fixtures.clients.streams.trade import TradeStream
from fixtures.config.environment import Credentials, Role
from fixtures.record.evidence import Evidence, Redactor
from fixtures.v5 import paths

TIMEOUT_MS = 3000
RECV_WINDOW_MS = 5000
CONNECT_ATTEMPTS = 8
SPOT = {"category": "spot"}
_PAGE = 50
_REDIRECT = range(300, 400)
_MAINTAINED = {"ongoing"}
_SPOT_PRODUCT = 2


class _Unrecorded(Evidence):
    """Keeps no message: a market maker's process runs for weeks. It still redacts."""

    def record(self, *_: object, **__: object) -> int:
        """Keep nothing."""
        return 0


class _OwnPostOnly(RiskCheck):
    """The last look before the wire: own orders only, and nothing that could take."""

    def __init__(self, owner: str) -> None:
        self._owner = owner

    def admit(self, path: str, body: Mapping[str, Any], role: Role = "maker") -> None:
        """Raise Misuse for an order of somebody else, and for a create that is not PostOnly."""
        del role
        for order in orders_of(path, body):
            if not str(order.get("orderLinkId")).startswith(self._owner):
                raise Misuse(f"{path}: {order.get('orderLinkId')} is no order of this client")
            if path in paths.ORDER_CREATES and order.get("timeInForce") != "PostOnly":
                raise Misuse(f"{path}: only PostOnly orders are sent")


class _NoRedirect(httpx.AsyncBaseTransport):
    """Reports an answer that points to another place, which is never followed."""

    def __init__(self, on_redirect: Callable[[str], None]) -> None:
        self._inner, self._on_redirect = LeanTransport(), on_redirect

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer as it is."""
        response = await self._inner.handle_async_request(request)
        if response.status_code in _REDIRECT:
            self._on_redirect(f"HTTP {response.status_code} names another place")
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


class Connections:
    """The three ways to the venue for one symbol and one key.

    on_order, on_execution: receive each row of the private stream
    on_lost, on_back: the private stream is gone, or is back and what it missed must be fetched
    on_trouble: receives what went wrong beside a request: the reason of an alert, and its text
    """

    def __init__(  # noqa: PLR0913 - one keyword for each callback
        self,
        hosts: Mapping[str, str],
        credentials: Credentials,
        symbol: str,
        owner: str,
        *,
        over_trade: bool,
        on_order: Callable[[Row], None],
        on_execution: Callable[[Row], None],
        on_lost: Callable[[], None],
        on_back: Callable[[], Awaitable[None]],
        on_trouble: Callable[[str, str], None],
    ) -> None:
        clock = SystemClock()
        evidence = _Unrecorded(Redactor([credentials.key, credentials.secret]), clock.now_ms)
        self.context = ClientContext(evidence, clock, TIMEOUT_MS)
        self._symbol = {**SPOT, "symbol": symbol}
        risk = _OwnPostOnly(owner)
        self.rest = RestClient(
            hosts["rest"],
            self.context,
            credentials=credentials,
            risk_check=risk,
            recv_window_ms=RECV_WINDOW_MS,
            transport=_NoRedirect(lambda text: on_trouble("host", text)),
        )
        takers = {"order": on_order, "execution": on_execution}

        def take(push: Push) -> None:
            for row in push.rows:
                takers[push.topic.partition(".")[0]](row)

        self.private = PrivateStream(
            hosts["private"],
            self.context,
            credentials=credentials,
            on_push=take,
            on_lost=on_lost,
            on_reconnected=on_back,
            on_fault=lambda error: on_trouble("other", str(error)),
            keeps_alive=False,  # the client pings by itself, more often
        )
        self.trade = TradeStream(
            hosts["trade"],
            self.context,
            credentials=credentials,
            risk_check=risk,
            recv_window_ms=RECV_WINDOW_MS,
            resynchronise=self.rest.synchronise,
            rate_limiter=self.rest.rate_limiter,
        )
        self.over_trade = over_trade

    async def open(self) -> None:
        """Compare the clocks, connect, authenticate and subscribe; each is tried several times.

        Raises the error of the last attempt.
        """
        await self._persist(self.rest.synchronise)
        await self._persist(self.private.connect)
        await self._persist(lambda: self.private.subscribe("order", "execution"))
        if self.over_trade:
            await self._persist(self.trade.connect)

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(self.private.close(), self.trade.close(), self.rest.close())

    async def send(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Send one write as the retry policy allows: over the trade stream, over REST while that is down.

        Raises Refused; Unanswered for an unknown outcome; Unreachable when nothing was sent.
        """
        if self.over_trade and not self.trade.is_down:
            try:
                return await self.trade.call(path.removeprefix("/v5/").replace("/", "."), body)
            except Unreachable:
                self.context.require_no_ban(path)  # nothing was sent: REST may carry it
        return await self.rest.call("POST", path, body)

    async def look_up(self, link_id: str) -> Row | None:
        """The order as the venue shows it at this moment, None when it shows none; one attempt.

        Raises a ClientError.
        """
        for path in (paths.ORDER_REALTIME, paths.ORDER_HISTORY):
            if rows := (await self._page(path, {"orderLinkId": link_id}))[0]:
                return rows[0]
        return None

    async def open_rows(self) -> list[Row]:
        """Every open order on the symbol, whoever sent it, page by page. Raises a ClientError."""
        return await self._pages(paths.ORDER_REALTIME, {"openOnly": "0", "limit": str(_PAGE)})

    async def executions(self, since_ms: int) -> list[Row]:
        """Every execution since a moment of the venue's clock. Raises a ClientError."""
        return await self._pages(paths.EXECUTION_LIST, {"startTime": str(since_ms), "limit": str(2 * _PAGE)})

    async def filters(self, *, with_band: bool = False) -> "Filters":
        """The filters; the price band too, which moves, so it is asked for when it has refused an order.

        Raises a ClientError.
        """
        rows = (await self._page(paths.MARKET_INSTRUMENTS, {}))[0]
        if not rows:
            raise Malformed(paths.MARKET_INSTRUMENTS, "the symbol is not listed")
        if not with_band:
            return Filters(rows[0], {})
        return Filters(
            rows[0],
            (await self.rest.send("GET", paths.MARKET_PRICE_LIMIT, self._symbol, signed=False)).result,
        )

    async def is_maintained(self) -> bool:
        """True while the venue says that its spot trading is under maintenance. Raises a ClientError."""
        reply = await self.rest.send("GET", paths.SYSTEM_STATUS, {}, signed=False)
        rows = [row for row in reply.result.get("list") or () if isinstance(row, dict)]
        return any(
            row.get("state") in _MAINTAINED and _SPOT_PRODUCT in (row.get("product") or (_SPOT_PRODUCT,))
            for row in rows
        )

    async def _pages(self, path: str, query: Mapping[str, str]) -> list[Row]:
        found, cursor = await self._page(path, query)
        seen = {""}
        while cursor not in seen:
            seen.add(cursor)
            rows, cursor = await self._page(path, {**query, "cursor": cursor})
            found += rows
        return found

    async def _page(self, path: str, query: Mapping[str, str]) -> tuple[list[Row], str]:
        reply = await self.rest.send("GET", path, {**self._symbol, **query})
        if reply.ret_code != 0:
            raise Refused(path, reply)
        rows = reply.result.get("list")
        if not isinstance(rows, list):
            raise Malformed(path, "the answer has no list")
        return [row for row in rows if isinstance(row, dict)], str(reply.result.get("nextPageCursor") or "")

    async def _persist(self, attempt: Callable[[], Awaitable[object]]) -> None:
        for number in range(CONNECT_ATTEMPTS):
            try:
                await attempt()
            except ClientError:
                if number == CONNECT_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(min(0.25 * 2**number, 4.0) * (0.5 + random.random() / 2))  # noqa: S311 - spreads
            else:
                return


class Filters:
    """What the venue asks of an order on the symbol: steps, limits and, where it is known, the price band."""

    def __init__(self, row: Row, band: Row) -> None:
        lot, price = as_dict(row.get("lotSizeFilter")), as_dict(row.get("priceFilter"))
        self.base_coin, self.quote_coin = str(row.get("baseCoin")), str(row.get("quoteCoin"))
        self._tick, self._lot = figure_of(price.get("tickSize")), figure_of(lot.get("basePrecision"))
        self._least, self._most = figure_of(lot.get("minOrderAmt")), figure_of(lot.get("maxLimitOrderQty"))
        self._band = {"Buy": figure_of(band.get("buyLmt")), "Sell": figure_of(band.get("sellLmt"))}

    def fault(self, side: str, price: Decimal, qty: Decimal) -> str:
        """Which filter an order breaks, "" for none."""
        limit = self._band[side] or price
        broken = {
            "tick_size": self._tick and price % self._tick,
            "base_precision": self._lot and qty % self._lot,
            "min_order_amt": price * qty < (self._least or ZERO),
            "max_limit_order_qty": self._most and qty > self._most,
            "price_limit": price > limit if side == "Buy" else price < limit,
        }
        return next((name for name, is_broken in broken.items() if is_broken or price <= 0 or qty <= 0), "")


def terms(order: Order, symbol: str) -> dict[str, str]:
    """The body of a create."""
    return {
        **SPOT,
        "symbol": symbol,
        "side": order.side,
        "orderType": "Limit",
        "qty": plain(order.qty),
        "price": plain(order.price),
        "timeInForce": "PostOnly",
        "orderLinkId": order.link_id,
    }
