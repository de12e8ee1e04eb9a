"""Amending: an amended order stays the same order, and a PostOnly order still never takes.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/order/amend-order.mdx
"""

from decimal import Decimal
from typing import get_args

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports
from checks.maker._post_only import CLOSED_WITHOUT_A_FILL
from fixtures.desk import Desk, Order, OrderId, Taker, Transport
from fixtures.expect import Cause, acknowledged, answered, expect, having, nothing, one_of, present, refused
from fixtures.v5.codes import NOT_AMENDABLE, RetCode
from fixtures.v5.enums import OrderStatus, Phase, RejectReason, Side, SmpType, TimeInForce

NOT_BELOW_FILLED = {RetCode.AMEND_QTY_BELOW_FILLED, RetCode.AMEND_QTY_BELOW_FILLED_DERIV}
NO_CHANGE = {RetCode.OK, RetCode.REQUEST_PARAM_ERROR}
ENDS_OR_REFUSED = {RetCode.OK, RetCode.LIMIT_MAKER_BAD_PRICE}


@check("MKR-07", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_quote_amended_into_the_spread_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order amended through the best opposite price is closed without a fill.

    The documents do not say how the venue prevents the fill. Two ways pass: it refuses the amend with 170218
    and leaves the order as it was, or it acknowledges the amend and closes the order with the rejectReason of
    a PostOnly order that would take.

    Sequence: create behind the touch, New, amend through the opposite touch, Cancelled or Rejected.
    Passes: no execution in stream or list, and the order ends with EC_PostOnlyWillTakeLiquidity, or the
        amend is refused with 170218.
    Source: docs/v5/order/amend-order.mdx; docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    crossing, passive = await desk.deep_crossing_price(side), await desk.passive_price(side)
    order = await desk.place(side, passive, desk.instrument.min_qty(min(crossing, passive)))
    await desk.resting(order)

    await _expect_no_fill_through(desk, order, crossing)


@check("MKR-53", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize(
    ("desk", "side"), [(Transport.REST, Side.BUY), (Transport.TRADE, Side.SELL)], indirect=["desk"]
)
async def test_quote_amended_into_the_spread_later_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order that was amended before is closed without a fill, too, when an amend crosses.

    Sequence: create behind the touch, New, amend one tick further away, New, amend through the opposite
        touch, Cancelled or Rejected.
    Passes: as for the first amend of an order: no execution in stream or list, and the order ends with
        EC_PostOnlyWillTakeLiquidity, or the amend is refused with 170218.
    Source: docs/v5/order/amend-order.mdx; docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    crossing, passive = await desk.deep_crossing_price(side), await desk.passive_price(side)
    further = desk.instrument.away(passive, side, ticks=1)
    order = await desk.place(side, passive, desk.instrument.min_qty(min(crossing, further)))
    await desk.resting(order)
    await desk.amend(order, price=further)
    await desk.amended(order, further, order.qty)

    await _expect_no_fill_through(desk, order, crossing)


async def _expect_no_fill_through(desk: Desk, order: Order, crossing: Decimal) -> None:
    """Amend a PostOnly order through the opposite touch: it is closed for that, or the amend refused."""
    answer = await desk.attempt_amend(order, price=crossing)
    fills = await desk.executions(order)
    ends = [await desk.closed(order)] if answer.ret_code == RetCode.OK else []

    expect("an amend through the opposite touch", answer, answered(ENDS_OR_REFUSED), of=order)
    expect("executions of a PostOnly order amended through the touch", fills, nothing, cause=Cause.TAKES)
    would_take = RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY
    closed = having(order_status=one_of(CLOSED_WITHOUT_A_FILL), reject_reason=would_take)
    for end in ends:
        expect("the PostOnly order amended through the touch", end, closed)


@check("MKR-15", severity=BLOCKER, max_fills=3, creates=1, worth=3)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("further_ticks", "lots"),
    [(2, 2), (0, 3), (0, 1), (2, 3)],
    ids=["price", "more", "less", "price-and-qty"],
)
@over_both_transports
async def test_amended_order_shows_its_terms(desk: Desk, side: Side, further_ticks: int, lots: int) -> None:
    """An amend changes the price and quantity that it names, and nothing else of the order.

    Sequence: create of two minimum sizes behind the touch, New, amend, New at the amended price and quantity.
    Passes: stream and realtime show the amended price and quantity under the same orderId and orderLinkId,
        with the createdTime and the smpType of before, still PostOnly, nothing executed.
    Source: docs/v5/order/amend-order.mdx, price and qty
    """
    price = await desk.passive_price(side)
    amended_price = desk.instrument.away(price, side, ticks=further_ticks)
    lot = desk.instrument.min_qty(min(price, amended_price))
    order = await desk.place(side, price, 2 * lot, smp_type=SmpType.CANCEL_MAKER)
    created = await desk.resting(order)

    await desk.amend(
        order,
        price=amended_price if further_ticks else None,
        qty=lots * lot if lots != 2 else None,  # noqa: PLR2004 - the quantity that it has
    )
    state = await desk.amended(order, amended_price, lots * lot)
    shown, wait_ms = await desk.in_realtime(order, state.agrees), desk.timeouts.look_up_ms

    as_amended = having(
        price=amended_price,
        qty=lots * lot,
        order_link_id=order.order_link_id,
        time_in_force=TimeInForce.POST_ONLY,
        cum_exec_qty=0,
        created_ms=created.created_ms,
        smp_type=SmpType.CANCEL_MAKER,
    )
    listed = expect("the amended order in realtime", shown, present, of=order, within_ms=wait_ms)
    expect("leavesQty of the amended order", state.leaves_qty, state.qty, of=order)
    expect("the amended order on the order stream", state, as_amended)
    expect("the amended order in realtime", listed, as_amended, within_ms=wait_ms)


@check("MKR-16", severity=MAJOR, max_fills=2, creates=1)
@over_both_transports
async def test_amend_to_the_same_terms_changes_nothing(desk: Desk) -> None:
    """An amend to the price and quantity that an order already has is refused with 10001 or has no effect.

    The documents do not say which; captures show the refusal.

    Sequence: create behind the touch, New, amend to the same price and quantity, New.
    Passes: the amend is refused with 10001 or acknowledged, and the order is the only open one, at its price
        and quantity.
    Source: docs/v5/error.mdx, 10001; docs/v5/order/amend-order.mdx
    """
    order = await desk.rest(Side.BUY)

    answer = await desk.attempt_amend(order, price=order.price, qty=order.qty)
    await desk.quiet()

    still_open = await desk.open_orders(order.order_id)
    what, unchanged = "an amend without a change", having(price=order.price, qty=order.qty)
    expect(what, answer, answered(NO_CHANGE), of=order)
    expect(f"orders open after {what}", [state.order_id for state in still_open], [order.order_id], of=order)
    expect(f"the order after {what}", still_open[0], unchanged)


@check("MKR-17.01", severity=BLOCKER, max_fills=4, creates=2, worth=5)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_amend_keeps_what_is_filled(desk: Desk, taker: Taker, side: Side) -> None:
    """The quantity of an amend is the new total, and what is filled stays filled.

    The documents do not say so in words; their refusal 170313 compares the amended quantity with the filled.

    Sequence: create of four minimum sizes as the touch, one is filled, amend to two, PartiallyFilled.
    Passes: the amended order shows two as its quantity, one executed and one left.
    Source: docs/v5/order/amend-order.mdx, qty; docs/v5/error.mdx, 170313
    """
    matched = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 2), side, (1,), of=4
    )
    order = matched.resting

    expect("an amend to half the quantity after a quarter was filled", matched.after, acknowledged, of=order)
    state = await desk.amended(order, order.price, order.qty / 2)
    left = state.qty - matched.qty
    kept = having(order_status=OrderStatus.PARTIALLY_FILLED, cum_exec_qty=matched.qty, leaves_qty=left)
    expect("the partly filled order after its amend", state, kept)


@check("MKR-17.02", severity=MAJOR, max_fills=4, creates=2, worth=7)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_amend_below_the_filled_is_refused(desk: Desk, taker: Taker, side: Side) -> None:
    """An amend to less than what is filled is refused, and the order keeps its quantity.

    Sequence: create of four minimum sizes as the touch, three are filled, amend to two, refused.
    Passes: the refusal is 170313 or 110064, and the order still shows four as its quantity, three executed.
    Source: docs/v5/error.mdx, 170313
    """
    matched = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 2), side, (3,), of=4
    )
    after = await desk.filled_to(matched.resting, matched.qty)

    expect("an amend to less than is filled", matched.after, refused(NOT_BELOW_FILLED), of=matched.resting)
    expect("qty of the order after the refused amend", after.qty, matched.resting.qty, of=after)


@check("MKR-17.03", severity=MAJOR, max_fills=5, creates=2, worth=8)
@during(Phase.TRADING)
@over_both_transports
async def test_amend_to_just_above_the_filled_is_taken(desk: Desk, taker: Taker) -> None:
    """An amend to one base step more than what is filled is acknowledged and leaves one step.

    Sequence: create of five minimum sizes as the touch, three are filled, amend to three and one base step.
    Passes: the amend is acknowledged, and the amended order shows one step left.
    Source: docs/v5/error.mdx, 170313
    """
    step = desk.instrument.base_precision
    matched = await taker.fills_and_then(
        lambda order, _: desk.attempt_amend(order, qty=order.qty / 5 * 3 + step), Side.SELL, (3,), of=5
    )
    order = matched.resting

    expect("an amend to one base step more than is filled", matched.after, acknowledged, of=order)
    state = await desk.amended(order, order.price, matched.qty + step)
    expect("leavesQty after an amend to one base step more than is filled", state.leaves_qty, step, of=state)


@check("MKR-18", severity=MAJOR, max_fills=1, creates=2)
@during(Phase.TRADING)
@over_both_transports
async def test_amend_of_a_filled_order_is_refused(desk: Desk, taker: Taker) -> None:
    """An amend of a filled order is refused because the order is gone, and the order stays Filled.

    Captures show 170213; 170312, the order cannot be amended, has been seen as well.

    Sequence: create as the touch, Filled by a second UID, amend, refused.
    Passes: the refusal says that the order is gone or closed, and realtime shows it Filled at its price.
    Source: docs/v5/error.mdx, 170213, 170139, 170142, 170312
    """
    order = (await taker.fills(Side.SELL)).resting
    filled = await desk.filled_to(order, order.qty)

    answer = await desk.attempt_amend(order, price=desk.instrument.away(order.price, Side.SELL, ticks=3))
    await desk.quiet()
    shown, wait_ms = await desk.in_realtime(order, filled.agrees), desk.timeouts.look_up_ms

    expect("an amend of a filled order", answer, refused(NOT_AMENDABLE), of=order)
    after = expect("the filled order in realtime", shown, present, of=order, within_ms=wait_ms)
    unchanged = having(order_status=OrderStatus.FILLED, price=order.price)
    expect("the filled order in realtime after the amend", after, unchanged, within_ms=wait_ms)


@check("MKR-19", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("by", get_args(OrderId))
@over_both_transports
async def test_either_id_names_the_order_to_amend(desk: Desk, by: OrderId) -> None:
    """An amend finds its order by orderId or by orderLinkId, and the order keeps both.

    Sequence: create behind the touch, New, amend by one of the ids, New at the amended price.
    Passes: the acknowledgement names the order's two ids, and so does the stream at the amended price.
    Source: docs/v5/order/amend-order.mdx, orderId and orderLinkId
    """
    order = await desk.rest(Side.SELL)
    further = desk.instrument.away(order.price, Side.SELL, ticks=3)

    answer = await desk.attempt_amend(order, price=further, by=by)
    expect(f"an amend that names its order by {by}", answer, acknowledged, of=order)
    ids = (order.order_id, order.order_link_id)
    expect("orderId and orderLinkId in the acknowledgement of an amend", answer.names, (ids,), of=order)
    state = await desk.repriced(order, further)

    same = having(order_id=order.order_id, order_link_id=order.order_link_id)
    expect("the amended order on the order stream", state, same)
