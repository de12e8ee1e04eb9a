"""The floors of the machine: a bare socket, and a bare protocol that encodes, signs and decodes."""

import asyncio
import hmac
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from itertools import count as numbers
from typing import Any, cast

import msgspec

from bench.drive import Timing, drive
from fixtures.config.environment import Credentials

_SHORT = 126
_UPGRADE = (
    b"GET /v5/trade HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
)
_PREPARED = (
    b'{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"64900"}'
)


class BareSocket:
    """A blocking socket that sends one prepared request again and again, in_flight of them unanswered."""

    def __init__(self, request: bytes, upgrade: bytes = b"") -> None:
        self._request = request
        self._upgrade = upgrade

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new connection."""
        return await asyncio.to_thread(self._round, port, count, in_flight)

    def _round(self, port: int, count: int, in_flight: int) -> Timing:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._upgrade:
                connection.sendall(self._upgrade)
                connection.recv(65536)
            connection.sendall(self._request)
            answer = len(connection.recv(65536))
            return self._pump(connection, answer, count, in_flight)

    def _pump(self, connection: socket.socket, answer: int, count: int, in_flight: int) -> Timing:
        """Send and receive; every answer has the same number of bytes."""
        sent: deque[int] = deque()
        taken: list[int] = []
        began, unread, left = time.perf_counter_ns(), 0, count
        while len(taken) < count:
            burst = min(in_flight - len(sent), left)
            sent.extend([time.perf_counter_ns()] * burst)
            left -= burst
            connection.sendall(self._request * burst)
            unread += len(connection.recv(65536))
            whole, unread = divmod(unread, answer)
            now = time.perf_counter_ns()
            taken.extend(now - sent.popleft() for _ in range(whole))
        return Timing.of(taken, time.perf_counter_ns() - began)


def rest_socket() -> BareSocket:
    """The bare socket of REST."""
    head = b"POST /v5/order/create HTTP/1.1\r\nHost: h\r\nX-BAPI-SIGN: %s\r\nContent-Length: %d\r\n\r\n"
    return BareSocket(head % (b"0" * 64, len(_PREPARED)) + _PREPARED)


def trade_socket() -> BareSocket:
    """The bare socket of the trade stream."""
    text = b'{"reqId":"1","op":"order.create","args":[%s]}' % _PREPARED
    return BareSocket(struct.pack(">BBHI", 0x81, 0x80 | _SHORT, len(text), 0) + text, _UPGRADE)


class _Wire(asyncio.Protocol):
    """Hands each whole answer to ``take``, which gives the bytes that it used, 0 while one is incomplete."""

    def __init__(self, take: Callable[[bytes], int]) -> None:
        self._take = take
        self._unread = b""
        self.transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to write."""
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Take every answer that is whole."""
        self._unread += data
        while self._unread and (used := self._take(self._unread)):
            self._unread = self._unread[used:]


class BareRest:
    """A protocol of its own for each order in flight; each order is encoded, signed, sent, and decoded."""

    def __init__(self, credentials: Credentials, order: dict[str, str]) -> None:
        self._key, self._secret = credentials.key.encode(), credentials.secret.encode()
        self._order = order

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on new connections."""
        lanes = [await _lane(port) for _ in range(in_flight)]

        async def order() -> None:
            lane = lanes.pop()
            lane.answer = asyncio.get_running_loop().create_future()
            lane.wire.transport.write(self._request())
            if (await lane.answer)["retCode"]:
                raise RuntimeError("the responder refused an order")
            lanes.append(lane)

        try:
            await drive(order, 64, in_flight)
            return await drive(order, count, in_flight)
        finally:
            for lane in lanes:
                lane.wire.transport.close()

    def _request(self) -> bytes:
        body, now = msgspec.json.encode(self._order), b"%d" % (time.time_ns() // 1_000_000)
        signature = hmac.digest(self._secret, b"%b%b5000%b" % (now, self._key, body), "sha256").hex()
        return (
            b"POST /v5/order/create HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            b"X-BAPI-API-KEY: %b\r\nX-BAPI-TIMESTAMP: %b\r\nX-BAPI-RECV-WINDOW: 5000\r\n"
            b"X-BAPI-SIGN: %b\r\nContent-Length: %d\r\n\r\n%b"
        ) % (self._key, now, signature.encode(), len(body), body)


class _Lane:
    wire: _Wire
    answer: "asyncio.Future[dict[str, Any]]"

    def take(self, unread: bytes) -> int:
        """One HTTP answer."""
        head = unread.find(b"\r\n\r\n") + 4
        start = unread.find(b"Content-Length: ") + 16
        whole = head + int(unread[start : unread.find(b"\r", start)])
        if head < 4 or len(unread) < whole:  # noqa: PLR2004 - the blank line itself
            return 0
        self.answer.set_result(msgspec.json.decode(unread[head:whole]))
        return whole


async def _lane(port: int) -> _Lane:
    lane = _Lane()
    _, lane.wire = await asyncio.get_running_loop().create_connection(
        lambda: _Wire(lane.take), "127.0.0.1", port
    )
    return lane


class BareTrade:
    """One connection; each order is encoded, masked, sent, and its answer decoded and found by its id."""

    def __init__(self, order: dict[str, str]) -> None:
        self._order = order
        self._numbers = numbers(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def round(self, port: int, count: int, in_flight: int) -> Timing:
        """One round on a new connection."""
        loop = asyncio.get_running_loop()
        upgraded: asyncio.Future[int] = loop.create_future()

        def take(unread: bytes) -> int:
            if not upgraded.done():
                upgraded.set_result(len(unread))
                return len(unread)
            return self._take(unread)

        _, wire = await loop.create_connection(lambda: _Wire(take), "127.0.0.1", port)
        wire.transport.write(_UPGRADE)
        await upgraded

        async def order() -> None:
            number = str(next(self._numbers))
            self._waiting[number] = answer = loop.create_future()
            wire.transport.write(self._frame(number))
            if (await answer)["retCode"]:
                raise RuntimeError("the responder refused an order")

        try:
            await drive(order, 64, in_flight)
            return await drive(order, count, in_flight)
        finally:
            wire.transport.close()

    def _frame(self, number: str) -> bytes:
        header = {"X-BAPI-TIMESTAMP": str(time.time_ns() // 1_000_000), "X-BAPI-RECV-WINDOW": "5000"}
        text = msgspec.json.encode(
            {"reqId": number, "header": header, "op": "order.create", "args": [self._order]}
        )
        length, key = len(text), secrets.token_bytes(4)
        mask = (key * (length // 4 + 1))[:length]
        # Masked as one integer: byte by byte the floor would not be one.
        masked = int.from_bytes(text, "big") ^ int.from_bytes(mask, "big")
        return struct.pack(">BBH4s", 0x81, 0x80 | _SHORT, length, key) + masked.to_bytes(length, "big")

    def _take(self, unread: bytes) -> int:
        """One frame of a server, below 64 KiB."""
        if len(unread) < 4:  # noqa: PLR2004 - RFC 6455, 5.2
            return 0
        length, at = unread[1], 2
        if length == _SHORT:
            length, at = int.from_bytes(unread[2:4], "big"), 4
        if len(unread) < at + length:
            return 0
        answer = msgspec.json.decode(unread[at : at + length])
        self._waiting.pop(answer["reqId"]).set_result(answer)
        return at + length
