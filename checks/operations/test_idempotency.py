"""Idempotency: one intent, at most one live order.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/create-order.mdx, orderLinkId
"""

from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, during, over_both_transports, over_trade_stream
from fixtures.desk import Desk, Taker, Transport, attempt_at_once, has_ended
from fixtures.expect import acknowledged, expect, having, present, refused
from fixtures.record.evidence import Evidence
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, MALFORMED_ID, ORDER_GONE
from fixtures.v5.enums import OrderStatus, Phase, Side
from fixtures.v5.identifiers import LONGEST_ORDER_LINK_ID

PARALLEL = 5
LONGEST_SEEN = 45
"""The documents say 36 characters; captures show a venue that allows 45, so 37 to 45 are not tried."""


@check("IDM-01", severity=BLOCKER, max_fills=3, creates=3)
@over_both_transports
async def test_duplicate_id_is_refused_while_live(desk: Desk) -> None:
    """A second order under a live order's id is refused whatever its terms, and one order stays live.

    Sequence: create, acknowledged, New, create under the same orderLinkId, on the same terms and on others,
        refused, open orders queried.
    Passes: Both retCodes say that the id is taken, and the one open order is the first, on its terms.
    Source: docs/v5/error.mdx, 170141 and 110072
    """
    order = await desk.rest(Side.BUY)

    second = await desk.attempt(Side.BUY, order.price, order.qty, order_link_id=order.order_link_id)
    other_price = await desk.passive_price(Side.SELL)
    third = await desk.attempt(Side.SELL, other_price, order_link_id=order.order_link_id)

    for answer in (second, third):
        expect("a create under the id of a live order", answer, refused(DUPLICATE_ORDER_LINK_ID), of=order)
    live = await desk.open_orders(order.order_id)
    expect("orders open under one id", [state.order_id for state in live], [order.order_id], of=order)
    expect("the live order after its id was sent again", live[0], having(price=order.price, qty=order.qty))


@check("IDM-18", severity=BLOCKER, max_fills=2, creates=2)
@over_both_transports
async def test_duplicate_id_is_refused_across_symbols(desk: Desk, desk_on_other_symbol: Desk) -> None:
    """An id of a live order on one symbol is refused on another one: it is the UID's, not the symbol's.

    Sequence: create, acknowledged, New, create under the same orderLinkId on another symbol, refused, the
        order looked up by it.
    Passes: The second retCode says that the id is taken, and the id still names the first order.
    Source: docs/fix-api/create-order.mdx, ClOrdID; docs/v5/error.mdx, 170141 and 110072
    """
    order, other = await desk.rest(Side.BUY), desk_on_other_symbol
    price = await other.passive_price(Side.BUY)

    second = await other.attempt(Side.BUY, price, order_link_id=order.order_link_id)

    what = "a create on another symbol under the id of a live order"
    expect(what, second, refused(DUPLICATE_ORDER_LINK_ID), of=order)
    found = await desk.in_realtime(order, by="orderLinkId")
    shown = expect("the order under its orderLinkId", found, present, of=order)
    expect("the order under its orderLinkId", shown, having(order_id=order.order_id, symbol=order.symbol))


@check("IDM-02", severity=BLOCKER, max_fills=2, creates=2)
@over_trade_stream
async def test_duplicate_id_is_refused_across_transports(desk: Desk) -> None:
    """An id used over REST is refused over the trade stream, and one order stays live.

    Sequence: create over REST, acknowledged, New, create under the same orderLinkId over the trade
        stream, refused, open orders queried.
    Passes: The second retCode says that the id is taken, and one order is open.
    Source: docs/v5/error.mdx, 170141 and 110072
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY), via=Transport.REST)
    await desk.resting(order)

    second = await desk.attempt(Side.BUY, order.price, order.qty, order_link_id=order.order_link_id)

    what = "a create over the trade stream under the id of a live order"
    expect(what, second, refused(DUPLICATE_ORDER_LINK_ID), of=order)
    live = [state.order_id for state in await desk.open_orders(order.order_id)]
    expect("orders open under one id", live, [order.order_id], of=order)


@check("IDM-03", severity=MINOR, max_fills=2, creates=2)
@over_both_transports
async def test_id_is_not_reusable_after_the_end(desk: Desk) -> None:
    """The id of a closed order is refused: within its UID an id stays taken for 360 days after the close.

    Sequence: create, acknowledged, New, cancel, Cancelled, create under the same orderLinkId,
        refused.
    Passes: The second retCode says that the id is taken.
    Source: docs/v5/order/create-order.mdx, orderLinkId; docs/fix-api/create-order.mdx, ClOrdID
    """
    order = await desk.rest(Side.BUY)
    await desk.cancelled(order)

    again = await desk.attempt(Side.BUY, order.price, order.qty, order_link_id=order.order_link_id)

    expect("a create under the id of a closed order", again, refused(DUPLICATE_ORDER_LINK_ID), of=order)


@check("IDM-19", severity=MINOR, max_fills=2, creates=3)
@during(Phase.TRADING)
async def test_id_of_a_filled_order_is_not_reusable(desk: Desk, taker: Taker) -> None:
    """The id of a filled order is refused as that of a cancelled one is.

    Sequence: create as the touch, Filled by a second UID, create under the same orderLinkId, refused.
    Passes: The second retCode says that the id is taken.
    Source: docs/v5/order/create-order.mdx, orderLinkId; docs/fix-api/create-order.mdx, ClOrdID
    """
    order = (await taker.fills(Side.BUY)).resting
    price = await desk.passive_price(Side.BUY)

    again = await desk.attempt(Side.BUY, price, order_link_id=order.order_link_id)

    expect("a create under the id of a filled order", again, refused(DUPLICATE_ORDER_LINK_ID), of=order)


@check("IDM-04", severity=BLOCKER, max_fills=5, creates=PARALLEL, min_messages=PARALLEL)
@over_both_transports
async def test_parallel_duplicates_make_one_order(desk: Desk) -> None:
    """Of five requests under one id sent at once, exactly one becomes an order.

    Sequence: five creates under one orderLinkId at once, five answers, open orders queried.
    Passes: One orderId is acknowledged, every other answer says that the id is taken, and one order
        is open.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    price, order_link_id = await desk.passive_price(Side.BUY), desk.fresh_link_id()

    answers = await attempt_at_once(desk, PARALLEL, Side.BUY, price, order_link_id)

    booked = {answer.order.order_id for answer in answers if answer.order is not None}
    expect(f"number of orders booked by {PARALLEL} creates under one id at once", len(booked), 1, of=answers)
    for duplicate in [answer for answer in answers if answer.order is None]:
        expect("a create whose id is taken", duplicate, refused(DUPLICATE_ORDER_LINK_ID))
    live = {state.order_id for state in await desk.open_orders(*booked)}
    expect("orders open under one id", live, booked, of=answers)


@check("IDM-05.03", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_intent_is_found_by_its_id(desk: Desk, evidence: Evidence) -> None:
    """An acknowledged order is found by its orderLinkId within the look-up time, open and closed.

    This is what a client does when the outcome of a create is unknown.

    Sequence: create, acknowledged, query by orderLinkId, cancel, Cancelled, query by orderLinkId.
    Passes: The first query shows the acknowledged orderId within the look-up time, the second one
        the status Cancelled.
    Source: docs/v5/order/open-order.mdx
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    found, lag_us = await desk.timed(desk.look_up(order.order_link_id))
    evidence.measure("look-up lag", lag_us, "µs")
    await desk.cancelled(order)
    ended = await desk.look_up(order.order_link_id, has_ended)

    where, wait_ms = "in the look-up by orderLinkId", desk.timeouts.look_up_ms
    opened = expect(f"an acknowledged order {where}", found, present, of=order, within_ms=wait_ms)
    expect(f"an acknowledged order {where}", opened, having(order_id=order.order_id))
    closed = expect(f"a cancelled order {where}", ended, present, of=order, within_ms=wait_ms)
    cancelled = having(order_status=OrderStatus.CANCELLED)
    expect(f"a cancelled order {where}", closed, cancelled, within_ms=wait_ms)


@check("IDM-06", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_repeated_cancel_is_harmless(desk: Desk) -> None:
    """A cancel by orderLinkId works once; repeated, it is refused because the order is gone.

    Sequence: create, acknowledged, New, cancel by orderLinkId, Cancelled, the same cancel again,
        refused.
    Passes: The first cancel has retCode 0, names the order, and the order ends Cancelled; the second retCode
        says that the order is gone.
    Source: docs/v5/error.mdx, 170213
    """
    order = await desk.rest(Side.BUY)

    first = await desk.attempt_cancel(order.order_link_id)
    closed = await desk.closed(order)
    second = await desk.attempt_cancel(order.order_link_id)

    expect("a cancel by orderLinkId", first, acknowledged, of=order)
    ids = (order.order_id, order.order_link_id)
    expect("orderId and orderLinkId in the acknowledgement of a cancel", first.names, (ids,), of=order)
    expect("the cancelled order on the order stream", closed, having(order_status=OrderStatus.CANCELLED))
    expect("a repeated cancel", second, refused(ORDER_GONE), of=order)


@check("IDM-07.01", severity=MAJOR, max_fills=1, creates=1)
@over_both_transports
async def test_longest_id_is_accepted(desk: Desk) -> None:
    """An orderLinkId of 36 characters is accepted and comes back unchanged.

    Sequence: create under an orderLinkId of 36 characters, acknowledged, New.
    Passes: The retCode is 0, and the pushed orderLinkId equals the sent one.
    Source: docs/v5/order/batch-place.mdx, orderLinkId
    """
    longest = desk.fresh_link_id().ljust(LONGEST_ORDER_LINK_ID, "_")

    answer = await desk.attempt(Side.BUY, await desk.passive_price(Side.BUY), order_link_id=longest)

    expect(f"a create under an orderLinkId of {LONGEST_ORDER_LINK_ID} characters", answer, acknowledged)
    order = expect("the order of the acknowledged create", answer.order, present)
    state = await desk.resting(order)
    expect("orderLinkId on the order stream", state.order_link_id, longest, of=order)


@check("IDM-07.02", severity=MAJOR, max_fills=1, creates=1)
@pytest.mark.parametrize(
    "malformed",
    [
        pytest.param(lambda link_id: link_id.ljust(LONGEST_SEEN + 1, "_"), id="46-characters"),
        pytest.param(lambda link_id: f"{link_id}!", id="illegal-character"),
    ],
)
@over_both_transports
async def test_illegal_id_is_refused(desk: Desk, malformed: Callable[[str], str]) -> None:
    """An orderLinkId that is too long or has an illegal character is refused.

    The documents allow 36 characters; as captures show a venue that allows 45, one of 46 is sent.

    Sequence: create under an illegal orderLinkId, refused.
    Passes: The retCode is a documented refusal of a malformed parameter.
    Source: docs/v5/order/batch-place.mdx, orderLinkId
    """
    answer = await desk.attempt(
        Side.BUY, await desk.passive_price(Side.BUY), order_link_id=malformed(desk.fresh_link_id())
    )

    expect("a create under an illegal orderLinkId", answer, refused(MALFORMED_ID))
