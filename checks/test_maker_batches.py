"""Maker behaviour: several orders in one request stand and fall each by itself.

Source: docs/v5/order/batch-place.mdx, batch-amend.mdx, batch-cancel.mdx, cancel-all.mdx
"""

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal

from checks import BLOCKER, MAJOR, MINOR, check, needs, over_both_transports, without_real_money
from checks.unchanged import expect_unchanged
from fixtures.desk import Answer, Batch, Blocked, Desk, Order, Transport, written_faults
from fixtures.desk.batch import LARGEST_BATCH
from fixtures.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, NOTHING_ORDERED, RetCode
from fixtures.v5.enums import OrderStatus, Side, TimeInForce
from fixtures.v5.filters import Instrument, down_to

GOOD = 2
"""Items of each batch here that are sound."""
MOST_OPEN = 500
FAR = Decimal("0.9")
"""How far below the touch orders rest that are to outlast a moving market, as a ratio of the price."""


@check("MKR-08", severity=MAJOR, at_risk=3, creates=3, observes=3)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_refuses_its_bad_order_alone(
    desk: Desk, batch: Batch, instrument: Instrument, evidence: Evidence
) -> None:
    """Of three orders in one batch the off-tick one is refused by its own code, and the other two rest.

    The request itself is acknowledged: a client that reads no further takes three orders for live.

    Sequence: a batch of three creates, acknowledged, two New, one item refused.
    Passes: the items' codes in the order sent are 0, 170134 and 0, a refused item has no orderId, each keeps
        its orderLinkId, each booked one has its symbol and createAt, and the open orders are the first and
        the third, on their terms, as PostOnly.
    Source: docs/v5/order/batch-place.mdx, orderId, orderLinkId and retExtInfo; docs/v5/error.mdx, 170134
    """
    price, mark = await desk.passive_price(Side.BUY), evidence.mark()

    answers = await batch.create(Side.BUY, price, price + instrument.tick_size / 10, price)

    assert _codes(answers) == [RetCode.OK, RetCode.PRICE_DECIMALS, RetCode.OK], _told(answers)
    assert (faults := written_faults(desk, mark)) == [], f"not as documented: {'; '.join(faults)}"
    ids = [answer.names[0] for answer in answers]
    assert ids[1][0] == "", f"the refused item has the orderId {ids[1][0]}"
    made = [answer.order for answer in answers if answer.order is not None]
    resting = await asyncio.gather(*map(desk.resting, made))
    live = {x.order_link_id for x in await desk.open_orders(*[order.order_id for order in made])}
    sent_as = [order.order_link_id for order in made]
    assert [link_id for _, link_id in ids[::2]] == sent_as, f"sent were {sent_as}, the items name {ids}"
    assert len(made) == GOOD, f"two items were acknowledged, and {len(made)} of them have an orderId"
    assert [state.order_link_id for state in resting] == sent_as, f"as {sent_as} there rest {resting}"
    terms = [(state.price, state.qty, state.time_in_force) for state in resting]
    sent = [(order.price, order.qty, TimeInForce.POST_ONLY) for order in made]
    assert terms == sent, f"{sent} rest as {terms}"
    assert live == set(sent_as), f"sent and acknowledged were {sent_as}, live are {sorted(live)}"


@check("MKR-08", severity=MAJOR, at_risk=2, creates=2, observes=2)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_judges_the_size_of_its_orders(desk: Desk, batch: Batch, instrument: Instrument) -> None:
    """In a batch a quantity off the grid and one below the minimum amount are refused as they are alone.

    Sequence: a batch of two creates, acknowledged, both items refused.
    Passes: the items' codes are 170137 and 170140, or a documented code of a quantity of zero where one step
        is the least, and no order is open.
    Source: docs/v5/order/batch-place.mdx, retExtInfo; docs/v5/error.mdx, 170137 and 170140
    """
    price, step = await desk.passive_price(Side.BUY), instrument.base_precision
    least = instrument.least_qty(price)

    off_grid, below = await batch.create(Side.BUY, price, price, qtys=(least + step / 10, least - step))

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if least > step else NOTHING_ORDERED
    assert off_grid.ret_code == RetCode.QTY_DECIMALS, f"a quantity off the grid was {off_grid}"
    assert below.ret_code in too_little, f"an order one step below the minimum was {below}"
    assert await desk.open_orders() == [], "a refused item of a batch is live"


@check("MKR-20", severity=MAJOR, at_risk=3, creates=3, observes=5)
@needs(paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_batch_amends_around_its_bad_item(desk: Desk, batch: Batch, instrument: Instrument) -> None:
    """Of three amends in one batch the off-tick one is refused by its own code, and the other two happen.

    Sequence: three creates, three New, a batch of three amends, acknowledged, two repriced, one refused.
    Passes: the items' codes in the order sent are 0, 170134 and 0, the acknowledged ones name their orders,
        the first and the third order move to the new price and keep their quantity, and the second stays.
    Source: docs/v5/order/batch-amend.mdx, retExtInfo; docs/v5/error.mdx, 170134
    """
    price = await desk.passive_price(Side.SELL)
    further = instrument.away(price, Side.SELL, ticks=2)
    first, second, third = [await desk.place(Side.SELL, price) for _ in range(3)]
    await asyncio.gather(*map(desk.resting, (first, second, third)))

    answers = await batch.amend(
        (first, further), (second, further + instrument.tick_size / 10), (third, further)
    )

    assert _codes(answers) == [RetCode.OK, RetCode.PRICE_DECIMALS, RetCode.OK], _told(answers)
    named, own = [answer.names[0] for answer in answers], _ids((first, third))
    assert named[::2] == own, f"the amends of {own} are acknowledged as those of {named}"
    moved = await asyncio.gather(desk.repriced(first, further), desk.repriced(third, further))
    assert [state.qty for state in moved] == [first.qty, third.qty], f"the orders moved to {moved}"
    await expect_unchanged(desk, second)


@check("MKR-21", severity=MAJOR, at_risk=2, creates=3, observes=4)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_cancels_around_its_unknown_item(desk: Desk, batch: Batch) -> None:
    """Of three cancels in one batch the one of an unknown order is refused with 170213, the others happen.

    Sequence: three creates, three New, a batch of three cancels, acknowledged, two Cancelled, one refused.
    Passes: the items' codes in the order sent are 0, 170213 and 0, the acknowledged ones name their orders,
        both orders end Cancelled, and the one that no item names stays.
    Source: docs/v5/order/batch-cancel.mdx, its example; docs/v5/error.mdx, 170213
    """
    price = await desk.passive_price(Side.BUY)
    first, last, other = [await desk.place(Side.BUY, price) for _ in range(3)]
    await asyncio.gather(*map(desk.resting, (first, last, other)))

    answers = await batch.cancel(first.order_link_id, desk.fresh_link_id(), last.order_link_id)

    assert _codes(answers) == [RetCode.OK, RetCode.ORDER_NOT_EXIST, RetCode.OK], _told(answers)
    ends = await asyncio.gather(desk.closed(first), desk.closed(last))
    assert [end.order_status for end in ends] == [OrderStatus.CANCELLED] * GOOD, f"the orders ended {ends}"
    named, own = [answer.names[0] for answer in answers], _ids((first, last))
    assert named[::2] == own, f"the cancels of {own} are acknowledged as those of {named}"
    left = [state.order_id for state in await desk.open_orders(other.order_id)]
    assert left == [other.order_id], f"no item named {other.order_id}, open are {left}"


@check("MKR-08", severity=BLOCKER, at_risk=2, creates=2, observes=3)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_of_one_id_makes_one_order(desk: Desk, batch: Batch) -> None:
    """Of two orders under one id in one batch the first is booked, the second is refused.

    Sequence: a batch of two creates under one orderLinkId, acknowledged, open orders queried.
    Passes: the first item's code is 0, the second's says that the id is taken, and one order is open.
    Source: docs/v5/order/batch-place.mdx, orderLinkId; docs/v5/error.mdx, 170141
    """
    price, order_link_id = await desk.passive_price(Side.BUY), desk.fresh_link_id()

    answers = await batch.create(Side.BUY, price, price, order_link_id=order_link_id)

    assert answers[0].ret_code == RetCode.OK, _told(answers)
    assert answers[1].ret_code in DUPLICATE_ORDER_LINK_ID, _told(answers)
    booked = {answer.order.order_id for answer in answers if answer.order is not None}
    live = {state.order_id for state in await desk.open_orders(*booked)}
    assert len(live) == 1, f"one id, live are {live}"


@check("MKR-24", severity=MAJOR, at_risk=3, creates=3, observes=4)
@without_real_money("A cancel-all could end orders that are not this run's.")
@over_both_transports
async def test_cancel_all_keeps_to_its_symbol(
    desk: Desk, desk_elsewhere: Desk, batch: Batch, evidence: Evidence
) -> None:
    """A cancel-all of one symbol ends every own order there, and leaves an own order on another symbol alone.

    The cancel-all itself goes over REST, the trade stream has none; the orders come from either transport.
    It is not sent while an order that is not this run's is open on any symbol.

    Sequence: create on another symbol, New, a bid and an ask, two New, cancel-all of the symbol,
        acknowledged, two Cancelled.
    Passes: the reply names bid and ask and says success, both end Cancelled and lock nothing any more, and
        the order on the other symbol is still New.
    Source: docs/v5/order/cancel-all.mdx
    """
    kept = await desk_elsewhere.rest(Side.BUY)
    before, mark = await desk.wallet(), evidence.mark()
    quotes = [await desk.place(side, await desk.passive_price(side)) for side in Side]
    await asyncio.gather(*map(desk.resting, quotes))

    answer = await batch.cancel_all()

    assert answer.ret_code == RetCode.OK, f"a cancel-all of {desk.instrument.symbol} was {answer}"
    ends = await asyncio.gather(*map(desk.closed, quotes))
    assert [end.order_status for end in ends] == [OrderStatus.CANCELLED] * 2, f"the quotes ended {ends}"
    assert set(answer.names) == set(_ids(quotes)), f"ended were {_ids(quotes)}, named {answer.names}"
    assert (faults := written_faults(desk, mark)) == [], f"not as documented: {'; '.join(faults)}"
    after = await desk.wallet(before)
    assert after == before, f"the wallet held {before}, after the cancel-all {after}"
    await expect_unchanged(desk_elsewhere, kept)


@check("MKR-28", severity=MINOR, at_risk=MOST_OPEN + 3, creates=MOST_OPEN + 3, observes=50)
@needs(paths.ORDER_CREATE_BATCH, paths.TRADE_STREAM)
@without_real_money("Five hundred orders would go beyond the budget, and a cancel-all could end others.")
async def test_open_orders_are_capped(desk: Desk, batch: Batch, announce: Callable[[str], None]) -> None:
    """The order that would be the five hundred and first open one is refused with 170810, on both transports.

    The cap counts the open orders of every symbol. Five hundred orders take half a minute at the
    documented rate, so the check is made in the regression profile alone, and once for both transports.

    Sequence: creates in batches of ten until 500 orders are open, a create over each transport, both
        refused, cancel-all, create, acknowledged.
    Passes: 500 orders are open, the next create is refused with 170810 over REST and over the trade
        stream, and after the cancel-all one more is acknowledged.
    Source: docs/v5/order/create-order.mdx, open order limits; docs/v5/error.mdx, 170810
    """
    price = down_to(await desk.passive_price(Side.BUY) * FAR, desk.instrument.tick_size)
    for start in range(await batch.open_everywhere(), MOST_OPEN, LARGEST_BATCH):
        answers = await batch.create(Side.BUY, *[price] * min(LARGEST_BATCH, MOST_OPEN - start))
        if RetCode.BALANCE_INSUFFICIENT in _codes(answers):
            raise Blocked(f"the funds do not carry {MOST_OPEN} orders")
        assert set(_codes(answers)) == {RetCode.OK}, f"after {start} open orders: {_told(answers)}"
        announce(f"MKR-28: {start + len(answers)} of {MOST_OPEN} orders are open")

    beyond = {via: await desk.attempt(Side.BUY, price, via=via) for via in Transport}
    await batch.cancel_all()
    again = await desk.attempt(Side.BUY, price)

    for via, answer in beyond.items():
        assert answer.ret_code == RetCode.TOO_MANY_OPEN_ORDERS, (
            f"beyond {MOST_OPEN}, an order over {via} was {answer}"
        )
    assert again.ret_code == RetCode.OK, f"after the cancel-all an order was {again}"


def _ids(orders: Iterable[Order]) -> list[tuple[str, str]]:
    return [(order.order_id, order.order_link_id) for order in orders]


def _codes(answers: list[Answer]) -> list[int]:
    return [answer.ret_code for answer in answers]


def _told(answers: list[Answer]) -> str:
    return f"the items of the batch were: {'; '.join(map(str, answers))}"
