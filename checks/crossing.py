"""How a PostOnly order that would take has to end, whoever sent it."""

from fixtures.desk import Answer, Desk
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, RejectReason

CLOSED_WITHOUT_A_FILL = {OrderStatus.REJECTED, OrderStatus.CANCELLED}
"""The page leaves open which of the two it is."""


async def assert_closed_as_taker(desk: Desk, answer: Answer) -> None:
    """Refused for its price at once, or acknowledged and then closed for that reason without a fill."""
    if answer.order is None:
        if answer.ret_code != RetCode.LIMIT_MAKER_BAD_PRICE:
            raise AssertionError(f"a crossing PostOnly order was {answer}")
        return
    if fills := await desk.executions(answer.order):
        raise AssertionError(f"{', '.join(map(str, fills))} although PostOnly")
    closed = await desk.closed(answer.order)
    if closed.order_status not in CLOSED_WITHOUT_A_FILL:
        raise AssertionError(f"a crossing PostOnly order ended {closed}")
    if closed.reject_reason is not RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY:
        raise AssertionError(f"its reason is {closed.reject_reason}")
    if closed.cum_exec_qty != 0:
        raise AssertionError(f"a crossing PostOnly order executed: {closed}")
