"""Filters: an order of the maximum size is not too large, and one lot more is.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1; docs/v5/market/instrument.mdx
"""

from collections.abc import Awaitable, Callable

import pytest

from checks import MAJOR, check, during, without_real_money
from fixtures.desk import (
    Answer,
    Blocked,
    Desk,
    attempt_largest,
    attempt_largest_market,
    attempt_oversized,
    attempt_to_enlarge,
    attempt_to_oversize,
)
from fixtures.expect import expect, nothing, refused
from fixtures.v5.codes import TOO_LARGE, RetCode
from fixtures.v5.enums import Phase, TimeInForce


@check("FLT-07.01", severity=MAJOR, max_fills=0, creates=1, largest=1)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
async def test_size_beyond_the_maximum_is_refused(desk: Desk) -> None:
    """A PostOnly quantity one lot above postOnlyMaxLimitOrderSize is refused for its size.

    The order is worth more than the risk limits allow. The pre-trade risk check lets it pass as one that the
    venue must refuse: it is priced far below the touch, and not sent at all where money is real.

    Sequence: create of one lot too many, refused.
    Passes: the refusal carries a documented code of a size beyond the maximum, and no order is open.
    Source: docs/v5/market/instrument.mdx, postOnlyMaxLimitOrderSize; docs/v5/error.mdx, 170381
    """
    answer = await attempt_oversized(desk)

    _expect_too_large("PostOnly order one lot above postOnlyMaxLimitOrderSize", answer)
    expect("open orders after the refusal", await desk.open_orders(), nothing)


@check("FLT-07.02", severity=MAJOR, max_fills=0, creates=1, largest=1)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
async def test_size_beyond_the_maximum_of_a_limit_order_is_refused(desk: Desk) -> None:
    """A GTC quantity one lot above maxLimitOrderQty is refused for its size.

    It is priced far below the touch, and not sent at all where money is real.

    Sequence: create of one lot too many, refused.
    Passes: the refusal carries a documented code of a size beyond the maximum, and no order is open.
    Source: docs/v5/market/instrument.mdx, maxLimitOrderQty; docs/v5/error.mdx, 170381
    """
    answer = await attempt_oversized(desk, TimeInForce.GTC)

    _expect_too_large("GTC order one lot above maxLimitOrderQty", answer)
    expect("open orders after the refusal", await desk.open_orders(), nothing)


@check("FLT-07.03", severity=MAJOR, max_fills=1, creates=1, largest=1)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
@pytest.mark.parametrize("time_in_force", [TimeInForce.POST_ONLY, TimeInForce.GTC])
async def test_amend_beyond_the_maximum_is_refused(desk: Desk, time_in_force: TimeInForce) -> None:
    """An amend to a quantity one lot above the maximum of its kind is refused for its size.

    The order is far below the touch, and nothing is sent where money is real.

    Sequence: create of the minimum size, acknowledged, amend to one lot too many, refused.
    Passes: the refusal carries a documented code of a size beyond the maximum.
    Source: docs/v5/market/instrument.mdx, lotSizeFilter; docs/v5/error.mdx, 170381
    """
    answer = await attempt_to_oversize(desk, time_in_force)

    _expect_too_large(f"amend of a {time_in_force} order to one lot above the maximum", answer)


@check(
    "FLT-07.04", severity=MAJOR, max_fills=0, creates=1, largest=1, provokes={RetCode.BALANCE_INSUFFICIENT}
)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
@pytest.mark.parametrize("time_in_force", [TimeInForce.POST_ONLY, TimeInForce.GTC])
@pytest.mark.parametrize("attempt", [attempt_largest, attempt_to_enlarge], ids=["create", "amend"])
async def test_maximum_size_is_not_too_large(
    desk: Desk, attempt: Callable[[Desk, TimeInForce], Awaitable[Answer]], time_in_force: TimeInForce
) -> None:
    """A sell of exactly the maximum is refused for the balance, which does not cover it, not for its size.

    It is far above the touch, and not sent at all where money is real or where the balance covers it.

    Sequence: balance read, create of the maximum, or amend to it, refused.
    Passes: the refusal carries 170131.
    Source: docs/v5/market/instrument.mdx, lotSizeFilter; docs/v5/error.mdx, 170131
    """
    answer = await attempt(desk, time_in_force)

    expect(f"unfunded {time_in_force} sell of the maximum", answer, refused(RetCode.BALANCE_INSUFFICIENT))


@check(
    "FLT-07.05", severity=MAJOR, max_fills=0, creates=3, largest=3, provokes={RetCode.BALANCE_INSUFFICIENT}
)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
async def test_maximum_of_a_market_order_has_an_edge(desk: Desk) -> None:
    """A market sell one lot above maxMarketOrderQty is refused for its size, one of exactly it is not.

    No order is funded, so none can trade: a valid size is refused with 170131 (insufficient balance). None is
    sent where money is real.

    Sequence: create of a PostOnly sell one lot too large, of a market sell one lot too large, of one of the
        maximum, refused.
    Passes: the first two carry a documented code of a size beyond the maximum, the third 170131.
    Source: docs/v5/market/instrument.mdx, maxMarketOrderQty; docs/v5/error.mdx, 170382
    """
    limit = await attempt_largest(desk, TimeInForce.POST_ONLY, lots=1)
    _require_size_first(limit)
    beyond, at = [await attempt_largest_market(desk, lots=lots) for lots in (1, 0)]

    expect("market sell one lot above maxMarketOrderQty", beyond, refused(TOO_LARGE))
    expect("unfunded market sell of maxMarketOrderQty", at, refused(RetCode.BALANCE_INSUFFICIENT))


def _expect_too_large(what: str, answer: Answer) -> None:
    _require_size_first(answer)
    expect(what, answer, refused(TOO_LARGE))


def _require_size_first(answer: Answer) -> None:
    """Raise Blocked when the order was refused for the balance, which shows nothing about the size."""
    if answer.ret_code == RetCode.BALANCE_INSUFFICIENT:
        raise Blocked("the venue checks the balance before the size: these funds cannot show the maximum")
