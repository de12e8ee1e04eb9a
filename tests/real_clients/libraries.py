"""Unmodified client libraries, and how each is pointed at the embedded venue.

They are imported by name because they are optional and carry no usable types.
"""

import time
from dataclasses import dataclass, field
from importlib import import_module
from queue import Empty, Queue
from typing import Any

from fixtures.config.environment import Credentials
from fixtures.v5 import paths
from fixtures.venue.server import VenueAddress

ccxt = import_module("ccxt")
ccxt_async = import_module("ccxt.async_support")
ccxt_pro = import_module("ccxt.pro")
unified_trading = import_module("pybit.unified_trading")
pybit_trading = import_module("pybit._websocket_trading")
pybit_errors = import_module("pybit.exceptions")

DEADLINE_S = 5.0


@dataclass(slots=True)
class Inbox:
    """The rows that a library's thread delivers; a test waits for one of them."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    rows: "Queue[dict[str, Any]]" = field(default_factory=Queue)

    def take(self, message: dict[str, Any]) -> None:
        """Keep the rows of a push, or the whole message when it has none."""
        content = message.get("data")
        for row in content if isinstance(content, list) else [message]:
            self.rows.put(row)

    def until(self, **fields: object) -> dict[str, Any]:
        """Wait for the next row with these fields; fails with the list of the rows that came instead."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                row = self.rows.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise AssertionError(f"no {fields} within {DEADLINE_S} s among {self.seen}") from None
            self.seen.append(row)
            if fields.items() <= row.items():
                return row


def pybit_http(address: VenueAddress, credentials: Credentials, **options: object) -> Any:  # noqa: ANN401 - the library has no types
    """A pybit HTTP session that reports a refused timestamp at once instead of retrying it."""
    key = {"api_key": credentials.key, "api_secret": credentials.secret}
    session = unified_trading.HTTP(**key, retry_codes={10006}, recv_window=5000, **options)
    session.endpoint = address.rest
    session.client.trust_env = False
    return session


def ccxt_options(address: VenueAddress, credentials: Credentials, **fetch_markets: object) -> dict[str, Any]:
    """The constructor options of ccxt's three clients; fetch_markets: extra options of fetchMarkets."""
    rest, stream = address.rest, address.stream
    streams = {
        "public": {"spot": stream + paths.PUBLIC_STREAM},
        "private": {
            "contract": stream + paths.PRIVATE_STREAM,
            "spot": {"unified": stream + paths.PRIVATE_STREAM},
            "trade": stream + paths.TRADE_STREAM,
        },
    }
    return {
        "apiKey": credentials.key,
        "secret": credentials.secret,
        "urls": {"api": {"spot": rest, "public": rest, "private": rest, "ws": streams}},
        "has": {"fetchCurrencies": False},
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"], **fetch_markets}},
    }
