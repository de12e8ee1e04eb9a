"""What is told about an order: its side, its id, its time, and that a cancel ends no other.

Source: docs/institutional/dmm-listing/spot.mdx, checklist items 3 and 4; docs/v5/websocket/private/order.mdx
"""

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports
from fixtures.desk import Desk
from fixtures.v5.enums import Side


@check("FLT-11", severity=BLOCKER, at_risk=1)
@pytest.mark.parametrize("side", list(Side))
async def test_accepted_side_is_the_sent_side(desk: Desk, side: Side) -> None:
    """The order stream shows the side and the id that were sent.

    Sequence: create, New, cancel.
    Passes: side and orderLinkId of the push equal what was sent.
    Source: docs/v5/websocket/private/order.mdx, side
    """
    order = await desk.place(side, await desk.passive_price(side))

    state = await desk.resting(order)

    assert state.side is side, f"a {side} is shown as a {state.side}"
    assert state.order_link_id == order.order_link_id, f"the stream shows the id {state.order_link_id}"


@check("MKR-09", severity=BLOCKER, at_risk=2)
@over_both_transports
async def test_cancel_ends_its_own_order_only(desk: Desk) -> None:
    """Of two resting orders a cancel ends the one that it names, and the other one stays.

    Sequence: two creates, New twice, cancel of the first, acknowledged, quiet.
    Passes: the open orders of the run are the second one alone.
    Source: docs/v5/order/cancel-order.mdx
    """
    price = await desk.passive_price(Side.BUY)
    first, second = [await desk.place(Side.BUY, price) for _ in range(2)]
    await desk.resting(second)

    await desk.cancel(first)
    await desk.quiet()

    left = [state.order_id for state in await desk.open_orders()]
    assert left == [second.order_id], (
        f"after the cancel of {first.order_id} are open: {', '.join(left)}; the other was {second.order_id}"
    )


@check("IDM-05", severity=BLOCKER, at_risk=2)
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
    await desk.cancel(first)
    await desk.closed(first)

    second = await desk.place(Side.BUY, price)

    assert second.order_id != first.order_id, f"two orders have the orderId {first.order_id}"


@check("IDM-05", severity=BLOCKER, at_risk=1)
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


@check("MKR-01", severity=MAJOR, at_risk=1)
@over_both_transports
async def test_time_of_an_order_runs_forward(desk: Desk) -> None:
    """The end of an order is not older than its beginning.

    Sequence: create, New, cancel, Cancelled.
    Passes: updatedTime of the end is not less than that of New.
    Source: docs/v5/websocket/private/order.mdx, updatedTime
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    began = await desk.resting(order)
    await desk.cancel(order)
    ended = await desk.closed(order)

    assert ended.updated_ms >= began.updated_ms, (
        f"the order ended at {ended.updated_ms}, {began.updated_ms - ended.updated_ms} ms before it began"
    )
