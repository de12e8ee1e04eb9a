"""How an order is shown to be unchanged after a request that must not change it."""

from fixtures.desk import Desk, Order, has_ended
from fixtures.expect import acknowledged, expect, having, present
from fixtures.v5.enums import OrderStatus


async def expect_unchanged(desk: Desk, order: Order) -> None:
    """The order was open on its own terms: its cancel is acknowledged, and realtime shows it Cancelled.

    A lagging view may not show a wrong change yet. A view that shows the order Cancelled has caught up with
    everything that came before the cancel.
    """
    cancel = await desk.attempt_cancel(order.order_link_id)
    shown = await desk.in_realtime(order, has_ended)

    expect("cancel of an order that must still be open", cancel, acknowledged, of=order)
    what, limit_ms = "order that must be unchanged, in realtime after its cancel", desk.timeouts.look_up_ms
    shown = expect(what, shown, present, of=order, within_ms=limit_ms)
    as_before = having(order_status=OrderStatus.CANCELLED, price=order.price, qty=order.qty)
    expect(what, shown, as_before, within_ms=limit_ms)
