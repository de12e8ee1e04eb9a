"""This suite's own clients as one market maker uses them: REST, the private stream and the trade stream."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from drivers.filters import SPOT, Filters
from drivers.order_states import Row, figure_of
from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.errors import ClientError, Malformed, Misuse, Refused, Unreachable
from fixtures.clients.net.httpx_transport import LeanTransport
from fixtures.clients.operations import orders_of
from fixtures.clients.reply import Reply
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.clients.streams.private import PrivateStream
from fixtures.clients.streams.push import Push
from fixtures.clients.streams.trade import TradeStream
from fixtures.config.environment import Credentials, Role
from fixtures.record.evidence import Evidence, Redactor
from fixtures.v5 import paths

TIMEOUT_MS = 2400
CONNECT_ATTEMPTS = 8
_PAGE = 50
_REDIRECT = range(300, 400)
_WEEK_MS = 7 * 24 * 3_600_000
_SPOT_PRODUCT = 2
_NOTICE_MS = 60_000
"""How long before an announced maintenance the quotes are pulled."""


class _Unrecorded(Evidence):
    """Keeps no message: a market maker's process runs for weeks. It still redacts."""

    def record(self, *_: object, **__: object) -> int:
        """Keep nothing."""
        return 0


class OwnPostOnly(RiskCheck):
    """The last look before the wire: own orders only, and nothing that could take.

    owner: what the orderLinkId of every own order starts with
    terms: the timeInForce that a create may have
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.terms = {"PostOnly"}

    def admit(self, path: str, body: Mapping[str, Any], role: Role = "maker") -> None:
        """Raise Misuse for an order of somebody else, and for a create that is not PostOnly."""
        del role
        for order in orders_of(path, body):
            if not str(order.get("orderLinkId")).startswith(self.owner):
                raise Misuse(f"{path}: {order.get('orderLinkId')} is no order of this client")
            if path in paths.ORDER_CREATES and order.get("timeInForce") not in self.terms:
                raise Misuse(f"{path}: only PostOnly orders are sent")


class NoRedirect(httpx.AsyncBaseTransport):
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

    recv_window_ms = 2000
    rest_type = RestClient
    transport_type = NoRedirect

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
        self.risk = OwnPostOnly(owner)
        self.rest = self.rest_type(
            hosts["rest"],
            self.context,
            credentials=credentials,
            risk_check=self.risk,
            recv_window_ms=self.recv_window_ms,
            transport=self.transport_type(lambda text: on_trouble("host", text)),
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
            risk_check=self.risk,
            recv_window_ms=self.recv_window_ms,
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
        reply = await self._carried(path, body)
        if reply.limit is not None and reply.limit.remaining == 0:
            # Somebody else may send under the same UID: what the venue counts is what is left.
            async with self.rest.rate_limiter.turn(path, reply.limit.limit, over_http=False, paced=False):
                pass
        return reply

    async def _carried(self, path: str, body: Mapping[str, Any]) -> Reply:
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
        """Every execution since a moment of the venue's clock, week by week. Raises a ClientError."""
        found: list[Row] = []
        for start_ms in range(since_ms, self.context.venue_now_ms(), _WEEK_MS):
            query = {"startTime": str(start_ms), "endTime": str(start_ms + _WEEK_MS - 1)}
            found += await self._pages(paths.EXECUTION_LIST, {**query, "limit": str(2 * _PAGE)})
        return found

    async def filters(self, *, with_band: bool = False) -> Filters:
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
        """True while spot trading is under maintenance, or is about to be. Raises a ClientError."""
        reply = await self.rest.send("GET", paths.SYSTEM_STATUS, {}, signed=False)
        soon_ms = self.context.venue_now_ms() + _NOTICE_MS
        return any(
            _SPOT_PRODUCT in (row.get("product") or (_SPOT_PRODUCT,))
            and (row.get("state") == "ongoing" or _begins(row, soon_ms))
            for row in reply.result.get("list") or ()
            if isinstance(row, dict)
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


def _begins(row: Row, before_ms: int) -> bool:
    begin = figure_of(row.get("begin"))
    return row.get("state") == "scheduled" and begin is not None and begin <= before_ms
