"""Clients that only read, and clients that send what no conforming client would."""

import asyncio
import json
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

from bench.soak.laws import ClientLaw
from bench.soak.mirror import BookCopy
from bench.soak.stage import Stage, Visit
from bench.soak.trader import PLAIN, Trader
from bench.soak.wire import PlainRest, PlainStream, evidence, now_ms
from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.streams.public import PublicStream
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.rate_limits import PER_SECOND

DEPTHS = (1, 50, 200, 1000)
_FLOOD = 200
"""Creates that are sent at once: ten times what a second allows."""
_DCP_S = 3
_HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


async def keep_books(stage: Stage, visit: Visit) -> None:
    """Keep every book of one symbol, and hold it against REST now and then."""
    symbol, rest = visit.symbol, PlainRest(stage.address, None)
    copies = {
        f"orderbook.{name}.{symbol}": BookCopy(stage.ledger) for name in ("1", "200", "1000", "full", "rpi")
    }

    def take(frame: dict[str, object]) -> None:
        stage.ledger.counts["public frames"] += 1
        if copy := copies.get(str(frame["topic"])):
            copy.take(str(frame["type"]), frame["data"])  # type: ignore[arg-type]  # a frame is JSON

    stream = await PlainStream.open(stage.address, paths.PUBLIC_STREAM, take)
    single = [f"{name}.{symbol}" for name in ("publicTrade", "tickers", "priceLimit", "kline.1", "kline.D")]
    await stream.subscribe(*copies, *single)
    whole = await rest.get(paths.MARKET_FULL_ORDER_BOOK, f"category=spot&symbol={symbol}")
    copies[f"orderbook.full.{symbol}"].take("snapshot", whole.result)
    shown = {
        f"orderbook.1000.{symbol}": (paths.MARKET_ORDER_BOOK, 1000),
        f"orderbook.full.{symbol}": (paths.MARKET_FULL_ORDER_BOOK, 0),
        f"orderbook.rpi.{symbol}": (paths.MARKET_RPI_ORDER_BOOK, 50),
    }
    while not stage.is_over(visit):
        for topic, (path, limit) in shown.items():
            answer = await rest.get(path, f"category=spot&symbol={symbol}&limit={limit or 1}")
            copies[topic].compare(answer.result)
        await stream.ask("ping", [])
        await stage.pause(visit, 3)
    await stream.close()
    await rest.close()


async def follow(stage: Stage, visit: Visit) -> None:
    """Follow the books of one symbol with this suite's public stream."""
    url = stage.address.stream + paths.PUBLIC_STREAM
    stream = PublicStream(url, ClientContext(evidence(), SystemClock(), timeout_ms=60_000))
    await stream.connect()
    await stream.subscribe(*(f"orderbook.{depth}.{visit.symbol}" for depth in DEPTHS))
    while not stage.is_over(visit):
        for depth in DEPTHS:
            book = await stream.next_book(visit.symbol, depth)
            if book.bids and book.asks:
                what = f"depth {depth}: {book.bids[0]} against {book.asks[0]}"
                stage.ledger.see(ClientLaw.CROSSED, kept=book.bids[0][0] < book.asks[0][0], what=what)
        await stream.ping()
        await stage.pause(visit, 2)
    await stream.close()


async def stall(stage: Stage, visit: Visit) -> None:
    """Subscribe to everything and read nothing."""
    loop = asyncio.get_running_loop()
    connection = socket.socket()
    # A small receive buffer, so that the send queue of the venue fills up within one visit.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)  # noqa: FBT003 - its only argument
    await loop.sock_connect(connection, _where(stage))
    await loop.sock_sendall(connection, _HANDSHAKE % paths.PUBLIC_STREAM.encode())
    names = (
        "orderbook.1",
        "orderbook.50",
        "orderbook.200",
        "orderbook.full",
        "publicTrade",
        "tickers",
        "kline.1",
    )
    for symbol in stage.prices:
        args = [f"{name}.{symbol}" for name in names]
        await loop.sock_sendall(connection, _frame(json.dumps({"op": "subscribe", "args": args})))
    await stage.pause(visit, visit.until_s - time.monotonic())
    connection.close()
    stage.ledger.counts["readers that did not read"] += 1


_GARBAGE: tuple[bytes, ...] = (
    b"\x16\x03\x01\x02\x00\x01\x00\xff\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\n\r\n",
    b"POST /v5/order/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000,
    b'POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"a":\xff\xfe}',
    b"DELETE /v5/no/such/path HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
)
_BAD_FRAMES: tuple[bytes, ...] = (
    b"\x81\x02hi",
    b"\x81\x82\x00\x00\x00\x00\xff\xfe",
    b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
    b"\x81\xfe",
)
_BAD_TEXTS = (
    "",
    "{",
    "[]",
    '{"op":7}',
    '{"op":"order.create","args":[[]]}',
    "[" * 5000,
    '{"op":"auth","args":[]}',
)


async def litter(stage: Stage, visit: Visit) -> None:
    """Send bytes that are no request, while the others trade."""
    rest = PlainRest(stage.address, None)
    streams = (paths.PUBLIC_STREAM, paths.PRIVATE_STREAM, paths.TRADE_STREAM)
    while not stage.is_over(visit):
        path, dice = streams[visit.dice.roll(3)], visit.dice
        kind = dice.roll(3)
        if kind == 0:
            await _throw(stage, _GARBAGE[dice.roll(len(_GARBAGE))])
        elif kind == 1:
            await _throw(stage, _HANDSHAKE % path.encode() + _BAD_FRAMES[dice.roll(len(_BAD_FRAMES))])
        else:
            texts = b"".join(_frame(text) for text in _BAD_TEXTS)
            await _throw(stage, _HANDSHAKE % path.encode() + texts + _frame('{"op":"ping"}'))
        answer = await rest.get(paths.MARKET_TIME, "")
        stage.ledger.see(
            ClientLaw.GARBAGE, kept=answer.code == 0, what=f"the time after garbage: {answer.code}"
        )
        await stage.pause(visit)
    await rest.close()


async def _throw(stage: Stage, content: bytes) -> None:
    """Send bytes on a connection of their own; whatever the answer is, the exchange must end."""
    reader, writer = await asyncio.open_connection(*_where(stage))
    try:
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(2):
                writer.write(content)
                await writer.drain()
                await reader.read(65_536)
    finally:
        writer.transport.abort()


async def flood(stage: Stage, visit: Visit) -> None:
    """Send ten times what a second allows, by REST or on the trade stream, and count what is let through."""
    trader = await Trader.open(stage, visit, PLAIN)
    limit = PER_SECOND[paths.ORDER_CREATE]
    while not stage.is_over(visit):
        bodies = [trader.order(20) for _ in range(_FLOOD)]
        began = time.monotonic()
        codes = await asyncio.gather(*(_one(trader, body) for body in bodies))
        seconds = int(time.monotonic() - began) + 1
        let, refused = codes.count(RetCode.OK), codes.count(RetCode.TOO_MANY_VISITS)
        what = f"{let} let through and {refused} refused of {_FLOOD} within {seconds} s"
        # The limit holds per second: a flood that takes n seconds may get n times as many through.
        kept = limit <= let <= limit * seconds and let + refused == _FLOOD
        stage.ledger.see(ClientLaw.LIMITS, kept=kept, what=what)
        await trader.send(paths.ORDER_CANCEL_ALL, {"category": "spot"})
        await stage.pause(visit, 40)
    await trader.close()


async def _one(trader: Trader, body: dict[str, object]) -> int:
    (code,) = await trader.send(paths.ORDER_CREATE, body)
    return code


async def vanish(stage: Stage, visit: Visit) -> None:
    """Arm the protection, rest some orders, break off, and come back after the window."""
    trader = await Trader.open(stage, visit)
    await trader.rest.order(paths.ORDER_DCP, {"product": "SPOT", "timeWindow": _DCP_S})
    protected = await PlainStream.open(stage.address, paths.PRIVATE_STREAM)
    await protected.authenticate(visit.credentials)
    await protected.subscribe("dcp.spot")
    for ticks in (20, 25, 30):
        await trader.send(paths.ORDER_CREATE, trader.order(ticks))
    # Without a close frame, as a crashed client leaves; the window begins when no connection holds the topic.
    protected.abort()
    began = now_ms()
    await trader.until(lambda: trader.acked <= trader.orders.ended)
    what = f"{len(trader.acked - trader.orders.ended)} orders rest {now_ms() - began} ms after the connection"
    stage.ledger.see(ClientLaw.PROTECTED, kept=trader.acked <= trader.orders.ended, what=what)
    await trader.close()
    await stage.pause(visit, 5)


def _where(stage: Stage) -> tuple[str, int]:
    parts = urlsplit(stage.address.rest)
    return str(parts.hostname), int(parts.port or 0)


def _frame(text: str) -> bytes:
    """A masked text frame; the mask of zeros leaves the text as it is."""
    content = text.encode()
    if len(content) < 126:  # noqa: PLR2004 - RFC 6455, 5.2
        return bytes((0x81, 0x80 | len(content), 0, 0, 0, 0)) + content
    return bytes((0x81, 0xFE)) + len(content).to_bytes(2, "big") + b"\0\0\0\0" + content
