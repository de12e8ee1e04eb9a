"""Two ways in: an order that was created over one transport is amended and cancelled over the other.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/websocket/trade/guideline.mdx
"""

from dataclasses import replace

import pytest

from checks import BLOCKER, check, needs
from fixtures.desk import Desk, Transport
from fixtures.expect import acknowledged, expect, having
from fixtures.v5 import paths
from fixtures.v5.enums import OrderStatus, Side


@check("MKR-62", severity=BLOCKER, max_fills=1, creates=1)
@needs(paths.TRADE_STREAM)
@pytest.mark.parametrize(
    ("created", "changed", "side"),
    [(Transport.REST, Transport.TRADE, Side.BUY), (Transport.TRADE, Transport.REST, Side.SELL)],
)
async def test_order_is_changed_over_the_other_transport(
    desk: Desk, created: Transport, changed: Transport, side: Side
) -> None:
    """An order is amended and cancelled over the transport that did not create it.

    Sequence: create over one transport, New; amend over the other, New at its price; cancel over the other,
        Cancelled.
    Passes: amend and cancel are acknowledged and name the order, whose price and end are pushed.
    Source: docs/v5/websocket/trade/guideline.mdx; docs/v5/order/amend-order.mdx, cancel-order.mdx
    """
    price = await desk.passive_price(side)
    further = desk.instrument.away(price, side, ticks=1)
    qty = max(map(desk.instrument.min_qty, (price, further)))
    order = await desk.place(side, price, qty, via=created)
    await desk.resting(order)
    other, ids = replace(order, via=changed), (order.order_id, order.order_link_id)

    amended = await desk.attempt_amend(other, price=further)
    expect(f"amend over {changed} of an order created over {created}", amended, acknowledged, of=order)
    expect("ids in the acknowledgement of the amend", amended.names, (ids,), of=order)
    await desk.repriced(order, further)
    cancel = await desk.attempt_cancel(order.order_link_id, via=changed)
    expect(f"cancel over {changed} of an order created over {created}", cancel, acknowledged, of=order)
    expect("ids in the acknowledgement of the cancel", cancel.names, (ids,), of=order)
    expect("order after its cancel", await desk.closed(order), having(order_status=OrderStatus.CANCELLED))
