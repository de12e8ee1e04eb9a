"""Fills: an own fill is reported once, as a maker's, in every view; the wallet agrees to the last decimal.

A second whitelisted UID takes the market maker's own resting order while that is the touch, and nothing
else. In a market that moves, the executions of both orders show whether a third party took part.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/websocket/private/execution.mdx
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, over_both_transports, without_real_money
from checks.operations._wallet import expect_balances, expected_balances
from fixtures.desk import (
    Answer,
    Balance,
    Desk,
    Execution,
    Order,
    OrderState,
    OwnFill,
    Taker,
    self_match,
    self_sweep,
)
from fixtures.expect import (
    Matcher,
    acknowledged,
    answered,
    at_least,
    between,
    expect,
    having,
    nothing,
    present,
    refused,
)
from fixtures.v5 import paths
from fixtures.v5.codes import ORDER_GONE, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Phase, Side, SmpType
from fixtures.v5.instrument import Instrument

RACES = 4
RACED = "an order that is cancelled and filled at once"
NOTHING = Decimal(0)
Looked = tuple[Mapping[str, Balance], Mapping[str, Balance], Answer]
"""The wallet over REST and on its topic after a fill, and the answer to the cancel that followed."""
FEE_PLACES = Decimal("1e-8")
"""How far execFee may be from rate times amount: the documents do not say how it is rounded."""


@check("MKR-10", severity=BLOCKER, max_fills=1, creates=2)
@needs(paths.ACCOUNT_FEE_RATE)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_own_fill_is_a_makers(desk: Desk, taker: Taker, side: Side) -> None:
    """A fill of a resting order is reported as a maker's, at the account's maker rate in the documented coin.

    A positive rate is paid in the coin that was received: base coin on a buy, quote coin on a sell. A
    negative rate, a rebate, is received in the other coin.

    Sequence: create as the touch, filled by a second UID, Filled, execution pushed and listed.
    Passes: stream and list show the same execution: isMaker, the account's maker rate, an execFee of rate
        times amount with the rate's sign, in the documented coin, with the order's symbol, price and
        quantity; the wallet moved by exactly that, over REST and on its topic. The second UID's execution is
        a taker's at its own taker rate, and neither UID is shown the other's execution.
    Source: docs/v5/enum.mdx, spot fee currency instruction; docs/v5/order/execution.mdx, isMaker
    """
    rate = await desk.fee_rate(is_maker=True)
    matched = await taker.fills(side)
    order, wait_ms = matched.resting, desk.timeouts.look_up_ms
    pushed = (await desk.pushed_executions(order, matched.qty))[0]
    listed = (await desk.listed_executions(order, matched.qty))[0]
    expected = expected_balances(desk.instrument, side, matched.before, [pushed])
    after, streamed = await desk.wallet(expected), await desk.pushed_wallet(expected)
    foreign = await _shown_of_others(desk, taker, matched)
    (taken,), taker_rate = matched.taken, await taker.desk.fee_rate(is_maker=False)

    expect("the pushed execution, compared with the listed one", pushed, having(**asdict(listed)))
    expect("the execution of the resting order", pushed, having(is_maker=True, fee_rate=rate))
    _expect_fee(desk.instrument, side, pushed, rate)
    expect("the execution of the resting order", pushed, _terms_of(order, left=order.qty - pushed.exec_qty))
    expect_balances("in the wallet after the fill", after, expected, within_ms=wait_ms)
    expect_balances("on the wallet topic after the fill", streamed, after)
    expect("the execution of the taking order", taken, having(is_maker=False, fee_rate=taker_rate))
    expect("executions shown to the other UID", foreign, nothing)


@check("MKR-11", severity=BLOCKER, max_fills=2, creates=2)
@without_real_money("An order that crosses an own one and may take is not sent where money is real.")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("smp_type", "cancelled"),
    [
        (SmpType.CANCEL_MAKER, {"maker"}),
        (SmpType.CANCEL_TAKER, {"taker"}),
        (SmpType.CANCEL_BOTH, {"maker", "taker"}),
    ],
    ids=[SmpType.CANCEL_MAKER, SmpType.CANCEL_TAKER, SmpType.CANCEL_BOTH],
)
@over_both_transports
async def test_own_orders_do_not_trade_with_each_other(
    desk: Desk, side: Side, smp_type: SmpType, cancelled: set[str]
) -> None:
    """Two orders of one UID do not trade: the smpType of the crossing one decides which is cancelled.

    Sequence: create as the touch, an own IOC order crosses it, CancelBySmp of maker, taker or both, cancel.
    Passes: neither order executes; exactly those that the smpType names end with CancelBySmp and carry the
        other order's id as smpOrderId; a resting order that it does not name can still be cancelled.
    Source: docs/v5/smp.mdx; docs/v5/enum.mdx, cancelType
    """
    matched = await self_match(desk, side, smp_type)
    resting, crossing = matched.resting, matched.taking[0]
    maker, taker = await desk.closed(resting), await desk.closed(crossing)
    fills = [*await desk.executions(resting), *matched.taken]

    expect("executions of two orders of one UID", fills, nothing)
    ends = {"maker": (maker, crossing), "taker": (taker, resting)}
    by_smp = {role for role, (end, _) in ends.items() if end.cancel_type is CancelType.BY_SMP}
    expect(f"orders that end CancelBySmp with smpType {smp_type}", by_smp, cancelled, of=(maker, taker))
    for role in sorted(cancelled):
        end, other = ends[role]
        expect(f"smpOrderId of the cancelled {role}", end.smp_order_id, other.order_id, of=end)
    is_gone = "maker" in cancelled
    expect("a cancel of the resting order", matched.after, refused() if is_gone else acknowledged, of=resting)


@check("MKR-63", severity=MAJOR, max_fills=2, creates=2)
@needs(paths.ORDER_CREATE_BATCH)
@without_real_money("An order that crosses an own one and may take is not sent where money is real.")
@during(Phase.TRADING)
@over_both_transports
async def test_batch_keeps_self_match_prevention(desk: Desk) -> None:
    """In a batch an order's smpType counts as it does alone.

    Sequence: create as the touch, an own IOC order in a batch crosses it with CancelMaker, cancel.
    Passes: neither order executes, and the resting one ends with CancelBySmp.
    Source: docs/v5/order/batch-place.mdx, smpType; docs/v5/smp.mdx
    """
    matched = await self_match(desk, Side.BUY, SmpType.CANCEL_MAKER, in_batch=True)
    resting = matched.resting
    maker = await desk.closed(resting)

    expect("executions of two orders of one UID", [*await desk.executions(resting), *matched.taken], nothing)
    expect("resting order that an own one of a batch crossed", maker, having(cancel_type=CancelType.BY_SMP))


@check("MKR-64", severity=MAJOR, max_fills=2, creates=2)
@without_real_money("An order that crosses an own one and may take is not sent where money is real.")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_resting_order_s_prevention_does_not_count(desk: Desk, side: Side) -> None:
    """The smpType of a resting order has no effect: an own order without one trades with it.

    Where the site forces CancelMaker on every order, as the crossing one shows then, neither executes.

    Sequence: create as the touch with CancelBoth, an own IOC order without smpType crosses it, cancel.
    Passes: both orders are executed, or neither where the crossing order shows CancelMaker.
    Source: docs/v5/smp.mdx: the smpType of the later order decides
    """
    matched = await self_match(desk, side, SmpType.NONE, resting=SmpType.CANCEL_BOTH)
    (crossing,) = matched.taking
    taker = await desk.closed(crossing)

    traded = NOTHING if taker.smp_type is SmpType.CANCEL_MAKER else matched.resting.qty
    what = "quantity executed by an order without smpType against an own one with CancelBoth"
    expect(what, matched.qty, traded, of=(matched.resting, crossing))


@check("MKR-68", severity=MAJOR, max_fills=3, creates=3, worth=4)
@without_real_money("An order that crosses an own one and may take is not sent where money is real.")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_prevention_cancels_every_own_order(desk: Desk, side: Side) -> None:
    """An order with CancelMaker that reaches two own orders cancels both, and trades with neither.

    Sequence: two creates inside the spread, a tick apart where there is room, an own IOC order with
        CancelMaker crosses both, cancel of both.
    Passes: nothing is executed, and neither resting order is there to be cancelled.
    Source: docs/v5/smp.mdx, CancelMaker
    """
    matched = await self_sweep(desk, side, SmpType.CANCEL_MAKER)
    ahead, *cancels = matched.after

    expect("executions of orders of one UID", [*matched.taken], nothing, of=(ahead, matched.resting))
    for order, answer in zip((ahead, matched.resting), cancels, strict=True):
        expect("a cancel of an order that self-match prevention cancelled", answer, refused(), of=order)
    for order in (ahead, matched.resting):
        end = await desk.closed(order)
        expect("an own order that was reached", end, having(cancel_type=CancelType.BY_SMP, cum_exec_qty=0))


@check("MKR-22", severity=BLOCKER, max_fills=RACES, creates=2 * RACES)
@during(Phase.TRADING)
@over_both_transports
async def test_race_of_cancel_and_fill_has_one_end(desk: Desk, taker: Taker) -> None:
    """An order that is cancelled and filled at the same moment ends once, and its fill counts once.

    Either may win; each is sent first in turn. The documents describe that a cancel that comes late is
    followed by a second push of Filled: it passes, because it repeats the same terminal state.

    Sequence: create as the touch, cancel and taking order at once, Filled or Cancelled.
    Passes: every terminal push shows the same status and quantity, which is that of the executions, each
        reported under one execId; the cancel is acknowledged, or refused because the order is gone.
    Source: docs/v5/websocket/private/order.mdx, cancel and fill at the same time
    """
    races = [
        await taker.races(_cancelling(desk), Side.BUY, taker_first=bool(number % 2))
        for number in range(RACES)
    ]
    await asyncio.gather(*(desk.closed(race.resting) for race in races))
    await desk.quiet()

    for race in races:
        order, status = race.resting, OrderStatus.FILLED if race.qty else OrderStatus.CANCELLED
        fills = await desk.known_executions(order, race.qty)
        (states,) = await desk.pushed_states(order)
        ends = [state for state in states if state.order_status.is_closed]
        expect(f"number of terminal states of {RACED}", len(ends), at_least(1), of=order)
        for end in ends:
            expect(f"a terminal state of {RACED}", end, having(order_status=status, cum_exec_qty=race.qty))
        executed = sum(fill.exec_qty for fill in fills)
        expect(f"execQty of all executions of {RACED}", executed, race.qty, of=order)
        expect(f"the cancel of {RACED}", race.after, answered({RetCode.OK, *ORDER_GONE}), of=order)


@check("MKR-23", severity=BLOCKER, max_fills=2, creates=2, worth=3)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_cancelled_order_keeps_its_fill(desk: Desk, taker: Taker, side: Side) -> None:
    """An order that is cancelled after a partial fill ends PartiallyFilledCanceled and keeps its fill.

    Sequence: create of two minimum sizes as the touch, one is filled, PartiallyFilled, cancel,
        PartiallyFilledCanceled.
    Passes: stream, realtime and history all show that status with the filled quantity.
    Source: docs/v5/enum.mdx, orderStatus PartiallyFilledCanceled
    """
    matched = await taker.fills_and_then(
        lambda order, _: desk.attempt_cancel(order.order_link_id), side, (1,), of=2
    )
    order = matched.resting
    expect("the cancel of a partly filled order", matched.after, acknowledged, of=order)

    kept = having(order_status=OrderStatus.PARTIALLY_FILLED_CANCELED, cum_exec_qty=matched.qty)
    what = "an order cancelled after a partial fill"
    await _expect_in_every_view(desk, what, order, await desk.closed(order), kept)


@check("MKR-26", severity=BLOCKER, max_fills=2, creates=2, worth=3)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_wallet_agrees_to_the_last_decimal(desk: Desk, taker: Taker, side: Side) -> None:
    """Through a partial fill, its fee and a cancel the wallet moves by exactly what the executions show.

    Sequence: create of two minimum sizes as the touch, one is filled, the other still locks its funds,
        cancel, PartiallyFilledCanceled.
    Passes: after the fill the wallet holds what it held before with the executed amounts and the fee, and
        locks what is left of the order, over REST and on its topic; after the cancel it locks what it locked
        before.
    Source: docs/v5/account/wallet-balance.mdx, walletBalance and locked; docs/v5/websocket/private/wallet.mdx
    """

    async def look_then_cancel(order: Order, before: Mapping[str, Balance]) -> Looked:
        hold = order.qty / 2 * (order.price if side is Side.BUY else 1)
        fills = await desk.executed(order, order.qty / 2)
        expected = expected_balances(desk.instrument, side, before, fills, hold)
        held, streamed = await desk.wallet(expected), await desk.pushed_wallet(expected)
        return held, streamed, await desk.attempt_cancel(order.order_link_id)

    matched = await taker.fills_and_then(look_then_cancel, side, (1,), of=2)
    order, (held, streamed, cancelled) = matched.resting, matched.after
    await desk.closed(order)
    fills = await desk.listed_executions(order, matched.qty)
    expected = expected_balances(desk.instrument, side, matched.before, fills)
    after = await desk.wallet(expected)

    coin, wait_ms = desk.instrument.coin_held(side), desk.timeouts.look_up_ms
    left = matched.qty * (order.price if side is Side.BUY else 1)
    locked = held[coin].locked - matched.before[coin].locked
    expect("the cancel of a partly filled order", cancelled, acknowledged, of=order)
    expect(f"{coin} locked for what is left of the order", locked, left, of=order, within_ms=wait_ms)
    expect_balances("on the wallet topic after the fill", streamed, held)
    expect_balances("in the wallet after the cancel", after, expected, within_ms=wait_ms)


@check("MKR-27", severity=BLOCKER, max_fills=1, creates=2)
@during(Phase.TRADING)
@over_both_transports
async def test_filled_buy_is_filled_though_its_fee_is_in_base_coin(desk: Desk, taker: Taker) -> None:
    """A buy that executed in full ends Filled with nothing left, though its fee is taken from the base coin.

    Sequence: create as the touch, Filled by a second UID.
    Passes: stream, realtime and history show Filled, the whole quantity executed and none left; the fee is
        in base coin unless the account has a rebate.
    Source: docs/v5/enum.mdx, spot fee currency instruction and orderStatus
    """
    order = (await taker.fills(Side.BUY)).resting
    streamed = await desk.filled_to(order, order.qty)
    fills = await desk.listed_executions(order, order.qty)

    filled = having(order_status=OrderStatus.FILLED, cum_exec_qty=order.qty, leaves_qty=NOTHING)
    await _expect_in_every_view(desk, "a buy that executed in full", order, streamed, filled)
    base_coin = desk.instrument.base_coin
    others = {fill.fee_currency for fill in fills if fill.exec_fee > 0} - {base_coin}
    expect(f"coins other than {base_coin} that a buy's fee is paid in", others, nothing, of=order)


@check("MKR-29.01", severity=BLOCKER, max_fills=2, creates=3, worth=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_fill_counts_once(desk: Desk, taker: Taker, side: Side) -> None:
    """Two fills of an order are each reported once, and the order stream shows them in order.

    A client that adds up either stream must come to the same position.

    Sequence: create of two minimum sizes as the touch, one is filled, PartiallyFilled, the other, Filled.
    Passes: as many executions pushed as there were fills, each under its own execId, equal to the list; the
        order stream shows each state once, and cumExecQty only grows up to the end.
    Source: docs/v5/websocket/private/execution.mdx, execId; docs/v5/websocket/private/order.mdx, cumExecQty
    """
    matched = await taker.fills(side, (1, 1))
    order, qty = matched.resting, matched.qty
    await desk.filled_to(order, qty)
    await desk.pushed_executions(order, qty)
    await desk.quiet()
    pushed = await desk.pushed_executions(order, qty)
    listed = await desk.listed_executions(order, qty)
    (states,) = await desk.pushed_states(order)

    expect("number of executions pushed of two fills", len(pushed), len(matched.taken), of=order)
    pushed_ids, listed_ids = ({fill.exec_id for fill in fills} for fills in (pushed, listed))
    expect("execIds pushed, compared with those listed", pushed_ids, listed_ids, of=order)
    times = [fill.exec_time_ms for fill in listed]
    expect("execTime of the listed executions, newest first", times, sorted(times, reverse=True), of=order)
    executed = [state.cum_exec_qty for state in states]
    expect("cumExecQty of each state on the order stream", executed, [0, qty / 2, qty], of=order)
    left = [state.leaves_qty for state in states]
    expect("leavesQty of each state on the order stream", left, [qty, qty / 2, 0], of=order)
    expect("the last orderStatus on the order stream", states[-1].order_status, OrderStatus.FILLED, of=order)


async def _shown_of_others(desk: Desk, taker: Taker, matched: OwnFill[None]) -> list[Execution]:
    """What either UID is shown of the other's order: the list of the taker, list and stream of the maker."""
    (taking,) = matched.taking
    lists = (
        await taker.desk.listed_executions(matched.resting, NOTHING),
        await desk.listed_executions(taking, NOTHING),
    )
    return [*lists[0], *lists[1], *await desk.pushed_fills(taking)]


async def _expect_in_every_view(
    desk: Desk, what: str, order: Order, streamed: OrderState, expected: Matcher
) -> None:
    """The state that the order stream pushed is as expected, and so are realtime and history in time."""
    views = {
        "in realtime": await desk.in_realtime(order, streamed.agrees),
        "in the order history": await desk.in_history(order, streamed.agrees),
    }
    wait_ms = desk.timeouts.look_up_ms
    expect(f"{what} on the order stream", streamed, expected)
    for where, view in views.items():
        state = expect(f"{what} {where}", view, present, of=order, within_ms=wait_ms)
        expect(f"{what} {where}", state, expected, within_ms=wait_ms)


def _expect_fee(instrument: Instrument, side: Side, fill: Execution, rate: Decimal) -> None:
    """The fee is what the rate makes of the amount, in the documented coin; any coin will do for no fee."""
    coin, amount = _fee_coin(instrument, side, fill)
    fee = between(rate * amount - FEE_PLACES, rate * amount + FEE_PLACES, coin)
    fee_coin = coin if rate else fill.fee_currency
    expect(f"feeCurrency of a maker's {side}", fill.fee_currency, fee_coin, of=fill)
    expect(f"execFee of a maker's {side}", fill.exec_fee, fee, of=fill)


def _terms_of(order: Order, left: Decimal) -> Matcher:
    """What an execution repeats of its order."""
    return having(symbol=order.symbol, order_price=order.price, order_qty=order.qty, leaves_qty=left)


def _cancelling(desk: Desk) -> Callable[[Order], Awaitable[Answer]]:
    return lambda order: desk.attempt_cancel(order.order_link_id)


def _fee_coin(instrument: Instrument, side: Side, fill: Execution) -> tuple[str, Decimal]:
    """The coin that a maker's fee is in, and how much of it changed hands."""
    is_base = (side is Side.BUY) == (fill.fee_rate >= 0)
    return (instrument.base_coin, fill.exec_qty) if is_base else (instrument.quote_coin, fill.exec_value)
