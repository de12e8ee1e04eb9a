"""The field mutants that no check may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

_OTHER_PRODUCTS = "It is about products and services that a spot market maker's key does not use."
_DEPOSITS = "What a chain charges or takes, and its name, no other view shows: deposits are no trading."
_BEHIND = "It is what the view showed a moment before, and a view may be behind."
_COUNTER = "By how much the number grows, and with what, no page says."
_OF_OWNER = "It is a label, a date or a history of the account, which its owner alone knows."
_BOOK_MOVES = "The book moves, and a ticker does not name its version."
_OF_LIMIT = (
    "No page says whether both channels share the limit of a single order, and how high an account's is."
)
_OF_MODE = "The page leaves it empty for one of the margin modes."
_NO_PAGE = "No page has the field in this view, so a venue may leave it out or fill it as it likes."
EQUIVALENT: Mapping[str, str] = {
    **{
        f"GET /v5/user/query-api result.permissions.{name}*": _OTHER_PRODUCTS
        for name in (
            *("Affiliate", "BlockTrade", "BybitPay", "ContractTrade", "CopyTrading", "Derivatives", "Earn"),
            *("BitCard", "ByXPost", "Exchange", "Fiat", "NFT", "Options"),
        )
    },
    **{
        f"GET /v5/asset/coin/query-info result.rows[].{name}{change}": _DEPOSITS
        for name, changes in {
            "chains": (
                ": empty",
                ": neighbour",
                "[]*: neighbour",
                "[]*: one unit off",
                "[]*: zero",
                "[]*: sign",
            ),
            "chains[].safeConfirmNumber": (": missing",),
            "chains[].withdrawMax": (": empty", ": missing"),
            "name": (": neighbour", ": one unit off"),
            "remainAmount": (": one unit off",),
        }.items()
        for change in changes
    },
    **{
        f"GET /v5/user/query-api result.{name}*": _OF_OWNER
        for name in (
            *("affiliateID", "deadlineDay", "expiredAt", "id:", "inviterID", "kyc", "mktMakerLevel", "note"),
            *("type", "unified", "vipLevel"),
        )
    },
    "GET /v5/user/query-api result.userIDInt64: zero": "The page's sample shows 0 beside a userID.",
    "GET /v5/user/query-api result.ips[]: one unit off": "Which addresses a key is bound to is its owner's.",
    "GET /v5/account/user-setting-config result.deltaEnable: missing": "The page's sample is without it.",
    "GET /v5/account/user-setting-config result.smpType: missing": "It is new: a site may not have it yet.",
    **{
        f"GET /v5/account/user-setting-config result.{name}": "Which it is, the account's owner set."
        for name in (
            "deltaEnable: sign",
            "fmsef: sign",
            "lpaPerp: sign",
            "smsef: sign",
            "smpType: one unit off",
        )
    },
    "GET /v5/account/query-dcp-info result.dcpInfos: empty": "Without it, the list is empty.",
    "GET /v5/user/query-api result.isFixApi: missing": _NO_PAGE,
    **{
        f"{view}.slippageToleranceType: empty": "Nothing is written as UNKNOWN or as an empty text."
        for view in (
            "GET /v5/order/history result.list[]",
            "GET /v5/order/realtime result.list[]",
            "private stream: order data[]",
        )
    },
    **{
        f"{view}.coin[].usdValue: one unit off": "It follows a price that no view shows."
        for view in ("GET /v5/account/wallet-balance result.list[]", "private stream: wallet data[]")
    },
    "GET /v5/account/info result.updatedTime: one unit off": _OF_OWNER,
    "GET /v5/account/query-dcp-info result.dcpInfos[].timeWindow: one unit off": "The owner set the window.",
    "GET /v5/account/fee-rate result.list[].rpiMakerFeeRate*": "No fill of the checklist is an RPI order's.",
    **{
        f"GET /v5/{of}/instruments-info result.list[].xstockMultiplier*": "It is about tokens of stocks."
        for of in ("account", "market")
    },
    **{
        f"GET /v5/order/realtime result.list[].{name}: missing": _NO_PAGE
        for name in ("extraFees", "feeCurrency", "rpi*", "slippageTolerance*")
    },
    **{
        f"GET /v5/order/{view} result.list[].parentOrderLinkId: missing": _OTHER_PRODUCTS
        for view in ("history", "realtime")
    },
    "GET /v5/order/history result.list[].feeCurrency: missing": _NO_PAGE,
    **{
        f"GET /v5/execution/list result.list[].{name}: missing": _NO_PAGE
        for name in ("execPnl", "isLeverage", "marketUnit")
    },
    **{
        f"{view}.lastPriceOnCreated: {change}": "The page calls it not for spot, and shows it empty and zero."
        for view in (
            "GET /v5/order/history result.list[]",
            "GET /v5/order/realtime result.list[]",
            "private stream: order data[]",
        )
        for change in ("empty", "zero")
    },
    **{
        f"{view}.coin[].free: missing": "The page has it for the classic account."
        for view in ("GET /v5/account/wallet-balance result.list[]", "private stream: wallet data[]")
    },
    **{
        f"GET /v5/market/tickers result.list[].{name}: {change}": _BOOK_MOVES
        for name in ("ask1Price", "ask1Size", "bid1Price", "bid1Size")
        for change in ("one unit off", "stale")
    },
    **{
        f"{view}.{name}: one unit off": "It may have been traded at before the run."
        for view in ("GET /v5/market/tickers result.list[]", "public stream: tickers data")
        for name in ("highPrice24h", "lowPrice24h")
    },
    **{
        f"{view}.usdIndexPrice: {change}": "Which prices make the index, no page says."
        for view in ("GET /v5/market/tickers result.list[]", "public stream: tickers data")
        for change in ("one unit off", "stale")
    },
    **{
        f"GET /v5/market/price-limit result.{name}: {change}": "A limit follows an index that no view shows."
        for name in ("buyLmt", "sellLmt")
        for change in ("one unit off", "stale")
    },
    **{
        f"{view}.{name}: empty": _OF_MODE
        for view in ("GET /v5/account/wallet-balance result.list[]", "private stream: wallet data[]")
        for name in ("totalAvailableBalance", "totalMarginBalance")
    },
    **{
        f"{view}.{name}: one unit off": "It is a sum of rounded figures."
        for view in ("GET /v5/account/wallet-balance result.list[]", "private stream: wallet data[]")
        for name in ("totalEquity", "totalWalletBalance", "totalMarginBalance", "totalAvailableBalance")
    },
    "headers of an answer timenow: missing": _NO_PAGE,
    "headers of an answer traceid: missing": _NO_PAGE,
    "GET /v5/market/time result.timeNano: one unit off": "It is a nanosecond.",
    "GET /v5/market/time result.timeSecond: one unit off": "A time in seconds may be rounded.",
    **{f"GET /v5/market/recent-trade result{name}: stale": _BEHIND for name in ("", ".list")},
    "GET /v5/market/price-limit result: stale": _BEHIND,
    **{
        f"public stream: tickers data{name}: stale": _BEHIND for name in ("", ".highPrice24h", ".lowPrice24h")
    },
    **{f"public stream: tickers cs: {change}": _COUNTER for change in ("one unit off", "stale")},
    **{f"public stream: orderbook data.{name}: one unit off": _COUNTER for name in ("seq", "u")},
    "public stream: publicTrade data[].RPI: missing": "The page's sample is without it.",
    **{
        f"{view}.usdIndexPrice: empty": "The page leaves it empty for a coin that is no collateral."
        for view in ("GET /v5/market/tickers result.list[]", "public stream: tickers data")
    },
    **{
        f"GET /v5/market/time result{name}: stale": "Two clocks of the venue may be a second apart."
        for name in ("", ".timeNano", ".timeSecond")
    },
    **{
        f"trade stream: order.{op} header.{name}": _OF_LIMIT
        for op in ("amend", "cancel", "create")
        for name in (
            *("X-Bapi-Limit: one unit off", "X-Bapi-Limit-Status: one unit off"),
            "X-Bapi-Limit-Status: stale",
        )
    },
}
"""Pattern of a mutant's name -> why such a message is within the documents, or beyond the checklist.

These mutants do not count in the share, unless one is killed all the same.
"""


def reason(name: str) -> str:
    """Why no check may kill a mutant, "" when one should."""
    # The brackets of a path are no set of characters.
    patterns = ((pattern.replace("[", "[[]"), why) for pattern, why in EQUIVALENT.items())
    return next((why for pattern, why in patterns if fnmatchcase(name, pattern)), "")
