"""Picks the message that proves a failure: it holds the failure's orders, values and code.

Nothing is read from the sentence of a failure, so that a sentence can be reworded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fixtures.clients.operations import WRITES
from fixtures.record.evidence import Channel, Direction, Record
from reports.evidence.order_messages import ASKED_AND_ANSWERED, scalars
from reports.verdict.cause import Frame

LONGEST_FRAME = 400
"""Characters of a message that a finding shows."""
BEFORE_THE_VALUE = 60
"""How many of them stand before the value that proves it."""
CHANGES = frozenset(
    title for path in WRITES for title in (f"POST {path}", path.removeprefix("/v5/").replace("/", "."))
)
"""The titles of what creates, amends or cancels orders: its acknowledgement can itself be the failure."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What identifies the message that proves a failure.

    codes: of the refusals that the failure names
    related: the codes that show its root cause
    orders, values: as in ``Failure``
    operation: the path or operation that failed, "" when unknown
    answered: the failure is about a reply of the venue
    acknowledged: that reply is an acknowledgement of what should have been refused
    awaited: something did not arrive; a message without one of these codes, orders or values proves nothing
    no_reply: the venue did not reply; only an unreadable reply over REST proves that
    """

    codes: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    orders: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    operation: str = ""
    answered: bool = False
    acknowledged: bool = False
    awaited: bool = False
    no_reply: bool = False


def frame_of(records: Iterable[Record], clues: Clues) -> Frame | None:
    """The message that proves a failure, the last of several equal ones; None when no message does.

    Public market data and the wallet, which is pushed after every change, are chosen last.
    """
    found = [_Candidate(record, _held(record, clues)) for record in received(records)]
    best = max(
        (candidate for candidate in found if _bears(candidate, clues)),
        key=lambda candidate: _weight(candidate, clues),
        default=None,
    )
    return None if best is None else _shown(best.record, best.held)


def frame_at(record: Record) -> Frame:
    """A message that is known to prove a failure."""
    return _shown(record, {})


def received(records: Iterable[Record]) -> list[Record]:
    """The messages that the venue sent."""
    return [record for record in records if record.direction is Direction.RECEIVED]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A message that may prove the failure.

    held: order id, value or code of the clues -> how the message writes it
    """

    record: Record
    held: dict[str, str]

    def count(self, wanted: Sequence[str]) -> int:
        return sum(text in self.held for text in wanted)


def _bears(candidate: _Candidate, clues: Clues) -> bool:
    if clues.no_reply:
        return candidate.record.channel is Channel.REST and candidate.record.ret_code is None
    is_about = candidate.count(clues.orders or clues.values) or _names_a_code(candidate, clues)
    return not clues.awaited or bool(is_about)


def _names_a_code(candidate: _Candidate, clues: Clues) -> bool:
    """True for a refusal with one of the codes, or a batch with an item that was refused with one."""
    is_refusal = candidate.record.ret_code in clues.codes
    return is_refusal or any(str(code) in candidate.held for code in clues.codes)


def _weight(candidate: _Candidate, clues: Clues) -> tuple[int, ...]:
    record, code = candidate.record, candidate.record.ret_code
    # Compared from left to right. Codes and order ids outrank values: a value such as "20" may stand in any
    # message, while a code or an id can only come from what the failure is about.
    return (
        _names_a_code(candidate, clues),
        code in clues.related,
        clues.answered and record.channel in ASKED_AND_ANSWERED,
        clues.acknowledged and record.title in CHANGES and code == 0,
        candidate.count(clues.orders),
        candidate.count(clues.values),
        bool(clues.operation) and clues.operation in record.title,
        record.channel is not Channel.PUBLIC,
        record.title != "wallet",
        record.seq,
    )


def _held(record: Record, clues: Clues) -> dict[str, str]:
    """The orders, values and codes of the clues that a message holds, figures by their amount."""
    wanted = (*clues.orders, *clues.values, *map(str, clues.codes))
    found = scalars(record)
    if found is None:  # shortened, or not JSON: its values cannot be separated
        return {text: text for text in wanted if text in record.text}
    written = {_amount(text): text for text in found}
    return {text: written[amount] for text in wanted if (amount := _amount(text)) in written}


def _amount(text: str) -> Decimal | str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    return amount if amount.is_finite() else text


def _shown(record: Record, held: dict[str, str]) -> Frame:
    return Frame(
        record.seq,
        record.at_ms,
        record.channel,
        record.direction,
        record.title,
        record.ret_code,
        _excerpt(" ".join(record.text.split()), held.values()),
    )


def _excerpt(text: str, held: Iterable[str]) -> str:
    """The text around the longest value that it holds, else its beginning."""
    longest = max(held, key=len, default="")
    start = max(text.find(longest) - BEFORE_THE_VALUE, 0) if len(text) > LONGEST_FRAME else 0
    end = start + LONGEST_FRAME
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
