"""The proxy with which tests break connections: what it forwards, and what each fault does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from fixtures.v5 import paths
from tests.line import Line, any_stream, line_to

STREAM, REST = f"GET {paths.PRIVATE_STREAM} HTTP/1.1\r\n", f"GET {paths.MARKET_TIME} HTTP/1.1\r\n"
TIMEOUT_S = 5


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A proxy in front of a peer that echoes every line."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while text := await reader.readline():
                writer.write(text)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, line_to(server.sockets[0].getsockname()[1]) as line:
        yield line


class Caller:
    """One connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, text: str) -> str:
        """Send a text and return the line that comes back, "" when the connection is gone."""
        self._writer.write(text.encode())
        async with asyncio.timeout(TIMEOUT_S):
            return (await self._reader.readline()).decode()


Call = Callable[[], Awaitable[Caller]]


@pytest.fixture
async def call(line: Line) -> AsyncIterator[Call]:
    """Opens new connections through the proxy."""
    writers: list[asyncio.StreamWriter] = []

    async def calling() -> Caller:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writers.append(writer)
        return Caller(reader, writer)

    yield calling
    for writer in writers:
        writer.close()


async def test_a_line_without_a_fault_changes_nothing(line: Line, call: Call) -> None:
    """Bytes arrive unchanged at the other end, in both directions."""
    caller = await call()

    assert await caller.ask(STREAM) == STREAM
    assert line.count(any_stream) == 1


async def test_a_stall_holds_what_it_selects(line: Line, call: Call) -> None:
    """A stall of the streams leaves REST alone, and the held bytes arrive once it is released."""
    stream, rest = await call(), await call()
    await stream.ask(STREAM)
    line.stall(any_stream)
    held = asyncio.create_task(stream.ask("late\n"))

    assert await rest.ask(REST) == REST
    assert not held.done()
    line.release()
    assert await held == "late\n"


@pytest.mark.parametrize("new", [False, True], ids=["half-open", "whole-line"])
async def test_a_new_connection_works_where_the_old_is_half_open(
    line: Line, call: Call, *, new: bool
) -> None:
    """A new connection works beside half-open ones, and stalls when the whole line does."""
    line.stall(any_stream, new=new)
    asked = asyncio.create_task((await call()).ask(STREAM))
    await (await call()).ask(REST)

    assert asked.done() is not new
    line.release()
    assert await asked == STREAM


async def test_a_line_that_vanishes_refuses_until_it_appears(line: Line, call: Call) -> None:
    """Open connections break and new ones are refused; later the same port accepts them again."""
    caller, port = await call(), line.port
    await caller.ask(STREAM)

    await line.vanish()
    with pytest.raises(ConnectionError):
        await caller.ask("gone\n") or await call()
    await line.appear()

    assert line.port == port
    assert await (await call()).ask(REST) == REST
