"""The clients that are measured, each called as its users call it."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from bench.drive import Timing, drive, drive_threads
from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.clients.streams.trade import TradeStream
from fixtures.config.allowance import Allowance
from fixtures.config.environment import Credentials
from fixtures.config.limits import RiskLimits
from fixtures.record.evidence import Evidence, Redactor
from fixtures.record.run import Journal
from fixtures.v5 import paths

CREDENTIALS = Credentials("bench-key-0001", "bench-secret-0001-not-a-real-secret")
LINK = "bench-0001"
ORDER = {
    "category": "spot",
    "symbol": "BTCUSDT",
    "side": "Buy",
    "orderType": "Limit",
    "qty": "0.001",
    "price": "64900",
    "timeInForce": "PostOnly",
    "orderLinkId": LINK,
}
_CCXT_ORDER = ("BTC/USDT", "limit", "buy", 0.001, 64900, {"postOnly": True, "clientOrderId": LINK})
_CCXT_MARKET = {
    "id": "BTCUSDT",
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "baseId": "BTC",
    "quoteId": "USDT",
    "type": "spot",
    "spot": True,
    "active": True,
    "precision": {"amount": 0.000001, "price": 0.1},
}
_UNLIMITED_AMOUNT = Decimal(10) ** 12
_UNLIMITED = 10**9
"""Requests that an address may send; the responder's headers lift the limit of the UID alone."""


class Contestant(Protocol):
    """A client that can send the order."""

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """Connect, warm up, and send count orders to the responder."""


class OurRest:
    """RestClient.call with risk check, journal, rate limiter, retry policy and evidence, as in a run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new client."""
        clock, evidence = SystemClock(), _evidence()
        client = RestClient(
            f"http://127.0.0.1:{port}",
            ClientContext(evidence, clock, timeout_ms=5000),
            credentials=CREDENTIALS,
            risk_check=_risk_check(self._folder, clock),
            recv_window_ms=5000,
        )
        client.rate_limiter.address.limit = _UNLIMITED
        try:
            return await _warm(lambda: client.call("POST", paths.ORDER_CREATE, ORDER), count, in_flight)
        finally:
            await client.close()


class OurTrade:
    """TradeStream.call, with the same parts as ``OurRest``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new connection."""
        clock, evidence = SystemClock(), _evidence()
        stream = TradeStream(
            f"ws://127.0.0.1:{port}{paths.TRADE_STREAM}",
            ClientContext(evidence, clock, timeout_ms=5000),
            credentials=CREDENTIALS,
            risk_check=_risk_check(self._folder, clock),
            recv_window_ms=5000,
        )
        await stream.connect()
        try:
            return await _warm(lambda: stream.call("order.create", ORDER), count, in_flight)
        finally:
            await stream.close()


class CcxtRest:
    """ccxt async.

    bare: the signed endpoint method alone, without the work that create_order does around it
    """

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new client."""
        client = _ccxt("ccxt.async_support", port)

        def order() -> Any:  # noqa: ANN401 - the library has no types
            if self._bare:
                return client.private_post_v5_order_create(dict(ORDER))
            return client.create_order(*_CCXT_ORDER)

        try:
            return await _warm(order, count, in_flight)
        finally:
            await client.close()


class CcxtTrade:
    """ccxt.pro, create_order_ws."""

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new connection."""
        client = _ccxt("ccxt.pro", port)
        try:
            return await _warm(lambda: client.create_order_ws(*_CCXT_ORDER), count, in_flight)
        finally:
            await client.close()


class PybitRest:
    """pybit's HTTP.place_order; a session and a thread for each order in flight."""

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on new sessions."""
        sessions = [self._session(port) for _ in range(in_flight)]
        orders: list[Callable[[], object]] = [partial(session.place_order, **ORDER) for session in sessions]
        # Each session opens its connection with its first order, outside of the measured time.
        for order in orders:
            order()
        try:
            return await asyncio.to_thread(drive_threads, orders, count)
        finally:
            for session in sessions:
                session.client.close()

    def _session(self, port: int) -> Any:  # noqa: ANN401 - the library has no types
        session = import_module("pybit.unified_trading").HTTP(
            api_key=CREDENTIALS.key, api_secret=CREDENTIALS.secret
        )
        session.endpoint = f"http://127.0.0.1:{port}"
        session.client.trust_env = False
        return session


class PybitTrade:
    """pybit's WebSocketTrading.place_order.

    It registers a request after sending it, and loses what is answered sooner: where the answer is
    looked up, the subclass waits until it is registered.
    """

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new connection."""
        return await asyncio.to_thread(self._round, port, count, in_flight)

    def _round(self, port: int, count: int, in_flight: int) -> Timing:
        stream = self._connected(port)

        def order() -> None:
            answered = threading.Event()
            stream.place_order(lambda _: answered.set(), **ORDER)
            if not answered.wait(5):
                raise TimeoutError("pybit lost an answer")

        try:
            for _ in range(20):
                order()
            return drive_threads([order] * in_flight, count)
        finally:
            stream.exit()

    def _connected(self, port: int) -> Any:  # noqa: ANN401 - the library has no types
        trading: Any = import_module("pybit._websocket_trading")
        trading.TRADE_WSS = f"ws://127.0.0.1:{port}{paths.TRADE_STREAM}"
        base = import_module("pybit.unified_trading").WebSocketTrading

        class WaitingForRegistration(base):  # type: ignore[misc, valid-type]
            def _pop_callback(self, topic: str) -> Any:  # noqa: ANN401 - the library has no types
                while topic not in self.callback_directory:
                    time.sleep(0)
                return super()._pop_callback(topic)

        stream = WaitingForRegistration(testnet=False, api_key=CREDENTIALS.key, api_secret=CREDENTIALS.secret)
        deadline = time.monotonic() + 5
        while not stream.auth and time.monotonic() < deadline:
            time.sleep(0.001)
        return stream


async def _warm(order: Callable[[], Any], count: int, in_flight: int) -> Timing:
    await drive(order, 64, in_flight)
    return await drive(order, count, in_flight)


def _evidence() -> Evidence:
    return Evidence(Redactor((CREDENTIALS.key, CREDENTIALS.secret)), SystemClock().now_ms)


def _risk_check(folder: Path, clock: SystemClock) -> RiskCheck:
    journal = Journal(folder / "journal.jsonl")
    journal.open("bench", "bench")
    # Measured is the client, not how much it may spend: the bounds of a file do not hold here.
    risk_limits = RiskLimits.model_construct(
        orders=10**9,
        notional_per_order=_UNLIMITED_AMOUNT,
        notional_per_run=_UNLIMITED_AMOUNT,
        price_band=Decimal(1),
    )
    allowance = Allowance(frozenset({ORDER["symbol"]}), real_money=False)
    middle_of = {ORDER["symbol"]: Decimal(ORDER["price"])}.get
    return RiskCheck("bench", journal, risk_limits, clock.now_ms, allowance, middle_of)


def _ccxt(module: str, port: int) -> Any:  # noqa: ANN401 - the library has no types
    """A ccxt client that knows its market and its kind of account, as after its first order."""
    rest = f"http://127.0.0.1:{port}"
    trade = {"private": {"trade": f"ws://127.0.0.1:{port}{paths.TRADE_STREAM}"}}
    client = import_module(module).bybit(
        {
            "apiKey": CREDENTIALS.key,
            "secret": CREDENTIALS.secret,
            "enableRateLimit": False,
            "urls": {"api": {"spot": rest, "public": rest, "private": rest, "ws": trade}},
            "options": {"enableUnifiedMargin": False, "enableUnifiedAccount": True},
        }
    )
    client.set_markets([client.safe_market_structure(_CCXT_MARKET)])
    return client


logging.getLogger("pybit").addHandler(logging.NullHandler())
