"""Tests of what a client believes of its orders."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from drivers.order_states import Fills, Order, State, plain


def order() -> Order:
    """An order that was sent."""
    return Order("a", "c-1", "Buy", Decimal("1.5"), Decimal(4))


def row(status: str, filled: str = "0", at_ms: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    """A row of the order."""
    shown = {
        "orderStatus": status,
        "cumExecQty": filled,
        "updatedTime": str(at_ms),
        "price": "1.5",
        "qty": "4",
    }
    return {**shown, **more}


def execution(exec_id: str, side: str = "Buy", **more: str) -> dict[str, str]:
    """An execution of two coins at 1.5 with a fee of 0.01."""
    shown = {"execId": exec_id, "side": side, "execQty": "2", "execPrice": "1.5", "execFee": "0.01"}
    return {**shown, "orderLinkId": "c-1", "execTime": "7", "feeCurrency": "", **more}


def test_figures_are_plain() -> None:
    """A figure has no exponent and no trailing zeros."""
    assert [plain(Decimal(text)) for text in ("1E-8", "1.50", "100", "0.0")] == [
        "0.00000001",
        "1.5",
        "100",
        "0",
    ]


LIFE = (
    row("New", at_ms=1),
    row("PartiallyFilled", "1", 2),
    row("PartiallyFilled", "3", 3),
    row("Filled", "4", 4),
)


@pytest.mark.parametrize("rows", [*permutations(LIFE)])
def test_the_order_of_the_rows_does_not_matter(rows: tuple[dict[str, Any], ...]) -> None:
    """Whatever the order of the pushes, each of them twice, the order ends as the venue ended it."""
    seen = order()
    for each in (*rows, *rows):
        assert seen.take(each)

    assert (seen.state, seen.filled, seen.is_final) == (State.FILLED, Decimal(4), True)


def test_a_cancelled_order_keeps_what_was_filled() -> None:
    """A cancel after a fill leaves the fill, also when its row shows less."""
    seen = order()
    seen.take(row("PartiallyFilled", "3", 2))
    seen.take(row("Cancelled", "0", 3, cancelType="CancelByDCP"))

    assert (seen.state, seen.filled, seen.reason) == (State.CANCELLED, Decimal(3), "CancelByDCP")


def test_a_cancel_of_its_own_has_no_reason() -> None:
    """The venue's words for a cancel by the user are no reason."""
    seen = order()
    seen.take(row("Cancelled", cancelType="CancelByUser", rejectReason="EC_PerCancelRequest"))

    assert seen.reason == ""


@pytest.mark.parametrize("wrong", [{"orderStatus": "Melted"}, {"orderStatus": None}, {"cumExecQty": ""}])
def test_a_row_that_is_not_clear_makes_it_unknown(wrong: dict[str, Any]) -> None:
    """An unknown status or a missing figure means that the venue must be asked; a clear row ends that."""
    seen = order()
    states = []
    for shown in ({**row("New"), **wrong}, row("New")):
        seen.take(shown)
        states.append(seen.state)

    assert states == [State.UNKNOWN, State.LIVE]


def test_the_venue_wins_over_a_conclusion() -> None:
    """An order that was concluded to be absent is LIVE once the venue shows it."""
    seen = order()
    seen.conclude(State.REJECTED, "absent")
    assert not seen.is_final

    seen.take(row("New"))

    assert (seen.state, seen.reason) == (State.LIVE, "")


def test_what_the_venue_closed_stays_closed() -> None:
    """No conclusion and no row reopens an order that the venue has closed."""
    seen = order()
    seen.take(row("Rejected", rejectReason="EC_PostOnlyWillTakeLiquidity"))
    seen.conclude(State.UNKNOWN, "no answer")
    seen.take(row("New", at_ms=9))

    assert (seen.state, seen.reason) == (State.REJECTED, "EC_PostOnlyWillTakeLiquidity")


def test_the_price_is_the_venues() -> None:
    """The report shows the price of the newest row, not the one that was sent."""
    seen = order()
    seen.take(row("New", price="1.4"))

    assert seen.report()["price"] == "1.4"


@pytest.mark.parametrize(
    ("side", "fee", "coin", "base", "quote"),
    [
        ("Buy", "0.01", "", "1.99", "-3"),
        ("Buy", "-0.01", "", "2", "-2.99"),
        ("Sell", "0.01", "", "-2", "2.99"),
        ("Sell", "-0.01", "", "-1.99", "3"),
        ("Buy", "0.01", "USDT", "2", "-3.01"),
        ("Buy", "0", "", "2", "-3"),
    ],
)
def test_a_fee_is_charged_in_its_coin(side: str, fee: str, coin: str, base: str, quote: str) -> None:
    """A fee or a rebate changes the coin that the venue names, or that its rule says."""
    fills = Fills("XRP", "USDT")
    assert fills.take(execution("1", side, execFee=fee, feeCurrency=coin)) is True

    assert (fills.base, fills.quote) == (Decimal(base), Decimal(quote))


def test_an_execution_counts_once() -> None:
    """The same execId counts once, and what an order has filled is the sum of its executions."""
    fills = Fills("XRP", "USDT")
    assert [fills.take(execution(exec_id)) for exec_id in ("1", "1", "2")] == [True, False, True]

    assert (fills.filled, fills.newest_ms) == ({"c-1": Decimal(4)}, 7)


@pytest.mark.parametrize("name", ["execId", "execQty", "execPrice", "execFee", "side"])
def test_an_execution_that_lacks_a_field_is_not_counted(name: str) -> None:
    """Without one of its figures an execution must be fetched."""
    fills = Fills("XRP", "USDT")

    assert fills.take({**execution("1"), name: ""}) is None
    assert fills.base == 0
