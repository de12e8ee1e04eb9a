"""What the venue reports of an order: side, id, time and sums; and that a cancel closes no other order.

Source: docs/institutional/dmm-listing/spot.mdx, checklist items 3 and 4; docs/v5/websocket/private/order.mdx
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports
from checks.operations._wallet import PLACES, paid_fees
from fixtures.desk import Desk, Taker, Transport, attempt_cancel_with
from fixtures.expect import acknowledged, at_least, at_most, between, expect, having, other_than, present
from fixtures.v5.enums import Phase, Side

CLOCKS_APART_MS = 1000
"""How far a time in a message may be from the venue's clock, which is known to half a round trip."""


@check("FLT-11.02", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
async def test_accepted_side_is_the_sent_side(desk: Desk, side: Side) -> None:
    """The order stream shows the symbol, the side and the id that were sent.

    Sequence: create, New, cancel.
    Passes: symbol, side and orderLinkId of the push equal what was sent.
    Source: docs/v5/websocket/private/order.mdx, side
    """
    order = await desk.place(side, await desk.passive_price(side))

    state = await desk.resting(order)

    sent = having(symbol=order.symbol, side=side, order_link_id=order.order_link_id)
    expect("resting order, compared with what was sent", state, sent, of=order)


@check("MKR-09.02", severity=BLOCKER, max_fills=3, creates=3)
@over_both_transports
async def test_cancel_ends_its_own_order_only(desk: Desk) -> None:
    """Of three resting orders a cancel closes the one that it names by either id, and the others stay open.

    Where the two ids name two orders, the orderId counts.

    Sequence: three creates, New of the last, cancel of the first by orderId under the second's orderLinkId,
        of the second by orderLinkId alone, acknowledged, quiet period.
    Passes: after each cancel the open orders of the run are exactly the others.
    Source: docs/v5/order/cancel-order.mdx
    """
    price = await desk.passive_price(Side.BUY)
    first, second, third = [await desk.place(Side.BUY, price) for _ in range(3)]
    await desk.resting(third)

    both_ids = await attempt_cancel_with(desk, first, orderLinkId=second.order_link_id)
    await desk.quiet()
    after_first = {state.order_id for state in await desk.open_orders(second.order_id, third.order_id)}
    link_id_alone = await desk.attempt_cancel(second.order_link_id)
    await desk.quiet()
    after_second = {state.order_id for state in await desk.open_orders(third.order_id)}

    orders, others = (first, second, third), {second.order_id, third.order_id}
    expect("cancel by orderId under another order's orderLinkId", both_ids, acknowledged, of=orders)
    expect("orderIds of the open orders after the first cancel", after_first, others, of=orders)
    expect("cancel by orderLinkId", link_id_alone, acknowledged, of=second)
    expect("orderIds of the open orders after the second cancel", after_second, {third.order_id}, of=orders)


@check("IDM-05.01", severity=BLOCKER, max_fills=2, creates=2)
@over_both_transports
async def test_every_order_has_an_id_of_its_own(desk: Desk) -> None:
    """The orderId of a closed order is not given to the one after it.

    Sequence: create, New, cancel, Cancelled, create.
    Passes: the two orderIds differ.
    Source: docs/v5/order/create-order.mdx, orderId
    """
    price = await desk.passive_price(Side.BUY)
    first = await desk.place(Side.BUY, price)
    await desk.resting(first)
    await desk.cancelled(first)

    second = await desk.place(Side.BUY, price)

    expect("orderId of the second order", second.order_id, other_than(first.order_id), of=(first, second))


@check("IDM-05.02", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_acknowledgement_names_the_booked_order(desk: Desk) -> None:
    """The orderId of an acknowledgement is that of the order that is found by its orderLinkId.

    Sequence: create, acknowledged, look-up.
    Passes: the look-up finds an order, and its orderId is the acknowledged one.
    Source: docs/v5/order/create-order.mdx, orderId
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))

    found = await desk.look_up(order.order_link_id)

    found = expect("acknowledged order, looked up by its orderLinkId", found, present, of=order)
    expect(
        "orderId of the order, compared with the acknowledgement", found.order_id, order.order_id, of=order
    )


@check("MKR-01.02", severity=MAJOR, max_fills=1, creates=1)
@pytest.mark.parametrize(
    ("desk", "side"), [(Transport.REST, Side.BUY), (Transport.TRADE, Side.SELL)], indirect=["desk"]
)
async def test_time_of_an_order_runs_forward(desk: Desk, side: Side) -> None:
    """An order's createdTime and updatedTime follow the venue's clock, and each change has a later time.

    Sequence: venue's clock, create, New, quiet period, amend, New, quiet period, cancel, Cancelled, venue's
        clock.
    Passes: createdTime stays that of New, updatedTime grows with the amend and with the end, and all are
        within a second of the time between the two readings of the clock.
    Source: docs/v5/websocket/private/order.mdx, createdTime and updatedTime
    """
    price, before_ms = await desk.passive_price(side), desk.venue_now_ms()
    further = desk.instrument.away(price, side, ticks=1)
    order = await desk.place(side, price, max(map(desk.instrument.min_qty, (price, further))))
    resting = await desk.resting(order)
    await desk.quiet()
    await desk.amend(order, price=further)
    amended = await desk.repriced(order, further)
    await desk.quiet()
    closed = await desk.cancelled(order)
    after_ms = desk.venue_now_ms()

    expect("updatedTime after the amend", amended.updated_ms, at_least(resting.updated_ms + 1), of=order)
    expect("updatedTime after the cancel", closed.updated_ms, at_least(amended.updated_ms + 1), of=order)
    expect("createdTime after the amend", amended.created_ms, resting.created_ms, of=order)
    expect("createdTime after the cancel", closed.created_ms, resting.created_ms, of=order)
    earliest, latest = resting.updated_ms - CLOCKS_APART_MS, resting.updated_ms + CLOCKS_APART_MS
    expect("createdTime of the New order", resting.created_ms, between(earliest, latest), of=order)
    sent_ms, seen_ms = before_ms - CLOCKS_APART_MS, after_ms + CLOCKS_APART_MS
    expect("updatedTime of the New order", resting.updated_ms, at_least(sent_ms), of=order)
    expect("updatedTime after the cancel", closed.updated_ms, at_most(seen_ms), of=order)


@check("MKR-29.02", severity=BLOCKER, max_fills=2, creates=3, worth=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_order_sums_its_executions(desk: Desk, taker: Taker, side: Side) -> None:
    """Executed quantity, value, fees and average price of an order are the sums of its executions.

    Sequence: create of twice the minimum size as the touch, one half is taken, then the other, Filled.
    Passes: cumExecQty, cumExecValue, cumFeeDetail and avgPrice of stream, realtime and history are the sums
        of the executions, the average to eight places; each execution names the order's orderLinkId and side,
        its value is price times quantity, and its time is within a second of the venue's clock.
    Source: docs/v5/websocket/private/order.mdx, cumExecValue and avgPrice; docs/v5/order/execution.mdx
    """
    before_ms = desk.venue_now_ms()
    matched = await taker.fills(side, (1, 1))
    order = matched.resting
    streamed = await desk.filled_to(order, matched.qty)
    fills = await desk.listed_executions(order, matched.qty)
    views = {
        "the order stream": streamed,
        "realtime": await desk.in_realtime(order, streamed.agrees),
        "the history": await desk.in_history(order, streamed.agrees),
    }

    value = sum((fill.exec_value for fill in fills), Decimal(0))
    for name, view in views.items():
        state = expect(f"filled order in {name}", view, present, of=order, within_ms=desk.timeouts.look_up_ms)
        expect(f"filled order in {name}", state, having(cum_exec_qty=matched.qty, cum_exec_value=value))
        average = round(state.avg_price, PLACES)
        expect(f"avgPrice in {name}", average, round(value / matched.qty, PLACES), of=order)
        fees = {coin: round(fee, PLACES) for coin, fee in state.fees.items()}
        expect(f"cumFeeDetail in {name}", fees, paid_fees(fills), of=order)
    expect("execution of the order in the execution list", fills or None, present, of=order)
    earliest, latest = before_ms - CLOCKS_APART_MS, desk.venue_now_ms() + CLOCKS_APART_MS
    for fill in fills:
        expect("execution of the order", fill, having(order_link_id=order.order_link_id, side=side))
        expect("execTime", fill.exec_time_ms, between(earliest, latest), of=fill)
    expect("sum of execValue", sum(fill.reported_value for fill in fills), value, of=fills)
