"""Idempotency: one intent, at most one live order.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/create-order.mdx, orderLinkId
"""

from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, over_both_transports, over_trade_stream
from fixtures.desk import Desk, Transport, has_ended
from fixtures.evidence import Evidence
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, ORDER_GONE, RetCode
from fixtures.v5.enums import OrderStatus, Side
from fixtures.v5.identifiers import LONGEST_ORDER_LINK_ID

PARALLEL = 5
LONGEST_SEEN = 45
"""The document says 36 characters; captures show a live guard that names 45, so 37 to 45 prove nothing."""
ILLEGAL_ID = {RetCode.REQUEST_PARAM_ERROR, RetCode.PARAM_INVALID}
"""The documented refusals of a malformed orderLinkId; the docs name no code for it."""


@check("IDM-01", severity=BLOCKER, at_risk=3, creates=3)
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
        assert answer.ret_code in DUPLICATE_ORDER_LINK_ID, f"a second order under one id was {answer}"
    live = [(state.order_id, state.price, state.qty) for state in await desk.open_orders(order.order_id)]
    assert live == [(order.order_id, order.price, order.qty)], f"one id, live are {live}"


@check("IDM-02", severity=BLOCKER, at_risk=2, creates=2)
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

    assert second.ret_code in DUPLICATE_ORDER_LINK_ID, f"the same id over the trade stream was {second}"
    live = [state.order_id for state in await desk.open_orders(order.order_id)]
    assert live == [order.order_id], f"one id, live are {live}"


@check("IDM-03", severity=MINOR, at_risk=2, creates=2)
@over_both_transports
async def test_id_is_not_reusable_after_the_end(desk: Desk) -> None:
    """The id of a closed order is refused: within its UID an id stays taken for 360 days after the end.

    Sequence: create, acknowledged, New, cancel, Cancelled, create under the same orderLinkId,
        refused.
    Passes: The second retCode says that the id is taken.
    Source: docs/v5/order/create-order.mdx, orderLinkId; docs/fix-api/create-order.mdx, ClOrdID
    """
    order = await desk.rest(Side.BUY)
    await desk.cancelled(order)

    again = await desk.attempt(Side.BUY, order.price, order.qty, order_link_id=order.order_link_id)

    assert again.ret_code in DUPLICATE_ORDER_LINK_ID, f"the id of a closed order was {again}"


@check("IDM-04", severity=BLOCKER, at_risk=5, creates=PARALLEL, observes=PARALLEL)
@over_both_transports
async def test_parallel_duplicates_make_one_order(desk: Desk) -> None:
    """Of five requests under one id sent at once, exactly one becomes an order.

    Sequence: five creates under one orderLinkId at once, five answers, open orders queried.
    Passes: One orderId is acknowledged, every other answer says that the id is taken, and one order
        is open.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    price, order_link_id = await desk.passive_price(Side.BUY), desk.fresh_link_id()

    answers = await desk.attempt_at_once(PARALLEL, Side.BUY, price, order_link_id)

    booked = {answer.order.order_id for answer in answers if answer.order is not None}
    codes = {answer.ret_code for answer in answers if answer.order is None}
    assert len(booked) == 1, f"{PARALLEL} requests under one id made the orders {', '.join(booked)}"
    assert codes <= DUPLICATE_ORDER_LINK_ID, f"duplicates were refused with {codes}"
    live = {state.order_id for state in await desk.open_orders(*booked)}
    assert live == booked, f"acknowledged was {booked}, live are {live}"


@check("IDM-05", severity=BLOCKER, at_risk=1, creates=1)
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

    assert found is not None, (
        f"{order.order_link_id} is acknowledged and not found within {desk.patience.look_up_ms} ms"
    )
    assert found.order_id == order.order_id, "the id leads to another order"
    assert ended is not None, f"{order.order_link_id} is closed and not found"
    assert ended.order_status is OrderStatus.CANCELLED, (
        f"{desk.patience.look_up_ms} ms after the cancel the look-up shows {ended}"
    )


@check("IDM-06", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_repeated_cancel_is_harmless(desk: Desk) -> None:
    """A cancel by orderLinkId works once; repeated, it says that the order is gone.

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

    assert first.ret_code == RetCode.OK, f"a cancel by orderLinkId was {first}"
    own = (order.order_id, order.order_link_id)
    assert first.names == (own,), f"the cancel of {own} is acknowledged as that of {first.names}"
    assert closed.order_status is OrderStatus.CANCELLED, f"the order ended {closed}"
    assert second.ret_code in ORDER_GONE, f"a repeated cancel was {second}"


@check("IDM-07", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_longest_id_is_accepted(desk: Desk) -> None:
    """An orderLinkId of 36 characters is accepted and comes back unchanged.

    Sequence: create under an orderLinkId of 36 characters, acknowledged, New.
    Passes: The retCode is 0, and the pushed orderLinkId equals the sent one.
    Source: docs/v5/order/batch-place.mdx, orderLinkId
    """
    longest = desk.fresh_link_id().ljust(LONGEST_ORDER_LINK_ID, "_")

    answer = await desk.attempt(Side.BUY, await desk.passive_price(Side.BUY), order_link_id=longest)

    assert answer.order, f"an orderLinkId of {LONGEST_ORDER_LINK_ID} characters was {answer}"
    state = await desk.resting(answer.order)
    assert state.order_link_id == longest, f"the stream shows the id {state.order_link_id}"


@check("IDM-07", severity=MAJOR, at_risk=1, creates=1)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda link_id: link_id.ljust(LONGEST_SEEN + 1, "_"), id="46-characters"),
        pytest.param(lambda link_id: f"{link_id}!", id="illegal-character"),
    ],
)
@over_both_transports
async def test_illegal_id_is_refused(desk: Desk, spoil: Callable[[str], str]) -> None:
    """An orderLinkId that is longer than any venue accepts, or has an illegal character, is refused.

    Sequence: create under an illegal orderLinkId, refused.
    Passes: The retCode is a documented refusal of a malformed parameter.
    Source: docs/v5/order/batch-place.mdx, orderLinkId
    """
    answer = await desk.attempt(
        Side.BUY, await desk.passive_price(Side.BUY), order_link_id=spoil(desk.fresh_link_id())
    )

    assert answer.ret_code in ILLEGAL_ID, f"an illegal orderLinkId was {answer}"
