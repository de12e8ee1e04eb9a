"""Refusals: what else a request can get wrong, each answered with its documented code.

Every request here must be refused. What is amended or cancelled is an own resting order, which must be
as it was afterwards.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import MAJOR, check, during, over_both_transports, over_trade_stream
from fixtures.desk import (
    Account,
    Desk,
    Market,
    Order,
    View,
    amount_terms,
    attempt_amend_with,
    attempt_batch_of_cancels,
    attempt_cancel_all_with,
    attempt_cancel_as,
    attempt_cancel_with,
    attempt_together,
)
from fixtures.v5.codes import NOTHING_ORDERED, RetCode
from fixtures.v5.enums import Phase, Side
from fixtures.v5.filters import plain

MOST_ITEMS = 10
LONGEST_REQ_ID = 36
UNKNOWN_SYMBOL = {
    RetCode.INVALID_SYMBOL,
    RetCode.SYMBOL_NOT_WHITELISTED,
    RetCode.ORDER_NOT_EXIST,
}
EMPTY = {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}
RPI_REFUSED = {RetCode.RPI_ONLY_MM, RetCode.RPI_ONLY_MM_UTA}
UNREADABLE = {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}

AMENDS: dict[str, tuple[dict[str, object], set[RetCode]]] = {
    "number for qty": ({"qty": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "word for qty": ({"qty": "ten"}, UNREADABLE),
    "word for price": ({"price": "ten"}, UNREADABLE),
    "no symbol": ({"symbol": None}, EMPTY),
    "unknown symbol": ({"symbol": "NOSUCHCOINUSDT"}, UNKNOWN_SYMBOL),
    "no order named": ({"orderLinkId": None}, EMPTY),
}
"""What is wrong with an amend -> the terms that are replaced, and the documented codes."""

CANCELS: dict[str, tuple[dict[str, object], set[RetCode]]] = {
    "number for symbol": ({"symbol": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "no symbol": ({"symbol": None}, EMPTY),
    "unknown symbol": ({"symbol": "NOSUCHCOINUSDT"}, UNKNOWN_SYMBOL),
    "no order named": ({"orderId": None}, EMPTY),
    "unknown orderFilter": ({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}),
}
"""What is wrong with a cancel -> the terms that are replaced, and the documented codes."""


@check("ERR-01", severity=MAJOR, at_risk=0)
@over_both_transports
async def test_batch_of_ten_is_taken(desk: Desk) -> None:
    """A batch of ten is judged item by item.

    It stands apart from the batch of eleven, because both at once are more than the rate limit allows.

    Sequence: batch of ten cancels of orders that never were, acknowledged.
    Passes: the answer carries retCode 0.
    Source: docs/v5/order/batch-cancel.mdx, request
    """
    ten = await attempt_batch_of_cancels(desk, MOST_ITEMS)

    assert ten.ret_code == 0, f"a batch of ten was {ten}"


@check("ERR-01", severity=MAJOR, at_risk=1)
@pytest.mark.parametrize("fault", list(AMENDS))
@over_both_transports
async def test_refused_amend_carries_its_code(desk: Desk, fault: str) -> None:
    """An amend with one wrong term is refused with the code of that term, and the order is as it was.

    Sequence: create, New, spoiled amend, refused.
    Passes: the refusal carries a documented code of the wrong term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/amend-order.mdx
    """
    order = await _resting(desk)
    terms, codes = AMENDS[fault]
    price = desk.instrument.away(order.price, order.side, ticks=1)
    sound: dict[str, object] = {"qty": plain(order.qty * 2), "price": plain(price)}

    answer = await attempt_amend_with(desk, order, **{**sound, **terms})

    assert answer.ret_code in codes, f"{fault}: an amend was {answer}, documented: {_names(codes)}"
    await _assert_unchanged(desk, order)


@check("ERR-01", severity=MAJOR, at_risk=1)
@pytest.mark.parametrize("fault", list(CANCELS))
@over_both_transports
async def test_refused_cancel_carries_its_code(desk: Desk, fault: str) -> None:
    """A cancel with one wrong term is refused with the code of that term, and the order is as it was.

    Sequence: create, New, spoiled cancel, refused.
    Passes: the refusal carries a documented code of the wrong term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/cancel-order.mdx
    """
    order = await _resting(desk)
    terms, codes = CANCELS[fault]

    answer = await attempt_cancel_with(desk, order, **terms)

    assert answer.ret_code in codes, f"{fault}: a cancel was {answer}, documented: {_names(codes)}"
    await _assert_unchanged(desk, order)


@check("FLT-04", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_amend_off_tick_is_refused(desk: Desk) -> None:
    """An amend to a price between two ticks is refused for its decimals, and the order is as it was.

    Sequence: create, New, amend to a price a tenth of a tick higher, refused.
    Passes: the refusal carries 170134, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170134
    """
    order = await _resting(desk)

    answer = await attempt_amend_with(desk, order, price=plain(order.price + desk.instrument.tick_size / 10))

    assert answer.ret_code == RetCode.PRICE_DECIMALS, f"an amend off the tick grid was {answer}"
    await _assert_unchanged(desk, order)


@check("FLT-05", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_amend_off_lot_is_refused(desk: Desk) -> None:
    """An amend to a quantity between two base steps is refused for its decimals, and the order is as it was.

    Sequence: create, New, amend to a tenth of a step more, refused.
    Passes: the refusal carries 170137, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170137
    """
    order = await _resting(desk)

    answer = await attempt_amend_with(desk, order, qty=plain(order.qty + desk.instrument.base_precision / 10))

    assert answer.ret_code == RetCode.QTY_DECIMALS, f"an amend off the lot grid was {answer}"
    await _assert_unchanged(desk, order)


@check("FLT-06", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_amend_has_the_minimum_amount_as_its_edge(desk: Desk) -> None:
    """An amend to the least quantity is acknowledged, one to a step less is refused.

    Sequence: create of one step more than the least, New, amend to a step below the least, refused, amend
        to the least, acknowledged.
    Passes: the first amend carries 170140, or a documented code of a quantity of zero where one step is the
        least; the second carries retCode 0.
    Source: docs/v5/error.mdx, 170140
    """
    price, step = await desk.passive_price(Side.BUY), desk.instrument.base_precision
    least = desk.instrument.least_qty(price)
    order = await desk.place(Side.BUY, price, least + step)
    await desk.resting(order)

    below = await attempt_amend_with(desk, order, qty=plain(least - step))
    at = await attempt_amend_with(desk, order, qty=plain(least))

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if least > step else NOTHING_ORDERED
    assert below.ret_code in too_little, f"an amend below the minimum was {below}"
    assert at.ret_code == 0, f"an amend to the minimum was {at}"


@check("ERR-02", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_amend_beyond_balance_carries_its_code(desk: Desk, account: Account) -> None:
    """A sell amended to one step more than the free balance and its own hold is refused, to a step less not.

    Sequence: create of a sell, New, amend beyond the balance, refused, amend to all of it, acknowledged.
    Passes: the refusal carries 170131, and realtime shows the order unchanged; then the retCode is 0.
    Source: docs/v5/error.mdx, 170131
    """
    order = await desk.place(Side.SELL, await desk.passive_price(Side.SELL))
    await desk.resting(order)
    free = (await account.balance(desk.instrument.base_coin)).free
    beyond = desk.instrument.more_than(free + order.qty, order.price)

    answer = await attempt_amend_with(desk, order, qty=plain(beyond))

    assert answer.ret_code == RetCode.BALANCE_INSUFFICIENT, f"an amend beyond the balance was {answer}"
    await _assert_unchanged(desk, order)
    price = desk.instrument.away(order.price, order.side, ticks=1)
    all_of_it = beyond - desk.instrument.base_precision
    at = await attempt_amend_with(desk, order, qty=plain(all_of_it), price=plain(price))
    assert at.ret_code == 0, f"an amend to all of the balance was {at}"


@check("ERR-01", severity=MAJOR, at_risk=0)
@pytest.mark.parametrize(
    ("term", "codes"),
    [
        pytest.param({"category": "no-such"}, {RetCode.REQUEST_PARAM_ERROR}, id="category"),
        pytest.param({"symbol": "NOSUCHCOINUSDT"}, UNKNOWN_SYMBOL, id="symbol"),
        pytest.param({"orderFilter": 1}, {RetCode.REQUEST_PARAM_ERROR}, id="number for orderFilter"),
        pytest.param({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}, id="orderFilter"),
    ],
)
async def test_refused_cancel_all_carries_its_code(
    desk: Desk, term: dict[str, object], codes: set[RetCode]
) -> None:
    """A cancel-all that names a category, symbol or filter that does not exist, or no text, is refused.

    Sequence: spoiled cancel-all, refused.
    Passes: the refusal carries a documented code of the wrong term.
    Source: docs/v5/order/cancel-all.mdx, docs/v5/error.mdx
    """
    answer = await attempt_cancel_all_with(desk, **term)

    assert answer.ret_code in codes, f"a cancel-all with {term} was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=1)
@pytest.mark.parametrize("op", ["create", "amend", "cancel"])
async def test_illegal_category_carries_its_code(desk: Desk, op: str) -> None:
    """A category that does not exist is refused with 10001 over REST, whatever is asked.

    Sequence: create, New; create, amend or cancel of another category, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/error.mdx, 10001
    """
    order = await _resting(desk)
    attempts = {
        "create": lambda: desk.attempt_with(category="no-such"),
        "amend": lambda: attempt_amend_with(desk, order, category="no-such", qty=plain(order.qty * 2)),
        "cancel": lambda: attempt_cancel_with(desk, order, category="no-such"),
    }

    answer = await attempts[op]()

    assert answer.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a {op} of no category was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=1)
@over_trade_stream
async def test_illegal_category_carries_its_code_on_the_stream(desk: Desk) -> None:
    """A category that does not exist is refused with 10404 on the trade stream.

    Sequence: create of another category, refused.
    Passes: the refusal carries 10404.
    Source: docs/v5/websocket/trade/guideline.mdx, 10404
    """
    answer = await desk.attempt_with(category="no-such")

    assert answer.ret_code == RetCode.WS_OP_OR_CATEGORY, f"an order of no category was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
@over_both_transports
async def test_batch_has_ten_items_at_most(desk: Desk) -> None:
    """A batch of eleven, or of none, is refused as a whole.

    Sequence: batch of eleven cancels of orders that never were, of none, refused.
    Passes: either answer carries 10001.
    Source: docs/v5/order/batch-cancel.mdx, request
    """
    answers = {count: await attempt_batch_of_cancels(desk, count) for count in (MOST_ITEMS + 1, 0)}

    for count, answer in answers.items():
        assert answer.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a batch of {count} was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
@pytest.mark.parametrize("count", [0, 2])
@over_trade_stream
async def test_frame_is_for_one_request(desk: Desk, count: int) -> None:
    """A frame of the trade stream whose args has two requests, or none, is refused as a whole.

    Sequence: two cancels of orders that never were in one frame, or none, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/websocket/trade/guideline.mdx, args
    """
    answer = await attempt_together(desk, count)

    assert answer.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a frame of {count} cancels was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
async def test_batch_of_illegal_category_carries_its_code(desk: Desk) -> None:
    """A batch of a category that does not exist is refused with 10001.

    Sequence: batch of one cancel of another category, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/order/batch-cancel.mdx, category
    """
    answer = await attempt_batch_of_cancels(desk, 1, category="no-such")

    assert answer.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a batch of no category was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
@over_trade_stream
async def test_long_req_id_is_refused(desk: Desk) -> None:
    """A reqId of 36 characters is taken, one of 37 is refused.

    Sequence: cancel of an order that never was under a reqId of 36 characters, of 37 characters.
    Passes: the first is judged on its content, the second carries 10001.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    longest = desk.fresh_link_id().ljust(LONGEST_REQ_ID, "r")

    at = await attempt_cancel_as(desk, longest)
    beyond = await attempt_cancel_as(desk, f"{desk.fresh_link_id()}".ljust(LONGEST_REQ_ID + 1, "r"))

    assert at.ret_code != RetCode.REQUEST_PARAM_ERROR, f"a reqId of {LONGEST_REQ_ID} characters was {at}"
    assert beyond.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a longer reqId was {beyond}"


@check("ERR-01", severity=MAJOR, at_risk=1)
@during(Phase.TRADING)
@over_both_transports
async def test_amount_off_grid_carries_its_code(desk: Desk) -> None:
    """A market buy whose amount has too many decimals is refused with 170148.

    Sequence: create, refused.
    Passes: the refusal carries 170148, and no order is open.
    Source: docs/v5/error.mdx, 170148
    """
    answer = await desk.attempt_with(**amount_terms(desk, desk.instrument.quote_precision / 10))

    assert answer.ret_code == RetCode.MARKET_AMOUNT_DECIMALS, f"an amount off the grid was {answer}"
    assert await desk.open_orders() == [], "an order with an amount off the grid is live"


@check("ERR-01", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_rpi_order_is_as_permitted(desk: Desk, market: Market, symbol: str) -> None:
    """An RPI order is acknowledged where the account may place RPI orders, and refused with 170355 elsewhere.

    Sequence: account's instruments-info query, passive create with timeInForce RPI, answer.
    Passes: the retCode is 0 where myRpiPermission is true, 170355 or 110119 where it is false.
    Source: docs/v5/account/instrument.mdx, myRpiPermission; docs/v5/error.mdx, 170355
    """
    (row,) = await market.listed(symbol, View.ACCOUNT)
    expected = {RetCode.OK} if row.may_rpi else RPI_REFUSED

    answer = await desk.attempt_with(timeInForce="RPI")

    assert answer.ret_code in expected, f"an RPI order was {answer}, documented: {_names(expected)}"


@check("ERR-01", severity=MAJOR, at_risk=0)
async def test_missing_key_carries_its_code(account: Account) -> None:
    """A private read without an API key is refused with 10001.

    Sequence: read of the key's facts without a key, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/error.mdx, 10001
    """
    answer = await account.answer_without_key()

    assert answer.ret_code == RetCode.REQUEST_PARAM_ERROR, f"a read without a key was {answer}"


async def _resting(desk: Desk) -> Order:
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    await desk.resting(order)
    return order


async def _assert_unchanged(desk: Desk, order: Order) -> None:
    shown = await desk.in_realtime(order)
    assert shown is not None, "the order is not shown any more"
    assert (shown.price, shown.qty) == (order.price, order.qty), f"after a refusal the order is {shown}"
    assert not shown.order_status.is_closed, f"after a refusal the order is {shown}"


def _names(codes: set[RetCode]) -> str:
    return ", ".join(map(str, sorted(codes)))
