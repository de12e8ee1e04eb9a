"""What streams alone tell."""

from decimal import Decimal
from typing import Any

import pytest

from bench.soak.laws import Law, Ledger
from bench.soak.mirror import BookCopy, Orders

NEW: dict[str, Any] = {
    "orderId": "1",
    "orderLinkId": "a",
    "symbol": "BTCUSDT",
    "side": "Buy",
    "orderStatus": "New",
    "timeInForce": "PostOnly",
    "price": "10",
    "qty": "3",
    "leavesQty": "3",
    "cumExecQty": "0",
}
PARTIAL = {**NEW, "orderStatus": "PartiallyFilled", "leavesQty": "2", "cumExecQty": "1"}
CANCELLED = {**PARTIAL, "orderStatus": "PartiallyFilledCanceled", "leavesQty": "0"}
EXECUTION: dict[str, Any] = {"orderId": "1", "execQty": "1", "isMaker": True}
MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("order", NEW),
    ("execution", EXECUTION),
    ("order", PARTIAL),
    ("order", CANCELLED),
]


def _told(messages: list[tuple[str, dict[str, Any]]]) -> Orders:
    orders = Orders(Ledger())
    for topic, row in messages:
        orders.take(topic, [row])
    return orders


def test_a_sound_stream_breaks_nothing() -> None:
    """Each law is looked at, and the order is open until its end."""
    before, after = _told(MESSAGES[:3]), _told(MESSAGES)

    assert before.is_like([PARTIAL])
    assert (after.open, after.ended, after.ledger.broken) == ({}, {"1"}, {})
    assert after.ledger.seen == {Law.EXECUTIONS: 3, Law.MAKER_ONLY: 3, Law.ADDS_UP: 2}


@pytest.mark.parametrize(
    ("messages", "law"),
    [
        ([("order", {**NEW, "leavesQty": "2"})], Law.ADDS_UP),
        ([MESSAGES[0], MESSAGES[2]], Law.EXECUTIONS),
        ([("execution", {**EXECUTION, "isMaker": False}), MESSAGES[2]], Law.MAKER_ONLY),
        ([*MESSAGES, MESSAGES[3]], Law.ENDS_ONCE),
        ([*MESSAGES, MESSAGES[0]], Law.ENDS_ONCE),
    ],
)
def test_a_stream_that_is_not_sound_is_told(messages: list[tuple[str, dict[str, Any]]], law: Law) -> None:
    """Each law is broken by its message."""
    assert law in _told(messages).ledger.broken


@pytest.mark.parametrize("listed", [[], [NEW], [PARTIAL, {**NEW, "orderId": "2"}]])
def test_a_lookup_that_shows_something_else_differs(listed: list[dict[str, str]]) -> None:
    """An order too few, another state, an order too many."""
    assert not _told(MESSAGES[:3]).is_like(listed)


SNAPSHOT = {"s": "X", "u": 5, "b": [["10", "1"]], "a": [["11", "1"]]}
DELTA = {"s": "X", "u": 6, "b": [["10", "0"], ["9", "2"]], "a": []}
AFTER = {"s": "X", "u": 6, "b": [["9", "2"]], "a": [["11", "1"]]}


def _kept(*frames: tuple[str, dict[str, Any]], shown: dict[str, Any] | None = None) -> BookCopy:
    book = BookCopy(Ledger())
    if shown:
        book.compare(shown)
    for kind, content in frames:
        book.take(kind, content)
    return book


def test_a_book_follows_its_frames() -> None:
    """Levels of size 0 go, and what is older than the book is left out."""
    book = _kept(("snapshot", SNAPSHOT), ("delta", DELTA), ("delta", SNAPSHOT))

    assert (book.u, book.bids, book.asks) == (6, {Decimal(9): ("2",)}, {Decimal(11): ("1",)})


def test_a_delta_waits_for_the_snapshot() -> None:
    """What comes before a snapshot is applied after it, unless the snapshot has it already."""
    older = {**DELTA, "u": 5, "b": [["8", "7"]]}

    book = _kept(("delta", older), ("delta", DELTA), ("snapshot", SNAPSHOT))

    assert (book.u, book.bids, book.asks) == (6, {Decimal(9): ("2",)}, {Decimal(11): ("1",)})


def test_a_book_is_compared_under_the_same_u() -> None:
    """The same state is kept, another one under the same u is not, and a u that never came tells nothing."""
    frames = ("snapshot", SNAPSHOT), ("delta", DELTA)

    same, other = _kept(*frames, shown=AFTER), _kept(*frames, shown={**AFTER, "a": [["12", "1"]]})
    passed = _kept(("snapshot", {**SNAPSHOT, "u": 9}), shown=AFTER)

    assert (same.ledger.seen[Law.DELTAS], same.ledger.broken) == (1, {})
    assert list(other.ledger.broken) == [Law.DELTAS]
    assert passed.ledger.seen[Law.DELTAS] == 0


def test_a_crossed_book_is_told() -> None:
    """A bid at the ask breaks the law."""
    assert list(_kept(("snapshot", {**SNAPSHOT, "b": [["11", "1"]]})).ledger.broken) == [Law.CROSSED]
