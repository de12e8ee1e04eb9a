"""A loopback line between client and venue that a test can spoil: bytes stop, connections break.

It is one TCP proxy. What passes is never changed; a connection is known by the path that its first request
asks for, so that a fault can meet the streams and leave REST alone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from fixtures.v5 import paths

LOOPBACK = "127.0.0.1"
STREAMS = (paths.PUBLIC_STREAM, paths.PRIVATE_STREAM, paths.TRADE_STREAM)
_CHUNK = 65_536

Met = Callable[[str], bool]
"""Whether a fault meets the connection that asked for a path."""


def any_path(_path: str) -> bool:
    """Every connection."""
    return True


def any_stream(path: str) -> bool:
    """The WebSockets, not REST."""
    return path in STREAMS


@dataclass(eq=False)
class _Joint:
    """One connection through the line: the client's end and the venue's."""

    path: str
    client: asyncio.StreamWriter
    venue: asyncio.StreamWriter
    flows: asyncio.Event = field(default_factory=asyncio.Event)

    def reset(self) -> None:
        """Break both ends without a word."""
        for end in (self.client, self.venue):
            end.transport.abort()


class Line:
    """A port that leads to another one, for as long as nobody spoils it."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._joints: set[_Joint] = set()
        self._server: asyncio.Server
        self._stalls_new: Met | None = None
        self.port = 0

    def count(self, met: Met = any_path) -> int:
        """How many such connections are open."""
        return sum(met(joint.path) for joint in self._joints)

    # Faults

    def stall(self, met: Met = any_path, *, new: bool = False) -> None:
        """Let no byte pass in either direction, and close nothing, until ``release``.

        new: connections that are opened meanwhile stall as well; otherwise those open now are half-open, and
            a new one works
        """
        for joint in self._joints:
            if met(joint.path):
                joint.flows.clear()
        self._stalls_new = met if new else None

    def release(self) -> None:
        """Let what was held pass, in its order."""
        self._stalls_new = None
        for joint in self._joints:
            joint.flows.set()

    def reset(self, met: Met = any_path) -> None:
        """Break connections without a word."""
        for joint in list(self._joints):
            if met(joint.path):
                joint.reset()

    async def vanish(self) -> None:
        """Break every connection and refuse new ones until ``appear``."""
        self._server.close()
        self.reset()
        await self._server.wait_closed()

    async def appear(self) -> None:
        """Take connections, on the port of before."""
        self._server = await asyncio.start_server(self._join, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    # Carrying

    async def _join(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await client_reader.readuntil(b"\r\n")
            venue_reader, venue = await asyncio.open_connection(LOOPBACK, self._upstream)
            joint = _Joint(head.split(b" ")[1].partition(b"?")[0].decode(), client, venue)
            if self._stalls_new is None or not self._stalls_new(joint.path):
                joint.flows.set()
            self._joints.add(joint)
            try:
                await asyncio.gather(
                    _carry(client_reader, venue, joint.flows, head), _carry(venue_reader, client, joint.flows)
                )
            finally:
                self._joints.discard(joint)
                joint.reset()
        client.close()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event, first: bytes = b""
) -> None:
    """Pass bytes on until either end is gone; what was read while the line stalls is kept, and then sent."""
    chunk = first or await reader.read(_CHUNK)
    while chunk:
        await flows.wait()
        writer.write(chunk)
        await writer.drain()
        chunk = await reader.read(_CHUNK)
    writer.close()


@asynccontextmanager
async def line_to(upstream: int) -> AsyncIterator[Line]:
    """A sound line to a loopback port."""
    line = Line(upstream)
    await line.appear()
    try:
        yield line
    finally:
        line.release()
        await line.vanish()
