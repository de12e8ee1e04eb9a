"""Disconnection protection (DCP): what may be set, and what counts as a disconnection.

CON-08 shows that it fires. It cancels every spot order of the UID, also those of other programs: run the
checks on a UID of its own.

Source: docs/v5/order/dcp.mdx; docs/v5/websocket/private/dcp.mdx
"""

import asyncio
from collections.abc import Iterable

from checks import MAJOR, MINOR, check, needs, without_real_money
from fixtures.desk import Account, Blocked, Desk, ObserverStream, Order, Probes
from fixtures.expect import acknowledged, expect, having, nothing, refused
from fixtures.v5 import paths
from fixtures.v5.enums import CancelType, Side

SHORTEST_S, LONGEST_S = 3, 300
MARGIN_MS = 700
"""How long after its window the protection is given to fire where it must not."""
NO_DCP = "the account has no DCP for spot: have it enabled, or declare the check under not_applicable"


@check("CON-34", severity=MINOR, max_fills=0)
@needs(paths.ACCOUNT_DCP, paths.ACCOUNT_SMP_GROUP, paths.ORDER_DCP)
@without_real_money("The window of the account would change.")
async def test_protection_is_set_for_spot_alone(account: Account) -> None:
    """The window of spot is set from 3 to 300 seconds, and by no request that names another product, or none.

    The window is set back at the end. A request without a product is about options.

    Sequence: windows queried; 3, 300, 2 and 301 seconds set for SPOT, the windows queried after each; 30
        seconds set without a product, the windows queried; the first window set again.
    Passes: 3 and 300 are acknowledged and shown, 2 and 301 refused and not shown, and the request without a
        product leaves the window of spot as it was.
    Source: docs/v5/order/dcp.mdx, product and timeWindow; docs/v5/account/dcp-info.mdx
    """
    async with account.protection_kept():
        for seconds in (SHORTEST_S, LONGEST_S):
            answer = await account.attempt_protection(seconds)
            expect(f"a window of {seconds} s", answer, acknowledged)
            expect(f"timeWindow of SPOT after {seconds} s were set", await _window_s(account), seconds)
        for seconds in (SHORTEST_S - 1, LONGEST_S + 1):
            answer = await account.attempt_protection(seconds)
            expect(f"a window of {seconds} s", answer, refused())
            expect(f"timeWindow of SPOT after {seconds} s were refused", await _window_s(account), LONGEST_S)
        await account.attempt_protection(30, product=None)
        what = "timeWindow of SPOT after 30 s were set without a product"
        expect(what, await _window_s(account), LONGEST_S)


@check("CON-35", severity=MAJOR, max_fills=3, creates=3)
@needs(paths.ACCOUNT_DCP, paths.ACCOUNT_SMP_GROUP)
@without_real_money("The protection would cancel every spot order of the UID, those of other programs too.")
async def test_protection_waits_for_the_last_connection(
    desk: Desk, account: Account, probes: Probes, observer: ObserverStream
) -> None:
    """The protection waits while one connection has the topic, starts anew with each, and fires again.

    It takes five times the window, so the check runs in the regression profile only.

    Sequence: a bid and an ask, New; two streams subscribe to dcp.spot, one breaks, the window passes; the
        other breaks, and another is there before the window ends, for longer than it; that one breaks, both
        Cancelled; create, New, a stream subscribes and breaks, Cancelled.
    Passes: neither order ends before the last connection is gone; each ends with cancelType CancelByDCP.
    Source: docs/v5/order/dcp.mdx; docs/v5/websocket/private/dcp.mdx
    """
    window_s = await _window_s(account)
    if window_s is None:
        raise Blocked(NO_DCP)
    window_ms, held_ms = window_s * 1000, window_s * 1000 + MARGIN_MS
    within_ms = window_ms + 3 * desk.timeouts.event_ms
    orders = [await desk.rest(side) for side in Side]

    await probes.protected(held_ms, beside_a_loss=True)
    await _expect_open(desk, orders, "while one of two connections had the topic")
    await probes.protected(held_ms, after_ms=window_ms / 2)
    await _expect_open(desk, orders, "when a connection had the topic before the window ended")
    ends = await asyncio.gather(*(observer.closed(order, within_ms=within_ms) for order in orders))
    again = await desk.rest(Side.BUY)
    await probes.lose_protection()
    ends.append(await observer.closed(again, within_ms=within_ms))

    for end in ends:
        expect("order under DCP", end, having(cancel_type=CancelType.BY_DCP))


async def _expect_open(desk: Desk, orders: Iterable[Order], when: str) -> None:
    for order, states in zip(orders, await desk.pushed_states(*orders), strict=True):
        ends = [state for state in states if state.order_status.is_closed]
        expect(f"ends of an order under DCP {when}", ends, nothing, of=order)


async def _window_s(account: Account) -> int | None:
    return ((await account.standing()).dcp_windows or {}).get("SPOT")
