"""Terms without effect: what a request says too much, or says to be absent, does not get it refused.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/create-order.mdx
"""

from checks import MAJOR, MINOR, check, during, over_both_transports, without_real_money
from fixtures.desk import Desk, attempt_create_with, attempt_with_null
from fixtures.expect import acknowledged, expect, having, present
from fixtures.v5.enums import OrderStatus, OrderType, Phase, Side, TimeInForce
from fixtures.v5.instrument import plain


@check("ERR-08.01", severity=MINOR, max_fills=1, creates=1)
@over_both_transports
async def test_null_is_an_absent_field(desk: Desk) -> None:
    """A null stands for a field that is not sent, as the pages' samples of an amend and a cancel have it.

    Sequence: create, New; amend of the price with null for the quantity, New at its price; cancel by orderId
        with null for the orderLinkId, Cancelled.
    Passes: amend and cancel are acknowledged, the amend changes the price alone, the order ends Cancelled.
    Source: docs/v5/order/batch-amend.mdx and cancel-order.mdx, request examples
    """
    side = Side.BUY
    price = await desk.passive_price(side)
    further = desk.instrument.away(price, side, ticks=1)
    order = await desk.place(side, price, desk.instrument.min_qty(further))
    await desk.resting(order)

    amended = await attempt_with_null(desk, "order.amend", order, "qty", price=plain(further))
    expect("amend of the price with null for qty", amended, acknowledged, of=order)
    state = await desk.repriced(order, further)
    expect("order after an amend with null for qty", state, having(qty=order.qty))
    cancelled = await attempt_with_null(desk, "order.cancel", order, "orderLinkId")
    expect("cancel by orderId with null for orderLinkId", cancelled, acknowledged, of=order)
    closed = await desk.closed(order)
    expect(
        "order after a cancel with null for orderLinkId", closed, having(order_status=OrderStatus.CANCELLED)
    )


@check("ERR-08.02", severity=MAJOR, max_fills=1, creates=1, worth=3)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.TRADING)
@over_both_transports
async def test_price_of_a_market_order_is_ignored(desk: Desk) -> None:
    """A market order is judged without its price, which may lie between two ticks.

    Sequence: market buy of twice the minimum size, so that a falling price leaves it large enough, with a
        price off the grid, acknowledged, a terminal state.
    Passes: it is acknowledged, and shown as a market order.
    Source: docs/v5/order/create-order.mdx, price: ignored for a market order
    """
    price = await desk.passive_price(Side.BUY) + desk.instrument.tick_size / 10
    terms = {"orderType": OrderType.MARKET, "timeInForce": None, "marketUnit": "baseCoin"}

    qty = 2 * desk.instrument.min_qty(price)
    answer = await attempt_create_with(desk, **terms, price=plain(price), qty=plain(qty))

    expect(f"market order with a price of {plain(price)}", answer, acknowledged)
    order = expect("order of an acknowledged create", answer.order, present)
    expect("end of the market order", await desk.closed(order), having(time_in_force=TimeInForce.IOC))
