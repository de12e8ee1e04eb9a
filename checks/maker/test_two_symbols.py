"""Two symbols at once: the orders, pushes, lists and holds of one are not those of the other.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/websocket/private/order.mdx
"""

from collections.abc import Collection, Mapping
from decimal import Decimal

from checks import BLOCKER, check, over_both_transports
from checks.operations._wallet import expect_balances
from fixtures.desk import Balance, Desk, Order, OrderState
from fixtures.expect import expect, having
from fixtures.v5.enums import Side

Wallet = Mapping[str, Balance]


@check("MKR-45", severity=BLOCKER, max_fills=4, creates=4, min_messages=10)
@over_both_transports
async def test_two_symbols_are_kept_apart(desk: Desk, desk_on_other_symbol: Desk) -> None:
    """Orders that are sent on two symbols in turn are pushed and listed each as its own symbol's.

    Sequence: a bid on the symbol and on another one, an ask on each, New each; both bids amended; the ask of
        the symbol and the bid of the other cancelled.
    Passes: every push shows the symbol and the side of its order; each symbol's list shows exactly the orders
        that are open there, before and after the cancels, the amended bid at its new price.
    Source: docs/v5/order/open-order.mdx, symbol; docs/v5/websocket/private/order.mdx, symbol
    """
    other = desk_on_other_symbol
    bid, other_bid = [await _movable_bid(each) for each in (desk, other)]
    ask, other_ask = [await each.rest(Side.SELL) for each in (desk, other)]
    orders = (bid, ask, other_bid, other_ask)
    opened = {**await _listed(desk, bid, ask), **await _listed(other, other_bid, other_ask)}
    moved = {order.order_id: await _moved(each, order) for each, order in ((desk, bid), (other, other_bid))}
    await desk.cancelled(ask)
    await other.cancelled(other_bid)
    left = {**await _listed(desk, bid), **await _listed(other, other_ask)}

    for order, states in zip(orders, await desk.pushed_states(*orders), strict=True):
        for state in states:
            expect("push of an order", state, having(symbol=order.symbol, side=order.side))
    expect("symbol and price of the open orders", opened, _terms(orders), of=orders)
    amended = _terms((bid, other_ask)) | {bid.order_id: (bid.symbol, moved[bid.order_id].price)}
    expect("symbol and price of the open orders after amends and cancels", left, amended, of=orders)


@check("MKR-46", severity=BLOCKER, max_fills=4, creates=4, min_messages=8)
async def test_symbols_hold_their_funds_together(desk: Desk, desk_on_other_symbol: Desk) -> None:
    """The bids of two symbols hold the quote coin together, and each ask holds its own base coin.

    Sequence: a bid and an ask on the symbol and on another one, New each, the wallet; cancel of the symbol's
        bid and of the other's ask, the wallet; cancel of the rest, the wallet.
    Passes: each time every coin locks what it did before and the amounts of the orders that are open, and no
        balance changes.
    Source: docs/v5/account/wallet-balance.mdx, locked; docs/v5/order/create-order.mdx
    """
    desks = (desk, desk_on_other_symbol)
    before = {coin: balance for each in desks for coin, balance in (await each.wallet()).items()}
    (bid, ask), (other_bid, other_ask) = [[await each.rest(side) for side in Side] for each in desks]
    rounds = [await _wallets(desks, before, (bid, ask, other_bid, other_ask))]
    await desk.cancelled(bid)
    await desk_on_other_symbol.cancelled(other_ask)
    rounds.append(await _wallets(desks, before, (ask, other_bid)))
    await desk.cancelled(ask)
    await desk_on_other_symbol.cancelled(other_bid)
    rounds.append(await _wallets(desks, before, ()))

    for count, (shown, expected) in zip((4, 2, 0), rounds, strict=True):
        where = f"in the wallet with {count} orders open on two symbols"
        expect_balances(where, shown, expected, within_ms=desk.timeouts.look_up_ms)


async def _movable_bid(desk: Desk) -> Order:
    """Rest a bid that is still worth the minimum amount at the price to which ``_moved`` amends it."""
    price = await desk.passive_price(Side.BUY)
    further = desk.instrument.away(price, Side.BUY, ticks=1)
    bid = await desk.place(Side.BUY, price, desk.instrument.min_qty(further))
    await desk.resting(bid)
    return bid


async def _moved(desk: Desk, order: Order) -> OrderState:
    """Amend an order to a price further away; return its state at that price."""
    further = desk.instrument.away(order.price, order.side, ticks=1)
    await desk.amend(order, price=further)
    return await desk.repriced(order, further)


async def _listed(desk: Desk, *orders: Order) -> dict[str, tuple[str, Decimal]]:
    """What the list of open orders of the desk's symbol shows once it shows these, as ``_terms`` does."""
    shown = await desk.open_orders(*[order.order_id for order in orders])
    return {state.order_id: (state.symbol, state.price) for state in shown}


def _terms(orders: Collection[Order]) -> dict[str, tuple[str, Decimal]]:
    """The orderId -> symbol and price."""
    return {order.order_id: (order.symbol, order.price) for order in orders}


async def _wallets(
    desks: tuple[Desk, Desk], before: Wallet, orders: Collection[Order]
) -> tuple[Wallet, Wallet]:
    """The coins of two symbols as the wallet shows them, and as they should be while these orders rest."""
    held = {coin: balance.locked for coin, balance in before.items()}
    instruments = {desk.instrument.symbol: desk.instrument for desk in desks}
    for order in orders:
        hold = order.qty * (order.price if order.side is Side.BUY else 1)
        held[instruments[order.symbol].coin_held(order.side)] += hold
    expected = {coin: Balance(balance.wallet, held[coin]) for coin, balance in before.items()}
    shown: dict[str, Balance] = {}
    for desk in desks:
        coins = {desk.instrument.base_coin, desk.instrument.quote_coin}
        shown |= await desk.wallet({coin: expected[coin] for coin in coins})
    return shown, expected
