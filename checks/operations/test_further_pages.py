"""Lists beyond their first pages and under filters: complete, in order, and of what was asked alone.

After a restart a desk reads its orders and fills page by page and by time. A row that a page loses is an
order that nobody cancels.

Source: docs/v5/order/open-order.mdx, order-list.mdx, execution.mdx: limit, cursor, startTime and endTime
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from checks import MAJOR, check, during, without_real_money
from fixtures.desk import (
    Answer,
    Desk,
    Execution,
    Order,
    OrderState,
    Taker,
    filtered_executions,
    newest_executions,
    newest_orders,
    order_pages,
    self_match,
)
from fixtures.expect import Matcher, acknowledged, at_most, expect, nothing, refused
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import Category, OrderStatus, Phase, Side, SmpType

BEFORE_MS = 1000
"""How far before the first order a list is queried from; the clocks are closer than this."""
LIMITS = (2, 3, 7)
"""Rows per page for seven orders: four pages and three with one on the last, and all on one."""
SMALL = 3
ENDS = (OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED_CANCELED, OrderStatus.CANCELLED)
SECOND_MS = 1000
DAY_MS = 24 * 3600 * 1000
LONGEST_RANGE_MS = 7 * DAY_MS
RANGES: Mapping[int, Matcher] = {
    SECOND_MS: acknowledged,
    LONGEST_RANGE_MS: acknowledged,
    LONGEST_RANGE_MS + 1: refused(RetCode.REQUEST_PARAM_ERROR),
}
"""How long a range of a query is, in ms -> how it is answered."""
Pages = Sequence[Sequence[str]]


@check("CON-19", severity=MAJOR, max_fills=8, creates=8, min_messages=12)
async def test_open_orders_are_whole_at_every_limit(desk: Desk, desk_on_other_symbol: Desk) -> None:
    """The pages of the open orders are whole at every limit, of one symbol and of all, and on a second look.

    Sequence: seven creates, an eighth on another symbol amid them, New each; the open orders of the symbol in
        pages of two, three and seven, those of every symbol in pages of three, each twice.
    Passes: no page is longer than its limit; each order is on the pages once, the newest first; pages of one
        symbol show no other; the second look shows the same.
    Source: docs/v5/order/open-order.mdx, limit, cursor and createdTime
    """
    orders = [await desk.rest(Side.BUY) for _ in range(4)]
    beside = await desk_on_other_symbol.rest(Side.BUY)
    orders += [await desk.rest(Side.BUY) for _ in range(3)]
    own, of_all = _ids(orders), _ids([*orders, beside])

    for limit in LIMITS:
        looks = [await order_pages(desk, paths.ORDER_REALTIME, limit, own, openOnly="0") for _ in range(2)]
        for pages in looks:
            _expect_whole("open orders of a symbol", _of_orders(pages), own, limit)
            _expect_newest_first("open orders of a symbol", pages)
            symbols = {state.symbol for page in pages for state in page}
            expect("symbols of the open orders of one symbol", symbols, {desk.instrument.symbol})
        first, second = (list(chain(*_of_orders(pages))) for pages in looks)
        expect(f"open orders of a symbol in pages of {limit}, on a second look", second, first)
    pages = await order_pages(desk, paths.ORDER_REALTIME, SMALL, of_all, openOnly="0", symbol="")
    _expect_whole("open orders of every symbol", _of_orders(pages), of_all, SMALL)
    _expect_newest_first("open orders of every symbol", pages)


@check("CON-20", severity=MAJOR, max_fills=7, creates=7, min_messages=12)
async def test_history_is_whole_under_a_filter(desk: Desk) -> None:
    """The pages of the order history are whole at every limit, also when a status is asked for.

    Sequence: seven creates, New, cancelled, Cancelled each; the history in pages of two, three and seven,
        without a status and with Cancelled; with Filled.
    Passes: no page is longer than its limit; each order is on the pages once; under Cancelled every row has
        that status; under Filled none of the seven is shown.
    Source: docs/v5/order/order-list.mdx, limit, cursor and orderStatus
    """
    orders = [await desk.rest(Side.BUY) for _ in range(7)]
    ended = await asyncio.gather(*map(desk.cancelled, orders))
    # From the first of them on, by the venue's own clock: the check before this one may have ended many.
    since = str(min(state.created_ms for state in ended))
    own, path = _ids(orders), paths.ORDER_HISTORY

    for limit in LIMITS:
        every = await order_pages(desk, path, limit, own, startTime=since)
        _expect_whole("closed orders", _of_orders(every), own, limit)
        cancelled = await order_pages(desk, path, limit, own, startTime=since, orderStatus="Cancelled")
        _expect_whole("cancelled orders", _of_orders(cancelled), own, limit)
        statuses = {state.order_status for page in cancelled for state in page}
        expect("orderStatus of the orders listed as Cancelled", statuses, {OrderStatus.CANCELLED})
    filled = await order_pages(desk, path, len(orders), (), startTime=since, orderStatus="Filled")
    shown = own & set(chain(*_of_orders(filled)))
    expect("cancelled orders that are listed as Filled", shown, nothing, of=orders)


@check("CON-33", severity=MAJOR, max_fills=4, creates=6, worth=8, min_messages=12)
@during(Phase.TRADING)
async def test_realtime_finds_closed_orders(desk: Desk, desk_on_other_symbol: Desk, taker: Taker) -> None:
    """Realtime shows orders that closed recently: with openOnly=1 those of the symbol, and each by either id.

    Sequence: create as the touch, Filled by a second UID; create of two minimum sizes as the touch, one is
        filled, cancel, PartiallyFilledCanceled; create, cancel, Cancelled, on the symbol and on another one;
        realtime with openOnly=1, by each id, and by the orderId of one order and the orderLinkId of another;
        the history by each status.
    Passes: with openOnly=1 the symbol's three orders are listed and not the other one's; each id finds its
        order alone; of two ids the orderId counts; each status shows the order that ended so, and no other.
    Source: docs/v5/order/open-order.mdx, openOnly, orderId and orderLinkId; order-list.mdx, orderStatus
    """
    path, other = paths.ORDER_REALTIME, desk_on_other_symbol
    filled, partly = (await taker.fills(Side.BUY)).resting, (await taker.fills(Side.SELL, (1,), of=2)).resting
    cancelled, foreign = await desk.rest(Side.BUY), await other.rest(Side.BUY)
    await asyncio.gather(desk.cancelled(cancelled), other.cancelled(foreign))
    orders = (filled, partly, cancelled)
    own = {order.order_id for order in orders}

    recent = await newest_orders(desk, path, own, openOnly="1")
    expect("closed orders that realtime does not show with openOnly=1", own - recent, nothing, of=orders)
    of_others = recent & {foreign.order_id}
    expect("orders of another symbol in realtime with openOnly=1", of_others, nothing, of=foreign)
    for order in orders:
        for name, text in (("orderId", order.order_id), ("orderLinkId", order.order_link_id)):
            found = await newest_orders(desk, path, {order.order_id}, **{name: text})
            expect(f"closed order in realtime by {name}", found, {order.order_id}, of=order)
    ids = {"orderId": filled.order_id, "orderLinkId": partly.order_link_id}
    found = await newest_orders(desk, path, {filled.order_id}, **ids)
    expect("order in realtime by its orderId and another's orderLinkId", found, {filled.order_id}, of=filled)
    for status, order in zip(ENDS, orders, strict=True):
        found = await newest_orders(desk, paths.ORDER_HISTORY, {order.order_id}, orderStatus=status)
        expect(f"orders of the history that ended {status}", found & own, {order.order_id}, of=order)


@check("CON-21", severity=MAJOR, max_fills=4, creates=4, min_messages=8)
async def test_history_keeps_to_its_range(desk: Desk) -> None:
    """The order history shows the orders of the asked time, with a start, with an end and with both.

    The documents do not say by which of its times an order is found, nor whether a bound is part of its
    range: both orders of a time are created and closed well before or well after the bound.

    Sequence: two creates, Cancelled, quiet period, venue's clock, quiet period, two creates, Cancelled; the
        history up to that time, from it on, and between the first orders and it.
    Passes: up to the time the first two orders are shown and not the others, from it on the others alone,
        between both the first alone.
    Source: docs/v5/order/order-list.mdx, startTime and endTime
    """
    since = desk.venue_now_ms() - BEFORE_MS
    early = await _cancelled_pair(desk)
    await desk.quiet()
    between = desk.venue_now_ms()
    await desk.quiet()
    late = await _cancelled_pair(desk)

    for what, wanted, other, bounds in (
        ("with an endTime", early, late, {"endTime": between}),
        ("with a startTime", late, early, {"startTime": between}),
        ("with both", early, late, {"startTime": since, "endTime": between}),
    ):
        query = {name: str(at_ms) for name, at_ms in bounds.items()}
        shown = await newest_orders(desk, paths.ORDER_HISTORY, wanted, **query)
        expect(f"orders of the range that the history {what} does not show", wanted - shown, nothing)
        expect(f"orders beyond the range that the history {what} shows", other & shown, nothing)


@check("CON-22", severity=MAJOR, max_fills=4, creates=6, worth=8, min_messages=12)
@during(Phase.TRADING)
async def test_executions_are_whole_under_an_id(desk: Desk, taker: Taker) -> None:
    """The pages of the executions of one order show each of them once, whichever id names it.

    Sequence: create of three minimum sizes as the touch, filled in three parts by a second UID; create of
        one, filled; the executions of the first order by orderId and by orderLinkId in pages of one and two;
        those of the symbol in pages of three.
    Passes: no page is longer than its limit; under an id each execution of the order is on the pages once and
        no other is; under the symbol all four are; each the newest first.
    Source: docs/v5/order/execution.mdx, limit, cursor, orderId and orderLinkId
    """
    since = str(desk.venue_now_ms() - BEFORE_MS)
    first, second = await taker.fills(Side.BUY, (1, 1, 1)), await taker.fills(Side.SELL)
    parts, other = [
        {fill.exec_id for fill in await desk.listed_executions(each.resting, each.qty)}
        for each in (first, second)
    ]
    order = first.resting

    for limit in (1, 2):
        for name, order_id in {"orderId": order.order_id, "orderLinkId": order.order_link_id}.items():
            pages = await filtered_executions(desk, limit, parts, **{name: order_id}, symbol="")
            what = f"executions under an {name}"
            _expect_whole(what, _of_fills(pages), parts, limit)
            beyond = set(chain(*_of_fills(pages))) - parts
            expect(f"{what} that are of another order", beyond, nothing, of=order)
            _expect_falling(f"execTime of the {what}", [fill.exec_time_ms for fill in chain(*pages)])
    pages = await filtered_executions(desk, SMALL, parts | other, startTime=since)
    _expect_whole("executions of the symbol", _of_fills(pages), parts | other, SMALL)
    _expect_falling("execTime of the executions of the symbol", [fill.exec_time_ms for fill in chain(*pages)])


@check("CON-44", severity=MAJOR, max_fills=5, creates=6, min_messages=10)
@without_real_money("Two orders that take each other are not sent where money is real.")
@during(Phase.TRADING)
async def test_pages_of_executions_keep_to_their_symbol(
    desk: Desk, desk_on_other_symbol: Desk, taker: Taker
) -> None:
    """The pages of the executions of one symbol show no other symbol's, whichever page it is.

    Sequence: create as the touch, filled by a second UID; on another symbol two orders of the UID fill each
        other; create on the first symbol, filled; the executions of the symbol in pages of one.
    Passes: both executions of the symbol are on the pages once, and none of another symbol is.
    Source: docs/v5/order/execution.mdx, symbol, limit and cursor
    """
    since = str(desk.venue_now_ms() - BEFORE_MS)
    own = set(await _filled(desk, taker))
    await self_match(desk_on_other_symbol, Side.BUY, SmpType.NONE)
    own |= await _filled(desk, taker)

    pages = await filtered_executions(desk, 1, own, startTime=since)
    _expect_whole("executions of the symbol", _of_fills(pages), own, 1)
    symbols = {fill.symbol for fill in chain(*pages)}
    expect("symbols of the executions of one symbol", symbols, {desk.instrument.symbol})


@check("CON-23", severity=MAJOR, max_fills=2, creates=4, min_messages=8)
@during(Phase.TRADING)
async def test_executions_keep_to_their_range(desk: Desk, taker: Taker) -> None:
    """The execution list shows the fills of the asked time, with a start, with an end and with both.

    Sequence: create as the touch, filled by a second UID, quiet period, venue's clock, quiet period, create,
        filled; the executions up to that time, from it on, and between the first and it.
    Passes: up to the time the first execution is shown and not the second, from it on the second alone,
        between both the first alone.
    Source: docs/v5/order/execution.mdx, startTime and endTime
    """
    since = desk.venue_now_ms() - BEFORE_MS
    early = await _filled(desk, taker)
    await desk.quiet()
    between = desk.venue_now_ms()
    await desk.quiet()
    late = await _filled(desk, taker)

    for what, wanted, other, bounds in (
        ("with an endTime", early, late, {"endTime": between}),
        ("with a startTime", late, early, {"startTime": between}),
        ("with both", early, late, {"startTime": since, "endTime": between}),
    ):
        query = {name: str(at_ms) for name, at_ms in bounds.items()}
        shown = await newest_executions(desk, wanted, **query)
        expect(f"executions of the range that the list {what} does not show", wanted - shown, nothing)
        expect(f"executions beyond the range that the list {what} shows", other & shown, nothing)


@check(
    "CON-32",
    severity=MAJOR,
    max_fills=3,
    creates=5,
    worth=6,
    min_messages=9,
    provokes={RetCode.REQUEST_PARAM_ERROR},
)
@during(Phase.TRADING)
async def test_lists_keep_to_what_they_are_asked_for(
    desk: Desk, desk_on_other_symbol: Desk, taker: Taker
) -> None:
    """The history and the executions show what an id, a base coin or a kind selects, and nothing else.

    Sequence: two creates, a create on another symbol, Cancelled each; create as the touch, filled by a second
        UID; the history and the executions by each filter, from a start eight days ago, and over ranges of a
        second, of seven days, and of more than seven days.
    Passes: under an id, a base coin or the kind Order or Trade the own orders and executions that it selects
        are shown, and no others of this check's; a start without an end shows seven days and so none of them;
        a range of more than seven days is refused with 10001, one of seven days or of a second is not.
    Source: docs/v5/order/order-list.mdx and execution.mdx: orderId, orderLinkId, baseCoin, orderFilter,
        execType, startTime and endTime
    """
    first, second = [await desk.rest(Side.BUY) for _ in range(2)]
    beside = await desk_on_other_symbol.rest(Side.BUY)
    for each, order in ((desk, first), (desk, second), (desk_on_other_symbol, beside)):
        await each.cancelled(order)
    fills, every = await _filled(desk, taker), _ids((first, second, beside))
    coin, other_coin = desk.instrument.base_coin, desk_on_other_symbol.instrument.base_coin

    for filters, wanted in (
        ({"orderId": first.order_id}, {first}),
        ({"orderLinkId": second.order_link_id}, {second}),
        ({"baseCoin": coin, "symbol": ""}, {first, second}),
        ({"baseCoin": other_coin, "symbol": ""}, {beside}),
        ({"orderFilter": "Order"}, {first, second}),
        ({"orderFilter": "StopOrder"}, set[Order]()),
    ):
        shown = await newest_orders(desk, paths.ORDER_HISTORY, _ids(wanted), **filters)
        expect(f"orders of the history under {_written(filters)}", shown & every, _ids(wanted))
    for filters, selected in (
        ({"baseCoin": coin, "symbol": ""}, fills),
        ({"baseCoin": other_coin, "symbol": ""}, set[str]()),
        ({"execType": "Trade"}, fills),
        ({"execType": "Funding"}, set[str]()),
    ):
        found = await newest_executions(desk, selected, **filters)
        expect(f"executions listed under {_written(filters)}", found & fills, selected)
    until = desk.venue_now_ms()
    long_ago = str(until - LONGEST_RANGE_MS - DAY_MS)
    past_orders = await newest_orders(desk, paths.ORDER_HISTORY, (), startTime=long_ago)
    expect("orders of the history of seven days that ended a day ago", past_orders & every, nothing)
    past_fills = await newest_executions(desk, (), startTime=long_ago)
    expect("executions of seven days that ended a day ago", past_fills & fills, nothing)
    for path in (paths.ORDER_HISTORY, paths.EXECUTION_LIST):
        for range_ms, outcome in RANGES.items():
            bounds = {"startTime": str(until - range_ms), "endTime": str(until)}
            query = {"category": Category.SPOT, "symbol": desk.instrument.symbol, **bounds}
            answer = Answer.of(await desk.raw.rest.send("GET", path, query))
            expect(f"{path} over {range_ms} ms", answer, outcome)


def _written(filters: Mapping[str, str]) -> str:
    return " and ".join(f"{name}={text}" for name, text in filters.items() if text)


async def _cancelled_pair(desk: Desk) -> set[str]:
    """The orderIds of two orders that were created and cancelled."""
    orders = [await desk.rest(Side.BUY) for _ in range(2)]
    await asyncio.gather(*map(desk.cancelled, orders))
    return _ids(orders)


async def _filled(desk: Desk, taker: Taker) -> set[str]:
    """The execIds of an order that was filled."""
    fill = await taker.fills(Side.BUY)
    return {execution.exec_id for execution in await desk.listed_executions(fill.resting, fill.qty)}


def _ids(orders: Collection[Order]) -> set[str]:
    return {order.order_id for order in orders}


def _of_orders(pages: Sequence[Sequence[OrderState]]) -> Pages:
    return [[state.order_id for state in page] for page in pages]


def _of_fills(pages: Sequence[Sequence[Execution]]) -> Pages:
    return [[fill.exec_id for fill in page] for page in pages]


def _expect_whole(name: str, pages: Pages, own: Collection[str], limit: int) -> None:
    """Pages of at most so many ids, each own id among them, and none twice."""
    times_shown = Counter(chain.from_iterable(pages))
    where = f"in pages of {limit}"
    expect(f"{name} on the longest page with the limit {limit}", max(map(len, pages)), at_most(limit))
    twice = [row for row, count in times_shown.items() if count > 1]
    expect(f"{name} that are shown twice {where}", twice, nothing)
    expect(f"own {name} that no page shows {where}", set(own) - set(times_shown), nothing)


def _expect_newest_first(name: str, pages: Sequence[Sequence[OrderState]]) -> None:
    _expect_falling(f"createdTime of the {name}, page by page", [x.created_ms for x in chain(*pages)])


def _expect_falling(what: str, times: Sequence[int]) -> None:
    expect(what, times, sorted(times, reverse=True))
