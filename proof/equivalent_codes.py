"""The codes that the documents allow a rule of the venue in place of its own: to swap them changes nothing.

Source: docs/v5/error.mdx
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

from fixtures.v5.codes import RetCode as C

ALSO: Mapping[str, AbstractSet[C]] = {
    # A client waits it out and comes again, so that it refuses nothing for good.
    "access.SCOPE.scope": {C.TOO_MANY_VISITS},
    # No code is named for an auth that is not let in: each that says so is right.
    "access.STREAM.expiry": {
        C.REQUEST_PARAM_ERROR,
        C.TIMESTAMP_WINDOW,
        C.INVALID_API_KEY,
        C.PERMISSION_DENIED,
        C.TOO_MANY_VISITS,
    },
    "trade_stream.FRAME.auth": {C.REQUEST_PARAM_ERROR, C.INVALID_API_KEY, C.PERMISSION_DENIED},
    # No code is named for a timestamp that cannot be read.
    "access.*.stamp_form": {C.TIMESTAMP_WINDOW},
    "rules.CREATE_FORM.symbol": {C.SYMBOL_NOT_WHITELISTED, C.REQUEST_PARAM_ERROR},
    # Less than a step is off the grid and below the minimum amount as well.
    "rules.*.min_qty": {C.QTY_DECIMALS, C.ORDER_VALUE_TOO_LOW},
    # Two codes have one text.
    "rules.*.limit_qty": {C.MARKET_QTY_TOO_LARGE, C.ORDER_AMOUNT_TOO_LARGE, C.QTY_ABOVE_MAX},
    "rules.*.post_only_qty": {C.MARKET_QTY_TOO_LARGE, C.ORDER_AMOUNT_TOO_LARGE, C.QTY_ABOVE_MAX},
    # None of the codes is tied to spot.
    "rules.*.price_band*": {
        C.BUY_PRICE_ABOVE_LIMIT,
        C.SELL_PRICE_BELOW_LIMIT,
        C.PRICE_ABOVE_LIMIT,
        C.PRICE_BELOW_LIMIT,
        C.PRICE_ABOVE,
        C.PRICE_TOO_HIGH,
        C.PRICE_TOO_LOW,
    },
}
"""Pattern of a rule, of its module, table and name -> the other codes that are right for what it refuses."""


def also_documented(site: str) -> frozenset[C]:
    """The other codes that are right for the refusals of a rule."""
    return frozenset().union(*(codes for pattern, codes in ALSO.items() if fnmatchcase(site, pattern)))
