"""Permissions: a key that may not trade the symbol cannot, and no UID reaches the orders of another.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2 and prerequisites
"""

from checks import BLOCKER, MAJOR, MINOR, check, during, needs, over_both_transports
from checks.operations._auth import expect_refused_authentication
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import (
    Account,
    Batch,
    Connections,
    Desk,
    InstrumentView,
    Taker,
    attempt_amend_with,
    attempt_batch_of_cancels,
    attempt_cancel_with,
    diagnosis,
    newest_executions,
    newest_orders,
)
from fixtures.expect import expect, nothing, present, refused
from fixtures.v5 import paths
from fixtures.v5.codes import ABOUT_THE_SENDER, NOT_AMENDABLE, ORDER_GONE, RetCode
from fixtures.v5.enums import Phase, Side
from fixtures.v5.instrument import Instrument, plain

KEY_EXPIRED = {RetCode.API_KEY_EXPIRED, RetCode.API_KEY_EXPIRED_DERIV}

SIGNED_VIEWS = (InstrumentView.ACCOUNT, InstrumentView.SIGNED_MARKET)
NOT_WHITELISTED = {
    RetCode.SYMBOL_NOT_WHITELISTED,
    RetCode.UID_NOT_AVAILABLE,
    RetCode.INVALID_SYMBOL,
    RetCode.PAIR_NOT_OPEN,
    RetCode.PAIR_NOT_FOR_API,
}
"""The documented refusals that fit a UID outside the whitelist; the docs tie none of them to a listing."""


@check("PRM-10", severity=MAJOR, max_fills=1, creates=1, provokes=ABOUT_THE_SENDER)
@needs(paths.ACCOUNT_INSTRUMENTS)
@during(Phase.PRELISTING)
@over_both_transports
async def test_non_whitelisted_uid_is_refused(
    desk: Desk, non_whitelisted: Desk, instrument: Instrument, symbol: str
) -> None:
    """Before the listing is public, a UID outside the whitelist neither sees nor trades the symbol.

    Sequence: both signed instruments-info queries under the key of the other UID, empty; create under that
        key, refused.
    Passes: No row is returned, and the retCode is a documented refusal of a UID or symbol that is
        not admitted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/error.mdx, 10029
    """
    seen = [row.symbol for view in SIGNED_VIEWS for row in await non_whitelisted.market.listed(symbol, view)]
    price = await desk.passive_price(Side.BUY)

    answer = await non_whitelisted.attempt(Side.BUY, price, instrument.min_qty(price))

    expect("symbols returned to a UID outside the whitelist", seen, nothing)
    expect("order of a UID outside the whitelist", answer, refused(NOT_WHITELISTED))


@check("PRM-13.01", severity=MINOR, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_bad_credentials_are_distinguished(account: Account) -> None:
    """A wrong secret and an unknown key are refused with their own codes.

    Sequence: signed read with another secret, refused; signed read with an unknown key, refused.
    Passes: The retCodes equal 10004 and 10003.
    Source: docs/v5/error.mdx, 10003 and 10004
    """
    wrong_secret = await account.answer_to_wrong_secret()
    unknown_key = await account.answer_to_unknown_key()

    expect("signed read with a wrong secret", wrong_secret, refused(RetCode.INVALID_SIGNATURE))
    expect("signed read with an unknown key", unknown_key, refused(RetCode.INVALID_API_KEY))


@check("PRM-13.02", severity=MINOR, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_expired_key_is_refused(expired: Account, connections: Connections) -> None:
    """An expired key reads nothing and opens no stream.

    Sequence: signed read under an expired key, refused; auth under it on each signed stream, refused.
    Passes: the read is refused with -2015 or 33004, and no stream is opened; the trade stream's answer
        carries one of these or 10004, the code of every auth that is refused.
    Source: docs/v5/error.mdx, -2015 and 33004; bybit-exchange/pybit issue 152
    """
    await _expect_refused(expired, connections, KEY_EXPIRED)


@check("PRM-13.03", severity=MINOR, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_key_of_other_addresses_is_refused(ip_bound: Account, connections: Connections) -> None:
    """A key that is bound to other addresses reads nothing and opens no stream.

    Sequence: signed read under the key, refused; auth under it on each signed stream, refused.
    Passes: the read is refused with 10010, and no stream is opened; the trade stream's answer carries that or
        10004, the code of every auth that is refused.
    Source: docs/v5/error.mdx, 10010; bybit-exchange/pybit issue 152
    """
    await _expect_refused(ip_bound, connections, {RetCode.UNMATCHED_IP})


@check("PRM-14", severity=MINOR, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_key_of_another_environment_is_named(other_environment: Account) -> None:
    """A key that another environment issued is refused as unknown, and the suite names that cause.

    The embedded venue has no second site: a key that it never issued is used instead.

    Sequence: a signed read under the other key, refused.
    Passes: the refusal is 10003, and the suite's explanation of it asks about the environment.
    Source: docs/v5/error.mdx, 10003
    """
    answer = await other_environment.answer()

    expect("signed read under a key of another environment", answer, refused(RetCode.INVALID_API_KEY))
    explained = "environment" in diagnosis(answer.ret_code)
    expect("mention of the environment in the suite's explanation of 10003", explained, expected=True)


@check("PRM-15.01", severity=MAJOR, max_fills=1, creates=1, provokes=ABOUT_THE_SENDER)
@over_both_transports
async def test_read_only_key_cannot_trade(desk: Desk, read_only: Desk, instrument: Instrument) -> None:
    """A read-only key of the same UID is refused when it sends an order.

    Sequence: create under the read-only key, refused.
    Passes: The retCode equals 10005.
    Source: docs/v5/error.mdx, 10005
    """
    price = await desk.passive_price(Side.BUY)

    answer = await read_only.attempt(Side.BUY, price, instrument.min_qty(price))

    expect("order under a read-only key", answer, refused(RetCode.PERMISSION_DENIED))


@check("PRM-15.02", severity=MAJOR, max_fills=1, creates=1, worth=2, provokes=ABOUT_THE_SENDER)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_read_only_key_cannot_change_orders(desk: Desk, read_only: Desk) -> None:
    """A read-only key of the same UID is refused when it amends or cancels an order, alone or in a batch.

    Sequence: create, New; amend, cancel and a batch of cancels under the read-only key, refused; cancel under
        the trading key, Cancelled.
    Passes: each retCode equals 10005, and the order stays open on its terms until its own key cancels it.
    Source: docs/v5/error.mdx, 10005
    """
    order = await desk.rest(Side.BUY)
    further = desk.instrument.away(order.price, Side.BUY, ticks=1)

    answers = {
        "amend": await attempt_amend_with(read_only, order, price=plain(further), qty=plain(2 * order.qty)),
        "batch of cancels": await attempt_batch_of_cancels(read_only, 1),
        "cancel": await attempt_cancel_with(read_only, order),
    }

    for request, answer in answers.items():
        expect(f"{request} under a read-only key", answer, refused(RetCode.PERMISSION_DENIED), of=order)
    await expect_unchanged(desk, order)


@check("PRM-17.01", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_nobody_else_reaches_an_order(desk: Desk, taker: Taker) -> None:
    """A key of another UID neither sees, amends nor cancels an order of the maker by its ids.

    Sequence: create, New, looked up, cancelled and amended under the other UID by orderId, looked up and
        cancelled by orderLinkId, looked up under the maker's UID.
    Passes: The other UID is shown nothing, its requests are refused because there is no such order, and the
        order stays open.
    Source: docs/v5/order/open-order.mdx, docs/v5/error.mdx, 170213
    """
    order = await desk.rest(Side.BUY)
    own = await desk.in_realtime(order)

    seen_by_id = await taker.desk.in_realtime_now(order)
    cancel_by_id = await attempt_cancel_with(taker.desk, order)
    further = desk.instrument.away(order.price, Side.BUY, ticks=2)
    amend_by_id = await attempt_amend_with(
        taker.desk, order, orderLinkId=None, orderId=order.order_id, price=plain(further)
    )
    seen_by_link_id = await taker.desk.in_realtime_now(order, by="orderLinkId")
    cancel_by_link_id = await attempt_cancel_with(
        taker.desk, order, orderId=None, orderLinkId=order.order_link_id
    )

    expect("resting order in realtime", own, present, of=order, within_ms=desk.timeouts.look_up_ms)
    expect("orders in realtime for another UID, by orderId", seen_by_id, nothing, of=order)
    expect("orders in realtime for another UID, by orderLinkId", seen_by_link_id, nothing, of=order)
    expect("cancel by another UID, by orderId", cancel_by_id, refused(ORDER_GONE), of=order)
    expect("cancel by another UID, by orderLinkId", cancel_by_link_id, refused(ORDER_GONE), of=order)
    expect("amend by another UID, by orderId", amend_by_id, refused(NOT_AMENDABLE), of=order)
    await expect_unchanged(desk, order)


@check("PRM-17.02", severity=BLOCKER, max_fills=1, creates=1)
async def test_nobody_elses_order_is_reached(desk: Desk, taker: Taker, batch: Batch) -> None:
    """The private stream shows the orders of its own UID only, and a cancel-all cancels no others.

    Sequence: create under another UID, resting there, quiet period, cancel-all of the symbol.
    Passes: The market maker's order stream pushed no state of it, and it rests after the cancel-all.
    Source: docs/v5/websocket/private/order.mdx; docs/v5/order/cancel-all.mdx
    """
    foreign = await taker.desk.place(Side.SELL, await desk.passive_price(Side.SELL))

    shown = await taker.desk.in_realtime(foreign)
    expect("resting order in realtime for its own UID", shown, present, of=foreign)
    await desk.quiet()
    (pushed,) = await desk.pushed_states(foreign)
    expect("pushed states of an order of another UID", pushed, nothing, of=foreign)
    await batch.cancel_all()
    await expect_unchanged(taker.desk, foreign)


@check("PRM-17.03", severity=BLOCKER, max_fills=1, creates=2)
@during(Phase.TRADING)
async def test_nobody_else_sees_a_closed_order(desk: Desk, taker: Taker) -> None:
    """A key of another UID sees neither a closed order of the maker nor its executions, by either id.

    Sequence: create as the touch, Filled by a second UID, in the history and the executions of the maker's
        UID; realtime, history and executions queried under the other UID by orderId and by orderLinkId.
    Passes: The maker's UID is shown the order and its execution, the other UID nothing.
    Source: docs/v5/order/open-order.mdx, order-list.mdx, execution.mdx, orderId and orderLinkId
    """
    matched = await taker.fills(Side.BUY)
    order, own = matched.resting, {matched.resting.order_id}
    ids = {"orderId": order.order_id, "orderLinkId": order.order_link_id}

    seen = await newest_orders(desk, paths.ORDER_HISTORY, own, orderId=order.order_id)
    expect("closed order in the history", seen, own, of=order, within_ms=desk.timeouts.look_up_ms)
    for name, text in ids.items():
        for path in (paths.ORDER_REALTIME, paths.ORDER_HISTORY):
            shown = await newest_orders(taker.desk, path, (), **{name: text})
            expect(f"orders in {path} for another UID, by {name}", shown, nothing, of=order)
        fills = await newest_executions(taker.desk, (), **{name: text})
        expect(f"executions for another UID, by {name}", fills, nothing, of=order)


async def _expect_refused(account: Account, connections: Connections, codes: set[RetCode]) -> None:
    read = await account.answer()
    answers = {on: await connections.answer_to_auth_by(on, account) for on in connections.signed_channels}

    expect("signed read under the key", read, refused(codes))
    expect_refused_authentication(answers, {*codes, RetCode.INVALID_SIGNATURE}, "the key")
