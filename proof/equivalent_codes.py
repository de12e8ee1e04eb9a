"""The codes that the documents allow a rule of the venue instead of its own: swapping them is no mutation.

Source: docs/v5/error.mdx
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

from fixtures.v5.codes import MALFORMED
from fixtures.v5.codes import RetCode as C

_UNKNOWN_SYMBOL = frozenset({C.SYMBOL_NOT_WHITELISTED, C.REQUEST_PARAM_ERROR})

ALSO: Mapping[str, AbstractSet[C]] = {
    # A rate limit is waited out and the request repeated, so this code refuses nothing for good.
    "access_rules.SCOPE.scope": {C.TOO_MANY_VISITS},
    # No page names a code for a refused auth: each that says so is right.
    "access_rules.STREAM.expiry": {
        C.REQUEST_PARAM_ERROR,
        C.TIMESTAMP_WINDOW,
        C.INVALID_API_KEY,
        C.PERMISSION_DENIED,
        C.TOO_MANY_VISITS,
    },
    "trade.FRAME.auth": {C.REQUEST_PARAM_ERROR, C.INVALID_API_KEY, C.PERMISSION_DENIED},
    # No page names a code for a timestamp that cannot be read.
    "access_rules.*.stamp_form": {C.TIMESTAMP_WINDOW},
    "order_rules.CREATE_REQUEST.symbol": _UNKNOWN_SYMBOL,
    "order_rules.AMEND_REQUEST.symbol": _UNKNOWN_SYMBOL | {C.ORDER_NOT_EXIST},
    "order_rules.CANCEL_REQUEST.symbol": _UNKNOWN_SYMBOL | {C.ORDER_NOT_EXIST},
    # What is left out is no valid value either.
    "order_rules.*.symbol_given": frozenset({C.INVALID_SYMBOL}),
    "order_rules.*.side_given": frozenset({C.INVALID_SIDE}),
    "order_rules.*.type_given": frozenset({C.INVALID_ORDER_TYPE}),
    # No page names a code for a batch of too many items, or for a frame with two requests.
    **dict.fromkeys(("batches.ENVELOPE.items", "trade.FRAME.args"), MALFORMED),
    # A quantity below one step is off the grid and below the minimum amount as well.
    "order_rules.*.min_qty": {C.QTY_DECIMALS, C.ORDER_VALUE_TOO_LOW},
    # Two of the codes have one text.
    "order_rules.*.limit_qty": {C.MARKET_QTY_TOO_LARGE, C.ORDER_AMOUNT_TOO_LARGE, C.QTY_ABOVE_MAX},
    "order_rules.*.post_only_qty": {C.MARKET_QTY_TOO_LARGE, C.ORDER_AMOUNT_TOO_LARGE, C.QTY_ABOVE_MAX},
    # No page says which of the price codes belongs to spot.
    "order_rules.*.price_band*": {
        C.BUY_PRICE_ABOVE_LIMIT,
        C.SELL_PRICE_BELOW_LIMIT,
        C.PRICE_ABOVE_LIMIT,
        C.PRICE_BELOW_LIMIT,
        C.PRICE_ABOVE,
        C.PRICE_TOO_HIGH,
        C.PRICE_TOO_LOW,
    },
}
"""Pattern of ``module.TABLE.rule`` -> the other codes that are right for what the rule refuses.

A mutant that only swaps two of them answers as the documents allow, and no check may fail on it.
"""


def also_documented(site: str) -> frozenset[C]:
    """The other codes that are right for the refusals of a rule."""
    return frozenset().union(*(codes for pattern, codes in ALSO.items() if fnmatchcase(site, pattern)))
