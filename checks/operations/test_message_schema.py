"""Messages: their fields have the documented form, and paged lists are complete.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/guide.mdx
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

import pytest

from checks import MAJOR, check, during, over_both_transports
from fixtures.desk import Desk, Taker, execution_pages, open_pages, past_pages, schema_violations
from fixtures.expect import at_least, at_most, expect, nothing, one_of, present, refused
from fixtures.record.evidence import Evidence
from fixtures.v5.codes import ORDER_GONE
from fixtures.v5.enums import Phase, Side

PAGE = 2
HTTP_OK = 200
BEFORE_MS = 1000
"""How far before the first order a list is queried from; the clocks are closer than this."""
DIFFERENCES = "differences of the messages from the documents"


@check("CON-17.01", severity=MAJOR, max_fills=1, creates=1, min_messages=8)
@over_both_transports
async def test_orders_are_written_as_documented(desk: Desk, evidence: Evidence) -> None:
    """Messages about orders have the documented fields, each in its documented form.

    Figures and times are JSON strings: plain decimals and Unix milliseconds. Sooner or later a client
    misreads an exponent, a number in place of a string, or a refusal whose retMsg is OK.

    Sequence: create, New, cancel, Cancelled, the cancel again, refused; realtime, history and wallet queried.
    Passes: every answer has the envelope of the guide, with the venue's time; a refusal has HTTP status 200,
        a retMsg and no result; the order and wallet rows of stream and lists have each field, texts as
        strings, figures as plain decimals.
    Source: docs/v5/guide.mdx, common response parameters; docs/v5/websocket/private/order.mdx, wallet.mdx
    """
    mark = evidence.mark()
    order = await desk.rest(Side.BUY)
    ended = await desk.cancelled(order)
    again = await desk.attempt_cancel(order.order_link_id)
    views = {
        "realtime": await desk.in_realtime(order, ended.agrees),
        "history": await desk.in_history(order, ended.agrees),
    }
    await desk.wallet()

    faults = schema_violations(desk, mark)

    expect("second cancel of the order", again, refused(ORDER_GONE))
    expect("HTTP status of its refusal over REST", again.http_status, one_of({None, HTTP_OK}), of=again)
    for where, view in views.items():
        expect(f"cancelled order in {where}", view, present, of=order, within_ms=desk.timeouts.look_up_ms)
    expect(DIFFERENCES, faults, nothing)


@check("CON-17.02", severity=MAJOR, max_fills=1, creates=2, min_messages=8)
@during(Phase.TRADING)
async def test_executions_are_written_as_documented(desk: Desk, taker: Taker, evidence: Evidence) -> None:
    """Messages about executions have the documented fields, each in its documented form.

    Sequence: create as the touch, filled by a second UID, execution pushed and listed.
    Passes: the execution, order and wallet rows of streams and lists have each field, texts as strings,
        figures as plain decimals, isMaker as a boolean.
    Source: docs/v5/websocket/private/execution.mdx, docs/v5/order/execution.mdx
    """
    mark = evidence.mark()
    fill = await taker.fills(Side.BUY)
    await desk.pushed_executions(fill.resting, fill.qty)
    listed = await desk.listed_executions(fill.resting, fill.qty)

    faults = schema_violations(desk, mark)

    expect("executions of the order in the list", len(listed), at_least(1), of=fill.resting)
    expect(DIFFERENCES, faults, nothing)


@check("CON-18.01", severity=MAJOR, max_fills=4, creates=4, min_messages=6)
async def test_pages_of_orders_are_whole(desk: Desk, desk_on_other_symbol: Desk) -> None:
    """The pages of an order list show each order of the symbol once, and no other symbol's.

    Sequence: create on another symbol, three creates, three New, pages of two open orders, three cancels,
        three Cancelled, pages of two closed orders.
    Passes: no page is longer than its limit; each of the three orders is on the pages once, the open ones
        newest first; no row is of another symbol.
    Source: docs/v5/order/open-order.mdx, limit, cursor and createdTime; docs/v5/order/order-list.mdx
    """
    await desk_on_other_symbol.rest(Side.BUY)
    price, since_ms = await desk.passive_price(Side.BUY), desk.venue_now_ms() - BEFORE_MS
    orders = [await desk.place(Side.BUY, price) for _ in range(3)]
    own = {order.order_id for order in orders}
    await asyncio.gather(*map(desk.resting, orders))
    shown = await open_pages(desk, PAGE, own)
    await asyncio.gather(*map(desk.cancel, orders))
    await asyncio.gather(*map(desk.closed, orders))
    past = await past_pages(desk, PAGE, own, since_ms)

    for name, pages in {"open orders": shown, "closed orders": past}.items():
        _expect_complete(name, [[state.order_id for state in page] for page in pages], own, PAGE)
        symbols = {state.symbol for page in pages for state in page}
        expect(f"symbols of the {name} listed for one symbol", symbols, {desk.instrument.symbol})
    times = [state.created_ms for page in shown for state in page]
    expect("createdTime of the open orders, page by page", times, sorted(times, reverse=True))


@check("CON-18.02", severity=MAJOR, max_fills=2, creates=3, worth=4, min_messages=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_pages_of_executions_are_whole(desk: Desk, taker: Taker, side: Side) -> None:
    """The pages of the execution list show each execution once, newest first.

    Sequence: create of twice the minimum size as the touch, filled in two halves by a second UID, pages of
        one execution.
    Passes: no page is longer than its limit, and both executions are on the pages once each, newest first.
    Source: docs/v5/order/execution.mdx, limit and cursor
    """
    since_ms = desk.venue_now_ms() - BEFORE_MS
    fill = await taker.fills(side, (1, 1))
    listed = {execution.exec_id for execution in await desk.listed_executions(fill.resting, fill.qty)}
    pages = await execution_pages(desk, 1, listed, since_ms)

    _expect_complete("executions", [[execution.exec_id for execution in page] for page in pages], listed, 1)
    times = [execution.exec_time_ms for page in pages for execution in page]
    expect("execTime of the executions, page by page", times, sorted(times, reverse=True))


def _expect_complete(name: str, pages: Sequence[Sequence[str]], own: Collection[str], limit: int) -> None:
    """Expect pages of at most so many ids, each own id among them, and none twice."""
    times_shown = Counter(chain.from_iterable(pages))
    expect(f"{name} on a page with the limit {limit}", max(map(len, pages)), at_most(limit))
    expect(f"{name} that are shown twice", [row for row, count in times_shown.items() if count > 1], nothing)
    expect(f"own {name} that no page shows", set(own) - set(times_shown), nothing)
