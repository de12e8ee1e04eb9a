"""What the wallet must hold after own fills, and how it is compared with what it shows."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from fixtures.desk import Balance, Execution
from fixtures.expect import expect, present
from fixtures.v5.enums import Side
from fixtures.v5.instrument import Instrument

NOTHING = Decimal(0)
PLACES = 8
"""Decimals to which fees and averages are compared."""


def expected_balances(
    instrument: Instrument,
    side: Side,
    before: Mapping[str, Balance],
    fills: Collection[Execution],
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


def expect_balances(
    where: str, shown: Mapping[str, Balance], expected: Mapping[str, Balance], within_ms: int | None = None
) -> None:
    """Each of these coins holds and locks what it must.

    where: what showed them, in words
    """
    for coin, balance in expected.items():
        own = expect(f"{coin} {where}", shown.get(coin), present, within_ms=within_ms)
        expect(f"walletBalance of {coin} {where}", own.wallet, balance.wallet, within_ms=within_ms)
        expect(f"locked of {coin} {where}", own.locked, balance.locked, within_ms=within_ms)


def paid_fees(fills: Iterable[Execution]) -> dict[str, Decimal]:
    """Coin -> the fees of executions, without the coins that no fee was paid in."""
    paid: dict[str, Decimal] = {}
    for fill in fills:
        paid[fill.fee_currency] = paid.get(fill.fee_currency, NOTHING) + fill.exec_fee
    return {coin: rounded for coin, fee in paid.items() if (rounded := round(fee, PLACES))}
