"""Whose the failure of one making is, and which message proves it.

A refusal by code tells more than the check that met it: a key that may not trade fails every check
that sends an order.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixtures.clients.errors import (
    ClientError,
    HookFailed,
    Malformed,
    Misuse,
    Refused,
    Unanswered,
    Unreachable,
)
from fixtures.desk import Blocked, LeftBehind, NotSeen
from fixtures.evidence import Channel, Direction, Record
from fixtures.v5.codes import RetCode
from reports.finding import Attribution, Cause, Frame, Party
from reports.wire import OPERATIONS

LONGEST_FRAME = 400
"""Characters of a message that a finding shows."""
BEFORE_THE_FIGURE = 60
"""How many of them stand before the figure that proves it."""

CAUSE_OF_CODE: Mapping[int, Cause] = {
    RetCode.API_KEY_EXPIRED: Cause.KEY,
    RetCode.API_KEY_EXPIRED_DERIV: Cause.KEY,
    RetCode.INVALID_API_KEY: Cause.KEY,
    RetCode.INVALID_SIGNATURE: Cause.KEY,
    RetCode.UNMATCHED_IP: Cause.KEY,
    RetCode.PERMISSION_DENIED: Cause.PERMISSION,
    RetCode.SYMBOL_NOT_WHITELISTED: Cause.WHITELIST,
    RetCode.UID_NOT_AVAILABLE: Cause.WHITELIST,
    RetCode.BALANCE_INSUFFICIENT: Cause.FUNDS,
    RetCode.TIMESTAMP_WINDOW: Cause.CLOCK,
    RetCode.TOO_MANY_VISITS: Cause.PACE,
    RetCode.NOT_IN_DEMO_TRADING: Cause.UNSERVED,
}
"""Refusals that say more about who asks than about what was asked."""

ASKED_FOR: Mapping[str, frozenset[int]] = {
    "ERR-01": frozenset({RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}),
    "ERR-02": frozenset({RetCode.BALANCE_INSUFFICIENT}),
    "ERR-07": frozenset(CAUSE_OF_CODE),
    "PRM-10": frozenset(CAUSE_OF_CODE),
    "PRM-13": frozenset(CAUSE_OF_CODE),
    "PRM-14": frozenset(CAUSE_OF_CODE),
    "PRM-15": frozenset(CAUSE_OF_CODE),
    "RTY-01": frozenset({RetCode.TOO_MANY_VISITS}),
    "RTY-02": frozenset({RetCode.TOO_MANY_VISITS}),
    "RTY-04": frozenset({RetCode.TIMESTAMP_WINDOW}),
}
"""Refusals that a check provokes: there they say nothing about the key under test."""

CAUSE_OF_CHECK: Mapping[str, Cause] = {
    "PRM-01": Cause.KEY,
    "PRM-02": Cause.UID,
    "PRM-03": Cause.PERMISSION,
    "RTY-05": Cause.CLOCK,
}
"""Checks that look for a root cause itself."""

PARTY_OF_CAUSE: Mapping[Cause, Party] = {
    Cause.UNREACHED: Party.NETWORK,
    Cause.KEY: Party.ACCOUNT,
    Cause.UID: Party.ACCOUNT,
    Cause.PERMISSION: Party.ACCOUNT,
    Cause.WHITELIST: Party.ACCOUNT,
    Cause.HIDDEN: Party.VENUE,
    Cause.TAKES: Party.VENUE,
    Cause.FUNDS: Party.ACCOUNT,
    Cause.PACE: Party.ACCOUNT,
    Cause.UNSERVED: Party.LISTING,
    Cause.CLOCK: Party.SUITE,
}

PARTY_OF_CHECK: Mapping[str, Party] = {
    "FLT-02": Party.LISTING,
    "PRM-04": Party.ACCOUNT,
    "PRM-06": Party.ACCOUNT,
    "VIS-03": Party.LISTING,
    "VIS-05": Party.LISTING,
}
"""Checks whose assertion compares with what was agreed, or judges the key."""

PARTY_OF_EXCEPTION: tuple[tuple[type[BaseException], Party], ...] = (
    (Unreachable, Party.NETWORK),
    (Unanswered, Party.NETWORK),
    (Misuse, Party.SUITE),
    (HookFailed, Party.SUITE),
    (AssertionError, Party.VENUE),
    (Refused, Party.VENUE),
    (Malformed, Party.VENUE),
    (LeftBehind, Party.VENUE),
)
"""What an exception says where no code and no check says more; any other exception is the suite's."""

ABOUT_WHO_ASKS = frozenset({Cause.KEY, Cause.PERMISSION, Cause.WHITELIST})
"""Causes that a refusal shows even when the check's own sentence does not name it."""

FUNDS = "PRM-11"
"""Judges the funds, and whether an order locks them; only the latter sends orders."""

_HIDDEN = re.compile(r"\bis not listed$|\bdoes not return\b")
_TAKEN = re.compile(r"\balthough PostOnly\b")
_REFUSED = re.compile(r"\brefused with (-?\d+)\b")
_LOST = re.compile(r"^the venue stopped answering\b")
_WAIT = re.compile(r"\bwithin (\d+) ms\b")
_FIGURE = re.compile(r"[\w.-]*\d[\w.-]*\w|\b[A-Z]{3,}\b|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
"""A figure, or a word of the venue's as GTC or PartiallyFilled."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a making that did not pass.

    library: the client library that the check is about, "" for a check of the venue
    raised: what decided the verdict
    sentence: what the report says of it
    records: the evidence of the call, or of the whole making when it never came to the call
    one_machine: the venue runs in this process: their clocks are one, and nobody else trades there
    found: the root causes that checks of the venue showed before it
    """

    check_id: str
    library: str
    raised: BaseException
    sentence: str
    records: Sequence[Record]
    one_machine: bool
    found: Collection[Cause] = ()


def is_about(library: str, raised: BaseException, sentence: str) -> bool:
    """Whether a failure in a check of a library is about the library.

    Such a check begins what it says of the library with the library's name. What else it asserts is about the
    venue, which was asked as it must be asked, by the library or by a client of our own.
    """
    if isinstance(raised, AssertionError):
        return sentence.startswith((library, "did not hold"))
    return not isinstance(raised, ClientError | Blocked | LeftBehind)


def is_explained(seen: Seen, attributed: Attribution) -> bool:
    """Whether a library met a refusal that our own client met before it: it is not judged by that."""
    cause = attributed.cause
    return bool(seen.library) and cause in seen.found and cause in CAUSE_OF_CODE.values()


def attribute(seen: Seen) -> Attribution:
    """Whose the failure is, why, and the message that proves it."""
    cause = _cause(seen)
    return Attribution(_party(seen, cause), cause, _frame(seen, cause))


def _party(seen: Seen, cause: Cause | None) -> Party | None:
    if cause is None and _is_about_its_library(seen):
        return Party.LIBRARY
    if cause in {Cause.CLOCK, Cause.PACE} and seen.one_machine:
        return Party.VENUE
    if cause is not None:
        return PARTY_OF_CAUSE[cause]
    if isinstance(seen.raised, Blocked):
        return None
    by_exception = (party for kind, party in PARTY_OF_EXCEPTION if isinstance(seen.raised, kind))
    party = next(by_exception, Party.SUITE)
    if party is not Party.VENUE:
        return party
    if RetCode.PERMISSION_DENIED in [one.code for one in _refusals(seen.raised)]:
        party = Party.ACCOUNT
    return PARTY_OF_CHECK.get(seen.check_id, party if seen.records else Party.SUITE)


def _cause(seen: Seen) -> Cause | None:
    if isinstance(seen.raised, Unreachable | Unanswered) or _LOST.search(seen.sentence):
        return Cause.UNREACHED
    if _is_about_its_library(seen):
        return next((cause for cause in _met_by_library(seen) if cause in seen.found), None)
    if (cause := _cause_refused(seen)) is not None or not isinstance(seen.raised, AssertionError):
        return cause
    if seen.check_id == FUNDS:
        return None if any("order" in record.title for record in seen.records) else Cause.FUNDS
    return _cause_told(seen) or CAUSE_OF_CHECK.get(seen.check_id)


def _cause_told(seen: Seen) -> Cause | None:
    """The cause that the words of an assertion tell."""
    if seen.check_id[:3] in {"VIS", "FLT", "PRM", "SDK"} and _HIDDEN.search(seen.sentence):
        return Cause.HIDDEN
    return Cause.TAKES if _TAKEN.search(seen.sentence) else None


def _is_about_its_library(seen: Seen) -> bool:
    return bool(seen.library) and is_about(seen.library, seen.raised, seen.sentence)


def _met_by_library(seen: Seen) -> Iterator[Cause]:
    """What a library was told that our own client is told as well: only then is it not about the library."""
    for record in _received(seen.records):
        cause = CAUSE_OF_CODE.get(record.ret_code or 0)
        if cause is not None and _bears_on_who_asks(record.ret_code, record.title):
            yield cause


def _bears_on_who_asks(code: int | None, operation: str) -> bool:
    """False for a read that a key may not make: it may trade all the same."""
    return code != RetCode.PERMISSION_DENIED or "order" in operation


def _cause_refused(seen: Seen) -> Cause | None:
    """The cause that a refusal shows; None when there is none, or the check asked for it."""
    asked_for = ASKED_FOR.get(seen.check_id, frozenset())
    raised = [one.code for one in _refusals(seen.raised) if _bears_on_who_asks(one.code, one.path)]
    named = [code for code in (*raised, *_codes_told(seen)) if code not in asked_for]
    if named or not isinstance(seen.raised, AssertionError) or seen.check_id.startswith("CON"):
        return next((CAUSE_OF_CODE[code] for code in named if code in CAUSE_OF_CODE), None)
    met = (
        record.ret_code
        for record in _received(seen.records)
        if record.ret_code not in asked_for and _bears_on_who_asks(record.ret_code, record.title)
    )
    causes = (CAUSE_OF_CODE.get(code or 0) for code in met)
    return next((cause for cause in causes if cause in ABOUT_WHO_ASKS), None)


def _codes_told(seen: Seen) -> list[int]:
    return list(map(int, _REFUSED.findall(seen.sentence)))


def _refusals(raised: BaseException) -> list[Refused]:
    chain: list[BaseException] = []
    one: BaseException | None = raised
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    return [one for one in chain if isinstance(one, Refused)]


def _frame(seen: Seen, cause: Cause | None) -> Frame | None:
    """The message that proves the failure.

    It is the refusal that the failure names or that shows its cause, else the acknowledgement that should
    not have come, else the message that shares most figures and words of the venue with the sentence, and of
    several the last that is more than a wallet, which is pushed after everything. What did not come is proven
    by a message about the same order, and an unheard venue by none but an answer that cannot be read.
    """
    codes = {*_codes_told(seen), *(one.code for one in _refusals(seen.raised))}
    figures = set(_FIGURE.findall(seen.sentence))
    acknowledged = seen.sentence.endswith("acknowledged")

    def weight(record: Record) -> tuple[bool, bool, bool, int, bool, int]:
        code, operation = record.ret_code or 0, OPERATIONS.get(record.title)
        return (
            code in codes,
            cause is not None and CAUSE_OF_CODE.get(code) is cause,
            acknowledged and operation in {"create", "amend", "cancel"},
            sum(figure in record.text for figure in figures),
            record.title != "wallet",
            record.seq,
        )

    received = [record for record in _received(seen.records) if _bears_on(record, seen, cause, figures)]
    best = max(received, key=weight, default=None)
    return None if best is None else _shown(best, figures)


def _bears_on(record: Record, seen: Seen, cause: Cause | None, figures: Iterable[str]) -> bool:
    """False for a message that has nothing to do with what did not come."""
    if cause is Cause.UNREACHED:
        return record.channel is Channel.REST and record.ret_code is None
    if not isinstance(seen.raised, NotSeen):
        return True
    orders = {*seen.raised.failure.orders}
    about = orders or {*figures} - {*_WAIT.findall(seen.sentence)}
    return any(one in record.text for one in about)


def _received(records: Iterable[Record]) -> list[Record]:
    """What the venue said; what it tells everybody only where it told nothing else."""
    received = [record for record in records if record.direction is Direction.RECEIVED]
    return [record for record in received if record.channel is not Channel.PUBLIC] or received


def _shown(record: Record, figures: Iterable[str]) -> Frame:
    return Frame(
        record.seq,
        record.at_ms,
        record.channel,
        record.direction,
        record.title,
        record.ret_code,
        _excerpt(" ".join(record.text.split()), figures),
    )


def _excerpt(text: str, figures: Iterable[str]) -> str:
    """The text around the longest figure that it shares with the sentence, else its beginning."""
    shared = max((figure for figure in figures if figure in text), key=len, default="")
    start = max(text.find(shared) - BEFORE_THE_FIGURE, 0) if len(text) > LONGEST_FRAME else 0
    end = start + LONGEST_FRAME
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
