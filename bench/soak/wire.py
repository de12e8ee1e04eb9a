"""How the clients reach the venue: plain HTTP and WebSocket, and this suite's own clients."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.reply import Reply
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.clients.signing import Signer
from fixtures.clients.streams.trade import TradeStream
from fixtures.config.allowance import Allowance
from fixtures.config.environment import Credentials
from fixtures.config.limits import RiskLimits
from fixtures.record.evidence import Evidence, Redactor
from fixtures.record.run import Journal
from fixtures.v5 import paths
from fixtures.venue.server import VenueAddress

TIMEOUT_S = 60
_WINDOW_MS = 60_000
_UNLIMITED = Decimal(10) ** 12
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VenueAnswer:
    """The venue's answer to one request. more: retExtInfo, which has the code of each item of a batch."""

    code: int
    result: dict[str, Any]
    more: dict[str, Any]

    def codes(self) -> list[int]:
        """The code of the request, or of each item of a batch."""
        return [item["code"] for item in self.more.get("list", ())] or [self.code]


class OrderSender(Protocol):
    """A way to send orders."""

    async def order(self, path: str, body: Body) -> VenueAnswer:
        """Send one order request, by its REST path."""

    async def close(self) -> None:
        """End it."""


def now_ms() -> int:
    """Unix ms."""
    return time.time_ns() // 1_000_000


class PlainRest:
    """httpx and nothing else. credentials: None for one that only reads what is public."""

    def __init__(self, address: VenueAddress, credentials: Credentials | None) -> None:
        self._signer = Signer.for_credentials(credentials) if credentials else None
        self._http = httpx.AsyncClient(
            base_url=address.rest, timeout=httpx.Timeout(TIMEOUT_S, pool=None), trust_env=False
        )

    async def get(self, path: str, query: str) -> VenueAnswer:
        """A GET, signed when there are credentials."""
        response = await self._http.get(f"{path}?{query}", headers=self._headers(query.encode()))
        return _answer(response.json())

    async def order(self, path: str, body: Body) -> VenueAnswer:
        """A signed POST."""
        sent = json.dumps(body).encode()
        return _answer((await self._http.post(path, content=sent, headers=self._headers(sent))).json())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _headers(self, sent: bytes) -> dict[str, str]:
        if self._signer is None:
            return {}
        at_ms = now_ms()
        return {
            "Content-Type": "application/json",
            "X-BAPI-API-KEY": self._signer.key,
            "X-BAPI-TIMESTAMP": str(at_ms),
            "X-BAPI-RECV-WINDOW": str(_WINDOW_MS),
            "X-BAPI-SIGN": self._signer.sign(self._signer.rest_payload(at_ms, _WINDOW_MS, sent)),
        }


def _answer(envelope: Body) -> VenueAnswer:
    code, more = int(envelope["retCode"]), envelope.get("retExtInfo") or {}
    return VenueAnswer(code, dict(envelope.get("result") or {}), more)


@dataclass(slots=True)
class PlainStream:
    """websockets and nothing else; topics go to on_frame, answers to who asked.

    id_name: the request id's name on this stream, "req_id" or "reqId"
    """

    socket: ClientConnection
    id_name: str
    on_frame: Callable[[dict[str, Any]], None]
    _waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _reader: "asyncio.Task[None] | None" = None

    @classmethod
    async def open(
        cls,
        address: VenueAddress,
        path: str,
        on_frame: Callable[[dict[str, Any]], None] = lambda _frame: None,
    ) -> "PlainStream":
        """Connect."""
        socket = await connect(
            address.stream + path,
            compression=None,
            proxy=None,
            max_size=None,
            open_timeout=TIMEOUT_S,
            ping_timeout=TIMEOUT_S,
        )
        stream = cls(socket, "reqId" if path == paths.TRADE_STREAM else "req_id", on_frame)
        stream._reader = asyncio.create_task(stream._read())
        return stream

    async def authenticate(self, credentials: Credentials) -> None:
        """Sign in."""
        await self.ask("auth", Signer.for_credentials(credentials).auth_args(now_ms() + _WINDOW_MS))

    async def subscribe(self, *topics: str) -> None:
        """Subscribe, ten topics at a time."""
        for first in range(0, len(topics), 10):
            await self.ask("subscribe", list(topics[first : first + 10]))

    async def ask(self, op: str, args: list[Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Send a request and wait for its answer.

        Raises TimeoutError.
        """
        key = f"soak-{next(self._numbers)}"
        answered = self._waiting[key] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({self.id_name: key, "op": op, "args": args, **more}))
        try:
            async with asyncio.timeout(TIMEOUT_S):
                reply: dict[str, Any] = await answered
                return reply
        finally:
            del self._waiting[key]

    async def order(self, path: str, body: Body) -> VenueAnswer:
        """Send one order request on the trade stream."""
        header = {"X-BAPI-TIMESTAMP": str(now_ms()), "X-BAPI-RECV-WINDOW": str(_WINDOW_MS)}
        reply = await self.ask(_operation(path), [body], header=header)
        return VenueAnswer(reply["retCode"], reply.get("data") or {}, reply.get("retExtInfo") or {})

    def abort(self) -> None:
        """Break the connection off, without a word."""
        self.socket.transport.abort()

    async def close(self) -> None:
        """Close the connection."""
        await self.socket.close()
        if self._reader is not None:
            await self._reader

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                if "topic" in frame:
                    self.on_frame(frame)
                elif (key := frame.get(self.id_name)) in self._waiting:
                    self._waiting[key].set_result(frame)


class OurRestSender:
    """This suite's signed REST."""

    def __init__(self, address: VenueAddress, key: "Key") -> None:
        self._client = RestClient(address.rest, **key.common())

    async def order(self, path: str, body: Body) -> VenueAnswer:
        """Send once."""
        return _from_reply(await self._client.send("POST", path, body))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class OurTradeSender:
    """This suite's trade stream."""

    def __init__(self, address: VenueAddress, key: "Key") -> None:
        url = address.stream + paths.TRADE_STREAM
        self._stream = TradeStream(url, **key.common())

    @classmethod
    async def open(cls, address: VenueAddress, key: "Key") -> "OurTradeSender":
        """Connect and sign in."""
        sender = cls(address, key)
        await sender._stream.connect()
        return sender

    async def order(self, path: str, body: Body) -> VenueAnswer:
        """Send once."""
        return _from_reply(await self._stream.send(_operation(path), body))

    async def close(self) -> None:
        """Close the connection."""
        await self._stream.close()


@dataclass(frozen=True, slots=True)
class Key:
    """What one of this suite's clients is made of.

    prefix: starts its orderLinkIds; folder: for its journal
    prices: symbol -> the middle of the price band of its risk limits
    """

    credentials: Credentials
    prefix: str
    folder: Path
    prices: Mapping[str, Decimal]

    def common(self) -> dict[str, Any]:
        """What REST client and trade stream are given alike."""
        return {
            "context": ClientContext(evidence(), SystemClock(), TIMEOUT_S * 1000),
            "credentials": self.credentials,
            "risk_check": self._risk_check(),
            "recv_window_ms": _WINDOW_MS,
        }

    def _risk_check(self) -> RiskCheck:
        journal = Journal(self.folder / f"{self.prefix}.jsonl")
        journal.open(self.prefix, "soak")
        # An hour spends more than the bounds of a file allow.
        risk_limits = RiskLimits.model_construct(
            orders=10**9, notional_per_order=_UNLIMITED, notional_per_run=_UNLIMITED, price_band=Decimal(1)
        )
        allowance = Allowance(frozenset(self.prices), real_money=False)
        return RiskCheck(self.prefix, journal, risk_limits, now_ms, allowance, self.prices.get)


def evidence() -> Evidence:
    """A record that ends with the client that it is made for."""
    return Evidence(Redactor(), now_ms)


def _operation(path: str) -> str:
    return path.removeprefix("/v5/").replace("/", ".")


def _from_reply(reply: Reply) -> VenueAnswer:
    return VenueAnswer(reply.ret_code, reply.result, reply.ret_ext_info)
