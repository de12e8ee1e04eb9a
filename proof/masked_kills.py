"""Which defect may hide another from a check that must fail on that other, and why."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

MASKED: Mapping[str, str] = {
    "refuses_stream_auth > * *": (
        "No order can be followed while the private stream refuses the key: the check is blocked."
    ),
    "key_is_not_enabled > message_ids_repeat *": (
        "The private stream pushes nothing about orders while every order request is refused."
    ),
}
"""Pattern of "hiding defect > hidden defect CHECK-ID" -> why nobody could see the hidden one there."""


def reason(hiding: str, hidden: str, check_id: str) -> str:
    """Why a kill does not happen beside another defect, "" when no reason is given."""
    text = f"{hiding} > {hidden} {check_id}"
    return next((why for pattern, why in MASKED.items() if fnmatchcase(text, pattern)), "")
