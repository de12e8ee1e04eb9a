"""Attributes a failed case to its owner, and picks the message that proves it.

It reads data only: the type of the exception, its ``Failure``, the codes of refusals and the facts on the
check's decorator. The code of a refusal says more than the check that received it: a key that may not trade
fails every check that sends an order.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from fixtures.desk import Blocked, LeftBehind, VenueLost
from fixtures.expect import Cause, CheckFailed, Failure, Owner
from fixtures.harness.facts import Facts
from fixtures.record.evidence import Channel, Record
from fixtures.v5.codes import RetCode
from reports.verdict.cause import Attribution
from reports.verdict.frames import Clues, frame_of, received

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
"""Codes that say more about the sender of a request than about the request."""

OWNER_OF_CAUSE: Mapping[Cause, Owner] = {
    Cause.UNREACHED: Owner.NETWORK,
    Cause.KEY: Owner.ACCOUNT,
    Cause.UID: Owner.ACCOUNT,
    Cause.PERMISSION: Owner.ACCOUNT,
    Cause.WHITELIST: Owner.ACCOUNT,
    Cause.HIDDEN: Owner.VENUE,
    Cause.TAKES: Owner.VENUE,
    Cause.FUNDS: Owner.ACCOUNT,
    Cause.PACE: Owner.ACCOUNT,
    Cause.UNSERVED: Owner.LISTING,
    Cause.CLOCK: Owner.SUITE,
    Cause.VENUE_CLOCKS: Owner.VENUE,
    Cause.KEY_MISREPORTED: Owner.VENUE,
}

OWNER_OF_EXCEPTION: tuple[tuple[type[BaseException], Owner], ...] = (
    (Unreachable, Owner.NETWORK),
    (Unanswered, Owner.NETWORK),
    (Misuse, Owner.SUITE),
    (HookFailed, Owner.SUITE),
    (AssertionError, Owner.VENUE),
    (Refused, Owner.VENUE),
    (Malformed, Owner.VENUE),
    (LeftBehind, Owner.VENUE),
)
"""Owner by exception, where no code, failure or check names one; any other exception is the suite's."""

ABOUT_THE_KEY = frozenset({Cause.KEY, Cause.PERMISSION, Cause.WHITELIST})
"""Causes that a refusal shows even when the failure is about something else."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a case that did not pass.

    facts: those on its check's decorator
    library: the client library that the check is about, "" for a check of the venue
    raised: the exception that decided the verdict
    records: the evidence of the call, or of the whole case when the call did not start
    one_machine: the venue runs in this process, so that both share a clock and nobody else trades there
    found: the root causes that checks of the venue showed earlier in the run
    is_about_client: the check is about the order client, which is sent faults and refusals on purpose
    """

    facts: Facts
    library: str
    raised: BaseException
    records: Sequence[Record]
    one_machine: bool
    found: Collection[Cause] = ()
    is_about_client: bool = False


def failure_of(raised: BaseException) -> Failure | None:
    """What was expected and seen, or None for an exception that does not hold it as data."""
    return raised.failure if isinstance(raised, CheckFailed | LeftBehind) else None


def is_about_its_library(raised: BaseException) -> bool:
    """Whether a failure in a check of a library is about the library.

    Such a check names the library as the owner of what it expects of it. Its other expectations are about
    the venue, which received a valid request from the library or from our own client.
    """
    if isinstance(raised, CheckFailed):
        return raised.failure.owner is Owner.LIBRARY
    return not isinstance(raised, ClientError | Blocked | LeftBehind)


def is_explained(seen: Seen, attributed: Attribution) -> bool:
    """Whether a library was refused as our own client was before it, so that it is not judged by that."""
    cause = attributed.cause
    return bool(seen.library) and cause in seen.found and cause in CAUSE_OF_CODE.values()


def attribute(seen: Seen) -> Attribution:
    """Who has to fix the failure, why, and the message that proves it."""
    cause = _cause(seen)
    frame = frame_of(seen.records, _clues(seen.raised, cause))
    missing = seen.raised.missing if isinstance(seen.raised, Blocked) else None
    return Attribution(_owner(seen, cause), cause, frame, _kind(seen.raised), missing)


def _owner(seen: Seen, cause: Cause | None) -> Owner | None:
    if cause is None and _is_about_its_library(seen):
        return Owner.LIBRARY
    if cause in {Cause.CLOCK, Cause.PACE} and seen.one_machine:
        return Owner.VENUE
    if cause is not None:
        return OWNER_OF_CAUSE[cause]
    if isinstance(seen.raised, Blocked):
        return None
    failure = failure_of(seen.raised)
    return failure.owner if failure and failure.owner else _owner_by_check(seen)


def _owner_by_check(seen: Seen) -> Owner:
    if _is_about_the_client(seen):
        return seen.facts.get("owner", Owner.CLIENT)
    by_exception = (owner for kind, owner in OWNER_OF_EXCEPTION if isinstance(seen.raised, kind))
    owner = next(by_exception, Owner.SUITE)
    if owner is not Owner.VENUE:
        return owner
    if RetCode.PERMISSION_DENIED in [refusal.code for refusal in _refusals(seen.raised)]:
        owner = Owner.ACCOUNT
    return seen.facts.get("owner", owner if seen.records else Owner.SUITE)


def _cause(seen: Seen) -> Cause | None:
    if isinstance(seen.raised, Unreachable | Unanswered | VenueLost):
        return Cause.UNREACHED
    if _is_about_its_library(seen):
        return next((cause for cause in _refusals_to_library(seen) if cause in seen.found), None)
    # What an order client is refused is a fault that its check injects, and shows no root cause.
    cause = None if _is_about_the_client(seen) else _cause_refused(seen)
    if cause is not None or not isinstance(seen.raised, AssertionError):
        return cause
    failure = failure_of(seen.raised)
    return failure.cause if failure and failure.cause else seen.facts.get("cause")


def _is_about_the_client(seen: Seen) -> bool:
    return seen.is_about_client and isinstance(seen.raised, AssertionError)


def _is_about_its_library(seen: Seen) -> bool:
    return bool(seen.library) and is_about_its_library(seen.raised)


def _refusals_to_library(seen: Seen) -> Iterator[Cause]:
    """The causes of the refusals that a library received; one counts only if our own client met it too."""
    for record in received(seen.records):
        cause = CAUSE_OF_CODE.get(record.ret_code or 0)
        if cause is not None and _is_about_the_key(record.ret_code, record.title):
            yield cause


def _is_about_the_key(code: int | None, operation: str) -> bool:
    """False for a read that the key lacks permission for: it may trade all the same."""
    return code != RetCode.PERMISSION_DENIED or "order" in operation


def _cause_refused(seen: Seen) -> Cause | None:
    """The cause that a refusal shows; None without a refusal, or when the check provokes it."""
    provoked = seen.facts.get("provokes", frozenset())
    refusals = _refusals(seen.raised)
    raised = [refusal.code for refusal in refusals if _is_about_the_key(refusal.code, refusal.path)]
    named = [code for code in (*raised, *_code_of_failure(seen.raised)) if code not in provoked]
    if named or not isinstance(seen.raised, AssertionError):
        return next((CAUSE_OF_CODE[code] for code in named if code in CAUSE_OF_CODE), None)
    # An expectation may fail without naming a code, such as a count of orders that were all refused.
    codes = (record.ret_code for record in received(seen.records) if _refuses_the_key(record))
    causes = (CAUSE_OF_CODE.get(code or 0) for code in codes if code not in provoked)
    return next((cause for cause in causes if cause in ABOUT_THE_KEY), None)


def _refuses_the_key(record: Record) -> bool:
    """False also for one trade session too many, which the venue refuses with the code of an unknown key."""
    is_crowded = record.channel is Channel.TRADE and record.ret_code == RetCode.INVALID_API_KEY
    return not is_crowded and _is_about_the_key(record.ret_code, record.title)


def _code_of_failure(raised: BaseException) -> tuple[int, ...]:
    """The code that a failure is about; () for an acknowledgement."""
    failure = failure_of(raised)
    return (failure.code,) if failure and failure.code else ()


def _refusals(raised: BaseException) -> list[Refused]:
    chain: list[BaseException] = []
    error: BaseException | None = raised
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return [error for error in chain if isinstance(error, Refused)]


def _clues(raised: BaseException, cause: Cause | None) -> Clues:
    failure = failure_of(raised)
    return Clues(
        codes=frozenset((*_code_of_failure(raised), *(refusal.code for refusal in _refusals(raised)))),
        related=frozenset(code for code, shown in CAUSE_OF_CODE.items() if shown is cause),
        orders=failure.orders if failure else (),
        values=failure.values if failure else (),
        operation=_operation(raised),
        answered=failure is not None and failure.code is not None,
        acknowledged=failure is not None and failure.code == 0,
        awaited=failure is not None and failure.within_ms is not None,
        no_reply=cause is Cause.UNREACHED,
    )


def _operation(raised: BaseException) -> str:
    """The path or operation that a client could not carry out, "" for any other exception."""
    if isinstance(raised, Refused):
        return raised.path
    if isinstance(raised, Unanswered | Malformed | Unreachable | HookFailed):
        return raised.operation
    return ""


def _kind(raised: BaseException) -> tuple[str, ...]:
    """What the failures of one fault have in common: not what was seen, nor its figures."""
    if failure := failure_of(raised):
        return failure.what, failure.expected
    code = str(raised.code) if isinstance(raised, Refused) else ""
    return type(raised).__name__, _operation(raised) or str(raised), code
