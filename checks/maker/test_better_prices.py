"""Better prices: an order that reaches behind the touch pays what rests there, not its own limit.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/order/execution.mdx
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, check, during
from checks.operations._wallet import PLACES, expect_balances, expected_balances, paid_fees
from fixtures.desk import Desk, Taker, Transport
from fixtures.expect import between, expect, having, present
from fixtures.v5.enums import Phase, Side

TICKS = 2
"""How far behind the touch the limit lies: more than the rounding of an average price can hide."""


@check("MKR-52", severity=BLOCKER, max_fills=2, creates=2, worth=4)
@during(Phase.TRADING)
@pytest.mark.parametrize(
    ("desk", "side"), [(Transport.REST, Side.BUY), (Transport.TRADE, Side.SELL)], indirect=["desk"]
)
async def test_taker_pays_what_rests(desk: Desk, taker: Taker, side: Side) -> None:
    """An order that reaches behind the touch is filled at the touch, and its average price says so.

    Sequence: create as the touch, taken whole by an IOC order of a second UID with a limit two ticks behind,
        or at the end of the price band where that is nearer.
    Passes: the executions are at the resting price; stream, realtime and history show it as the avgPrice of
        the taking order, and its quantity, value and fees as the executions have them, the fees to eight
        places; the second UID's wallet moved by exactly that.
    Source: docs/v5/websocket/private/order.mdx, avgPrice and cumExecValue; docs/v5/order/execution.mdx
    """
    matched = await taker.reaches_through(side, TICKS)
    (order,), resting, fills = matched.taking, matched.resting, matched.taken
    closed = await taker.desk.closed(order)
    views = {
        "the order stream": closed,
        "realtime": await taker.desk.in_realtime(order, closed.agrees),
        "the history": await taker.desk.in_history(order, closed.agrees),
    }
    expected = expected_balances(desk.instrument, order.side, matched.after, fills)
    after = await taker.desk.wallet(expected)

    wait_ms, tick = desk.timeouts.look_up_ms, desk.instrument.tick_size
    value = sum((fill.exec_qty * resting.price for fill in fills), Decimal(0))
    average = between(resting.price - tick / 2, resting.price + tick / 2)
    for fill in fills:
        expect("execPrice of the taking order", fill.exec_price, resting.price, of=fill)
    for name, view in views.items():
        state = expect(f"taking order in {name}", view, present, of=order, within_ms=wait_ms)
        sums = having(cum_exec_qty=matched.qty, cum_exec_value=value, avg_price=average)
        expect(f"taking order in {name}", state, sums, within_ms=wait_ms)
        fees = {coin: round(fee, PLACES) for coin, fee in state.fees.items()}
        expect(f"fees of the taking order in {name}", fees, paid_fees(fills), of=order)
    expect_balances("in the second UID's wallet", after, expected, within_ms=wait_ms)
