"""Permissions: nobody gets through who may not, by whatever key, and no other UID reaches an order.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2 and prerequisites
"""

from checks import BLOCKER, MAJOR, MINOR, check, during, needs, over_both_transports
from checks.auth import assert_not_let_in
from checks.unchanged import expect_unchanged
from fixtures.desk import (
    Account,
    Batch,
    Connections,
    Desk,
    Taker,
    View,
    attempt_amend_with,
    attempt_batch_of_cancels,
    attempt_cancel_with,
    diagnosis,
)
from fixtures.v5 import paths
from fixtures.v5.codes import NOT_AMENDABLE, ORDER_GONE, RetCode
from fixtures.v5.enums import Phase, Side
from fixtures.v5.filters import Instrument, plain

KEY_EXPIRED = {RetCode.API_KEY_EXPIRED, RetCode.API_KEY_EXPIRED_DERIV}

SIGNED_VIEWS = (View.ACCOUNT, View.SIGNED_MARKET)
NOT_WHITELISTED = {
    RetCode.SYMBOL_NOT_WHITELISTED,
    RetCode.UID_NOT_AVAILABLE,
    RetCode.INVALID_SYMBOL,
    RetCode.PAIR_NOT_OPEN,
    RetCode.PAIR_NOT_FOR_API,
}
"""The documented refusals that fit a UID outside the whitelist; the docs tie none of them to a listing."""


@check("PRM-10", severity=MAJOR, at_risk=1, creates=1)
@needs(paths.ACCOUNT_INSTRUMENTS)
@during(Phase.PRELISTING)
@over_both_transports
async def test_stranger_is_kept_out(desk: Desk, stranger: Desk, instrument: Instrument, symbol: str) -> None:
    """Before the listing is public, a UID outside the whitelist neither sees nor trades the symbol.

    Sequence: both signed instruments-info queries under the stranger's key, empty; create under the
        stranger's key, refused.
    Passes: No row is returned, and the retCode is a documented refusal of a UID or symbol that is
        not admitted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/error.mdx, 10029
    """
    seen = [row for view in SIGNED_VIEWS for row in await stranger.market.listed(symbol, view)]
    price = await desk.passive_price(Side.BUY)

    answer = await stranger.attempt(Side.BUY, price, instrument.least_qty(price))

    assert seen == [], f"{symbol} is listed to a UID outside the whitelist"
    assert answer.ret_code in NOT_WHITELISTED, f"an order of a UID outside the whitelist was {answer}"


@check("PRM-13", severity=MINOR, at_risk=0)
async def test_bad_credentials_are_told_apart(account: Account) -> None:
    """A wrong secret and an unknown key are refused with their own codes.

    Sequence: signed read with another secret, refused; signed read with an unknown key, refused.
    Passes: The retCodes equal 10004 and 10003.
    Source: docs/v5/error.mdx, 10003 and 10004
    """
    wrong_secret = await account.answer_to_wrong_secret()
    unknown_key = await account.answer_to_unknown_key()

    assert wrong_secret.ret_code == RetCode.INVALID_SIGNATURE, f"a wrong secret was {wrong_secret}"
    assert unknown_key.ret_code == RetCode.INVALID_API_KEY, f"an unknown key was {unknown_key}"


@check("PRM-13", severity=MINOR, at_risk=0)
async def test_expired_key_is_turned_away(expired: Account, connections: Connections) -> None:
    """A key that has expired reads nothing and opens no stream, and REST says why.

    Sequence: signed read under an expired key, refused; auth under it on each signed stream, refused.
    Passes: the read carries -2015 or 33004, and no stream is opened; the trade stream's answer carries one
        of these or the 10004 of every auth that is not let in.
    Source: docs/v5/error.mdx, -2015 and 33004; bybit-exchange/pybit issue 152
    """
    await _assert_turned_away(expired, connections, KEY_EXPIRED)


@check("PRM-13", severity=MINOR, at_risk=0)
async def test_key_of_other_addresses_is_turned_away(bound: Account, connections: Connections) -> None:
    """A key that is bound to other addresses reads nothing and opens no stream, and REST says why.

    Sequence: signed read under the key, refused; auth under it on each signed stream, refused.
    Passes: the read carries 10010, and no stream is opened; the trade stream's answer carries that or the
        10004 of every auth that is not let in.
    Source: docs/v5/error.mdx, 10010; bybit-exchange/pybit issue 152
    """
    await _assert_turned_away(bound, connections, {RetCode.UNMATCHED_IP})


@check("PRM-14", severity=MINOR, at_risk=0)
async def test_key_of_another_environment_is_named(elsewhere: Account) -> None:
    """A key that another environment issued is refused as unknown, and the suite names that cause.

    On the embedded venue, which has no second site, a key that it never issued stands for it.

    Sequence: a signed read under the other key, refused.
    Passes: the refusal is 10003, and the suite's word for it asks about the environment.
    Source: docs/v5/error.mdx, 10003
    """
    answer = await elsewhere.answer()

    assert answer.ret_code == RetCode.INVALID_API_KEY, f"a key of another environment was {answer}"
    assert "environment" in diagnosis(answer.ret_code), "the suite does not name the cause"


@check("PRM-15", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_read_only_key_cannot_trade(desk: Desk, reader: Desk, instrument: Instrument) -> None:
    """A read-only key of the same UID is refused when it sends an order.

    Sequence: create under the read-only key, refused.
    Passes: The retCode equals 10005.
    Source: docs/v5/error.mdx, 10005
    """
    price = await desk.passive_price(Side.BUY)

    answer = await reader.attempt(Side.BUY, price, instrument.least_qty(price))

    assert answer.ret_code == RetCode.PERMISSION_DENIED, f"an order under a read-only key was {answer}"


@check("PRM-15", severity=MAJOR, at_risk=1, creates=1, worth=2)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_read_only_key_cannot_change_orders(desk: Desk, reader: Desk) -> None:
    """A read-only key of the same UID is refused when it amends or cancels an order, alone or in a batch.

    Sequence: create, New; amend, cancel and a batch of cancels under the read-only key, refused; cancel under
        the trading key, Cancelled.
    Passes: each retCode equals 10005, the order is as it was and there to be cancelled.
    Source: docs/v5/error.mdx, 10005
    """
    order = await desk.rest(Side.BUY)
    further = desk.instrument.away(order.price, Side.BUY, ticks=1)

    answers = {
        "an amend": await attempt_amend_with(reader, order, price=plain(further), qty=plain(2 * order.qty)),
        "a batch of cancels": await attempt_batch_of_cancels(reader, 1),
        "a cancel": await attempt_cancel_with(reader, order),
    }

    for what, answer in answers.items():
        assert answer.ret_code == RetCode.PERMISSION_DENIED, f"{what} under a read-only key was {answer}"
    await expect_unchanged(desk, order)


@check("PRM-17", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_nobody_else_reaches_an_order(desk: Desk, taker: Taker) -> None:
    """A key of another UID neither sees, amends nor cancels an order of the maker whose ids it knows.

    Sequence: create, New, looked up, cancelled and amended under the other UID by orderId, looked up and
        cancelled by orderLinkId, looked up under the own one.
    Passes: The other UID is shown nothing and told that there is no such order, and the order rests.
    Source: docs/v5/order/open-order.mdx, docs/v5/error.mdx, 170213
    """
    order = await desk.rest(Side.BUY)
    own = await desk.in_realtime(order)

    seen = await taker.desk.in_realtime_now(order)
    answer = await attempt_cancel_with(taker.desk, order)
    further = desk.instrument.away(order.price, Side.BUY, ticks=2)
    amended = await attempt_amend_with(
        taker.desk, order, orderLinkId=None, orderId=order.order_id, price=plain(further)
    )

    found = await taker.desk.in_realtime_now(order, by="orderLinkId")
    by_link_id = await attempt_cancel_with(taker.desk, order, orderId=None, orderLinkId=order.order_link_id)

    assert own is not None, f"the order is not in realtime within {desk.patience.look_up_ms} ms"
    assert (seen, found) == (None, None), f"another UID is shown {seen or found}"
    assert answer.ret_code in ORDER_GONE, f"a cancel by another UID was {answer}"
    assert by_link_id.ret_code in ORDER_GONE, f"a cancel by orderLinkId by another UID was {by_link_id}"
    assert amended.ret_code in NOT_AMENDABLE, f"an amend by another UID was {amended}"
    await expect_unchanged(desk, order)


@check("PRM-17", severity=BLOCKER, at_risk=1, creates=1)
async def test_nobody_elses_order_is_reached(desk: Desk, taker: Taker, batch: Batch) -> None:
    """The private stream shows the orders of its own UID only, and a cancel-all ends no others.

    Sequence: create under another UID, resting there, quiet, cancel-all of the symbol.
    Passes: The market maker's order stream pushed no state of it, and it rests after the cancel-all.
    Source: docs/v5/websocket/private/order.mdx; docs/v5/order/cancel-all.mdx
    """
    foreign = await taker.desk.place(Side.SELL, await desk.passive_price(Side.SELL))

    assert await taker.desk.in_realtime(foreign) is not None, "the other UID's order is not shown to itself"
    await desk.quiet()
    (seen,) = await desk.pushed_states(foreign)
    assert seen == [], f"the private stream shows another UID's order: {seen[0]}"
    await batch.cancel_all()
    await expect_unchanged(taker.desk, foreign)


async def _assert_turned_away(account: Account, connections: Connections, codes: set[RetCode]) -> None:
    read = await account.answer()
    answers = {on: await connections.answer_to_auth_by(on, account) for on in connections.signed_channels}

    assert read.ret_code in codes, f"a read was {read}"
    assert_not_let_in(answers, {*codes, RetCode.INVALID_SIGNATURE}, "the key")
