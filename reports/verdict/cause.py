"""Who has to fix a failure, and the message that proves it."""

from dataclasses import dataclass

from fixtures.expect import Cause, Owner, Prerequisite


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
    """Who has to fix a failed case, why it failed, and what proves it.

    owner: None for a missing prerequisite
    cause: the root cause; None when the failure is its own cause
    frame: the message that proves it; None when no message of the venue bears on it
    kind: equal for two failures of one fault; () when it is like no other
    missing: the prerequisite that another check establishes, None when none is missing
    """

    owner: Owner | None
    cause: Cause | None
    frame: Frame | None
    kind: tuple[str, ...] = ()
    missing: Prerequisite | None = None
