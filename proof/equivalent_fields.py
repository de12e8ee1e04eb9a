"""The field mutants that no check may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

_OTHER_PRODUCTS = "It is about products and services that a spot market maker's key does not use."
EQUIVALENT: Mapping[str, str] = {
    **{
        f"GET /v5/user/query-api result.permissions.{name}*": _OTHER_PRODUCTS
        for name in (
            *("Affiliate", "BlockTrade", "BybitPay", "ContractTrade", "CopyTrading", "Derivatives", "Earn"),
            *("Exchange", "Fiat", "NFT", "Options"),
        )
    },
    "GET /v5/asset/coin/query-info result.rows[].chains[].*": "Deposits and withdrawals are no trading.",
    "GET /v5/account/user-setting-config result.deltaEnable*": _OTHER_PRODUCTS,
}
"""Pattern of a mutant's name -> why such a message is within the documents, or beyond the checklist.

These mutants do not count in the share, unless one is killed all the same.
"""


def reason(name: str) -> str:
    """Why no check may kill a mutant, "" when one should."""
    # The brackets of a path are no set of characters.
    patterns = ((pattern.replace("[", "[[]"), why) for pattern, why in EQUIVALENT.items())
    return next((why for pattern, why in patterns if fnmatchcase(name, pattern)), "")
