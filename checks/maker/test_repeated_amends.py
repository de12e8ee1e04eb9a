"""Amending again: each further amend and each further fill of one order counts from what the one before left.

A quote lives through many amends, and is filled between them. What holds for the first must hold for the
second and the third.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/order/amend-order.mdx
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from checks import BLOCKER, check, during
from checks.operations._wallet import NOTHING, PLACES, expect_balances, expected_balances, paid_fees
from fixtures.desk import Balance, Desk, Execution, Order, OrderState, Taker, Transport, amended_alone, nearer
from fixtures.desk.orders.requests import AmendedTerms
from fixtures.desk.values import Wanted
from fixtures.expect import Matcher, between, expect, having, present
from fixtures.v5.enums import OrderStatus, Phase, Side, TimeInForce

TICKS = 2
CLOSER = 3
"""Ticks between the prices of two fills: more than the rounding of an average price can hide."""
Step = tuple[Decimal, Decimal, Decimal, Decimal]
"""Price, qty, cumExecQty and leavesQty of one state."""

Looked = tuple[Order, OrderState, OrderState | None, Mapping[str, Balance], Mapping[str, Balance]]
"""An amended order, its state on stream and in realtime, the wallet and what it should hold."""

each_side = pytest.mark.parametrize(
    ("desk", "side"), [(Transport.REST, Side.BUY), (Transport.TRADE, Side.SELL)], indirect=["desk"]
)
"""A buy over REST and a sell over the trade stream: other checks try every amend on both."""


@check("MKR-33", severity=BLOCKER, max_fills=3, creates=1, worth=3)
@each_side
async def test_last_amend_is_in_force(desk: Desk, side: Side) -> None:
    """Of several amends of one order each changes what it names, and the terms of the last are in force.

    Sequence: create of two minimum sizes, New, amend of the price, of the quantity, of the price again, and
        of both back to the first terms, acknowledged and pushed each.
    Passes: after each amend stream and realtime show its terms under the order's two ids and its createdTime,
        PostOnly, nothing executed, and the stream shows each of the five pairs of terms once, in this order.
    Source: docs/v5/order/amend-order.mdx, price and qty
    """
    order, steps = await _order_and_steps(desk, side)
    created, shown = await desk.resting(order), list[tuple[OrderState, OrderState | None]]()

    for before, step in pairwise((order, *steps)):
        await desk.amend(order, **_changes(before, step))
        streamed = await desk.amended(order, step.price, step.qty)
        shown.append((streamed, await desk.in_realtime(order, _is_on(step))))
    # The last terms are the first ones again, so that a wait for terms would not wait for their push.
    await desk.progressed(order, 1 + len(steps))
    (states,) = await desk.pushed_states(order)

    for number, (step, (streamed, looked_up)) in enumerate(zip(steps, shown, strict=True), 1):
        after, wait_ms = f"after {number} amends", desk.timeouts.look_up_ms
        expect(f"order on the order stream {after}", streamed, _as_amended(step, created))
        listed = expect(f"order in realtime {after}", looked_up, present, of=order, within_ms=wait_ms)
        expect(f"order in realtime {after}", listed, _as_amended(step, created), within_ms=wait_ms)
    terms, seen = ([(x.price, x.qty) for x in each] for each in ((order, *steps), states))
    expect("price and qty of each state on the order stream", seen, terms, of=order)


@check("MKR-34", severity=BLOCKER, max_fills=3, creates=1, worth=3)
@each_side
async def test_each_amend_moves_the_hold(desk: Desk, side: Side) -> None:
    """After each of several amends the wallet locks what the order's terms of the moment hold, and no more.

    Sequence: create of two minimum sizes, New, amend of the price, of the quantity, of the price again, and
        of both back to the first terms, the wallet after each, cancel, the wallet.
    Passes: after each amend the coin locks what it did before the order and the amount of the order; after
        the cancel what it did before the order.
    Source: docs/v5/account/wallet-balance.mdx, locked
    """
    coin, before = desk.instrument.coin_held(side), await desk.wallet()
    order, steps = await _order_and_steps(desk, side)
    await desk.resting(order)

    for number, (former, step) in enumerate(pairwise((order, *steps)), 1):
        await desk.amend(order, **_changes(former, step))
        held = before | {coin: Balance(before[coin].wallet, before[coin].locked + _hold(step))}
        after, wait_ms = await desk.wallet(held), desk.timeouts.look_up_ms
        expect_balances(f"in the wallet after {number} amends", after, held, within_ms=wait_ms)
    await desk.cancelled(order)
    expect_balances("in the wallet after the cancel", await desk.wallet(before), before)


@check("MKR-35", severity=BLOCKER, max_fills=5, creates=4, worth=8)
@during(Phase.TRADING)
@each_side
async def test_fills_between_amends_add_up(desk: Desk, taker: Taker, side: Side) -> None:
    """Three fills of an order that is amended between them count once each, at the price of their moment.

    Sequence: create of four minimum sizes as the touch, one is filled, amend to a closer price and one more,
        one is filled, amend back to the first price and to one more than is filled, that one is filled.
    Passes: the states on the order stream show price, quantity, executed and left after each step, once each,
        the last Filled; stream, realtime and history sum quantity, value, average price and fees of the three
        executions; each execution shows the order's price and quantity of its moment and what it left; the
        wallet moved by exactly that.
    Source: docs/v5/websocket/private/order.mdx, cumExecQty and avgPrice; docs/v5/order/amend-order.mdx, qty
    """

    async def back_and_all(order: Order, filled: Decimal) -> AmendedTerms:
        # The same query as at the end, asked before the last fill: its answer must not stay what it is now.
        await desk.listed_executions_now(order)
        first = desk.raw.pushes.states(order.order_id)[0].price
        return {"price": first, "qty": filled + desk.instrument.min_qty(first)}

    async def closer_and_more(order: Order, _filled: Decimal) -> AmendedTerms:
        price = await nearer(desk, order, CLOSER)
        return {"price": price, "qty": order.qty + desk.instrument.min_qty(order.price)}

    matched = await taker.fills_between((closer_and_more, back_and_all), side, of=4)
    order, versions, fills = matched.resting, matched.after, matched.taken
    streamed = await desk.filled_to(order, matched.qty)
    listed = sorted(await desk.listed_executions(order, matched.qty), key=_place)
    views = {
        "the order stream": streamed,
        "realtime": await desk.in_realtime(order, streamed.agrees),
        "the history": await desk.in_history(order, streamed.agrees),
    }
    expected = expected_balances(desk.instrument, side, matched.before, listed)
    after = await desk.wallet(expected)
    (states,) = await desk.pushed_states(order)

    steps = _steps_of(versions, fills)
    expect("price, qty, cumExecQty and leavesQty on the order stream", _progress(states), steps, of=order)
    expect("the last orderStatus on the order stream", states[-1].order_status, OrderStatus.FILLED, of=order)
    sums, wait_ms = _sums(listed, desk.instrument.tick_size), desk.timeouts.look_up_ms
    for name, view in views.items():
        state = expect(f"filled order in {name}", view, present, of=order, within_ms=wait_ms)
        expect(f"filled order in {name}", state, sums, within_ms=wait_ms)
        fees = {coin: round(fee, PLACES) for coin, fee in state.fees.items()}
        expect(f"cumFeeDetail in {name}", fees, paid_fees(listed), of=order)
    expect("number of executions listed of three fills", len(listed), len(fills), of=order)
    for version, fill, taken, (_, _, _, left) in zip(versions, listed, fills, steps[1::2], strict=True):
        terms = having(order_price=version.price, order_qty=version.qty, leaves_qty=left)
        expect("execution of the amended order", fill, terms)
        matched_at = having(exec_price=version.price, exec_qty=taken.exec_qty)
        expect("execution of the amended order", fill, matched_at)
    expect_balances("in the wallet after three fills", after, expected, within_ms=wait_ms)


@check("MKR-36", severity=BLOCKER, max_fills=4, creates=2, worth=5)
@during(Phase.TRADING)
@each_side
async def test_amends_after_a_fill_hold_what_is_left(desk: Desk, taker: Taker, side: Side) -> None:
    """After a partial fill each further amend makes the order hold what is left of it at its price.

    Sequence: create of three minimum sizes as the touch, one is filled, amend to a price further away, to
        four sizes, back to three; cancel.
    Passes: after each amend stream and realtime show one size executed and the rest left, PartiallyFilled,
        and the wallet locks the rest at the order's price; the cancelled order ends PartiallyFilledCanceled
        with its one size executed.
    Source: docs/v5/order/amend-order.mdx, qty; docs/v5/account/wallet-balance.mdx, locked
    """

    async def amend_and_look(order: Order, before: Mapping[str, Balance]) -> list[Looked]:
        fills = await desk.executed(order, order.qty / 3)
        further = desk.instrument.away(order.price, side, ticks=TICKS)
        more = replace(order, qty=order.qty / 3 * 4, price=further)
        steps = [replace(order, price=further), more, replace(order, price=further)]
        pairs = pairwise((order, *steps))
        return [await _amended_and_seen(desk, former, step, before, fills) for former, step in pairs]

    matched = await taker.fills_and_then(amend_and_look, side, (1,), of=3)
    closed = await desk.closed(matched.resting)

    for step, streamed, looked_up, shown, expected in matched.after:
        wait_ms = desk.timeouts.look_up_ms
        left = having(
            order_status=OrderStatus.PARTIALLY_FILLED,
            cum_exec_qty=matched.qty,
            leaves_qty=step.qty - matched.qty,
        )
        listed = expect("amended order in realtime", looked_up, present, of=step, within_ms=wait_ms)
        expect("amended order on the order stream", streamed, left)
        expect("amended order in realtime", listed, left, within_ms=wait_ms)
        expect_balances("in the wallet after the amend", shown, expected, within_ms=wait_ms)
    ended = having(order_status=OrderStatus.PARTIALLY_FILLED_CANCELED, cum_exec_qty=matched.qty)
    expect("amended order after its cancel", closed, ended)


async def _order_and_steps(desk: Desk, side: Side) -> tuple[Order, list[Order]]:
    """A resting order of two minimum sizes, and the terms that four amends give it one after the other."""
    price = await desk.passive_price(side)
    near, far = (desk.instrument.away(price, side, ticks=ticks) for ticks in (TICKS, 2 * TICKS))
    lot = desk.instrument.min_qty(min(price, far))
    order = await desk.place(side, price, 2 * lot)
    terms = [(near, 2 * lot), (near, 3 * lot), (far, 3 * lot), (price, 2 * lot)]
    return order, [replace(order, price=at, qty=qty) for at, qty in terms]


def _changes(before: Order, after: Order) -> AmendedTerms:
    """What an amend has to name to bring an order from one set of terms to another."""
    return {
        "price": after.price if after.price != before.price else None,
        "qty": after.qty if after.qty != before.qty else None,
    }


def _is_on(terms: Order) -> Wanted:
    return lambda state: (state.price, state.qty) == (terms.price, terms.qty)


def _as_amended(terms: Order, created: OrderState) -> Matcher:
    """The untouched order on other terms."""
    return having(
        order_status=OrderStatus.NEW,
        price=terms.price,
        qty=terms.qty,
        leaves_qty=terms.qty,
        cum_exec_qty=NOTHING,
        time_in_force=TimeInForce.POST_ONLY,
        order_id=terms.order_id,
        order_link_id=terms.order_link_id,
        created_ms=created.created_ms,
    )


def _hold(order: Order) -> Decimal:
    """What an order without a fill holds, in the coin of its side."""
    return order.qty * (order.price if order.side is Side.BUY else 1)


async def _amended_and_seen(
    desk: Desk, former: Order, step: Order, before: Mapping[str, Balance], fills: Collection[Execution]
) -> Looked:
    """Amend a partly filled order and look at it and at the wallet.

    before: the wallet without the order; fills: its executions
    """
    filled = sum((fill.exec_qty for fill in fills), NOTHING)
    await amended_alone(desk, former, **_changes(former, step))
    streamed = await desk.amended(step, step.price, step.qty)
    hold = _hold(replace(step, qty=step.qty - filled))
    expected = expected_balances(desk.instrument, step.side, before, fills, hold)
    return (
        step,
        streamed,
        await desk.in_realtime(step, streamed.agrees),
        await desk.wallet(expected),
        expected,
    )


def _place(fill: Execution) -> tuple[int, Decimal]:
    """When an execution was made, and how much of its order was executed then: some may share a time."""
    return fill.exec_time_ms, fill.order_qty - fill.leaves_qty


def _steps_of(versions: Sequence[Order], fills: Sequence[Execution]) -> list[Step]:
    """The states of an order that is filled once on each of its terms: before and after each fill."""
    steps, executed = list[Step](), NOTHING
    for order, fill in zip(versions, fills, strict=True):
        steps.append((order.price, order.qty, executed, order.qty - executed))
        executed += fill.exec_qty
        steps.append((order.price, order.qty, executed, order.qty - executed))
    return steps


def _progress(states: Iterable[OrderState]) -> list[Step]:
    return [(state.price, state.qty, state.cum_exec_qty, state.leaves_qty) for state in states]


def _sums(fills: Collection[Execution], tick: Decimal) -> Matcher:
    """An order that sums these executions; its average price may be rounded to the tick."""
    qty = sum((fill.exec_qty for fill in fills), NOTHING)
    value = sum((fill.exec_value for fill in fills), NOTHING)
    average = between(value / qty - tick / 2, value / qty + tick / 2)
    return having(cum_exec_qty=qty, cum_exec_value=value, avg_price=average)
