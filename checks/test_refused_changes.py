"""Refused changes: an amend or a cancel that says something wrong leaves the resting order as it was.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

from checks import MAJOR, check, over_both_transports, without_real_money
from checks.unchanged import expect_unchanged
from checks.wrong_terms import AMENDS, CANCELS, listed, over_faults
from fixtures.desk import Balance, Desk, attempt_amend_with, attempt_cancel_with
from fixtures.v5.codes import NOTHING_ORDERED, RetCode
from fixtures.v5.enums import Side
from fixtures.v5.filters import plain


@check("ERR-01", severity=MAJOR, at_risk=1, creates=1, worth=3)
@over_faults(AMENDS)
@over_both_transports
async def test_refused_amend_carries_its_code(desk: Desk, fault: str) -> None:
    """An amend with one wrong term is refused with the code of that term, and the order is as it was.

    Sequence: create, New, spoiled amend, refused.
    Passes: the refusal carries a documented code of the wrong term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/amend-order.mdx
    """
    order = await desk.rest(Side.BUY)
    terms, codes = AMENDS[fault]
    price = desk.instrument.away(order.price, order.side, ticks=1)
    sound: dict[str, object] = {"qty": plain(order.qty * 2), "price": plain(price)}

    answer = await attempt_amend_with(desk, order, **{**sound, **terms})

    assert answer.ret_code in codes, f"{fault}: an amend was {answer}, documented: {listed(codes)}"
    await expect_unchanged(desk, order)


@check("ERR-01", severity=MAJOR, at_risk=1, creates=1)
@over_faults(CANCELS)
@over_both_transports
async def test_refused_cancel_carries_its_code(desk: Desk, fault: str) -> None:
    """A cancel with one wrong term is refused with the code of that term, and the order is as it was.

    Sequence: create, New, spoiled cancel, refused.
    Passes: the refusal carries a documented code of the wrong term, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, docs/v5/order/cancel-order.mdx
    """
    order = await desk.rest(Side.BUY)
    terms, codes = CANCELS[fault]

    answer = await attempt_cancel_with(desk, order, **terms)

    assert answer.ret_code in codes, f"{fault}: a cancel was {answer}, documented: {listed(codes)}"
    await expect_unchanged(desk, order)


@check("FLT-04", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_amend_off_tick_is_refused(desk: Desk) -> None:
    """An amend to a price between two ticks is refused for its decimals, and the order is as it was.

    Sequence: create, New, amend to a price a tenth of a tick higher, refused.
    Passes: the refusal carries 170134, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170134
    """
    order = await desk.rest(Side.BUY)

    answer = await attempt_amend_with(desk, order, price=plain(order.price + desk.instrument.tick_size / 10))

    assert answer.ret_code == RetCode.PRICE_DECIMALS, f"an amend off the tick grid was {answer}"
    await expect_unchanged(desk, order)


@check("FLT-05", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_amend_off_lot_is_refused(desk: Desk) -> None:
    """An amend to a quantity between two base steps is refused for its decimals, and the order is as it was.

    Sequence: create, New, amend to a tenth of a step more, refused.
    Passes: the refusal carries 170137, and realtime shows the order unchanged.
    Source: docs/v5/error.mdx, 170137
    """
    order = await desk.rest(Side.BUY)

    answer = await attempt_amend_with(desk, order, qty=plain(order.qty + desk.instrument.base_precision / 10))

    assert answer.ret_code == RetCode.QTY_DECIMALS, f"an amend off the lot grid was {answer}"
    await expect_unchanged(desk, order)


@check("FLT-06", severity=MAJOR, at_risk=1, creates=1)
@over_both_transports
async def test_amend_has_the_minimum_amount_as_its_edge(desk: Desk) -> None:
    """An amend to the least quantity is acknowledged, one to a step less is refused.

    Sequence: create of one step more than the least, New, amend to a step below the least, refused, amend
        to the least, acknowledged.
    Passes: the first amend carries 170140, or a documented code of a quantity of zero where one step is the
        least; the second carries retCode 0.
    Source: docs/v5/error.mdx, 170140
    """
    price, step = await desk.passive_price(Side.BUY), desk.instrument.base_precision
    least = desk.instrument.least_qty(price)
    order = await desk.place(Side.BUY, price, least + step)
    await desk.resting(order)

    below = await attempt_amend_with(desk, order, qty=plain(least - step))
    at = await attempt_amend_with(desk, order, qty=plain(least))

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if least > step else NOTHING_ORDERED
    assert below.ret_code in too_little, f"an amend below the minimum was {below}"
    assert at.ret_code == 0, f"an amend to the minimum was {at}"


@check("ERR-02", severity=MAJOR, at_risk=1, creates=1, largest=1)
@without_real_money("An order beyond the balance would go beyond the budget of one order.")
@over_both_transports
async def test_amend_beyond_balance_carries_its_code(desk: Desk) -> None:
    """A sell amended to one step more than the free balance and its own hold is refused, to a step less not.

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

    assert answer.ret_code == RetCode.BALANCE_INSUFFICIENT, f"an amend beyond the balance was {answer}"
    price = desk.instrument.away(order.price, order.side, ticks=1)
    all_of_it = beyond - desk.instrument.base_precision
    at = await attempt_amend_with(desk, order, qty=plain(all_of_it), price=plain(price))
    assert at.ret_code == 0, f"an amend to all of the balance was {at}"
    await desk.amended(order, price, all_of_it)
    (states,) = await desk.pushed_states(order)
    told = {state.qty for state in states}
    assert told == {order.qty, all_of_it}, f"{beyond} was refused, the order stream shows {told}"
