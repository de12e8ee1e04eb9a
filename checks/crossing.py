"""How a PostOnly order that would take has to end, whoever sent it."""

from fixtures.desk import Answer, Desk
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, RejectReason

CLOSED_WITHOUT_A_FILL = {OrderStatus.REJECTED, OrderStatus.CANCELLED}
"""The page leaves open which of the two it is."""


async def assert_closed_as_taker(desk: Desk, answer: Answer) -> None:
    """Refused for its price at once, or acknowledged and then closed for that reason without a fill."""
    if answer.order is None:
        assert answer.ret_code == RetCode.LIMIT_MAKER_BAD_PRICE, f"a crossing PostOnly order was {answer}"
        return
    fills = await desk.executions(answer.order)
    assert fills == [], f"{', '.join(map(str, fills))} although PostOnly"
    closed = await desk.closed(answer.order)
    assert closed.order_status in CLOSED_WITHOUT_A_FILL, f"a crossing PostOnly order ended {closed}"
    assert closed.reject_reason is RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY, (
        f"its reason is {closed.reject_reason}"
    )
    assert closed.cum_exec_qty == 0, f"a crossing PostOnly order executed: {closed}"
