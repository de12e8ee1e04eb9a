"""The mutants of the rule tables that no check notices, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

EXEMPT: Mapping[str, str] = {
    # What answers within the documents.
    "access.*.stamp_form *": (
        "The documents name no code for a timestamp that cannot be read, and without the rule it is outside "
        "the window."
    ),
    "access.STREAM.expiry as *": "The documents name no code for an auth that has expired.",
    "access.STREAM.key removed": (
        "Equivalent: without a key the signature does not verify, and the refusal is the same."
    ),
    "rules.AMEND.filled with the quantity +1": (
        "The documents do not say whether an amend to exactly what is filled is refused."
    ),
    "rules.AMEND.market_qty *": "Equivalent: a market order never rests, so that none is amended.",
    "rules.AMEND.quote_lot *": "Equivalent: an order in quote coin never rests, so that none is amended.",
    "rules.AMEND_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    "rules.CANCEL_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    "rules.*_qty as MARKET_QTY_TOO_LARGE": (
        "The documents have two codes for a quantity beyond the maximum, with one text."
    ),
    "rules.*.price_band as SELL_PRICE_BELOW_LIMIT": (
        "The documents have several codes for a price outside the band and tie none of them to spot."
    ),
    "rules.CREATE_FORM.link_id with the length of an id +1": (
        "36 characters are documented and 45 were seen: what lies between proves nothing."
    ),
    "rules.CREATE_FORM.symbol as REQUEST_PARAM_ERROR": (
        "Equivalent by the documents: both codes are those of an unknown symbol."
    ),
    "trade_stream.FRAME.auth as REQUEST_PARAM_ERROR": (
        "The documents name no code for an operation without authentication."
    ),
    "trade_stream.FRAME.auth removed": (
        "Equivalent: an operation without a key is refused all the same, with a code that fits."
    ),
    # What is out of force, or no answer at all.
    "rules.CREATE.post_only_price *": (
        "A switch that is off by default: the other answer to a crossing PostOnly order."
    ),
    "rules.CREATE_FORM.conditional *": (
        "A limit of the embedded venue: the exchange takes conditional orders, so no check may refuse them."
    ),
    "trade_stream.FRAME.session_rate *": (
        "A switch that is off by default: the documents have the code and no figure."
    ),
    **dict.fromkeys(
        (
            f"rules.CREATE_FORM.{rule} removed"
            for rule in (
                "market_unit",
                "order_type",
                "qty_number",
                "side",
                "smp_type",
                "symbol",
                "time_in_force",
            )
        ),
        "Stillborn: without the rule the embedded venue cannot read the order and breaks down over it.",
    ),
    # What only a request could show that no run may send.
    "rules.*.funds with the quantity +1": (
        "An order of the whole balance is no least-sized one: if the venue breaks its contract it may fill."
    ),
    "rules.*.limit_qty with the quantity +1": (
        "An order of exactly the maximum is acknowledged, and worth more than any budget."
    ),
    "rules.*.post_only_qty with the quantity +1": (
        "An order of exactly the maximum is acknowledged, and worth more than any budget."
    ),
    "rules.AMEND_FORM.id_given *": "The budget lets no amend pass that names no order of the run.",
    "rules.CANCEL_ALL_FORM.types *": (
        "A cancel-all whose symbol cannot be read could reach every order of the account: none is sent."
    ),
    "rules.CREATE.market_qty *": "A market order of that size takes at once when the rule is broken.",
    "trade_stream.FRAME.address_rate *": (
        "Three thousand requests a second are beyond what a run may send: the address would be banned."
    ),
}
"""Pattern of a mutant's name -> why no check may notice it. These mutants count in no share, unless one is
killed all the same."""

SURVIVORS: Mapping[str, str] = {
    "access.SCOPE.scope as TOO_MANY_VISITS": (
        "The client waits such a refusal out and tells an error when it stays: no assertion is reached."
    ),
    "access.STREAM.expiry with the moment of an auth +1": (
        "An auth that is valid for less than a second may be late by the wire."
    ),
    "rules.CREATE_FORM.link_id with the length of an id -1": (
        "A sound order that is refused ends its check in an error, not in an assertion."
    ),
    "rules.CREATE.lot with base_precision times 10": (
        "Sound orders are refused, so that the checks that place one end in an error, not in an assertion."
    ),
    "rules.CREATE.min_amount with the quantity -1": (
        "Sound orders are refused, so that the checks that place one end in an error, not in an assertion."
    ),
    "rules.CREATE.tick with tick_size times 10": (
        "Sound orders are refused, so that the checks that place one end in an error, not in an assertion."
    ),
    "trade_stream.FRAME.args *": "The client has no way to send two orders in one frame.",
}
"""Pattern of a mutant's name -> why no check notices it though one could; these lower the share."""


def reason(name: str) -> str:
    """Why a mutant survives, "" when nobody has said so."""
    return _text(EXEMPT, name) or _text(SURVIVORS, name)


def is_exempt(name: str) -> bool:
    """True when no check may notice a mutant."""
    return bool(_text(EXEMPT, name))


def _text(table: Mapping[str, str], name: str) -> str:
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), "")
