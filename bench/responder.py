"""The other end of every client's measurement: answers an order at once, whatever it says.

It shares no code with the venue. Run as a process; prints its port. No signature is checked.
"""

import asyncio
import base64
import hashlib
import re
from typing import cast

from fixtures.event_loop import new_event_loop

_ORDER = b'"retMsg":"OK","%s":{"orderId":"1321003749386327552","orderLinkId":"bench-0001"},"retExtInfo":{}'
_REST = b'{"retCode":0,' + _ORDER % b"result" + b',"time":1672211918471}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nX-Bapi-Limit: 1000000\r\n"
    b"X-Bapi-Limit-Status: 999999\r\nX-Bapi-Limit-Reset-Timestamp: 1672211918471\r\nTraceid: 1\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_REST), _REST)
)
_HEADER = (
    b'"header":{"Timenow":"1672211918471","X-Bapi-Limit":"1000000","X-Bapi-Limit-Status":"999999",'
    b'"X-Bapi-Limit-Reset-Timestamp":"1672211918471","Traceid":"1"},"connId":"c"'
)
_FRAME = b'{"reqId":"%s","retCode":0,"op":"order.create",' + _ORDER % b"data" + b"," + _HEADER + b"}"
_AUTH = b'{"reqId":"%s","retCode":0,"retMsg":"OK","op":"auth","connId":"c"}'
_PONG = b'{"reqId":"%s","retCode":0,"retMsg":"OK","op":"pong","connId":"c"}'
_REQ_ID = re.compile(rb'"req_?[iI]d"\s*:\s*"?([^",}]+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_KEY = re.compile(rb"sec-websocket-key:\s*(\S+)", re.IGNORECASE)
_WS_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CLOSE, _PING, _TEXT, _WS_PONG = 8, 9, 1, 10
_SHORT = 126


class Responder(asyncio.Protocol):
    """One connection: HTTP until it is upgraded, frames from then on."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._is_stream = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to write."""
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer everything that is complete."""
        self._buffer += data
        answers = bytearray()
        while (answer := self._frame() if self._is_stream else self._request()) is not None:
            answers += answer
        if self._transport is not None:
            self._transport.write(bytes(answers))

    def _request(self) -> bytes | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self._buffer[:end])
        if key := _KEY.search(head):
            del self._buffer[: end + 4]
            self._is_stream = True
            accept = base64.b64encode(hashlib.sha1(key[1] + _WS_GUID).digest())  # noqa: S324 - RFC 6455 names it
            return (
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
        length = _LENGTH.search(head)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return None
        del self._buffer[:whole]
        return _ANSWER

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 - RFC 6455, 5.2
            return None
        length, at = buffer[1] & 127, 2
        if length == _SHORT:
            length, at = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < at + 4 + length:
            return None
        # Unmasked as one integer: byte by byte the responder would be slower than the clients.
        mask = bytes(buffer[at : at + 4]) * (length // 4 + 1)
        content = int.from_bytes(buffer[at + 4 : at + 4 + length], "big") ^ int.from_bytes(
            mask[:length], "big"
        )
        kind = buffer[0] & 15
        del buffer[: at + 4 + length]
        return _reply(kind, content.to_bytes(length, "big"))


def _reply(kind: int, text: bytes) -> bytes:
    if kind == _CLOSE:
        return framed(text, _CLOSE)
    if kind == _PING:
        return framed(text, _WS_PONG)
    found = _REQ_ID.search(text)
    req_id = found[1] if found else b""
    shape = _AUTH if b'"auth"' in text else _PONG if b'"ping"' in text else _FRAME
    return framed(shape % req_id)


def framed(text: bytes, kind: int = _TEXT) -> bytes:
    """A frame as a server sends it: whole and unmasked, below 64 KiB."""
    length = len(text)
    size = bytes([length]) if length < _SHORT else bytes([_SHORT]) + length.to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + text


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Responder, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the program's output
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve())
