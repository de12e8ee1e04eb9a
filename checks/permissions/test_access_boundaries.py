"""Permissions: each rule of access holds at each way in, just inside and just outside of its boundary.

A cell is one rule at one way in, and its name says which: ``last-byte-wrong-POST-order.cancel`` is a cancel
over REST whose signature is wrong in its last byte. A way in is a signed query (GET), an order request over
REST (POST), an operation of the trade stream (stream), or the auth of a signed stream.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2; docs/v5/guide.mdx, authentication
"""

from dataclasses import replace

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, during, needs, over_both_transports
from checks.operations._unchanged import expect_unchanged
from checks.permissions._access_cells import (
    ASKED,
    AUTHS,
    EVERY_END,
    EXPIRED,
    EXPIRED_MS,
    FEW_PER_SECOND,
    FURTHER_AUTHS,
    FURTHER_SIGNATURES,
    SIGNATURES,
    UNASKED,
    UNAUTHENTICATED,
    UNKNOWN,
    UNKNOWN_KEY,
    UNSIGNED,
    Cells,
    as_sent_cells,
    expect_cells,
    other_secret_cells,
    reused_cells,
    signature_cells,
    time_cells,
)
from checks.permissions.test_access_control import KEY_EXPIRED, NOT_WHITELISTED
from fixtures.config.environment import Credentials
from fixtures.desk import Account, Batch, Connections, Desk, Transport, WaysIn
from fixtures.expect import Matcher, expect, present, refused
from fixtures.v5 import paths
from fixtures.v5.codes import ABOUT_THE_SENDER, RetCode
from fixtures.v5.enums import Phase, Side


@check("PRM-18", severity=BLOCKER, max_fills=13, creates=13, worth=25, provokes=ABOUT_THE_SENDER)
async def test_wrong_signature_opens_no_way_in(desk: Desk) -> None:
    """A signature that is empty, of another content or window, or wrong in one byte opens no way in.

    Where one passes, there is nothing in the request to carry out. Where money is real no cancel-all is sent.

    Sequence: create, New; every wrong signature on every signed query and order request, refused; cancel,
        Cancelled.
    Passes: each retCode equals 10004, that of an empty signature 10004 or 10001 or HTTP 401; the order is
        unchanged.
    Source: docs/v5/guide.mdx, authentication; docs/v5/error.mdx, 10004
    """
    order = await desk.rest(Side.BUY)

    cells = await signature_cells(WaysIn(desk, order), SIGNATURES)

    expect_cells("requests with a wrong signature", cells)
    await expect_unchanged(desk, order)


@check("PRM-34", severity=BLOCKER, max_fills=9, creates=9, worth=17, provokes=ABOUT_THE_SENDER)
async def test_verified_signature_opens_no_further_way_in(desk: Desk) -> None:
    """A signature that the venue has verified counts for its own request and time, and for no other.

    Sequence: create, New; a query, then a cancel of an order that is not there, each well signed; the
        signature of either on every signed query and order request, with its timestamp and with a later one,
        refused; cancel, Cancelled.
    Passes: each retCode equals 10004, or 10002 where the timestamp is no longer in its window; the order is
        unchanged.
    Source: docs/v5/guide.mdx, authentication; docs/v5/error.mdx, 10004
    """
    order = await desk.rest(Side.BUY)

    cells = await reused_cells(WaysIn(desk, order))

    expect_cells("requests with the signature of another one", cells)
    await expect_unchanged(desk, order)


@check("PRM-31", severity=MAJOR, max_fills=3, creates=3, worth=5)
async def test_signature_covers_the_bytes_as_sent(desk: Desk) -> None:
    """A signature counts for the very bytes that are sent, whatever the order and the layout of their fields.

    The page's own clients sort parameters or do not, and write a body with white space or without.

    Sequence: create, New; through every way in over REST: a query with its parameters in reverse, or an order
        request with line breaks in its body; cancel, Cancelled.
    Passes: every query is acknowledged, no order request is refused with 10004, and the order is unchanged.
    Source: docs/v5/guide.mdx, authentication: the query string and the body as they are sent
    """
    order = await desk.rest(Side.BUY)

    cells = await as_sent_cells(WaysIn(desk, order))

    expect_cells("well-signed requests in an unusual form", cells)
    await expect_unchanged(desk, order)


@check("PRM-32", severity=BLOCKER, max_fills=3, creates=3, worth=5, provokes=ABOUT_THE_SENDER)
@pytest.mark.usefixtures("taker")
async def test_secret_of_another_key_opens_no_way_in(desk: Desk, connections: Connections) -> None:
    """A request under the key that is signed with the secret of another key of the venue is refused.

    Sequence: create, New; every signed query and order request, and the auth of every signed stream, under
        the key with the second UID's secret, refused; cancel, Cancelled.
    Passes: each retCode equals 10004, no stream accepts the auth, and the order is unchanged.
    Source: docs/v5/guide.mdx, authentication; docs/v5/websocket/wss-authentication.mdx
    """
    order, credentials = await desk.rest(Side.BUY), desk.run.environment.credentials
    forged = replace(credentials["maker"], secret=credentials["taker"].secret)

    cells = dict(await other_secret_cells(WaysIn(desk, order), forged))
    for channel in connections.signed_channels:
        cells[f"of-other-secret-auth-{channel}"] = (
            await connections.answer_to_auth_with(channel, forged),
            UNAUTHENTICATED,
        )

    expect_cells("requests and streams with the secret of another key", cells)
    await expect_unchanged(desk, order)


@check("PRM-19", severity=BLOCKER, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_wrong_auth_opens_no_stream(connections: Connections) -> None:
    """A stream's auth that is expired, incomplete, of another expiry, or wrong in one byte is refused.

    Sequence: on a new connection to each signed stream: auth with every such fault, refused.
    Passes: no stream accepts one, and the trade stream refuses with 10001, 10003 or 10004, what is expired
        with 10002 or 10005 as well.
    Source: docs/v5/websocket/wss-authentication.mdx; docs/v5/websocket/trade/guideline.mdx
    """
    cells: dict[str, tuple[object, Matcher]] = {}
    for channel in connections.signed_channels:
        for name, args in AUTHS.items():
            answer = await connections.answer_to_auth(channel, args=args)
            cells[f"{name}-auth-{channel}"] = answer, UNAUTHENTICATED
        for name, expires_in_ms in EXPIRED_MS.items():
            expired = await connections.answer_to_auth(channel, expires_in_ms=expires_in_ms)
            cells[f"{name}-auth-{channel}"] = expired, EXPIRED

    expect_cells("streams after a wrong auth", cells)


@check("PRM-20", severity=BLOCKER, max_fills=21, creates=21, worth=41, provokes={RetCode.TIMESTAMP_WINDOW})
async def test_asked_window_holds_at_every_way_in(desk: Desk) -> None:
    """Every way in applies the receive window that is asked for, and accepts no future beyond a second.

    Each timestamp is a quarter of a second from the end of its window.

    Sequence: create, New; through every way in: a timestamp inside and outside of a window of one second,
        ahead within it, inside of a window of ten seconds, and 1.25 s ahead with that one; cancel, Cancelled.
    Passes: outside the retCode equals 10002; inside a query is acknowledged, and no order request is refused
        with 10002; the order is unchanged.
    Source: docs/v5/guide.mdx, timestamp; docs/v5/websocket/trade/guideline.mdx
    """
    order = await desk.rest(Side.BUY)
    ways = WaysIn(desk, order)
    reads = [way for way in ways.reads if way.path not in FEW_PER_SECOND]

    cells = await time_cells(ways, (*reads, *ways.writes, *ways.streamed), ASKED)

    expect_cells("requests at the ends of their receive window", cells)
    await expect_unchanged(desk, order)


@check("PRM-21", severity=MINOR, max_fills=1, creates=1, provokes=ABOUT_THE_SENDER)
async def test_default_window_is_five_seconds(desk: Desk) -> None:
    """A request that asks for no receive window has one of five seconds.

    A query and a cancel over REST are signed with the default in the window's place, or with nothing there:
    the documents do not say which.

    Sequence: create, New; a query, a cancel over REST and one over the trade stream, each with a timestamp
        inside and outside of five seconds, and without a window.
    Passes: outside the retCode equals 10002; inside the query is acknowledged, and no cancel is refused with
        10002.
    Source: docs/v5/guide.mdx, X-BAPI-RECV-WINDOW; docs/v5/websocket/trade/guideline.mdx
    """
    ways = WaysIn(desk, await desk.rest(Side.BUY))
    cancels = [way for way in (*ways.writes, *ways.streamed) if way.path == paths.ORDER_CANCEL]

    cells = await time_cells(ways, (ways.reads[0], *cancels), UNASKED)

    expect_cells("requests without a receive window", cells)


@check("PRM-22", severity=BLOCKER, max_fills=5, creates=5, worth=9, provokes=ABOUT_THE_SENDER)
async def test_missing_or_unknown_key_opens_no_way_in(desk: Desk, account: Account) -> None:
    """A request without credentials, or under a key that nobody was given, is refused at every way in.

    Sequence: create, New; every signed query and order request without credentials, then under an unknown
        key, refused; cancel, Cancelled.
    Passes: without credentials the refusal is HTTP 401, 10001, 10003, 10004 or 10005, under the unknown key
        HTTP 401 or 10003; the order is unchanged.
    Source: docs/v5/error.mdx, HTTP 401, 10001 and 10003
    """
    order = await desk.rest(Side.BUY)
    ways = WaysIn(desk, order)
    unknown = Credentials(UNKNOWN_KEY, account.credentials.secret)
    over_rest = (*ways.reads, *ways.writes)

    without = {f"no-key-{way}": (await ways.answer(way, signed=False), UNSIGNED) for way in over_rest}
    under = await _cells_under(unknown, "unknown-key", UNKNOWN, ways)

    expect_cells("requests without a key or under an unknown one", {**without, **under})
    await expect_unchanged(desk, order)


@check("PRM-23", severity=MAJOR, max_fills=3, creates=3, worth=5, provokes=ABOUT_THE_SENDER)
@over_both_transports
async def test_read_only_key_carries_out_nothing(desk: Desk, read_only: Desk) -> None:
    """Every order request under a read-only key is refused, batches and a cancel-all too; it may look.

    Where money is real no cancel-all is among them.

    Sequence: create, New; realtime and every order request under the read-only key, refused; cancel,
        Cancelled.
    Passes: realtime shows the order; each retCode equals 10005, and the order is unchanged.
    Source: docs/v5/error.mdx, 10005; docs/v5/user/apikey-info.mdx, readOnly
    """
    order = await desk.rest(Side.BUY)
    ways = WaysIn(read_only, order)
    shown = await read_only.in_realtime(order)
    operations = ways.writes if desk.via is Transport.REST else ways.streamed

    denied = refused(RetCode.PERMISSION_DENIED)
    cells = {f"read-only-{way}": (await ways.answer(way), denied) for way in operations}

    what, wait_ms = "open order in realtime under the read-only key", desk.timeouts.look_up_ms
    expect(what, shown, present, of=order, within_ms=wait_ms)
    expect_cells("order requests under a read-only key", cells)
    await expect_unchanged(desk, order)


@check("PRM-24", severity=MAJOR, max_fills=3, creates=3, worth=5, provokes=ABOUT_THE_SENDER)
async def test_expired_key_opens_no_way_in(desk: Desk, expired: Account) -> None:
    """Every query and every order request under an expired key is refused.

    Sequence: create, New; every signed query and order request under the expired key, refused; cancel,
        Cancelled.
    Passes: each retCode equals -2015 or 33004, and the order is unchanged.
    Source: docs/v5/error.mdx, -2015 and 33004
    """
    order = await desk.rest(Side.BUY)

    under = await _cells_under(expired.credentials, "expired", refused(KEY_EXPIRED), WaysIn(desk, order))

    expect_cells("requests under an expired key", under)
    await expect_unchanged(desk, order)


@check("PRM-25", severity=MAJOR, max_fills=3, creates=3, worth=5, provokes=ABOUT_THE_SENDER)
async def test_key_of_other_addresses_opens_no_way_in(desk: Desk, ip_bound: Account) -> None:
    """Every query and every order request under a key that is bound to other addresses is refused.

    Sequence: create, New; every signed query and order request under that key, refused; cancel, Cancelled.
    Passes: each retCode equals 10010, and the order is unchanged.
    Source: docs/v5/error.mdx, 10010
    """
    order = await desk.rest(Side.BUY)

    unmatched = refused(RetCode.UNMATCHED_IP)
    under = await _cells_under(ip_bound.credentials, "other-address", unmatched, WaysIn(desk, order))

    expect_cells("requests under a key of other addresses", under)
    await expect_unchanged(desk, order)


@check("PRM-26", severity=MAJOR, max_fills=4, creates=4, provokes=ABOUT_THE_SENDER)
@needs(paths.ORDER_CREATE_BATCH)
@during(Phase.PRELISTING)
@over_both_transports
async def test_non_whitelisted_uid_creates_nothing(desk: Desk, non_whitelisted: Desk) -> None:
    """Before the listing is public, a UID outside the whitelist creates no buy, no sell and no batch.

    Sequence: create and batch of one create under the key of the other UID, each as a buy and as a sell,
        refused.
    Passes: each retCode is a documented refusal of a UID or symbol that is not admitted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/error.mdx, 10029
    """
    cells: dict[str, tuple[object, Matcher]] = {}
    for side in Side:
        price = await desk.passive_price(side)
        qty = desk.instrument.min_qty(price)
        single = await non_whitelisted.attempt(side, price, qty)
        (item,) = await Batch(non_whitelisted).create(side, price)
        cells[f"{side}-create"] = single, refused(NOT_WHITELISTED)
        cells[f"{side}-create-batch"] = item, refused(NOT_WHITELISTED)

    expect_cells("orders of a UID outside the whitelist", cells)


@check("PRM-27", severity=BLOCKER, max_fills=3, creates=3, worth=5, provokes=ABOUT_THE_SENDER)
@needs(paths.TRADE_STREAM)
async def test_stream_without_auth_carries_out_nothing(desk: Desk, connections: Connections) -> None:
    """Every operation on a trade stream without authentication is refused.

    Sequence: create, New; every operation of the trade stream, each on a new connection without auth,
        refused; cancel, Cancelled.
    Passes: each retCode is 10001, 10003, 10004 or 10005, and the order is unchanged.
    Source: docs/v5/websocket/trade/guideline.mdx, authentication
    """
    order = await desk.rest(Side.BUY)
    ways = WaysIn(desk, order)

    cells = {
        f"no-auth-{way}": (await connections.answer_without_auth(way.op, ways.terms(way)), UNSIGNED)
        for way in ways.streamed
    }

    expect_cells("operations on a trade stream without auth", cells)
    await expect_unchanged(desk, order)


@check("PRM-28", severity=BLOCKER, max_fills=51, creates=51, worth=101, provokes=ABOUT_THE_SENDER)
async def test_every_wrong_signature_is_refused(desk: Desk, connections: Connections) -> None:
    """A signature that is too short, too long, of other parts, or wrong in any digit is refused everywhere.

    The whole table of which PRM-18 and PRM-19 are the part of a sign-off.

    Sequence: create, New; every wrong signature on every signed query and order request, and on the auth of
        every signed stream, refused; cancel, Cancelled.
    Passes: each retCode equals 10004, no stream accepts one, and the order is unchanged.
    Source: docs/v5/guide.mdx, authentication; docs/v5/websocket/wss-authentication.mdx
    """
    order = await desk.rest(Side.BUY)

    cells = dict(await signature_cells(WaysIn(desk, order), FURTHER_SIGNATURES))
    for channel in connections.signed_channels:
        for name, args in FURTHER_AUTHS.items():
            answer = await connections.answer_to_auth(channel, args=args)
            cells[f"{name}-auth-{channel}"] = answer, UNAUTHENTICATED

    expect_cells("requests and streams with a wrong signature", cells)
    await expect_unchanged(desk, order)


@check("PRM-29", severity=BLOCKER, max_fills=73, creates=73, worth=145, provokes=ABOUT_THE_SENDER)
async def test_every_end_of_the_window_holds(desk: Desk) -> None:
    """Both ends of every receive window, asked for or by default, hold at every way in.

    The whole table of which PRM-20 and PRM-21 are the part of a sign-off.

    Sequence: create, New; through every way in: timestamps inside and outside of both ends of windows of 1,
        5 and 10 seconds, and without a window; cancel, Cancelled.
    Passes: outside the retCode equals 10002; inside a query is acknowledged, and no order request is refused
        with 10002; the order is unchanged.
    Source: docs/v5/guide.mdx, timestamp; docs/v5/websocket/trade/guideline.mdx
    """
    order = await desk.rest(Side.BUY)
    ways = WaysIn(desk, order)

    cells = await time_cells(ways, (*ways.reads, *ways.writes, *ways.streamed), EVERY_END)

    expect_cells("requests at the ends of every receive window", cells)
    await expect_unchanged(desk, order)


async def _cells_under(key: Credentials, rule: str, wanted: Matcher, ways: WaysIn) -> Cells:
    """Send every signed query and order request under another key."""
    # Its UID is the market maker's, or no UID at all: the journal has the one create that is repeated.
    by = replace(key, role="maker")
    return {f"{rule}-{way}": (await ways.answer(way, by=by), wanted) for way in (*ways.reads, *ways.writes)}
