"""The mutants of the rule tables that no check notices, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

EXEMPT: Mapping[str, str] = {
    # What answers within the documents.
    "access.*.stamp_form removed": (
        "The documents name no code for a timestamp that cannot be read, and without the rule it is outside "
        "the window."
    ),
    "rules.AMEND.filled with the quantity +1": (
        "The documents do not say whether an amend to exactly what is filled is refused."
    ),
    "rules.AMEND_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    **dict.fromkeys(
        ("rules.*.min_qty removed", "rules.*.min_qty with *"),
        "Equivalent by the documents: less than a step is off the grid and below the minimum amount as well, "
        "and no page says which of the three is told.",
    ),
    "rules.CANCEL_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    "rules.CREATE_FORM.link_id with the length of an id +1": (
        "36 characters are documented and 45 were seen: what lies between proves nothing."
    ),
    "rules.CREATE.rpi removed": (
        "Within the documents: the flag that tells where RPI orders are taken may lag by an hour, and an "
        "acknowledgement against it leaves the check blocked."
    ),
    "trade_stream.FRAME.auth removed": (
        "Equivalent: an operation without a key is refused all the same, with a code that fits."
    ),
    # What is out of force.
    "rules.CREATE.post_only_price *": (
        "A switch that is off by default: the other answer to a crossing PostOnly order."
    ),
    "rules.CREATE_FORM.conditional *": (
        "A limit of the embedded venue: the exchange takes conditional orders, so no check may refuse them."
    ),
    "trade_stream.FRAME.session_rate *": (
        "A switch that is off by default: the documents have the code and no figure."
    ),
    # What only a request could show that no run may send.
    "rules.CREATE.quote_lot with quote_precision times 10": (
        "A sound amount is that of a market order, which takes at once: none is sent without another fault."
    ),
    "trade_stream.FRAME.address_rate *": (
        "Three thousand requests a second are beyond what a run may send: the address would be banned."
    ),
}
"""Pattern of a mutant's name -> why no check may notice it. These mutants count in no share, unless one is
killed all the same."""

SURVIVORS: Mapping[str, str] = {}
"""Pattern of a mutant's name -> why no check notices it though one could; these lower the share."""


def reason(name: str) -> str:
    """Why a mutant survives, "" when nobody has said so."""
    return _text(EXEMPT, name) or _text(SURVIVORS, name)


def is_exempt(name: str) -> bool:
    """True when no check may notice a mutant."""
    return bool(_text(EXEMPT, name))


def _text(table: Mapping[str, str], name: str) -> str:
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), "")
