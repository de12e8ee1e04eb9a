"""The mutants of the rule tables that no check notices, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

EXEMPT: Mapping[str, str] = {}

SURVIVORS: Mapping[str, str] = {
    "access.*.stamp_form *": (
        "The documents name no code for a timestamp that cannot be read, and the client cannot write one."
    ),
    "access.DOOR.address *": "The suite calls from one address, and its keys are bound to none.",
    "access.DOOR.expired *": "The suite has no key that expired.",
    "access.STREAM.address *": "The suite calls from one address, and its keys are bound to none.",
    "access.STREAM.expired *": "The suite has no key that expired.",
    "access.STREAM.expiry with *": (
        "An expired auth is ten seconds old: nearer to its end two clocks may disagree."
    ),
    "access.STREAM.key removed": (
        "Equivalent: without a key the signature does not verify, and the refusal is the same."
    ),
    "rules.AMEND.limit_qty *": "Only PostOnly orders rest; the greater maximum of theirs applies.",
    "rules.AMEND.market_qty *": "Equivalent: a market order never rests, so that none is amended.",
    "rules.AMEND.quote_lot *": "Equivalent: an order in quote coin never rests, so that none is amended.",
    "rules.AMEND_FORM.id_given *": "The budget lets no amend pass that names no order of the run.",
    "rules.AMEND_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    "rules.CANCEL_FORM.symbol removed": "Equivalent by the documents: of an unknown symbol no order exists.",
    "rules.CANCEL_ALL_FORM.types *": (
        "A cancel-all whose symbol cannot be read could reach every order of the account: none is sent."
    ),
    "rules.CREATE.limit_qty *": "An order of that size that may take is worth more than any budget.",
    "rules.CREATE.market_qty *": "An order of that size that may take is worth more than any budget.",
    "rules.CREATE.post_only_price *": (
        "A switch that is off by default: the other answer to a crossing PostOnly order."
    ),
    "rules.CREATE.rpi *": "Whether the account may place RPI orders is no part of what was agreed.",
    "rules.CREATE_FORM.conditional *": (
        "A limit of the embedded venue: the exchange takes conditional orders, so no check may refuse them."
    ),
    "rules.CREATE_FORM.link_id with the length of an id +1": (
        "36 characters are documented and 45 were seen: what lies between proves nothing."
    ),
    "rules.CREATE_FORM.symbol as REQUEST_PARAM_ERROR": (
        "Equivalent by the documents: both codes are those of an unknown symbol."
    ),
    "trade_stream.FRAME.address_rate *": "Three thousand requests a second are beyond what a run may send.",
    "trade_stream.FRAME.args *": "The client has no way to send two orders in one frame.",
    "trade_stream.FRAME.session_rate *": (
        "A switch that is off by default: the documents have the code and no figure."
    ),
}
"""Pattern of a mutant's name -> why nothing notices it."""


def reason(name: str) -> str:
    """Why a mutant survives, "" when nobody has said so."""
    return _text(EXEMPT, name) or _text(SURVIVORS, name)


def is_exempt(name: str) -> bool:
    """True when no check may notice a mutant."""
    return bool(_text(EXEMPT, name))


def _text(table: Mapping[str, str], name: str) -> str:
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), "")
