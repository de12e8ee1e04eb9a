"""How an order is shown to be as it was after what had to leave it alone."""

from fixtures.desk import Desk, Order, has_ended
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus


async def assert_unchanged(desk: Desk, order: Order) -> None:
    """The order was open on its terms: its own cancel ends it, and realtime shows it ended on them.

    A view may be behind with a change that must not have been. The cancel comes after that: a view that
    shows the order cancelled shows what was before it as well.
    """
    cancel = await desk.attempt_cancel(order.order_link_id)
    shown = await desk.in_realtime(order, has_ended)

    if cancel.ret_code != RetCode.OK:
        raise AssertionError(f"the order was gone: its own cancel was {cancel}")
    if shown is None:
        raise AssertionError(f"realtime shows no such order within {desk.patience.look_up_ms} ms")
    if shown.order_status is not OrderStatus.CANCELLED:
        raise AssertionError(
            f"{desk.patience.look_up_ms} ms after its cancel realtime shows the order {shown}"
        )
    if (shown.price, shown.qty) != (order.price, order.qty):
        raise AssertionError(f"{order.qty} @ {order.price} was to stay as it was, the order is {shown}")
