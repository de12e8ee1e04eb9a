"""The contestants of this suite, and the floors, against the responder."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.contestants import CREDENTIALS, ORDER, Contestant, OurRest, OurTrade
from bench.floors import BareRest, BareTrade, rest_socket, trade_socket
from bench.responder import Responder


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """The port of a responder on this loop."""
    server = await asyncio.get_running_loop().create_server(Responder, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("in_flight", [1, 4])
@pytest.mark.parametrize(
    "name", ["rest", "trade", "rest socket", "trade socket", "rest protocol", "trade protocol"]
)
async def test_every_order_is_answered(name: str, in_flight: int, port: int, tmp_path: Path) -> None:
    """A round ends with an answer to each of its orders."""
    contestants: dict[str, Contestant] = {
        "rest": OurRest(tmp_path),
        "trade": OurTrade(tmp_path),
        "rest socket": rest_socket(),
        "trade socket": trade_socket(),
        "rest protocol": BareRest(CREDENTIALS, ORDER),
        "trade protocol": BareTrade(ORDER),
    }

    timing = await contestants[name].round(port, 16, in_flight)

    assert 0 < timing.p50_us <= timing.p99_us
