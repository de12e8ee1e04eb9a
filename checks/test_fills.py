"""Fills: an own fill is told once, as a maker's, in every view, and the wallet agrees to the last decimal.

A second whitelisted UID takes the market maker's own resting order, while that is the touch, and nothing
else. What others do in a moving market is told apart by the executions of both orders.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/websocket/private/execution.mdx
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import pytest

from checks import BLOCKER, check, during, needs, over_both_transports, without_real_money
from fixtures.desk import Answer, Balance, Desk, Execution, Meeting, Order, OrderState, Taker, self_match
from fixtures.v5 import paths
from fixtures.v5.codes import ORDER_GONE, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Phase, Side, SmpType
from fixtures.v5.filters import Instrument

RACES = 4
NOTHING = Decimal(0)
Looked = tuple[Mapping[str, Balance], Mapping[str, Balance], Answer]
"""What the wallet and its topic show, and the cancel that comes after the look."""
FEE_PLACES = Decimal("1e-8")
"""How far a told fee may be from rate times amount: the documents do not say how it is rounded."""


@check("MKR-10", severity=BLOCKER, at_risk=1, creates=2)
@needs(paths.ACCOUNT_FEE_RATE)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_own_fill_is_a_makers(desk: Desk, taker: Taker, side: Side) -> None:
    """A fill of a resting order is told as a maker's, with the account's maker fee in the documented coin.

    A positive rate is paid in what was received: base coin on a buy, quote coin on a sell. A negative rate,
    a rebate, is received in the other coin.

    Sequence: create as the touch, taken by a second UID, Filled, execution pushed and listed.
    Passes: stream and list tell the same execution: isMaker, the account's maker rate, fee equal to rate
        times amount with the rate's sign, in the documented coin, with the order's symbol, price and
        quantity; the wallet moved by exactly that, over REST and on its topic. The second UID is told as the
        taker at its own taker rate, neither UID is told of the other's execution.
    Source: docs/v5/enum.mdx, spot fee currency instruction; docs/v5/order/execution.mdx, isMaker
    """
    rate = await desk.fee_rate(is_maker=True)
    met = await taker.fills(side)
    pushed = (await desk.pushed_executions(met.resting, met.qty))[0]
    listed = (await desk.listed_executions(met.resting, met.qty))[0]
    expected = _expected(desk.instrument, side, met.before, [pushed])
    after, streamed = await desk.wallet(expected), await desk.pushed_wallet(expected)
    foreign = await _told_of_others(desk, taker, met)
    (taken,), taker_rate = met.taken, await taker.desk.fee_rate(is_maker=False)

    assert pushed == listed, f"the stream tells {pushed}, the list {listed}"
    assert pushed.is_maker, f"the resting order {pushed}"
    assert pushed.fee_rate == rate, f"the fee rate is {pushed.fee_rate}, the account's maker rate {rate}"
    coin, amount = _fee_coin(desk.instrument, side, pushed)
    assert pushed.fee_currency == coin or not rate, f"the fee of a maker's {side} is in {pushed.fee_currency}"
    assert abs(pushed.exec_fee - rate * amount) <= FEE_PLACES, f"the fee is {pushed.exec_fee} {coin}"
    order, told = met.resting, (pushed.symbol, pushed.order_price, pushed.order_qty, pushed.leaves_qty)
    sent = (order.symbol, order.price, order.qty, order.qty - pushed.exec_qty)
    assert told == sent, f"of {sent} the execution tells symbol, price, quantity and rest as {told}"
    assert after == expected, f"{desk.patience.look_up_ms} ms after {pushed} the wallet holds {after}"
    assert streamed == after, f"the wallet topic shows {streamed}, the wallet holds {after}"
    assert not taken.is_maker, f"the order that took {taken}"
    assert taken.fee_rate == taker_rate, f"its fee rate is {taken.fee_rate}, the account's {taker_rate}"
    assert foreign == [], f"told to the other UID as well: {', '.join(map(str, foreign))}"


@check("MKR-11", severity=BLOCKER, at_risk=2, creates=2)
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
    """Two orders of one UID do not trade: the crossing one's smpType says which of them is cancelled.

    Sequence: create as the touch, an own IOC order crosses it, CancelBySmp of maker, taker or both, cancel.
    Passes: neither order executes; exactly those that the type names end with CancelBySmp and name the order
        that they met, and a resting one that it does not name is there to be cancelled.
    Source: docs/v5/smp.mdx; docs/v5/enum.mdx, cancelType
    """
    met = await self_match(desk, side, smp_type)
    maker, taker = await desk.closed(met.resting), await desk.closed(met.takings[0])
    fills = [*await desk.executions(met.resting), *met.taken]

    assert fills == [], f"own orders traded with each other: {', '.join(map(str, fills))}"
    ends = {"maker": maker.cancel_type, "taker": taker.cancel_type}
    assert {name for name, by in ends.items() if by is CancelType.BY_SMP} == cancelled, (
        f"with {smp_type} they ended by {ends}: the maker {maker}, the taker {taker}"
    )
    meetings = {"maker": (maker, met.takings[0]), "taker": (taker, met.resting)}
    for name in cancelled:
        end, other = meetings[name]
        assert end.smp_order_id == other.order_id, (
            f"the {name} met {other.order_id}, not {end.smp_order_id!r}"
        )
    assert (met.after.ret_code == RetCode.OK) == ("maker" not in cancelled), f"the cancel was {met.after}"


@check("MKR-22", severity=BLOCKER, at_risk=RACES, creates=2 * RACES)
@during(Phase.TRADING)
@over_both_transports
async def test_race_of_cancel_and_fill_has_one_end(desk: Desk, taker: Taker) -> None:
    """An order that is cancelled and taken at the same moment ends once, and its fill counts once.

    Either may win; each is sent first in turn. The documents describe a second push of the same end, Filled,
    when the cancel comes late: it is accepted because it says the same.

    Sequence: create as the touch, cancel and taking order at once, Filled or Cancelled.
    Passes: every terminal push says the same status and quantity, which is that of the executions, each
        told under one execId; the cancel is acknowledged or says that the order is gone.
    Source: docs/v5/websocket/private/order.mdx, cancel and fill at the same time
    """
    met = [
        await taker.races(_cancelling(desk), Side.BUY, taker_first=bool(number % 2))
        for number in range(RACES)
    ]
    await asyncio.gather(*(desk.closed(one.resting) for one in met))
    await desk.quiet()

    for one in met:
        fills = await desk.known_executions(one.resting, one.qty)
        (states,) = await desk.pushed_states(one.resting)
        ends = {(state.order_status, state.cum_exec_qty) for state in states if state.order_status.is_closed}
        expected = OrderStatus.FILLED if one.qty else OrderStatus.CANCELLED
        assert ends == {(expected, one.qty)}, f"{one.qty} were taken, the order went {_went(states)}"
        assert sum(fill.exec_qty for fill in fills) == one.qty, f"{one.qty} were taken, {_told(fills)} told"
        assert one.after.ret_code in ORDER_GONE | {RetCode.OK}, f"the cancel was {one.after}"


@check("MKR-23", severity=BLOCKER, at_risk=2, creates=2, worth=3)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_cancelled_order_keeps_its_fill(desk: Desk, taker: Taker, side: Side) -> None:
    """An order that is cancelled after a partial fill ends PartiallyFilledCanceled and keeps what was filled.

    Sequence: create of two least sizes as the touch, one is taken, PartiallyFilled, cancel,
        PartiallyFilledCanceled.
    Passes: stream, realtime and history all show that status with the filled quantity.
    Source: docs/v5/enum.mdx, orderStatus PartiallyFilledCanceled
    """
    met = await taker.fills_and_then(
        lambda order, _: desk.attempt_cancel(order.order_link_id), side, (1,), of=2
    )
    assert met.after.ret_code == RetCode.OK, f"the cancel of a partly filled order was {met.after}"

    streamed = await desk.closed(met.resting)
    views = {
        "the stream": streamed,
        "realtime": await desk.in_realtime(met.resting, streamed.agrees),
        "history": await desk.in_history(met.resting, streamed.agrees),
    }
    for name, view in views.items():
        assert view is not None, f"{name} shows no cancelled order within {desk.patience.look_up_ms} ms"
        ended = (view.order_status, view.cum_exec_qty)
        assert ended == (OrderStatus.PARTIALLY_FILLED_CANCELED, met.qty), (
            f"{met.qty} were filled before the cancel, {name} shows {view} in {desk.patience.look_up_ms} ms"
        )


@check("MKR-26", severity=BLOCKER, at_risk=2, creates=2, worth=3)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_wallet_agrees_to_the_last_decimal(desk: Desk, taker: Taker, side: Side) -> None:
    """Through a partial fill, its fee and a cancel the wallet moves by exactly what the executions say.

    Sequence: create of two least sizes as the touch, one is taken, the rest still holds its funds, cancel,
        PartiallyFilledCanceled.
    Passes: after the fill the wallet holds its former amounts, the executed ones and the fee, and locks what
        is left of the order, over REST and on its topic; after the cancel it locks what it locked before.
    Source: docs/v5/account/wallet-balance.mdx, walletBalance and locked; docs/v5/websocket/private/wallet.mdx
    """

    async def look_then_cancel(order: Order, before: Mapping[str, Balance]) -> Looked:
        hold = order.qty / 2 * (order.price if side is Side.BUY else 1)
        expected = _expected(desk.instrument, side, before, await desk.executions(order), hold)
        held, streamed = await desk.wallet(expected), await desk.pushed_wallet(expected)
        return held, streamed, await desk.attempt_cancel(order.order_link_id)

    met = await taker.fills_and_then(look_then_cancel, side, (1,), of=2)
    held, streamed, cancelled = met.after
    await desk.closed(met.resting)
    fills = await desk.listed_executions(met.resting, met.qty)
    expected = _expected(desk.instrument, side, met.before, fills)
    after = await desk.wallet(expected)

    coin = desk.instrument.coin_held(side)
    left = met.qty * (met.resting.price if side is Side.BUY else 1)
    assert cancelled.ret_code == RetCode.OK, f"the cancel of a partly filled order was {cancelled}"
    locked = held[coin].locked - met.before[coin].locked
    assert locked == left, f"what is left of the order is worth {left} {coin}, locked are {locked}"
    assert streamed == held, f"after the fill the wallet topic shows {streamed}, the wallet {held}"
    assert after == expected, (
        f"by the executions it is {expected}, within {desk.patience.look_up_ms} ms the wallet holds {after}"
    )


@check("MKR-27", severity=BLOCKER, at_risk=1, creates=2)
@during(Phase.TRADING)
@over_both_transports
async def test_filled_buy_is_filled_though_its_fee_is_in_base_coin(desk: Desk, taker: Taker) -> None:
    """A buy that executed in full ends Filled with nothing left, whatever its fee takes of the base coin.

    Sequence: create as the touch, taken, Filled.
    Passes: stream, realtime and history show Filled, the whole quantity executed and none left; the fee is
        in base coin unless the account has a rebate.
    Source: docs/v5/enum.mdx, spot fee currency instruction and orderStatus
    """
    met = await taker.fills(Side.BUY)
    order = met.resting
    streamed = await desk.filled_to(order, order.qty)
    fills = await desk.listed_executions(order, order.qty)

    views = (
        streamed,
        await desk.in_realtime(order, streamed.agrees),
        await desk.in_history(order, streamed.agrees),
    )
    shown = [(view.order_status, view.cum_exec_qty, view.leaves_qty) if view else None for view in views]
    assert shown == [(OrderStatus.FILLED, order.qty, Decimal(0))] * 3, (
        f"a buy of {order.qty} that executed in full is shown as {shown} within {desk.patience.look_up_ms} ms"
    )
    coins = {fill.fee_currency for fill in fills if fill.exec_fee > 0}
    assert coins <= {desk.instrument.base_coin}, f"the fee of a buy is in {', '.join(coins)}"


@check("MKR-29", severity=BLOCKER, at_risk=2, creates=3, worth=4)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_fill_counts_once(desk: Desk, taker: Taker, side: Side) -> None:
    """Two fills of an order are told once each by the execution stream, and in order by the order stream.

    A client that adds up either stream must come to the same position.

    Sequence: create of two least sizes as the touch, one is taken, PartiallyFilled, the other, Filled.
    Passes: as many executions pushed as taken, each under its own execId, equal to the list; the order
        stream shows each state once, and what it shows as executed only grows up to the end.
    Source: docs/v5/websocket/private/execution.mdx, execId; docs/v5/websocket/private/order.mdx, cumExecQty
    """
    met = await taker.fills(side, (1, 1))
    await desk.filled_to(met.resting, met.qty)
    await desk.pushed_executions(met.resting, met.qty)
    await desk.quiet()
    pushed = await desk.pushed_executions(met.resting, met.qty)
    listed = await desk.listed_executions(met.resting, met.qty)
    (states,) = await desk.pushed_states(met.resting)

    assert len(pushed) == len(met.taken), f"{len(met.taken)} fills were told as {_told(pushed)}"
    assert {fill.exec_id for fill in pushed} == {fill.exec_id for fill in listed}, (
        f"the stream told {_told(pushed)}, the list {_told(listed)}"
    )
    times = [fill.exec_time_ms for fill in listed]
    assert times == sorted(times, reverse=True), f"the list is not the newest first: {times}"
    executed = [state.cum_exec_qty for state in states]
    assert executed == [0, met.qty / 2, met.qty], f"the order went {_went(states)}"
    left = [state.leaves_qty for state in states]
    assert left == [met.qty, met.qty / 2, 0], f"the order went {_went(states)}, left were {left}"
    assert states[-1].order_status is OrderStatus.FILLED, f"the order went {_went(states)}"


async def _told_of_others(desk: Desk, taker: Taker, met: Meeting[None]) -> list[Execution]:
    """What either UID is shown of the other's order: the list of the taker, list and stream of the maker."""
    (taking,) = met.takings
    lists = (
        await taker.desk.listed_executions(met.resting, NOTHING),
        await desk.listed_executions(taking, NOTHING),
    )
    return [*lists[0], *lists[1], *await desk.pushed_fills(taking)]


def _cancelling(desk: Desk) -> Callable[[Order], Awaitable[Answer]]:
    return lambda order: desk.attempt_cancel(order.order_link_id)


def _fee_coin(instrument: Instrument, side: Side, fill: Execution) -> tuple[str, Decimal]:
    """The coin that a maker's fee is in, and how much of it changed hands."""
    is_base = (side is Side.BUY) == (fill.fee_rate >= 0)
    return (instrument.base_coin, fill.exec_qty) if is_base else (instrument.quote_coin, fill.exec_value)


def _expected(
    instrument: Instrument,
    side: Side,
    before: Mapping[str, Balance],
    fills: list[Execution],
    hold: Decimal = NOTHING,
) -> dict[str, Balance]:
    """What the wallet holds after executions of an order of that side, by what it held before.

    hold: what is left of the order still locks
    """
    base, quote, sign = instrument.base_coin, instrument.quote_coin, side.sign
    moved = {
        base: sum((sign * fill.exec_qty for fill in fills), Decimal(0)),
        quote: sum((-sign * fill.exec_value for fill in fills), Decimal(0)),
    }
    for fill in fills:
        moved[fill.fee_currency] = moved.get(fill.fee_currency, Decimal(0)) - fill.exec_fee
    after = {coin: Balance(balance.wallet + moved[coin], balance.locked) for coin, balance in before.items()}
    held = after[instrument.coin_held(side)]
    return after | {instrument.coin_held(side): Balance(held.wallet, held.locked + hold)}


def _went(states: list[OrderState]) -> str:
    return " → ".join(map(str, states)) or "untold"


def _told(fills: list[Execution]) -> str:
    return ", ".join(f"{fill.exec_qty} ({fill.exec_id})" for fill in fills) or "none"
