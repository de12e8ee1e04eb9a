"""Invalid terms of a create, an amend or a cancel, and the documented codes that may refuse each.

Source: docs/v5/error.mdx
"""

from collections.abc import Collection, Iterator, Mapping

import pytest

from checks import without_real_money
from fixtures.clients.notional import positive_decimal
from fixtures.v5.codes import NOTHING_ORDERED, RetCode
from fixtures.v5.enums import OrderType
from fixtures.v5.identifiers import NO_SUCH_SYMBOL

Table = Mapping[str, tuple[Mapping[str, object], Collection[RetCode]]]
"""A fault -> the terms that replace valid ones, None for one that is omitted, and the documented codes."""

EMPTY = {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}
"""The refusals that fit a term that is left out; so does that of an invalid value, where it has its own."""
UNREADABLE = {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}
UNKNOWN_SYMBOL = {RetCode.INVALID_SYMBOL, RetCode.SYMBOL_NOT_WHITELISTED, RetCode.REQUEST_PARAM_ERROR}
"""The refusals that fit a symbol that is not listed; the documents tie none of them to it alone."""
NO_SUCH_ORDER = {*UNKNOWN_SYMBOL, RetCode.ORDER_NOT_EXIST}
"""Of an unknown symbol no order exists either."""
NO_PRICE = {
    RetCode.PARAM_EMPTY,
    RetCode.PARAM_INVALID,
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.ORDER_VALUE_TOO_LOW,
    RetCode.PRICE_TOO_LOW,
}
"""The refusals that fit a price of zero; the documents tie none of them to it alone."""
LESS_THAN_A_STEP = {RetCode.QTY_TOO_LOW, RetCode.QTY_DECIMALS, RetCode.ORDER_VALUE_TOO_LOW}
"""It is below the minimum, off the grid and worth too little: no page says which of the three is reported."""

_MARKET: Mapping[str, object] = {"side": "Sell", "orderType": "Market", "timeInForce": None, "price": None}
"""A sell: the qty of a market sell is in base coin, like that of the order whose terms are replaced."""
_TICKS = {**_MARKET, "slippageToleranceType": "TickSize"}
_PERCENT = {**_MARKET, "slippageToleranceType": "Percent"}

CREATES: Table = {
    "no orderType": ({"orderType": None}, EMPTY | {RetCode.INVALID_ORDER_TYPE}),
    "no price": ({"price": None}, EMPTY),
    "no side": ({"side": None}, EMPTY | {RetCode.INVALID_SIDE}),
    "no symbol": ({"symbol": None}, EMPTY | {RetCode.INVALID_SYMBOL}),
    "number for qty": ({"qty": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "number for price": ({"price": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "number for orderFilter": ({"orderFilter": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "number for timeInForce": ({"timeInForce": 1}, {RetCode.REQUEST_PARAM_ERROR, RetCode.INVALID_TIF}),
    "number for marketUnit": ({**_MARKET, "marketUnit": 1}, UNREADABLE),
    "number for tolerance type": (
        {**_MARKET, "slippageToleranceType": 1, "slippageTolerance": "1"},
        UNREADABLE,
    ),
    "number for ticks": ({**_TICKS, "slippageTolerance": 1}, UNREADABLE),
    "zero qty": ({"qty": "0"}, NOTHING_ORDERED),
    "negative qty": ({"qty": "-1000"}, NOTHING_ORDERED),
    "zero price": ({"price": "0"}, NO_PRICE),
    "empty qty": ({"qty": ""}, EMPTY),
    "word for qty": ({"qty": "ten"}, UNREADABLE),
    "word for price": ({"price": "ten"}, UNREADABLE),
    "qty below one step": ({"qty": "0.0000000000000001"}, LESS_THAN_A_STEP),
    "unknown orderFilter": ({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}),
    "unknown timeInForce": ({"timeInForce": "Forever"}, {RetCode.INVALID_TIF}),
    "unknown orderType": ({"orderType": "Iceberg"}, {RetCode.INVALID_ORDER_TYPE}),
    "unknown side": ({"side": "Hold"}, {RetCode.INVALID_SIDE}),
    "unknown symbol": ({"symbol": NO_SUCH_SYMBOL}, UNKNOWN_SYMBOL),
    "unknown marketUnit": ({**_MARKET, "marketUnit": "dozen"}, UNREADABLE),
    "unknown tolerance type": (
        {**_MARKET, "slippageToleranceType": "Yards", "slippageTolerance": "1"},
        UNREADABLE,
    ),
    "zero ticks": ({**_TICKS, "slippageTolerance": "0"}, {RetCode.TICKSIZE_TOLERANCE_RANGE}),
    "too many ticks": ({**_TICKS, "slippageTolerance": "10001"}, {RetCode.TICKSIZE_TOLERANCE_RANGE}),
    "zero percent": ({**_PERCENT, "slippageTolerance": "0"}, {RetCode.PERCENT_TOLERANCE_RANGE}),
    "too many percent": ({**_PERCENT, "slippageTolerance": "10.01"}, {RetCode.PERCENT_TOLERANCE_RANGE}),
}
"""170134, 170137 and 170140 are provoked by other checks; an unknown smpType may be replaced."""

AMENDS: Table = {
    "number for qty": ({"qty": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "word for qty": ({"qty": "ten"}, UNREADABLE),
    "word for price": ({"price": "ten"}, UNREADABLE),
    "qty below one step": ({"qty": "0.0000000000000001"}, LESS_THAN_A_STEP),
    "no symbol": ({"symbol": None}, EMPTY | {RetCode.INVALID_SYMBOL}),
    "unknown symbol": ({"symbol": NO_SUCH_SYMBOL}, NO_SUCH_ORDER),
    "no order named": ({"orderLinkId": None}, EMPTY),
}

CANCELS: Table = {
    "number for symbol": ({"symbol": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "no symbol": ({"symbol": None}, EMPTY | {RetCode.INVALID_SYMBOL}),
    "unknown symbol": ({"symbol": NO_SUCH_SYMBOL}, NO_SUCH_ORDER),
    "no order named": ({"orderId": None}, EMPTY),
    "unknown orderFilter": ({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}),
}


def over_faults(table: Table) -> pytest.MarkDecorator:
    """Make each fault of a table a case of the check.

    Where money is real only PostOnly Limit orders are sent, and only on a listing of ``--live``, and every
    request names an order and a symbol: a venue that guesses one could act on somebody else's.
    """
    cases = [pytest.param(fault, marks=list(_marks(terms))) for fault, (terms, _) in table.items()]
    return pytest.mark.parametrize("fault", cases)


def _marks(terms: Mapping[str, object]) -> Iterator[pytest.MarkDecorator]:
    if _is_kept_back(terms):
        yield without_real_money("Where money is real this is not sent.")
    if _is_unreadable(terms):
        yield pytest.mark.unreadable


def _is_kept_back(terms: Mapping[str, object]) -> bool:
    names_none = any(terms.get(name, "") is None for name in ("orderId", "orderLinkId"))
    return names_none or not terms.keys().isdisjoint({"orderType", "timeInForce", "symbol"})


def _is_unreadable(terms: Mapping[str, object]) -> bool:
    """True when nobody can compute what the order is worth, so that it counts as the largest allowed."""
    kind = terms.get("orderType", OrderType.LIMIT)
    factors = ("qty",) if kind == OrderType.MARKET else ("qty", "price")
    return kind not in {OrderType.LIMIT, OrderType.MARKET} or any(
        name in terms and positive_decimal(terms[name]) is None for name in factors
    )


def listed(codes: Collection[RetCode]) -> str:
    """The codes as a failure names them."""
    return ", ".join(map(str, sorted(codes)))
