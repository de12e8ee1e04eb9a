"""Refused changes: an invalid amend or cancel leaves the resting order as it was.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

from checks import MAJOR, check, over_both_transports, without_real_money
from checks.operations._invalid_terms import AMENDS, CANCELS, over_faults
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import Balance, Desk, attempt_amend_with, attempt_cancel_with
from fixtures.expect import acknowledged, expect, refused
from fixtures.v5.codes import NOTHING_ORDERED, RetCode
from fixtures.v5.enums import Side
from fixtures.v5.instrument import plain


@check("ERR-01.17", severity=MAJOR, max_fills=1, creates=1, worth=3)
@over_faults(AMENDS)
@over_both_transports
async def test_refused_amend_carries_its_code(desk: Desk, fault: str) -> None:
    """An amend with one invalid term is refused with a code of that term, and the order stays as it was.

    Sequence: create, New, invalid amend, refused.
    Passes: the refusal carries a documented code of the invalid term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/amend-order.mdx
    """
    order = await desk.rest(Side.BUY)
    terms, codes = AMENDS[fault]
    price = desk.instrument.away(order.price, order.side, ticks=1)
    valid: dict[str, object] = {"qty": plain(order.qty * 2), "price": plain(price)}

    answer = await attempt_amend_with(desk, order, **{**valid, **terms})

    expect(f"an amend with {fault}", answer, refused(codes), of=order)
    await expect_unchanged(desk, order)


@check("ERR-01.18", severity=MAJOR, max_fills=1, creates=1)
@over_faults(CANCELS)
@over_both_transports
async def test_refused_cancel_carries_its_code(desk: Desk, fault: str) -> None:
    """A cancel with one invalid term is refused with a code of that term, and the order stays as it was.

    Sequence: create, New, invalid cancel, refused.
    Passes: the refusal carries a documented code of the invalid term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/cancel-order.mdx
    """
    order = await desk.rest(Side.BUY)
    terms, codes = CANCELS[fault]

    answer = await attempt_cancel_with(desk, order, **terms)

    expect(f"a cancel with {fault}", answer, refused(codes), of=order)
    await expect_unchanged(desk, order)


@check("FLT-04.02", severity=MAJOR, max_fills=1, creates=1)
@over_both_transports
async def test_amend_off_tick_is_refused(desk: Desk) -> None:
    """An amend to a price between two ticks is refused for its decimals, and the order stays as it was.

    Sequence: create, New, amend to a price a tenth of a tick higher, refused.
    Passes: the refusal carries 170134, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170134
    """
    order = await desk.rest(Side.BUY)

    answer = await attempt_amend_with(desk, order, price=plain(order.price + desk.instrument.tick_size / 10))

    expect("an amend to a price between two ticks", answer, refused(RetCode.PRICE_DECIMALS), of=order)
    await expect_unchanged(desk, order)


@check("FLT-05.02", severity=MAJOR, max_fills=1, creates=1)
@over_both_transports
async def test_amend_off_lot_is_refused(desk: Desk) -> None:
    """An amend to a quantity between two base steps is refused for its decimals; the order stays as it was.

    Sequence: create, New, amend to a tenth of a step more, refused.
    Passes: the refusal carries 170137, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170137
    """
    order = await desk.rest(Side.BUY)

    answer = await attempt_amend_with(desk, order, qty=plain(order.qty + desk.instrument.base_precision / 10))

    expect("an amend to a quantity between two base steps", answer, refused(RetCode.QTY_DECIMALS), of=order)
    await expect_unchanged(desk, order)


@check("FLT-06.02", severity=MAJOR, max_fills=1, creates=1)
@over_both_transports
async def test_amend_has_the_minimum_amount_as_its_edge(desk: Desk) -> None:
    """The minimum order amount is the smallest that an amend may leave: one base step less is refused.

    Sequence: create of one base step more than the minimum, New, amend to one step below the minimum,
        refused, amend to the minimum, acknowledged.
    Passes: the first amend carries 170140, or a documented code of a quantity of zero where the minimum is
        one step; the second carries retCode 0.
    Source: docs/v5/error.mdx, 170140
    """
    price, step = await desk.passive_price(Side.BUY), desk.instrument.base_precision
    minimum = desk.instrument.min_qty(price)
    order = await desk.place(Side.BUY, price, minimum + step)
    await desk.resting(order)

    below = await attempt_amend_with(desk, order, qty=plain(minimum - step))
    at = await attempt_amend_with(desk, order, qty=plain(minimum))

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if minimum > step else NOTHING_ORDERED
    expect("an amend to one base step below the minimum", below, refused(too_little), of=order)
    expect("an amend to the minimum", at, acknowledged, of=order)


@check(
    "ERR-02.02", severity=MAJOR, max_fills=1, creates=1, largest=1, provokes={RetCode.BALANCE_INSUFFICIENT}
)
@without_real_money("An order beyond the balance would exceed the limit of one order.")
@over_both_transports
async def test_amend_beyond_balance_carries_its_code(desk: Desk) -> None:
    """A sell may be amended to all of the free balance and what it holds itself, and to no step more.

    Sequence: create of a sell, New, amend beyond the balance, refused, amend to all of it, acknowledged, New
        on the amended terms.
    Passes: the refusal carries 170131; then the retCode is 0, and the order stream shows the first quantity
        and the last, and no other.
    Source: docs/v5/error.mdx, 170131
    """
    coin, before = desk.instrument.base_coin, await desk.wallet()
    order = await desk.rest(Side.SELL)
    held = Balance(before[coin].wallet, before[coin].locked + order.qty)
    free = (await desk.wallet(before | {coin: held}))[coin].free
    beyond = desk.instrument.more_than(free + order.qty, order.price)

    answer = await attempt_amend_with(desk, order, qty=plain(beyond))

    expect("an amend to more than the balance", answer, refused(RetCode.BALANCE_INSUFFICIENT), of=order)
    price = desk.instrument.away(order.price, order.side, ticks=1)
    all_of_it = beyond - desk.instrument.base_precision
    at = await attempt_amend_with(desk, order, qty=plain(all_of_it), price=plain(price))
    expect("an amend to all of the balance", at, acknowledged, of=order)
    await desk.amended(order, price, all_of_it)
    (states,) = await desk.pushed_states(order)
    shown = {state.qty for state in states}
    expect("quantities of the order on the order stream", shown, {order.qty, all_of_it}, of=order)
