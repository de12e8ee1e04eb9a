"""Permissions: the key may trade, the UID is the whitelisted one, and nobody else gets through.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2 and prerequisites
"""

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, during, over_trade_stream
from fixtures.desk import Account, Blocked, Desk, Market, View
from fixtures.run import Run
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, Phase, Side
from fixtures.v5.filters import Instrument, plain

SPOT_TRADE = "Spot.SpotTrade"
DANGEROUS = {"Wallet.Withdraw"}
UNIFIED_ACCOUNTS = {3, 4, 5, 6}

NOT_WHITELISTED = {
    RetCode.SYMBOL_NOT_WHITELISTED,
    RetCode.UID_NOT_AVAILABLE,
    RetCode.INVALID_SYMBOL,
    RetCode.PAIR_NOT_OPEN,
    RetCode.PAIR_NOT_FOR_API,
}
"""The documented refusals that fit a UID outside the whitelist; the docs tie none of them to a listing."""


@check("PRM-01", severity=BLOCKER, at_risk=0)
async def test_key_is_valid_here(account: Account) -> None:
    """The venue knows the key and accepts its signature.

    Sequence: signed read, answer.
    Passes: The retCode equals 0.
    Source: docs/v5/user/apikey-info.mdx
    """
    answer = await account.answer()

    assert answer.ret_code == 0, f"a signed read was {answer}"


@check("PRM-02", severity=BLOCKER, at_risk=0)
async def test_uid_is_the_whitelisted_one(account: Account, run: Run) -> None:
    """The key belongs to the UID that the desk whitelisted, itself or as its parent.

    Sequence: query-api, UID and parent UID.
    Passes: The UID or the parent UID equals the one that the desk whitelisted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites
    """
    expected = run.environment.expected_uid
    if expected is None:
        raise Blocked("the whitelisted UID is not declared: set the variable named by credentials.maker.uid")
    key = await account.key()

    assert expected in {key.uid, key.parent_uid}, "the key's UID is not the whitelisted one"


@check("PRM-03", severity=BLOCKER, at_risk=0)
async def test_key_may_trade_spot(account: Account) -> None:
    """The key is not read-only and holds the SpotTrade permission.

    Sequence: query-api, permissions.
    Passes: readOnly is 0 and the permissions hold Spot.SpotTrade.
    Source: docs/v5/user/apikey-info.mdx
    """
    key = await account.key()

    assert not key.read_only, "the key is read-only"
    assert SPOT_TRADE in key.permissions, f"the key holds {', '.join(sorted(key.permissions))}"


@check("PRM-04", severity=MAJOR, at_risk=0)
async def test_key_cannot_withdraw(account: Account) -> None:
    """The key holds no permission to withdraw.

    Sequence: query-api, permissions.
    Passes: The permissions do not hold Wallet.Withdraw.
    Source: docs/v5/user/apikey-info.mdx
    """
    key = await account.key()

    assert key.permissions & DANGEROUS == set(), "the key may withdraw: make one that may not"


@check("PRM-06", severity=BLOCKER, at_risk=0)
async def test_account_is_unified(account: Account) -> None:
    """The account is a unified trading account, by the key and by the account itself.

    Sequence: query-api, account info.
    Passes: The key says uta, and unifiedMarginStatus is one of the unified ones, 3 to 6.
    Source: docs/v5/account/account-info.mdx
    """
    key, status = await account.key(), await account.unified_margin_status()

    assert key.uta, "the key's account is not unified"
    assert status in UNIFIED_ACCOUNTS, f"unifiedMarginStatus is {status}"


@check("PRM-08", severity=BLOCKER, at_risk=1)
async def test_trading_is_permitted_over_rest(desk: Desk) -> None:
    """A PostOnly order over REST rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/order/create-order.mdx
    """
    await _assert_quote_lives_and_dies(desk)


@check("PRM-09", severity=BLOCKER, at_risk=1)
@over_trade_stream
async def test_trading_is_permitted_over_trade_stream(desk: Desk) -> None:
    """A PostOnly order over the trade stream rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch over the trade stream, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    await _assert_quote_lives_and_dies(desk)


@check("PRM-10", severity=MAJOR, at_risk=1)
@during(Phase.PRELISTING)
async def test_stranger_is_kept_out(desk: Desk, stranger: Desk, instrument: Instrument, symbol: str) -> None:
    """Before the listing is public, a UID outside the whitelist neither sees nor trades the symbol.

    Sequence: account instruments-info under the stranger's key, empty; create under the stranger's
        key, refused.
    Passes: No row is returned, and the retCode is a documented refusal of a UID or symbol that is
        not admitted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/error.mdx, 10029
    """
    seen = await stranger.market.listed(symbol, View.ACCOUNT)
    price = await desk.passive_price(Side.BUY)

    answer = await stranger.attempt(Side.BUY, price, instrument.least_qty(price))

    assert seen == [], f"{symbol} is listed to a UID outside the whitelist"
    assert answer.ret_code in NOT_WHITELISTED, f"an order of a UID outside the whitelist was {answer}"


@check("PRM-11", severity=BLOCKER, at_risk=0)
async def test_funds_carry_the_plan(
    account: Account, market: Market, instrument: Instrument, run: Run
) -> None:
    """The free balance of both coins carries the orders that the checklist places.

    Funds in the Funding wallet do not count.

    Sequence: last price and wallet balance read.
    Passes: The free balance of each coin is at least the planned number of least-sized orders.
    Source: docs/v5/account/wallet-balance.mdx
    """
    price = await market.last_price(instrument.symbol)
    orders = run.environment.patience.plan_orders
    plan = {
        instrument.quote_coin: orders * instrument.least_qty(price) * price,
        instrument.base_coin: orders * instrument.least_qty(price),
    }

    short = {coin: amount for coin, amount in plan.items() if (await account.balance(coin)).free < amount}

    lacking = ", ".join(f"{plain(amount)} {coin}" for coin, amount in short.items())
    assert not short, f"the unified wallet holds less than {lacking}"


@check("PRM-11", severity=MAJOR, at_risk=1)
@pytest.mark.parametrize("side", list(Side))
async def test_resting_order_holds_its_funds(desk: Desk, account: Account, side: Side) -> None:
    """A resting order locks what it may spend, and its end releases it to the last decimal.

    Sequence: balance read, create, New, balance read, cancel, Cancelled, balance read.
    Passes: The locked balance grows by exactly what the order may spend, and the last balance
        equals the first.
    Source: docs/v5/account/wallet-balance.mdx, locked
    """
    coin = desk.instrument.coin_held(side)
    price = await desk.passive_price(side)
    before = await account.balance(coin)
    order = await desk.place(side, price)
    await desk.resting(order)
    held = await account.balance(coin)
    await desk.cancel(order)
    await desk.closed(order)
    after = await account.balance(coin)

    spends = order.qty * order.price if side is Side.BUY else order.qty
    assert held.locked - before.locked == spends, (
        f"a {side} of {spends} {coin} locks {held.locked - before.locked}"
    )
    assert after == before, f"the cancelled {side} leaves {after}, before it was {before}"


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


@check("PRM-15", severity=MAJOR, at_risk=1)
async def test_read_only_key_cannot_trade(desk: Desk, reader: Desk, instrument: Instrument) -> None:
    """A read-only key of the same UID is refused when it sends an order.

    Sequence: create under the read-only key, refused.
    Passes: The retCode equals 10005.
    Source: docs/v5/error.mdx, 10005
    """
    price = await desk.passive_price(Side.BUY)

    answer = await reader.attempt(Side.BUY, price, instrument.least_qty(price))

    assert answer.ret_code == RetCode.PERMISSION_DENIED, f"an order under a read-only key was {answer}"


async def _assert_quote_lives_and_dies(desk: Desk) -> None:
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    resting = await desk.resting(order)
    await desk.cancel(order)
    closed = await desk.closed(order)

    assert resting.cum_exec_qty == 0, f"a passive PostOnly order executed: {resting}"
    assert closed.order_status is OrderStatus.CANCELLED, f"a cancelled order ended {closed}"
