"""Permissions: the key may trade, the UID is the whitelisted one, and the account carries the plan.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2 and prerequisites
"""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, needs, over_both_transports, over_trade_stream
from fixtures.desk import (
    Account,
    Balance,
    Blocked,
    Desk,
    Market,
    View,
)
from fixtures.environment import Listing
from fixtures.evidence import Evidence
from fixtures.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, Side
from fixtures.v5.filters import Instrument, plain

READS = 5
LEAST_DAYS = 30
SPOT_TRADE = "Spot.SpotTrade"
DANGEROUS = {"Wallet.Withdraw"}
MILLION = 1_000_000
UNIFIED_ACCOUNTS = {3, 4, 5, 6}


@check("PRM-01", severity=BLOCKER, at_risk=0, observes=READS)
async def test_key_is_valid_here(account: Account) -> None:
    """The venue knows the key and accepts its signature, every time.

    Sequence: a signed read, answered; several times over.
    Passes: every answer carries retCode 0.
    Source: docs/v5/user/apikey-info.mdx
    """
    answers = [await account.answer() for _ in range(READS)]

    refused = [answer for answer in answers if answer.ret_code != 0]
    assert refused == [], f"{len(refused)} of {READS} signed reads were not let in: one was {refused[0]}"


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


@check("PRM-05", severity=MAJOR, at_risk=0)
async def test_key_outlives_the_listing(account: Account) -> None:
    """The key is bound to addresses, which keeps it valid, or has at least thirty days left.

    A key without addresses expires three months after it was made, and quotes end with it.

    Sequence: query of the key.
    Passes: ips names addresses, or deadlineDay is at least 30.
    Source: docs/v5/user/apikey-info.mdx, deadlineDay
    """
    key = await account.key()

    assert key.is_bound or key.days_left is not None, "the key is not bound, and the venue names no end of it"
    assert key.is_bound or (key.days_left or 0) >= LEAST_DAYS, f"the key expires in {key.days_left} days"


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


@check("PRM-07", severity=MAJOR, at_risk=0)
@needs(paths.ACCOUNT_FEE_RATE)
async def test_fees_are_as_agreed(
    account: Account, symbol: str, listing: Listing, evidence: Evidence
) -> None:
    """The venue serves the fee rates of the symbol and the level of the maker, at the rates that were agreed.

    Without agreed fees in environments.yaml the rates are recorded.

    Sequence: query of the fee rates, query of the key.
    Passes: both rates are decimals, equal to the agreed ones where there are any; the level is not empty.
    Source: docs/v5/account/fee-rate.mdx, docs/v5/user/apikey-info.mdx, mktMakerLevel
    """
    served, level = await account.fees(symbol), (await account.key()).mkt_maker_level

    assert served is not None, f"no readable fee rate of {symbol} is served"
    assert level, "the venue does not name the market maker's level"
    evidence.measure("maker fee", int(served.maker * MILLION), "millionths")
    evidence.measure("taker fee", int(served.taker * MILLION), "millionths")
    assert served == (listing.fees or served), f"the fees are {served}, agreed were {listing.fees}"


@check("PRM-08", severity=BLOCKER, at_risk=1, creates=1)
async def test_trading_is_permitted_over_rest(desk: Desk) -> None:
    """A PostOnly order over REST rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/order/create-order.mdx
    """
    await _assert_quote_lives_and_dies(desk)


@check("PRM-08", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_words_of_the_pages_sample_are_read(desk: Desk) -> None:
    """An order whose side and orderType are spelt as in the page's own sample is acknowledged.

    Sequence: create with side "buy" and orderType "LIMIT" behind the touch, acknowledged.
    Passes: the retCode is 0.
    Source: docs/institutional/dmm-listing/spot.mdx, its samples of an order
    """
    answer = await desk.attempt_with(side="buy", orderType="LIMIT")

    assert answer.ret_code == RetCode.OK, f"an order that says buy and LIMIT was {answer}"


@check("PRM-09", severity=BLOCKER, at_risk=1, creates=1)
@over_trade_stream
async def test_trading_is_permitted_over_trade_stream(desk: Desk) -> None:
    """A PostOnly order over the trade stream rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch over the trade stream, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    await _assert_quote_lives_and_dies(desk)


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


@check("PRM-11", severity=MAJOR, at_risk=2, creates=1, worth=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_resting_order_holds_its_funds(desk: Desk, side: Side) -> None:
    """A resting order locks what it may spend, and its end releases it to the last decimal.

    Sequence: balance read, create, New, balance read, amend to twice the quantity, balance read, cancel,
        Cancelled, balance read.
    Passes: The locked balance grows by exactly what the order may spend, before and after the amend, and the
        last balance equals the first.
    Source: docs/v5/account/wallet-balance.mdx, locked
    """
    coin = desk.instrument.coin_held(side)
    price = await desk.passive_price(side)
    before = await desk.wallet()
    order = await desk.place(side, price)
    spends = order.qty * order.price if side is Side.BUY else order.qty
    await desk.resting(order)
    held = [await desk.wallet(_holding(before, coin, spends))]
    await desk.amend(order, qty=2 * order.qty)
    await desk.amended(order, price, 2 * order.qty)
    held.append(await desk.wallet(_holding(before, coin, 2 * spends)))
    await desk.cancelled(order)
    after = await desk.wallet(before)

    locked = [balances[coin].locked - before[coin].locked for balances in held]
    assert locked == [spends, 2 * spends], f"a {side} of {spends} {coin}, then of twice that, locks {locked}"
    assert after == before, (
        f"{desk.patience.look_up_ms} ms after its end the {side} leaves {after}, before it was {before}"
    )


@check("PRM-12", severity=MINOR, at_risk=0, observes=3)
@needs(paths.ACCOUNT_SMP_GROUP, paths.ACCOUNT_DCP, paths.ACCOUNT_INSTRUMENTS)
async def test_standing_is_served(account: Account, market: Market, symbol: str, evidence: Evidence) -> None:
    """The venue tells the self-match group, the protection against a disconnection and whether RPI is open.

    What a maker of several accounts relies on; nothing is demanded of it, it is recorded.

    Sequence: query of the group, query of the protection, instrument query.
    Passes: each answer holds its field.
    Source: docs/v5/account/smp-group.mdx, docs/v5/account/dcp-info.mdx, docs/v5/account/instrument.mdx
    """
    standing, rows = await account.standing(), await market.listed(symbol, View.ACCOUNT)

    assert rows, f"{symbol} is not listed"
    assert standing.smp_group is not None, "the venue does not tell the self-match group"
    assert standing.dcp_windows is not None, "the venue does not tell whether disconnections are protected"
    assert rows[0].rpi_flags, "the venue does not tell whether RPI orders are allowed"
    evidence.measure("self-match group", standing.smp_group, "")
    evidence.measure("disconnection window of spot", standing.dcp_windows.get("SPOT", 0), "s")
    evidence.measure("RPI permission", int(True in rows[0].rpi_flags), "")


@check("PRM-16", severity=MINOR, at_risk=0)
async def test_key_is_bound_to_addresses(account: Account) -> None:
    """The key works from named addresses only.

    Where a wildcard is wanted, environments.yaml says so under not_applicable, with the reason.

    Sequence: query of the key.
    Passes: ips names addresses, and "*" is not among them.
    Source: docs/v5/user/apikey-info.mdx, ips
    """
    key = await account.key()

    assert key.is_bound, f"the key is bound to {', '.join(key.ips) or 'nothing'}: bind it to addresses"


def _holding(before: Mapping[str, Balance], coin: str, spends: Decimal) -> dict[str, Balance]:
    """The wallet of before, with so much more of a coin locked."""
    balance = before[coin]
    return {**before, coin: Balance(balance.wallet, balance.locked + spends)}


async def _assert_quote_lives_and_dies(desk: Desk) -> None:
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    resting = await desk.resting(order)
    closed = await desk.cancelled(order)

    assert resting.cum_exec_qty == 0, f"a passive PostOnly order executed: {resting}"
    assert closed.order_status is OrderStatus.CANCELLED, f"a cancelled order ended {closed}"
