"""Which message proves a failure."""

from typing import Any

import pytest

from fixtures.record.evidence import LONGEST_TEXT, Channel, Record
from reports.verdict.frames import LONGEST_FRAME, Clues, frame_of
from tests.reports.made_up import received, sent


def order(seq: int, **row: Any) -> Record:  # noqa: ANN401 - any field of a row
    """A push of the order stream with one row."""
    return received(seq, Channel.PRIVATE, "order.spot", {"data": [row]})


def seq_of(records: list[Record], clues: Clues) -> int | None:
    """The position of the message that proves a failure, None when there is none."""
    frame = frame_of(records, clues)
    return None if frame is None else frame.seq


def test_message_of_the_order_and_its_value_is_the_proof() -> None:
    """Of several messages the one that holds the order's id and what was seen, not the last one."""
    records = [
        order(1, orderId="77", timeInForce="GTC"),
        order(2, orderId="78", timeInForce="GTC"),
        order(3, orderId="77", timeInForce="PostOnly"),
    ]

    assert seq_of(records, Clues(orders=("77", "run-1"), values=("GTC",))) == 1
    assert seq_of(records, Clues(orders=("77",))) == 3
    assert seq_of(records, Clues()) == 3


@pytest.mark.parametrize("written", ["20", "20.00", 20, 20.0, "2E+1"], ids=repr)
def test_figures_are_compared_by_their_amount(written: object) -> None:
    """The venue pads a figure or not: it is the same."""
    records = [order(1, cumExecQty=written), order(2, cumExecQty="200", orderId="20x")]

    assert seq_of(records, Clues(values=("20.0",))) == 1


def test_flags_are_compared_as_they_are_written() -> None:
    """A flag of JSON is the word for it."""
    assert seq_of([order(1, isMaker=False), order(2, isMaker=True)], Clues(values=("false",))) == 1


def test_code_comes_before_everything() -> None:
    """A refusal that the failure names is its proof; one that shows its root cause is the next best."""
    named = received(1, Channel.REST, "POST /v5/order/create", {}, ret_code=10005)
    related = received(2, Channel.REST, "GET /v5/user/query-api", {}, ret_code=10003)
    later = order(3, orderId="77")

    assert seq_of([named, related, later], Clues(frozenset({10005}), frozenset({10003}), ("77",))) == 1
    assert seq_of([named, related, later], Clues(related=frozenset({10003}), orders=("77",))) == 2


def test_answer_proves_what_was_answered() -> None:
    """A failure about an answer is proven by one, a wrong acknowledgement by that of the last change."""
    created = received(1, Channel.REST, "POST /v5/order/create", {"orderId": "77"}, ret_code=0)
    amended = received(2, Channel.TRADE, "order.amend-batch", {"list": [{"code": 170134}]}, ret_code=0)
    looked_up = received(3, Channel.REST, "GET /v5/order/realtime", {"orderId": "77"}, ret_code=0)
    pushed = order(4, orderId="77")
    records = [created, amended, looked_up, pushed]

    assert seq_of(records, Clues(orders=("77",))) == 4
    assert seq_of(records, Clues(orders=("77",), answered=True)) == 3
    assert seq_of(records, Clues(orders=("77",), answered=True, acknowledged=True)) == 1
    assert seq_of(records, Clues(answered=True, acknowledged=True)) == 2
    assert seq_of(records, Clues(frozenset({170134}), orders=("77",), answered=True)) == 2


def test_operation_finds_what_has_no_value() -> None:
    """What could not be read is proven by the answer to what was asked."""
    records = [
        received(1, Channel.REST, "GET /v5/order/realtime", {}),
        received(2, Channel.REST, "GET /v5/market/time", {}),
    ]

    assert seq_of(records, Clues(operation="/v5/order/realtime")) == 1


def test_what_did_not_come_is_proven_by_its_own_order() -> None:
    """The proof of a missing push is a message about the same order; another message is none."""
    own = received(1, Channel.REST, "POST /v5/order/create", {"result": {"orderId": "77"}}, ret_code=0)
    other = order(2, orderId="78", orderStatus="New")
    missed = Clues(orders=("77",), values=("New",), awaited=True)

    assert seq_of([own, other], missed) == 1
    assert seq_of([other], missed) is None
    assert seq_of([other], Clues(awaited=True)) is None
    assert seq_of([other], Clues(values=("New",), awaited=True)) == 2


def test_what_the_venue_sent_alone_proves_something() -> None:
    """A request proves nothing; public market data and the wallet come last."""
    records = [
        sent(0, Channel.REST, "GET /v5/market/time", ""),
        received(1, Channel.REST, "GET /v5/market/time", {"retCode": 0}, ret_code=0),
        received(2, Channel.PRIVATE, "wallet", {"data": []}),
        received(3, Channel.PUBLIC, "orderbook.50", {"data": {"b": [["0.25", "7"]]}}),
        sent(4, Channel.REST, "GET /v5/market/time", "7"),
    ]

    assert seq_of(records, Clues()) == 1
    assert seq_of(records, Clues(values=("0.25", "7"))) == 3
    assert seq_of(records[3:], Clues()) == 3
    assert seq_of(records[:1], Clues()) is None


def test_excerpt_shows_what_proves_it() -> None:
    """A long message is shown around the longest value that it holds, a short one whole."""
    long = received(1, Channel.REST, "GET /v5/execution/list", {"pad": "x" * 2000, "execQty": "20.000000"})

    frame = frame_of([long], Clues(values=("20", "x")))

    assert frame is not None
    assert '"execQty"' in frame.text
    assert "20.000000" in frame.text
    assert frame.text.startswith("…")
    assert len(frame.text) <= LONGEST_FRAME + 2
    short = frame_of([order(1, orderId="77")], Clues(orders=("77",)))
    assert short is not None
    assert short.text == order(1, orderId="77").text


def test_message_that_is_cut_is_searched_as_text() -> None:
    """What is no whole JSON any more may still hold the order."""
    body = {"orderId": "2290000000001", "p": "x" * LONGEST_TEXT}
    whole = received(1, Channel.REST, "GET /v5/order/history", body)
    cut = Record(1, 0, whole.channel, whole.direction, whole.title, f"{whole.text[:LONGEST_TEXT]}… (cut)")

    assert seq_of([cut, order(2, orderId="78")], Clues(orders=("2290000000001",))) == 1
