"""How a PostOnly order that crosses has to end, whichever client sent it."""

from fixtures.desk import Answer, Desk
from fixtures.expect import Cause, expect, having, nothing, one_of, refused
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, RejectReason

CLOSED_WITHOUT_A_FILL = {OrderStatus.REJECTED, OrderStatus.CANCELLED}
"""The page leaves open which of the two it is."""


async def expect_closed_without_fill(desk: Desk, answer: Answer) -> None:
    """The order was refused for its price at once, or acknowledged and then closed for it without a fill."""
    order = answer.order
    if order is None:
        expect("crossing PostOnly order", answer, refused(RetCode.LIMIT_MAKER_BAD_PRICE))
        return
    expect(
        "executions of a crossing PostOnly order",
        await desk.executions(order),
        nothing,
        of=order,
        cause=Cause.TAKES,
    )
    expect(
        "crossing PostOnly order",
        await desk.closed(order),
        having(
            order_status=one_of(CLOSED_WITHOUT_A_FILL),
            reject_reason=RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY,
            cum_exec_qty=0,
        ),
    )
