"""The code mutants that no check can or may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

_UNASKED = (
    "No item of the checklist is about it; the venue has it for the client libraries and for other clients."
)
_OPAQUE = "The documents give it no value that a client may rely on."
EQUIVALENT: Mapping[str, str] = {
    # Beyond the checklist.
    **dict.fromkeys(
        (
            "rest/demo_trading.py *",
            "rest/account_settings.py borrow_check: *",
            "rest/account_settings.py pre_check: *",
            "rest/account_settings.py positions: *",
            "rest/market_data.py full_order_book: *",
            "rest/market_data.py rpi_order_book: *",
            "rest/market_data.py kline: *",
            "rest/order_rates.py *",
            "engine/candles.py *",
            "engine/trades.py Tape.candles: *",
            "model/book.py Book.rpi_depth: *",
            "rest/account_settings.py _coin: *chain*",
            "streams/subscriptions.py _fault: *kline*",
        ),
        _UNASKED,
    ),
    **dict.fromkeys(
        ("venue.py Venue.close_newest: *", "venue.py Venue.turn_trade_sessions_away: *"),
        "A control of the embedded venue, by which a check sets up its situation.",
    ),
    # Equivalent by the documents.
    "*connId*": _OPAQUE,
    "model/ledger.py Ledger.__init__: *seed*": "Ids and numbers may begin anywhere.",
    "server.py *_NotTheClients*": "What the venue logs reaches no client.",
    "server.py serve: *LOOPBACK*": "On which address a venue listens is its own business.",
    "server.py module: 1024 → 1025": "No document limits the size of a body.",
    'rest/batches.py *: "OK" → *': "The text of a success is no contract.",
}
"""Pattern of a mutant's name -> why the venue answers within the documents all the same.

These mutants do not count in the share, unless one is killed all the same.
"""


def reason(name: str) -> str:
    """Why no check may kill a mutant, "" when one should."""
    # A bracket in code is no set of characters.
    patterns = ((pattern.replace("[", "[[]"), why) for pattern, why in EQUIVALENT.items())
    return next((why for pattern, why in patterns if fnmatchcase(name, pattern)), "")
