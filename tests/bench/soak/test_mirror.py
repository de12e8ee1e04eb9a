"""Orders and books that are rebuilt from streams alone."""

from decimal import Decimal
from typing import Any

import pytest

from bench.soak.laws import ClientLaw, LawLedger
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


def _rebuilt(messages: list[tuple[str, dict[str, Any]]]) -> Orders:
    orders = Orders(LawLedger())
    for topic, row in messages:
        orders.take(topic, [row])
    return orders


def test_a_conforming_stream_breaks_nothing() -> None:
    """Each law is observed, and the order is open until its terminal state."""
    before, after = _rebuilt(MESSAGES[:3]), _rebuilt(MESSAGES)

    assert before.is_like([PARTIAL])
    assert (after.open, after.ended, after.ledger.broken) == ({}, {"1"}, {})
    assert after.ledger.seen == {ClientLaw.EXECUTIONS: 3, ClientLaw.MAKER_ONLY: 3, ClientLaw.ADDS_UP: 2}


@pytest.mark.parametrize(
    ("messages", "law"),
    [
        ([("order", {**NEW, "leavesQty": "2"})], ClientLaw.ADDS_UP),
        ([MESSAGES[0], MESSAGES[2]], ClientLaw.EXECUTIONS),
        ([("execution", {**EXECUTION, "isMaker": False}), MESSAGES[2]], ClientLaw.MAKER_ONLY),
        ([*MESSAGES, MESSAGES[3]], ClientLaw.ENDS_ONCE),
        ([*MESSAGES, MESSAGES[0]], ClientLaw.ENDS_ONCE),
    ],
)
def test_a_wrong_message_breaks_its_law(messages: list[tuple[str, dict[str, Any]]], law: ClientLaw) -> None:
    """Each law is broken by the message that contradicts it."""
    assert law in _rebuilt(messages).ledger.broken


@pytest.mark.parametrize("listed", [[], [NEW], [PARTIAL, {**NEW, "orderId": "2"}]])
def test_a_lookup_that_shows_something_else_differs(listed: list[dict[str, str]]) -> None:
    """An order too few, another state, an order too many."""
    assert not _rebuilt(MESSAGES[:3]).is_like(listed)


SNAPSHOT = {"s": "X", "u": 5, "b": [["10", "1"]], "a": [["11", "1"]]}
DELTA = {"s": "X", "u": 6, "b": [["10", "0"], ["9", "2"]], "a": []}
AFTER = {"s": "X", "u": 6, "b": [["9", "2"]], "a": [["11", "1"]]}


def _kept(*frames: tuple[str, dict[str, Any]], shown: dict[str, Any] | None = None) -> BookCopy:
    book = BookCopy(LawLedger())
    if shown:
        book.compare(shown)
    for kind, content in frames:
        book.take(kind, content)
    return book


def test_a_book_follows_its_frames() -> None:
    """Levels of size 0 go, and what is older than the book is ignored."""
    book = _kept(("snapshot", SNAPSHOT), ("delta", DELTA), ("delta", SNAPSHOT))

    assert (book.u, book.bids, book.asks) == (6, {Decimal(9): ("2",)}, {Decimal(11): ("1",)})


def test_a_delta_waits_for_the_snapshot() -> None:
    """What comes before a snapshot is applied after it, unless the snapshot has it already."""
    older = {**DELTA, "u": 5, "b": [["8", "7"]]}

    book = _kept(("delta", older), ("delta", DELTA), ("snapshot", SNAPSHOT))

    assert (book.u, book.bids, book.asks) == (6, {Decimal(9): ("2",)}, {Decimal(11): ("1",)})


def test_a_book_is_compared_under_the_same_u() -> None:
    """The same state is kept, another under the same u is not, and a u that never came is not compared."""
    frames = ("snapshot", SNAPSHOT), ("delta", DELTA)

    same, other = _kept(*frames, shown=AFTER), _kept(*frames, shown={**AFTER, "a": [["12", "1"]]})
    passed = _kept(("snapshot", {**SNAPSHOT, "u": 9}), shown=AFTER)

    assert (same.ledger.seen[ClientLaw.DELTAS], same.ledger.broken) == (1, {})
    assert list(other.ledger.broken) == [ClientLaw.DELTAS]
    assert passed.ledger.seen[ClientLaw.DELTAS] == 0


def test_a_crossed_book_breaks_its_law() -> None:
    """A bid at the ask breaks the law."""
    assert list(_kept(("snapshot", {**SNAPSHOT, "b": [["11", "1"]]})).ledger.broken) == [ClientLaw.CROSSED]
