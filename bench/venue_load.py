"""Loads the venue on one core with prepared bytes: orders per second, time to start, memory."""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixtures.clients.signing import Signer
from fixtures.v5 import paths
from fixtures.venue.demo_accounts import MAKER

COMMAND = (
    "-m",
    "fixtures.venue",
    "--port",
    "0",
    "--ack-latency-ms",
    "0",
    # The venue has no option for "no rate limits"; a defect lifts them.
    "--defect",
    "never_limits_rate",
    "--market",
    "quiet",
)
PAIRS = 1_000
"""Orders of one round, each created and cancelled."""
_IN_FLIGHT = 32
_CODE = re.compile(rb'"retCode":(\d+),')
_NAMED = {"category": "spot", "symbol": "BTCUSDT"}
_ORDER = {
    **_NAMED,
    "side": "Buy",
    "orderType": "Limit",
    "qty": "0.001",
    "price": "64900",
    "timeInForce": "PostOnly",
}


@dataclass(frozen=True, slots=True)
class Started:
    """A venue process. first_answer_ms: from its start to the first answered request."""

    pid: int
    port: int
    first_answer_ms: float

    def resident_mib(self) -> float:
        """Its resident memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


@contextmanager
def started() -> Iterator[Started]:
    """Start a venue in a process that is held to one core, without latency and without rate limits."""
    began = time.perf_counter_ns()
    with subprocess.Popen([sys.executable, *COMMAND], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
            if process.stdout is None:
                raise RuntimeError("the venue has no output")
            port = int(process.stdout.readline().rsplit(":", 1)[1])
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET /v5/market/time HTTP/1.1\r\nHost: h\r\n\r\n")
                connection.recv(65536)
            yield Started(process.pid, port, (time.perf_counter_ns() - began) / 1e6)
        finally:
            process.terminate()


def rest_per_s(venue: Started, name: str) -> float:
    """Signed creates and cancels in a second over one connection. name: starts the orders' ids."""
    requests = [_rest(*order) for order in _orders(name)]
    with socket.create_connection(("127.0.0.1", venue.port)) as connection:
        return _rate(connection, requests)


def trade_per_s(venue: Started, name: str) -> float:
    """Creates and cancels in a second on one trade stream."""
    signer = Signer.for_credentials(MAKER.credentials)
    frames = [_order_frame(*order) for order in _orders(name)]
    with socket.create_connection(("127.0.0.1", venue.port)) as connection:
        connection.sendall(
            b"GET /v5/trade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
        )
        connection.recv(65536)
        auth = {"op": "auth", "args": signer.auth_args(_now_ms() + 60_000)}
        connection.sendall(_frame(json.dumps(auth)))
        connection.recv(65536)
        return _rate(connection, frames)


def _orders(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for number in range(PAIRS):
        link = {"orderLinkId": f"{name}-{number}"}
        yield paths.ORDER_CREATE, {**_ORDER, **link}
        yield paths.ORDER_CANCEL, {**_NAMED, **link}


def _rate(connection: socket.socket, messages: list[bytes]) -> float:
    """Answers in a second. Raises RuntimeError when one is not retCode 0."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(10)
    sent = answered = 0
    unread = b""
    began = time.perf_counter_ns()
    while answered < len(messages):
        # Never more than 32 unanswered, and none of them waits for a round trip of its own.
        burst = messages[sent : answered + _IN_FLIGHT]
        sent += len(burst)
        connection.sendall(b"".join(burst))
        unread += connection.recv(262_144)
        codes = list(_CODE.finditer(unread))
        if any(code[1] != b"0" for code in codes):
            raise RuntimeError(f"the venue refused an order: {unread[-600:]!r}")
        answered += len(codes)
        unread = unread[codes[-1].end() :] if codes else unread
    return len(messages) / (time.perf_counter_ns() - began) * 1e9


def _rest(path: str, order: dict[str, str]) -> bytes:
    body, now_ms = json.dumps(order).encode(), _now_ms()
    signer = Signer.for_credentials(MAKER.credentials)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-BAPI-API-KEY: {signer.key}\r\nX-BAPI-TIMESTAMP: {now_ms}\r\nX-BAPI-RECV-WINDOW: 60000\r\n"
        f"X-BAPI-SIGN: {signer.sign(signer.rest_payload(now_ms, 60_000, body))}\r\n\r\n"
    )
    return head.encode() + body


def _order_frame(path: str, order: dict[str, str]) -> bytes:
    header = {"X-BAPI-TIMESTAMP": str(_now_ms()), "X-BAPI-RECV-WINDOW": "60000"}
    op = path.removeprefix("/v5/").replace("/", ".")
    req_id = f"{op}-{order['orderLinkId']}"
    return _frame(json.dumps({"reqId": req_id, "header": header, "op": op, "args": [order]}))


def _frame(text: str) -> bytes:
    """A masked text frame of 126 bytes to 64 KiB."""
    content = text.encode().ljust(126)
    return struct.pack(">BBHI", 0x81, 0x80 | 126, len(content), 0) + content


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
