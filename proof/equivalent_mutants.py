"""The mutants of the rule tables that no check can or may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

EXEMPT: Mapping[str, str] = {
    # Equivalent: the mutant answers within the documents.
    "access_rules.*.stamp_form removed": (
        "The documents name no code for a timestamp that cannot be read, and without the rule it is outside "
        "the window."
    ),
    "order_rules.AMEND.filled with the quantity +1": (
        "The documents do not say whether an amend to exactly what is filled is refused."
    ),
    "order_rules.AMEND_REQUEST.symbol removed": (
        "Equivalent by the documents: of an unknown symbol no order exists."
    ),
    **dict.fromkeys(
        ("order_rules.*.min_qty removed", "order_rules.*.min_qty with *"),
        "Equivalent by the documents: less than a step is off the grid and below the minimum amount as well, "
        "and no page says which of the three is reported.",
    ),
    "order_rules.CANCEL_REQUEST.symbol removed": (
        "Equivalent by the documents: of an unknown symbol no order exists."
    ),
    **dict.fromkeys(
        (
            "order_rules.*_REQUEST.symbol_given *",
            "order_rules.CREATE_REQUEST.side_given removed",
            "order_rules.CREATE_REQUEST.type_given removed",
        ),
        "Equivalent by the documents: they name several codes for a field that is not there, and without the "
        "rule the order is refused with another of them.",
    ),
    "order_rules.CREATE_REQUEST.link_id with the length of an id +1": (
        "36 characters are documented and 45 were seen: what lies between proves nothing."
    ),
    "order_rules.CREATE.rpi removed": (
        "Within the documents: the flag that shows where RPI orders are taken may lag by an hour, and an "
        "acknowledgement against it leaves the check blocked."
    ),
    "trade.FRAME.auth removed": (
        "Equivalent: an operation without a key is refused all the same, with a code that fits."
    ),
    # Not in force: a rule that the venue as it is started does not apply.
    "order_rules.CREATE.post_only_price *": (
        "An option that is off by default: the other answer to a crossing PostOnly order."
    ),
    "order_rules.CREATE_REQUEST.conditional *": (
        "A limit of the embedded venue: the exchange takes conditional orders, so no check may refuse them."
    ),
    "trade.FRAME.session_rate *": (
        "An option that is off by default: the documents have the code and no figure."
    ),
    # Out of reach: only a request that no run may send would show the mutant.
    "order_rules.CREATE.quote_lot with quote_precision times 10": (
        "A valid amount is that of a market order, which takes at once: none is sent without another fault."
    ),
    "trade.FRAME.address_rate *": (
        "Three thousand requests a second are beyond what a run may send: the address would be banned."
    ),
}
"""Pattern of a mutant's name -> why no check may notice it.

These mutants do not count in the mutation score, unless one is killed all the same.
"""

SURVIVORS: Mapping[str, str] = {}
"""Pattern of a mutant's name -> why no check notices it though one could; these lower the mutation score."""


def reason(name: str) -> str:
    """Why a mutant survives, "" when no reason is given."""
    return _text(EXEMPT, name) or _text(SURVIVORS, name)


def is_exempt(name: str) -> bool:
    """True when no check may notice a mutant."""
    return bool(_text(EXEMPT, name))


def _text(table: Mapping[str, str], name: str) -> str:
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), "")
