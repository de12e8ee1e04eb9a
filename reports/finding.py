"""Whose a failure is, and what proves it."""

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """Who has to mend a failure."""

    VENUE = "venue"
    """The venue does not do what its documents say."""
    LISTING = "listing configuration"
    """What is agreed in environments.yaml and what the venue is set to differ."""
    ACCOUNT = "account or key"
    """The UID, its whitelisting, its funds, or the API key."""
    LIBRARY = "client library"
    """A client library that the page recommends."""
    SUITE = "suite"
    """This suite, or the machine that it runs on."""
    NETWORK = "network"
    """What lies between this machine and the venue."""


class Cause(StrEnum):
    """A root cause that makes many checks fail at once; the text is the finding's headline."""

    UNREACHED = "The venue could not be reached, or did not answer."
    KEY = "The venue refuses the key or its signature."
    UID = "The key belongs to another UID than the whitelisted one."
    PERMISSION = "The key lacks the permission to trade."
    WHITELIST = "The UID is not admitted to the symbol."
    HIDDEN = "The venue does not show the symbol to this key."
    TAKES = "The venue lets PostOnly orders take."
    FUNDS = "The account lacks the funds that the checklist needs."
    PACE = "The venue refuses requests as too many: another program uses the same UID or address."
    UNSERVED = "The venue does not serve all that the checklist needs: name it under not_served."
    CLOCK = "The clocks of this machine and of the venue are apart."


@dataclass(frozen=True, slots=True)
class Frame:
    """The message that proves a failure.

    seq: its position in evidence.jsonl
    at_ms: Unix ms, client clock
    ret_code: the venue's code, None when the message carries none
    text: the redacted body, shortened
    """

    seq: int
    at_ms: int
    channel: str
    direction: str
    title: str
    ret_code: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose one making's failure is.

    party: None for a missing prerequisite
    cause: None when the failure stands for itself
    frame: None when no message of the venue bears on it
    """

    party: Party | None
    cause: Cause | None
    frame: Frame | None
