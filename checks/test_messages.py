"""Messages: what the venue writes has the documented fields in the documented form, and pages are whole.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/guide.mdx
"""

import asyncio
from collections.abc import Iterable

import pytest

from checks import MAJOR, check, during, over_both_transports
from fixtures.desk import (
    Desk,
    OrderState,
    Taker,
    execution_pages,
    open_pages,
    past_pages,
    written_faults,
)
from fixtures.evidence import Evidence
from fixtures.v5.codes import ORDER_GONE
from fixtures.v5.enums import Phase, Side

PAGE = 2
HTTP_OK = 200
BEFORE_MS = 1000
"""How far before the first order a list is asked from; the clocks agree to less."""


@check("CON-17", severity=MAJOR, at_risk=1, creates=1, observes=8)
@over_both_transports
async def test_orders_are_written_as_documented(desk: Desk, evidence: Evidence) -> None:
    """Answers, pushes and rows of orders have the documented fields, each in its documented form.

    Figures and times are JSON strings, plain decimals and Unix milliseconds; an exponent, a number in place
    of a string or a refusal that says OK is misread sooner or later.

    Sequence: create, New, cancel, Cancelled, the cancel again, refused; realtime, history and wallet queried.
    Passes: every answer has the envelope of the guide, with the venue's time; a refusal has HTTP status 200,
        a text and no result; the order and wallet rows of stream and lists have each field, texts as texts,
        figures as plain decimals.
    Source: docs/v5/guide.mdx, common response parameters; docs/v5/websocket/private/order.mdx, wallet.mdx
    """
    mark = evidence.mark()
    order = await desk.rest(Side.BUY)
    ended = await desk.cancelled(order)
    again = await desk.attempt_cancel(order.order_link_id)
    views = (await desk.in_realtime(order, ended.agrees), await desk.in_history(order, ended.agrees))
    await desk.wallet()

    faults = written_faults(desk, mark)

    assert again.ret_code in ORDER_GONE, f"a repeated cancel was {again}"
    assert again.http_status in {None, HTTP_OK}, (
        f"a refusal over REST has the HTTP status {again.http_status}"
    )
    assert None not in views, f"within {desk.patience.look_up_ms} ms realtime and history show {views}"
    assert faults == [], f"{len(faults)} differences from the documents: {'; '.join(faults)}"


@check("CON-17", severity=MAJOR, at_risk=1, creates=2, observes=8)
@during(Phase.TRADING)
async def test_executions_are_written_as_documented(desk: Desk, taker: Taker, evidence: Evidence) -> None:
    """Pushes and rows of executions have the documented fields, each in its documented form.

    Sequence: create as the touch, taken by a second UID, execution pushed and listed.
    Passes: the execution, order and wallet rows of streams and lists have each field, texts as texts, figures
        as plain decimals, isMaker as a boolean.
    Source: docs/v5/websocket/private/execution.mdx, docs/v5/order/execution.mdx
    """
    mark = evidence.mark()
    met = await taker.fills(Side.BUY)
    await desk.pushed_executions(met.resting, met.qty)
    listed = await desk.listed_executions(met.resting, met.qty)

    faults = written_faults(desk, mark)

    assert listed, "the execution is not listed"
    assert faults == [], f"{len(faults)} differences from the documents: {'; '.join(faults)}"


@check("CON-18", severity=MAJOR, at_risk=4, creates=4, observes=6)
async def test_pages_of_orders_are_whole(desk: Desk, desk_elsewhere: Desk) -> None:
    """Page by page the lists of orders show each order once, and only those of the symbol.

    Sequence: create on another symbol, three creates, three New, pages of two open orders, three cancels,
        three Cancelled, pages of two closed ones.
    Passes: no page is longer than asked; the three are in the pages once each, the open ones the newest
        first; no row is of another symbol.
    Source: docs/v5/order/open-order.mdx, limit, cursor and createdTime; docs/v5/order/order-list.mdx
    """
    await desk_elsewhere.rest(Side.BUY)
    price, since_ms = await desk.passive_price(Side.BUY), desk.venue_now_ms() - BEFORE_MS
    orders = [await desk.place(Side.BUY, price) for _ in range(3)]
    own = {order.order_id for order in orders}
    await asyncio.gather(*map(desk.resting, orders))
    shown = await open_pages(desk, PAGE, own)
    await asyncio.gather(*map(desk.cancel, orders))
    await asyncio.gather(*map(desk.closed, orders))
    past = await past_pages(desk, PAGE, own, since_ms)

    for name, pages in {"open": shown, "closed": past}.items():
        _assert_whole(name, pages, own, desk.instrument.symbol)
    times = [state.created_ms for page in shown for state in page]
    assert times == sorted(times, reverse=True), f"the open orders are not the newest first: {times}"


@check("CON-18", severity=MAJOR, at_risk=2, creates=3, worth=4, observes=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_pages_of_executions_are_whole(desk: Desk, taker: Taker, side: Side) -> None:
    """Page by page the execution list shows each execution once, the newest first.

    Sequence: create of two least sizes as the touch, one is taken, the other, pages of one execution.
    Passes: no page is longer than asked, and both executions are in the pages once each.
    Source: docs/v5/order/execution.mdx, limit and cursor
    """
    since_ms = desk.venue_now_ms() - BEFORE_MS
    met = await taker.fills(side, (1, 1))
    listed = {fill.exec_id for fill in await desk.listed_executions(met.resting, met.qty)}
    pages = await execution_pages(desk, 1, listed, since_ms)

    found = [fill.exec_id for page in pages for fill in page]
    times = [fill.exec_time_ms for page in pages for fill in page]
    assert max(map(len, pages)) <= 1, f"pages of one have {[len(page) for page in pages]} executions"
    assert len(found) == len(set(found)), f"the pages show an execution twice: {found}"
    assert listed <= set(found), f"of {listed} the pages show {found}"
    assert times == sorted(times, reverse=True), f"the executions are not the newest first: {times}"


def _assert_whole(name: str, pages: list[list[OrderState]], own: Iterable[str], symbol: str) -> None:
    found = [state.order_id for page in pages for state in page]
    symbols = {state.symbol for page in pages for state in page}
    assert max(map(len, pages)) <= PAGE, f"pages of {PAGE} {name} orders have {[len(page) for page in pages]}"
    assert len(found) == len(set(found)), f"the pages of {name} orders show one twice: {found}"
    assert set(own) <= set(found), f"of {own} the pages of {name} orders show {found}"
    assert symbols == {symbol}, f"the {name} orders of {symbol} are shown with those of {symbols}"
