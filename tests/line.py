"""A loopback TCP proxy between client and venue that a test can stall, reset or take away.

It passes bytes on unchanged. It knows a connection by the path of its first request, so that a fault can hit
the streams and leave REST alone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from fixtures.v5 import paths

LOOPBACK = "127.0.0.1"
STREAMS = (paths.PUBLIC_STREAM, paths.PRIVATE_STREAM, paths.TRADE_STREAM)
_CHUNK = 65_536

Affected = Callable[[str], bool]
"""Whether a fault hits the connection whose first request asked for this path."""


def any_path(_path: str) -> bool:
    """Every connection."""
    return True


def any_stream(path: str) -> bool:
    """Every WebSocket, and no REST connection."""
    return path in STREAMS


@dataclass(eq=False)
class _Joint:
    """One connection through the proxy: the client's end and the venue's."""

    path: str
    client: asyncio.StreamWriter
    venue: asyncio.StreamWriter
    flows: asyncio.Event = field(default_factory=asyncio.Event)

    def reset(self) -> None:
        """Abort both ends, without a closing handshake."""
        for end in (self.client, self.venue):
            end.transport.abort()


class Line:
    """A loopback port that forwards to another one until a test injects a fault."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._joints: set[_Joint] = set()
        self._server: asyncio.Server
        self._stalls_new: Affected | None = None
        self.port = 0

    def count(self, affected: Affected = any_path) -> int:
        """Count the open connections that ``affected`` selects."""
        return sum(affected(joint.path) for joint in self._joints)

    # Faults

    def stall(self, affected: Affected = any_path, *, new: bool = False) -> None:
        """Hold every byte in both directions, and close nothing, until ``release``.

        new: True to stall the connections that are opened meanwhile as well; False to leave the open ones
            half-open while a new one works
        """
        for joint in self._joints:
            if affected(joint.path):
                joint.flows.clear()
        self._stalls_new = affected if new else None

    def release(self) -> None:
        """Pass on what was held, in its order."""
        self._stalls_new = None
        for joint in self._joints:
            joint.flows.set()

    def reset(self, affected: Affected = any_path) -> None:
        """Abort the selected connections at both ends, without a closing handshake."""
        for joint in list(self._joints):
            if affected(joint.path):
                joint.reset()

    async def vanish(self) -> None:
        """Abort every connection and refuse new ones until ``appear``."""
        # The port closes first: a client reconnects at the moment when its connection breaks.
        self._server.close()
        self.reset()
        await self._server.wait_closed()

    async def appear(self) -> None:
        """Accept connections, on the same port as before."""
        self._server = await asyncio.start_server(self._join, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    # Forwarding

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
    """Pass bytes on until either end is gone; a chunk read during a stall is sent after it."""
    chunk = first or await reader.read(_CHUNK)
    while chunk:
        await flows.wait()
        writer.write(chunk)
        await writer.drain()
        chunk = await reader.read(_CHUNK)
    writer.close()


@asynccontextmanager
async def line_to(upstream: int) -> AsyncIterator[Line]:
    """A proxy without a fault in front of a loopback port; it closes with the context."""
    line = Line(upstream)
    await line.appear()
    try:
        yield line
    finally:
        line.release()
        await line.vanish()
