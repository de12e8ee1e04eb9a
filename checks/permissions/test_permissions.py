"""Permissions: the key may trade, the UID is the whitelisted one, and the account is funded.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 2 and prerequisites
"""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, needs, over_both_transports, over_trade_stream
from fixtures.config.environment import Listing
from fixtures.desk import (
    Account,
    Balance,
    Blocked,
    Desk,
    FirstLook,
    InstrumentView,
    Market,
    attempt_create_with,
)
from fixtures.expect import (
    Cause,
    Owner,
    acknowledged,
    at_least,
    containing,
    expect,
    having,
    nothing,
    one_of,
    present,
    show,
)
from fixtures.record.evidence import Evidence
from fixtures.record.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, Side
from fixtures.v5.instrument import Instrument

READS = 5
MIN_DAYS = 30
SPOT_TRADE = "Spot.SpotTrade"
DANGEROUS = {"Wallet.Withdraw"}
MILLION = 1_000_000
UNIFIED_ACCOUNTS = {3, 4, 5, 6}


@check("PRM-01", severity=BLOCKER, max_fills=0, min_messages=READS, cause=Cause.KEY)
async def test_key_is_valid_here(account: Account) -> None:
    """The venue accepts the key and its signature on every one of several reads.

    Sequence: a signed read, answered; several times over.
    Passes: every answer carries retCode 0.
    Source: docs/v5/user/apikey-info.mdx
    """
    answers = [await account.answer() for _ in range(READS)]

    for number, answer in enumerate(answers, 1):
        expect(f"signed read {number} of {READS}", answer, acknowledged)


@check("PRM-02", severity=BLOCKER, max_fills=0, cause=Cause.UID)
async def test_uid_is_the_whitelisted_one(account: Account, run: Run) -> None:
    """The key belongs to the UID that the desk whitelisted, or to a subaccount of it.

    Sequence: query-api, UID and parent UID.
    Passes: The UID or the parent UID equals the one that the desk whitelisted.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites
    """
    expected = run.environment.expected_uid
    if expected is None:
        raise Blocked("the whitelisted UID is not declared: set the variable named by credentials.maker.uid")
    key = await account.key()

    is_whitelisted = expected in {key.uid, key.parent_uid}
    expect("key belongs to the whitelisted UID or a subaccount of it", is_whitelisted, expected=True)


@check("PRM-03", severity=BLOCKER, max_fills=0, cause=Cause.PERMISSION)
async def test_key_may_trade_spot(account: Account) -> None:
    """The key is not read-only and has the SpotTrade permission.

    Sequence: query-api, permissions.
    Passes: readOnly is 0 and the permissions contain Spot.SpotTrade.
    Source: docs/v5/user/apikey-info.mdx
    """
    key = await account.key()

    expect("readOnly of the key", key.read_only, expected=False)
    expect("permissions of the key", key.permissions, containing(SPOT_TRADE))


@check(
    "PRM-30",
    severity=BLOCKER,
    max_fills=0,
    cause=Cause.KEY_MISREPORTED,
    first=True,
    provokes={RetCode.PERMISSION_DENIED},
)
async def test_shown_permission_is_the_real_one(account: Account, first_look: FirstLook) -> None:
    """The key may trade spot exactly if the query of the key says so.

    Sequence: query-api, permissions; cancel of an order that never existed.
    Passes: the cancel is refused with 10005 exactly where readOnly is 1 or Spot.SpotTrade is lacking.
    Source: docs/v5/user/apikey-info.mdx; docs/v5/error.mdx, 10005
    """
    key = await account.key()
    answer = await first_look.answer_to_cancel()

    shown = SPOT_TRADE in key.permissions and not key.read_only
    trades = answer.ret_code != RetCode.PERMISSION_DENIED
    what = f"permission to trade in query-api, where a cancel is {answer}"
    expect(what, shown, trades, of=answer)


@check("PRM-33", severity=MAJOR, max_fills=0)
async def test_read_only_key_is_shown_as_one(read_only_account: Account) -> None:
    """The query of a read-only key says that it may not trade spot; PRM-15.01 shows that it may not.

    Sequence: query-api under the read-only key.
    Passes: readOnly is 1, or the permissions lack Spot.SpotTrade.
    Source: docs/v5/user/apikey-info.mdx, readOnly and permissions
    """
    key = await read_only_account.key()

    shown = SPOT_TRADE in key.permissions and not key.read_only
    expect("permission to trade in query-api, of a read-only key", shown, expected=False)


@check("PRM-04", severity=MAJOR, max_fills=0, owner=Owner.ACCOUNT)
async def test_key_cannot_withdraw(account: Account) -> None:
    """The key has no permission to withdraw.

    Sequence: query-api, permissions.
    Passes: The permissions do not contain Wallet.Withdraw.
    Source: docs/v5/user/apikey-info.mdx
    """
    key = await account.key()

    advice = "make a key that may not withdraw"
    expect("withdrawal permissions of the key", key.permissions & DANGEROUS, nothing, advice=advice)


@check("PRM-05", severity=MAJOR, max_fills=0)
async def test_key_outlives_the_listing(account: Account) -> None:
    """The key is bound to addresses, which keeps it valid, or has at least thirty days left.

    A key without addresses expires three months after it was made, and then its client can quote no more.

    Sequence: query of the key.
    Passes: ips names addresses, or deadlineDay is at least 30.
    Source: docs/v5/user/apikey-info.mdx, deadlineDay
    """
    key = await account.key()

    for days_left in () if key.is_ip_bound else (key.days_left,):
        days = expect("deadlineDay of a key that is not bound to addresses", days_left, present)
        expect("deadlineDay of a key that is not bound to addresses", days, at_least(MIN_DAYS, "days"))


@check("PRM-06", severity=BLOCKER, max_fills=0, owner=Owner.ACCOUNT)
async def test_account_is_unified(account: Account) -> None:
    """The account is a unified trading account, by the key's query and by the account's own.

    Sequence: query-api, account info.
    Passes: uta of the key is 1, and unifiedMarginStatus is one of the unified ones, 3 to 6.
    Source: docs/v5/account/account-info.mdx
    """
    key, status = await account.key(), await account.unified_margin_status()

    expect("uta of the key", key.uta, expected=True)
    expect("unifiedMarginStatus of the account", status, one_of(UNIFIED_ACCOUNTS))


@check("PRM-07", severity=MAJOR, max_fills=0)
@needs(paths.ACCOUNT_FEE_RATE)
async def test_fees_are_as_agreed(
    account: Account, symbol: str, listing: Listing, evidence: Evidence
) -> None:
    """The venue reports the agreed fee rates of the symbol, and the market maker level of the key.

    Without agreed fees in environments.yaml the rates are only recorded.

    Sequence: query of the fee rates, query of the key.
    Passes: both rates are decimals, equal to the agreed ones where there are any; the level is not empty.
    Source: docs/v5/account/fee-rate.mdx, docs/v5/user/apikey-info.mdx, mktMakerLevel
    """
    rates, level = await account.fees(symbol), (await account.key()).mkt_maker_level

    served = expect(f"readable fee rate of {symbol}", rates, present)
    expect("mktMakerLevel of the key", level or None, present)
    evidence.measure("maker fee", int(served.maker * MILLION), "millionths")
    evidence.measure("taker fee", int(served.taker * MILLION), "millionths")
    agreed = listing.fees or served
    expect(f"fee rates of {symbol}", served, having(maker=agreed.maker, taker=agreed.taker))


@check("PRM-08.01", severity=BLOCKER, max_fills=1, creates=1)
async def test_trading_is_permitted_over_rest(desk: Desk) -> None:
    """A PostOnly order over REST rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/order/create-order.mdx
    """
    await _expect_rests_and_is_cancelled(desk)


@check("PRM-08.02", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_words_of_the_pages_sample_are_read(desk: Desk) -> None:
    """An order whose side and orderType are spelt as in the page's own sample is acknowledged.

    Sequence: create with side "buy" and orderType "LIMIT" behind the touch, acknowledged.
    Passes: the retCode is 0.
    Source: docs/institutional/dmm-listing/spot.mdx, its samples of an order
    """
    answer = await attempt_create_with(desk, side="buy", orderType="LIMIT")

    expect("order with side buy and orderType LIMIT", answer, acknowledged)


@check("PRM-09", severity=BLOCKER, max_fills=1, creates=1)
@over_trade_stream
async def test_trading_is_permitted_over_trade_stream(desk: Desk) -> None:
    """A PostOnly order over the trade stream rests, and ends Cancelled when it is cancelled.

    Sequence: create behind the touch over the trade stream, acknowledged, New, cancel, Cancelled.
    Passes: The order is pushed New with nothing executed, and its last state is Cancelled.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    await _expect_rests_and_is_cancelled(desk)


@check("PRM-11.01", severity=BLOCKER, max_fills=0, cause=Cause.FUNDS)
async def test_funds_carry_the_plan(
    account: Account, market: Market, instrument: Instrument, run: Run
) -> None:
    """The free balance of both coins covers the orders that the checklist places.

    Funds in the Funding wallet do not count.

    Sequence: last price and wallet balance read.
    Passes: The free balance of each coin is at least the planned number of minimum-sized orders.
    Source: docs/v5/account/wallet-balance.mdx
    """
    price = await market.last_price(instrument.symbol)
    orders = run.environment.timeouts.plan_orders
    plan = {
        instrument.quote_coin: orders * instrument.min_qty(price) * price,
        instrument.base_coin: orders * instrument.min_qty(price),
    }

    free = {coin: (await account.balance(coin)).free for coin in plan}

    advice = f"the checklist needs {show(plan)}"
    for coin, amount in plan.items():
        expect(f"free {coin} in the unified wallet", free[coin], at_least(amount), advice=advice)


@check("PRM-11.02", severity=MAJOR, max_fills=2, creates=1, worth=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_resting_order_holds_its_funds(desk: Desk, side: Side) -> None:
    """A resting order locks what it may spend, and its end releases all of it.

    Sequence: balance read, create, New, balance read, amend to twice the quantity, balance read, cancel,
        Cancelled, balance read.
    Passes: The locked balance grows by exactly what the order may spend, before and after the amend, and the
        last balance equals the first.
    Source: docs/v5/account/wallet-balance.mdx, locked
    """
    coin = desk.instrument.coin_held(side)
    price = await desk.passive_price(side)
    # The first look at the wallet in a run: the orders of the checks before it may still show there.
    await desk.views.caught_up(paths.ACCOUNT_WALLET)
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
    expect(f"{coin} locked by the {side}, then by twice its quantity", locked, [spends, 2 * spends], of=order)
    limit_ms = desk.timeouts.look_up_ms
    expect(f"balances after the end of the {side}", after, before, of=order, within_ms=limit_ms)


@check("PRM-12", severity=MINOR, max_fills=0, min_messages=3)
@needs(paths.ACCOUNT_SMP_GROUP, paths.ACCOUNT_DCP, paths.ACCOUNT_INSTRUMENTS)
async def test_standing_is_served(account: Account, market: Market, symbol: str, evidence: Evidence) -> None:
    """The venue reports the self-match group, the disconnection protection and the RPI permission.

    A market maker with several accounts relies on them. No value is required: each is recorded.

    Sequence: query of the group, query of the protection, instrument query.
    Passes: each answer contains its field.
    Source: docs/v5/account/smp-group.mdx, docs/v5/account/dcp-info.mdx, docs/v5/account/instrument.mdx
    """
    standing, rows = await account.standing(), await market.listed(symbol, InstrumentView.ACCOUNT)

    row = expect(f"{symbol} in {InstrumentView.ACCOUNT}", next(iter(rows), None), present, cause=Cause.HIDDEN)
    group = expect("smpGroup of the account", standing.smp_group, present)
    windows = expect("dcpInfos of the account", standing.dcp_windows, present)
    flags = expect(f"isPublicRpi or myRpiPermission of {symbol}", row.rpi_flags or None, present)
    evidence.measure("self-match group", group, "")
    evidence.measure("disconnection window of spot", windows.get("SPOT", 0), "s")
    evidence.measure("RPI permission", int(True in flags), "")


@check("PRM-16", severity=MINOR, max_fills=0)
async def test_key_is_bound_to_addresses(account: Account) -> None:
    """The key works from named addresses only.

    Where a key for any address is wanted, environments.yaml names this check under not_applicable, with the
    reason.

    Sequence: query of the key.
    Passes: ips names addresses, and "*" is not among them.
    Source: docs/v5/user/apikey-info.mdx, ips
    """
    key = await account.key()

    advice = f"bind it to addresses, its ips are {show(key.ips)}"
    expect("key bound to addresses", key.is_ip_bound, expected=True, advice=advice)


def _holding(before: Mapping[str, Balance], coin: str, spends: Decimal) -> dict[str, Balance]:
    """The balances of before, with that much more of a coin locked."""
    balance = before[coin]
    return {**before, coin: Balance(balance.wallet, balance.locked + spends)}


async def _expect_rests_and_is_cancelled(desk: Desk) -> None:
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    resting = await desk.resting(order)
    closed = await desk.cancelled(order)

    expect("passive PostOnly order", resting, having(cum_exec_qty=0))
    expect("order after its cancel", closed, having(order_status=OrderStatus.CANCELLED))
