"""What an order costs a book: the best matching library that installs, our book alone, our whole core."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bench.core import Filled
from fixtures.v5.enums import OrderType, Side, TimeInForce
from fixtures.venue.model.book import Book
from fixtures.venue.model.orders import NewOrder, Order

LIBRARY = "limit_order_book"
_RESTING, _PAIRS, _ROUNDS = 1_000, 1_000, 7
_TOUCH = 64_900


def matching_us() -> dict[str, float | None]:
    """Microseconds of each, medians of interleaved rounds; None for a library that is not installed."""
    filled = Filled()
    filled.grow(_RESTING)
    rounds: dict[str, Callable[[], float] | None] = {
        LIBRARY: _library() if find_spec(LIBRARY) else None,
        "our book alone": _book(),
        "our core": lambda: 1e6 / filled.pairs_per_s(),
    }
    taken: dict[str, list[float]] = {name: [] for name in rounds}
    for _ in range(_ROUNDS):
        for name, measure in rounds.items():
            if measure is not None:
                taken[name].append(measure())
    return {name: round(statistics.median(us), 2) if us else None for name, us in taken.items()}


def _library() -> Callable[[], float]:
    book: Any = import_module(f"{LIBRARY}.{LIBRARY}").LimitOrderBook()
    for number in range(_RESTING):
        book.limit_buy(number + 1, 1, _price(number))

    def pairs() -> None:
        for number in range(_PAIRS):
            name = _RESTING + 1 + number
            book.limit_buy(name, 1, _price(number * 7))
            book.cancel(name)

    return lambda: _timed(pairs)


def _book() -> Callable[[], float]:
    book = Book()
    for number in range(_RESTING):
        book.add(_order(number, number))

    def pairs() -> None:
        for number in range(_PAIRS):
            order = _order(_RESTING + number, number * 7)
            if book.crosses(order.side, order.limit_price):
                raise RuntimeError("nothing is on the other side")
            book.add(order)
            book.remove(order)

    return lambda: _timed(pairs)


def _order(name: int, level: int) -> Order:
    price, qty = Decimal(_price(level)), Decimal(1)
    ask = NewOrder("BTCUSDT", Side.BUY, OrderType.LIMIT, TimeInForce.GTC, qty, price)
    return Order(str(name), "", "1", ask, price, qty, 0, 0, price)


def _price(level: int) -> int:
    return _TOUCH - level % 1_000


def _timed(pairs: Callable[[], None]) -> float:
    began = time.perf_counter_ns()
    pairs()
    return (time.perf_counter_ns() - began) / (2 * _PAIRS) / 1000
