"""Ids: an id names its own order, and none whose id is longer, shorter, next to it or spelled otherwise.

A desk numbers its orders, so that the ids of two of them differ in one character. A venue that compares less
than the whole id ends or amends the wrong quote.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/create-order.mdx, orderLinkId
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, over_both_transports, without_real_money
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import (
    ORDER_VIEWS,
    Answer,
    Batch,
    Desk,
    Order,
    Taker,
    attempt_amend_with,
    attempt_by_order_id,
    link_id_with_neighbours,
    near_link_ids,
    near_order_ids,
    shown_under,
)
from fixtures.expect import Matcher, acknowledged, expect, nothing, refused
from fixtures.v5 import paths
from fixtures.v5.codes import NOT_AMENDABLE, ORDER_GONE
from fixtures.v5.enums import Phase, Side
from fixtures.v5.instrument import plain

NEAR = len(near_link_ids("-----"))


@check("IDM-11", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_cancel_under_a_near_id_is_refused(desk: Desk) -> None:
    """A cancel under an orderLinkId that only resembles a live order's finds no order, and that order stays.

    Sequence: create, New, cancels under a prefix of its orderLinkId, a longer one, its other case and its
        neighbour, refused.
    Passes: each refusal says that there is no such order, and the order is open, unchanged.
    Source: docs/v5/order/cancel-order.mdx, orderLinkId; docs/v5/error.mdx, 170213
    """
    order = await _order_with_neighbours(desk)

    answers = {
        what: await desk.attempt_cancel(near) for what, near in near_link_ids(order.order_link_id).items()
    }

    _expect_each("cancel", "orderLinkId", answers, refused(ORDER_GONE), order)
    await expect_unchanged(desk, order)


@check("IDM-12", severity=BLOCKER, max_fills=1, creates=1, worth=1 + 2 * NEAR)
@over_both_transports
async def test_amend_under_a_near_id_is_refused(desk: Desk) -> None:
    """An amend under an orderLinkId that only resembles a live order's finds none, and that order stays.

    Sequence: create, New, amends to twice the quantity under a prefix of its orderLinkId, a longer one, its
        other case and its neighbour, refused.
    Passes: each refusal says that there is no such order, and the order is open on its own terms.
    Source: docs/v5/order/amend-order.mdx, orderLinkId; docs/v5/error.mdx, 170213
    """
    order = await _order_with_neighbours(desk)
    terms = {"qty": plain(2 * order.qty), "price": plain(order.price)}

    answers = {
        what: await attempt_amend_with(desk, order, orderLinkId=near, **terms)
        for what, near in near_link_ids(order.order_link_id).items()
    }

    _expect_each("amend", "orderLinkId", answers, refused(NOT_AMENDABLE), order)
    await expect_unchanged(desk, order)


@check("IDM-13", severity=BLOCKER, max_fills=1, creates=1, worth=1 + 2 * NEAR)
@needs(paths.ORDER_AMEND_BATCH, paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_under_near_ids_is_refused(desk: Desk, batch: Batch) -> None:
    """Amends and cancels in a batch under ids that only resemble a live order's find none; that order stays.

    Sequence: create, New, a batch of amends to twice the quantity under four near ids, a batch of cancels
        under them, each item refused.
    Passes: each item's code says that there is no such order, and the order is open on its own terms.
    Source: docs/v5/order/batch-amend.mdx, docs/v5/order/batch-cancel.mdx, orderLinkId
    """
    order = await _order_with_neighbours(desk)
    near = near_link_ids(order.order_link_id)
    doubled = (replace(order, order_link_id=link_id, qty=2 * order.qty) for link_id in near.values())

    amends = await batch.amend_each(*((order, order.price, order.qty) for order in doubled))
    cancels = await batch.cancel(*near.values())

    named = dict(zip(near, amends, strict=True)), dict(zip(near, cancels, strict=True))
    _expect_each("amend in a batch", "orderLinkId", named[0], refused(NOT_AMENDABLE), order)
    _expect_each("cancel in a batch", "orderLinkId", named[1], refused(ORDER_GONE), order)
    await expect_unchanged(desk, order)


@check("IDM-14", severity=BLOCKER, max_fills=1, creates=1)
async def test_look_up_under_a_near_id_shows_nothing(desk: Desk) -> None:
    """A query by an orderLinkId that only resembles an order's shows no order, while it is open and after.

    Sequence: create, New, realtime and history queried under a prefix of its orderLinkId, a longer one, its
        other case and its neighbour; cancel, Cancelled, the same queries.
    Passes: none of them lists an order.
    Source: docs/v5/order/open-order.mdx, docs/v5/order/order-list.mdx, orderLinkId
    """
    order = await _order_with_neighbours(desk)
    await desk.in_realtime(order)  # a list that shows the order itself does not lag behind it
    opened = await _shown_near(desk, order)
    ended = await desk.cancelled(order)
    await desk.in_history(order, ended.agrees)

    closed = await _shown_near(desk, order)

    for when, shown in {"an open order": opened, "a closed order": closed}.items():
        expect(f"orders shown under ids near that of {when}", shown, {}, of=order)


@check("IDM-15", severity=BLOCKER, max_fills=3, creates=3)
@over_both_transports
async def test_near_ids_are_different_orders(desk: Desk) -> None:
    """Orders whose orderLinkIds are a prefix and a longer form of each other live side by side.

    Sequence: create, New, creates under a prefix of its orderLinkId and under a longer one, acknowledged,
        cancel by each orderLinkId in turn, the shortest first, Cancelled.
    Passes: the three orderIds differ, and after each cancel the open orders are exactly the others.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    price, own = await desk.passive_price(Side.BUY), link_id_with_neighbours(desk)
    near = near_link_ids(own)
    names = (own, near["a prefix of it"], near["a longer one"])
    answers = [await desk.attempt(Side.BUY, price, order_link_id=name) for name in names]
    for answer in answers:
        expect("create under an orderLinkId that resembles a live order's", answer, acknowledged)
    middle, shortest, longest = [order for answer in answers if (order := answer.order) is not None]

    for ended, left in ((shortest, (middle, longest)), (longest, (middle,)), (middle, ())):
        cancelled = await desk.attempt_cancel(ended.order_link_id)
        await desk.closed(ended)
        still_open = {state.order_link_id for state in await desk.open_orders(*[x.order_id for x in left])}
        expect(f"cancel of {ended.order_link_id}", cancelled, acknowledged, of=ended)
        expect("orderLinkIds that stay open", still_open, {order.order_link_id for order in left}, of=ended)


@check("IDM-16", severity=BLOCKER, max_fills=1, creates=1, worth=5)
@without_real_money("Where money is real no orderId is named that the run was not given.")
@over_both_transports
async def test_neighbouring_order_id_is_refused(desk: Desk) -> None:
    """A cancel or an amend under the orderId before or after an order's finds none, and the order stays.

    Sequence: create, New, amends to twice the quantity and cancels under its orderId less one and plus one,
        refused.
    Passes: each refusal says that there is no such order, and the order is open on its own terms.
    Source: docs/v5/order/cancel-order.mdx, docs/v5/order/amend-order.mdx, orderId
    """
    order = await desk.rest(Side.BUY)
    near = near_order_ids(order)

    for op, codes in {"order.amend": NOT_AMENDABLE, "order.cancel": ORDER_GONE}.items():
        answers = {what: await attempt_by_order_id(desk, op, order, name) for what, name in near.items()}
        _expect_each(op, "orderId", answers, refused(codes), order)
    await expect_unchanged(desk, order)


@check("IDM-17", severity=MAJOR, max_fills=2, creates=4, min_messages=6)
@during(Phase.TRADING)
@pytest.mark.parametrize("name", ["orderId", "orderLinkId"])
async def test_executions_are_those_of_the_id(desk: Desk, taker: Taker, name: str) -> None:
    """A query of executions by either id shows those of its order, none of the next one's, and none near it.

    Sequence: create as the touch, filled by a second UID, twice; executions queried by the ids of both, by a
        prefix of the first order's id and by the number after it.
    Passes: under each order's id every execution is of that order, and there is one at least; under the other
        ids there is none.
    Source: docs/v5/order/execution.mdx, orderId and orderLinkId
    """
    orders = [(await taker.fills(side)).resting for side in Side]
    for order in orders:
        await desk.listed_executions(order, order.qty)
    own = {
        order.order_id: {"orderId": order.order_id, "orderLinkId": order.order_link_id} for order in orders
    }
    first = own[orders[0].order_id][name]
    near = (first[:-1], f"{first}0")

    shown = {
        order_id: set(await shown_under(desk, paths.EXECUTION_LIST, **{name: ids[name]}))
        for order_id, ids in own.items()
    }
    beside = [row for other in near for row in await shown_under(desk, paths.EXECUTION_LIST, **{name: other})]

    expect(f"orderIds of the executions under each {name}", shown, {x: {x} for x in own}, of=orders)
    expect(f"executions under a {name} near an order's", beside, nothing, of=orders[0])


async def _order_with_neighbours(desk: Desk) -> Order:
    """A resting order under an orderLinkId that others resemble."""
    price, own = await desk.passive_price(Side.BUY), link_id_with_neighbours(desk)
    order = await desk.place(Side.BUY, price, order_link_id=own)
    await desk.resting(order)
    return order


async def _shown_near(desk: Desk, order: Order) -> dict[str, list[str]]:
    """What each list shows under each near id, without those that show nothing."""
    return {
        f"{path} under {what}": shown
        for path in ORDER_VIEWS
        for what, near in near_link_ids(order.order_link_id).items()
        if (shown := await shown_under(desk, path, orderLinkId=near))
    }


def _expect_each(op: str, name: str, answers: Mapping[str, Answer], expected: Matcher, order: Order) -> None:
    """Each answer is as expected; op, name: what was sent, and the id that named no order."""
    for what, answer in answers.items():
        expect(f"{op} under an {name} that is {what}", answer, expected, of=order)
