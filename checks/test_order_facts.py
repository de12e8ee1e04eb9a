"""What is told about an order: side, id, time and sums, and that a cancel ends no other.

Source: docs/institutional/dmm-listing/spot.mdx, checklist items 3 and 4; docs/v5/websocket/private/order.mdx
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports
from fixtures.desk import Desk, Taker, attempt_cancel_with
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import Phase, Side

CLOCKS_APART_MS = 1000
"""How far a told time may be from the venue's clock, which is known to half a round trip."""
PLACES = 8


@check("FLT-11", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
async def test_accepted_side_is_the_sent_side(desk: Desk, side: Side) -> None:
    """The order stream shows the symbol, the side and the id that were sent.

    Sequence: create, New, cancel.
    Passes: symbol, side and orderLinkId of the push equal what was sent.
    Source: docs/v5/websocket/private/order.mdx, side
    """
    order = await desk.place(side, await desk.passive_price(side))

    state = await desk.resting(order)

    assert state.symbol == order.symbol, f"an order on {order.symbol} is shown on {state.symbol}"
    assert state.side is side, f"a {side} is shown as a {state.side}"
    assert state.order_link_id == order.order_link_id, f"the stream shows the id {state.order_link_id}"


@check("MKR-09", severity=BLOCKER, at_risk=3, creates=3)
@over_both_transports
async def test_cancel_ends_its_own_order_only(desk: Desk) -> None:
    """Of three resting orders a cancel ends the one that it names by either id, and the others stay.

    Where the two ids name two orders, the orderId counts.

    Sequence: three creates, New of the last, cancel of the first by orderId under the second's orderLinkId,
        of the second by orderLinkId alone, acknowledged, quiet.
    Passes: after each cancel the open orders of the run are exactly the others.
    Source: docs/v5/order/cancel-order.mdx
    """
    price = await desk.passive_price(Side.BUY)
    first, second, third = [await desk.place(Side.BUY, price) for _ in range(3)]
    await desk.resting(third)

    both = await attempt_cancel_with(desk, first, orderLinkId=second.order_link_id)
    await desk.quiet()
    after_first = {state.order_id for state in await desk.open_orders(second.order_id, third.order_id)}
    answer = await desk.attempt_cancel(second.order_link_id)
    await desk.quiet()
    after_second = {state.order_id for state in await desk.open_orders(third.order_id)}

    others = {second.order_id, third.order_id}
    assert both.ret_code == RetCode.OK, f"a cancel by orderId under another's orderLinkId was {both}"
    assert after_first == others, f"the cancel of the first left {after_first}, the others were {others}"
    assert answer.ret_code == RetCode.OK, f"a cancel by orderLinkId was {answer}"
    assert after_second == {third.order_id}, f"then of {others} the second's cancel left {after_second}"


@check("IDM-05", severity=BLOCKER, at_risk=2, creates=2)
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

    assert second.order_id != first.order_id, f"two orders have the orderId {first.order_id}"


@check("IDM-05", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_acknowledgement_names_the_booked_order(desk: Desk) -> None:
    """The orderId of an acknowledgement is that of the order that is found by its orderLinkId.

    Sequence: create, acknowledged, look-up.
    Passes: the look-up finds an order, and its orderId is the acknowledged one.
    Source: docs/v5/order/create-order.mdx, orderId
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))

    found = await desk.look_up(order.order_link_id)

    assert found is not None, f"{order.order_link_id} is acknowledged and was never booked"
    assert found.order_id == order.order_id, f"acknowledged as {order.order_id}, booked as {found.order_id}"


@check("MKR-01", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_time_of_an_order_runs_forward(desk: Desk) -> None:
    """An order begins and ends at the time of the venue's clock, and each change has a later time.

    Sequence: venue's clock, create, New, quiet, amend, New, quiet, cancel, Cancelled, venue's clock.
    Passes: createdTime stays that of New, updatedTime grows with the amend and with the end, and all are
        within a second of the time between the two looks at the clock.
    Source: docs/v5/websocket/private/order.mdx, createdTime and updatedTime
    """
    price, before_ms = await desk.passive_price(Side.BUY), desk.venue_now_ms()
    further = desk.instrument.away(price, Side.BUY, ticks=1)
    order = await desk.place(Side.BUY, price, desk.instrument.least_qty(further))
    began = await desk.resting(order)
    await desk.quiet()
    await desk.amend(order, price=further)
    amended = await desk.repriced(order, further)
    await desk.quiet()
    ended = await desk.cancelled(order)
    after_ms = desk.venue_now_ms()

    times = [began.updated_ms, amended.updated_ms, ended.updated_ms]
    created = {began.created_ms, amended.created_ms, ended.created_ms}
    assert times == sorted(set(times)), f"New, amended and ended at {times}"
    assert len(created) == 1, f"the order is created at {created}"
    assert abs(began.created_ms - began.updated_ms) <= CLOCKS_APART_MS, (
        f"created at {created}, New at {times}"
    )
    assert began.updated_ms >= before_ms - CLOCKS_APART_MS, (
        f"sent at {before_ms}, begun at {began.updated_ms}"
    )
    assert ended.updated_ms <= after_ms + CLOCKS_APART_MS, f"seen at {after_ms}, ended at {ended.updated_ms}"


@check("MKR-29", severity=BLOCKER, at_risk=2, creates=3, worth=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_order_sums_its_executions(desk: Desk, taker: Taker, side: Side) -> None:
    """What an order shows as executed, its amount and its average price are those of its executions.

    Sequence: create of two least sizes as the touch, one is taken, the other, Filled.
    Passes: cumExecQty, cumExecValue, cumFeeDetail and avgPrice of stream, realtime and history are the sums
        of the executions, the average to eight places; each execution names the order's orderLinkId and side,
        its amount is price times quantity, and its time is within a second of the venue's clock.
    Source: docs/v5/websocket/private/order.mdx, cumExecValue and avgPrice; docs/v5/order/execution.mdx
    """
    before_ms = desk.venue_now_ms()
    met = await taker.fills(side, (1, 1))
    order = met.resting
    streamed = await desk.filled_to(order, met.qty)
    fills = await desk.listed_executions(order, met.qty)
    views = {
        "the stream": streamed,
        "realtime": await desk.in_realtime(order, streamed.agrees),
        "history": await desk.in_history(order, streamed.agrees),
    }

    value = sum((fill.exec_value for fill in fills), Decimal(0))
    for name, view in views.items():
        told = (view.cum_exec_qty, view.cum_exec_value, round(view.avg_price, PLACES)) if view else None
        expected = (met.qty, value, round(value / met.qty, PLACES))
        assert told == expected, f"{name} shows quantity, amount and average {told}, executed were {expected}"
    paid: dict[str, Decimal] = {}
    for fill in fills:
        paid[fill.fee_currency] = paid.get(fill.fee_currency, Decimal(0)) + fill.exec_fee
    for name, view in views.items():
        told_fees = {coin: round(fee, PLACES) for coin, fee in (view.fees if view else {}).items()}
        fees = {coin: rounded for coin, fee in paid.items() if (rounded := round(fee, PLACES))}
        assert told_fees == fees, f"{name} shows as paid {told_fees}, the executions {fees}"
    named = {(fill.order_link_id, fill.side) for fill in fills}
    assert named == {(order.order_link_id, side)}, (
        f"executions of {order.order_link_id}, a {side}, name {named}"
    )
    times, now_ms = [fill.exec_time_ms for fill in fills], desk.venue_now_ms()
    assert min(times) >= before_ms - CLOCKS_APART_MS, f"sent at {before_ms}, executed at {times}"
    assert max(times) <= now_ms + CLOCKS_APART_MS, f"seen at {now_ms}, executed at {times}"
    amounts = [fill.told_value for fill in fills]
    assert sum(amounts) == value, f"the executions tell {amounts}, price times quantity come to {value}"
