"""Amending: an order on other terms is the same order, and a PostOnly order still never takes.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/order/amend-order.mdx
"""

from typing import get_args

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports
from checks.crossing import CLOSED_WITHOUT_A_FILL
from fixtures.desk import Desk, OrderId, Taker
from fixtures.v5.codes import NOT_AMENDABLE, RetCode
from fixtures.v5.enums import OrderStatus, Phase, RejectReason, Side, TimeInForce

NOT_BELOW_FILLED = {RetCode.AMEND_QTY_BELOW_FILLED, RetCode.AMEND_QTY_BELOW_FILLED_DERIV}
NO_CHANGE = {RetCode.OK, RetCode.REQUEST_PARAM_ERROR}


@check("MKR-07", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_quote_amended_into_the_spread_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order amended through the best opposite price is closed without a fill.

    The documents do not say what becomes of it: a refusal with 170218 that leaves the order as it was,
    and an acknowledgement followed by its end for the reason of a taker, are both accepted.

    Sequence: create behind the touch, New, amend through the opposite touch, Cancelled or Rejected.
    Passes: no execution in stream or list, and the order ends with EC_PostOnlyWillTakeLiquidity, or the
        amend is refused with 170218.
    Source: docs/v5/order/amend-order.mdx; docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    crossing, passive = await desk.deep_crossing_price(side), await desk.passive_price(side)
    order = await desk.place(side, passive, desk.instrument.least_qty(min(crossing, passive)))
    await desk.resting(order)

    answer = await desk.attempt_amend(order, price=crossing)
    fills = await desk.executions(order)
    end = await desk.closed(order) if answer.ret_code == RetCode.OK else None

    assert answer.ret_code in {RetCode.OK, RetCode.LIMIT_MAKER_BAD_PRICE}, f"the amend was {answer}"
    assert fills == [], f"{', '.join(map(str, fills))} although PostOnly"
    assert end is None or end.order_status in CLOSED_WITHOUT_A_FILL, f"the amended order ended {end}"
    assert end is None or end.reject_reason is RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY, (
        f"its reason is {end.reject_reason}"
    )


@check("MKR-15", severity=BLOCKER, at_risk=3, creates=1, worth=3)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("further_ticks", "lots"),
    [(2, 2), (0, 3), (0, 1), (2, 3)],
    ids=["price", "more", "less", "price-and-qty"],
)
@over_both_transports
async def test_amended_order_shows_its_terms(desk: Desk, side: Side, further_ticks: int, lots: int) -> None:
    """An amended order is the same order on the terms that were asked for, and nothing else changes.

    Sequence: create of two least sizes behind the touch, New, amend, New on the amended terms.
    Passes: stream and realtime show the amended price and quantity under the same ids, still PostOnly,
        nothing executed, begun when it was created.
    Source: docs/v5/order/amend-order.mdx, price and qty
    """
    price = await desk.passive_price(side)
    amended_price = desk.instrument.away(price, side, ticks=further_ticks)
    lot = desk.instrument.least_qty(min(price, amended_price))
    order = await desk.place(side, price, 2 * lot)
    began = await desk.resting(order)

    await desk.amend(
        order,
        price=amended_price if further_ticks else None,
        qty=lots * lot if lots != 2 else None,  # noqa: PLR2004 - the quantity that it has
    )
    state = await desk.amended(order, amended_price, lots * lot)
    listed = await desk.in_realtime(order, state.agrees)

    assert listed is not None, f"an amended order is not in realtime within {desk.patience.look_up_ms} ms"
    assert state.leaves_qty == state.qty, f"{state.leaves_qty} are left of the amended {state}"
    for view in (state, listed):
        assert (view.price, view.qty) == (amended_price, lots * lot), (
            f"{desk.patience.look_up_ms} ms after the amend the order is {view}"
        )
        assert view.order_link_id == order.order_link_id, f"its orderLinkId became {view.order_link_id!r}"
        assert view.time_in_force is TimeInForce.POST_ONLY, f"it became {view.time_in_force}"
        assert view.cum_exec_qty == 0, f"a passive order executed: {view}"
        assert view.created_ms == began.created_ms, f"begun at {began.created_ms}, then {view.created_ms}"


@check("MKR-16", severity=MAJOR, at_risk=2, creates=1)
@over_both_transports
async def test_amend_to_the_same_terms_changes_nothing(desk: Desk) -> None:
    """An amend to the price and quantity that an order has is refused with 10001 or has no effect.

    The documents do not say which; captures show the refusal.

    Sequence: create behind the touch, New, amend to the same terms, New.
    Passes: the amend is refused with 10001 or acknowledged, and the order is the only open one, on its terms.
    Source: docs/v5/error.mdx, 10001; docs/v5/order/amend-order.mdx
    """
    order = await desk.rest(Side.BUY)

    answer = await desk.attempt_amend(order, price=order.price, qty=order.qty)
    await desk.quiet()

    open_orders = await desk.open_orders(order.order_id)
    assert answer.ret_code in NO_CHANGE, f"an amend to the same terms was {answer}"
    assert [state.order_id for state in open_orders] == [order.order_id], (
        f"after it {len(open_orders)} orders are open"
    )
    assert (open_orders[0].price, open_orders[0].qty) == (order.price, order.qty), (
        f"it became {open_orders[0]}"
    )


@check("MKR-17", severity=BLOCKER, at_risk=4, creates=2, worth=5)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_amend_keeps_what_is_filled(desk: Desk, taker: Taker, side: Side) -> None:
    """The quantity of an amend is the new total, and what is filled stays filled.

    The documents do not say it in words; the refusal 170313 compares the quantity with what is filled.

    Sequence: create of four least sizes as the touch, one is taken, amend to two, PartiallyFilled.
    Passes: the amended state has two as its quantity, one executed and one left.
    Source: docs/v5/order/amend-order.mdx, qty; docs/v5/error.mdx, 170313
    """
    met = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 2), side, (1,), of=4
    )
    order = met.resting

    assert met.after.ret_code == RetCode.OK, f"an amend after a partial fill was {met.after}"
    state = await desk.amended(order, order.price, order.qty / 2)
    assert state.cum_exec_qty == met.qty, f"{met.qty} were filled, the amended order is {state}"
    assert state.leaves_qty == state.qty - met.qty, f"{state.leaves_qty} are left of {state}"
    assert state.order_status is OrderStatus.PARTIALLY_FILLED, f"the amended order is {state}"


@check("MKR-17", severity=MAJOR, at_risk=4, creates=2, worth=7)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_amend_below_the_filled_is_refused(desk: Desk, taker: Taker, side: Side) -> None:
    """An amend to less than what is filled is refused, and the order keeps its quantity.

    Sequence: create of four least sizes as the touch, three are taken, amend to two, refused.
    Passes: the refusal is 170313 or 110064, and the order still has four as its quantity, three executed.
    Source: docs/v5/error.mdx, 170313
    """
    met = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 2), side, (3,), of=4
    )
    after = await desk.filled_to(met.resting, met.qty)

    assert met.after.ret_code in NOT_BELOW_FILLED, f"an amend below the filled quantity was {met.after}"
    assert after.qty == met.resting.qty, f"after the refusal the order is {after}"


@check("MKR-17", severity=MAJOR, at_risk=5, creates=2, worth=8)
@during(Phase.TRADING)
@over_both_transports
async def test_amend_to_just_above_the_filled_is_taken(desk: Desk, taker: Taker) -> None:
    """An amend to one base step more than what is filled is acknowledged, and one step is left.

    Sequence: create of five least sizes as the touch, three are taken, amend to three and a step.
    Passes: the amend carries retCode 0, and the amended state has one step left.
    Source: docs/v5/error.mdx, 170313
    """
    step = desk.instrument.base_precision
    met = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 5 * 3 + step), Side.SELL, (3,), of=5
    )

    assert met.after.ret_code == RetCode.OK, f"an amend to one step above the filled was {met.after}"
    state = await desk.amended(met.resting, met.resting.price, met.qty + step)
    assert state.leaves_qty == step, f"after an amend to one step above the filled the order is {state}"


@check("MKR-18", severity=MAJOR, at_risk=1, creates=2)
@during(Phase.TRADING)
@over_both_transports
async def test_amend_of_a_filled_order_is_refused(desk: Desk, taker: Taker) -> None:
    """An amend of a filled order says that the order is gone, and it stays as it ended.

    Captures show 170213; 170312, that it cannot be amended, was met as well.

    Sequence: create as the touch, taken, Filled, amend, refused.
    Passes: the refusal says that the order is gone or closed, and realtime shows it Filled on its terms.
    Source: docs/v5/error.mdx, 170213, 170139, 170142, 170312
    """
    order = (await taker.fills(Side.SELL)).resting
    filled = await desk.filled_to(order, order.qty)

    answer = await desk.attempt_amend(order, price=desk.instrument.away(order.price, Side.SELL, ticks=3))
    await desk.quiet()
    after = await desk.in_realtime(order, filled.agrees)

    assert answer.ret_code in NOT_AMENDABLE, f"an amend of a filled order was {answer}"
    assert after is not None, f"a filled order is not in realtime within {desk.patience.look_up_ms} ms"
    assert after.order_status is OrderStatus.FILLED, f"after the amend it is {after}"
    assert after.price == order.price, f"after the amend it is {after}"


@check("MKR-19", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("by", get_args(OrderId))
@over_both_transports
async def test_either_id_names_the_order_to_amend(desk: Desk, by: OrderId) -> None:
    """An amend finds its order by orderId and by orderLinkId, and the order keeps both.

    Sequence: create behind the touch, New, amend by one id, New at the amended price.
    Passes: the acknowledgement names the order by its two ids, and so does the stream at the amended price.
    Source: docs/v5/order/amend-order.mdx, orderId and orderLinkId
    """
    order = await desk.rest(Side.SELL)
    further = desk.instrument.away(order.price, Side.SELL, ticks=3)

    answer = await desk.attempt_amend(order, price=further, by=by)
    assert answer.ret_code == RetCode.OK, f"an amend by {by} was {answer}"
    own = (order.order_id, order.order_link_id)
    assert answer.names == (own,), f"the amend of {own} is acknowledged as that of {answer.names}"
    state = await desk.repriced(order, further)

    assert state.order_id == order.order_id, f"the amended order has the orderId {state.order_id}"
    assert state.order_link_id == order.order_link_id, f"its orderLinkId became {state.order_link_id!r}"
