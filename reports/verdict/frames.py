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
"""The titles of what creates, amends or cancels orders: its acknowledgement can itself be the fault."""


@dataclass(frozen=True, slots=True)
class Clues:
    """By what the message that proves a failure is recognised.

    codes: of the refusals that the failure names
    related: the codes that show its root cause
    orders, values: as ``Failure`` has them
    operation: the path or operation that failed, "" when unknown
    answered: an answer is the fault
    acknowledged: it is an acknowledgement
    awaited: something did not come: a message that has neither code, order nor value of it proves nothing
    unheard: nobody answered: only an answer over REST that cannot be read proves that
    """

    codes: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    orders: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    operation: str = ""
    answered: bool = False
    acknowledged: bool = False
    awaited: bool = False
    unheard: bool = False


def frame_of(records: Iterable[Record], clues: Clues) -> Frame | None:
    """The message that proves a failure, of several that do so alike the last; None when none does.

    What the venue tells everybody, and a wallet, which is pushed after everything, come last.
    """
    found = [_Candidate(record, _held(record, clues)) for record in received(records)]
    best = max(
        (one for one in found if _bears(one, clues)), key=lambda one: _weight(one, clues), default=None
    )
    return None if best is None else _shown(best.record, best.held)


def received(records: Iterable[Record]) -> list[Record]:
    """What the venue sent."""
    return [record for record in records if record.direction is Direction.RECEIVED]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """held: order id or value of the clues -> how the message writes it."""

    record: Record
    held: dict[str, str]

    def count(self, wanted: Sequence[str]) -> int:
        return sum(one in self.held for one in wanted)


def _bears(one: _Candidate, clues: Clues) -> bool:
    if clues.unheard:
        return one.record.channel is Channel.REST and one.record.ret_code is None
    is_about = one.count(clues.orders or clues.values) or _names_a_code(one, clues)
    return not clues.awaited or bool(is_about)


def _names_a_code(one: _Candidate, clues: Clues) -> bool:
    """True for a refusal with one of the codes, or a batch of which an item was refused with one."""
    return one.record.ret_code in clues.codes or any(str(code) in one.held for code in clues.codes)


def _weight(one: _Candidate, clues: Clues) -> tuple[int, ...]:
    record, code = one.record, one.record.ret_code
    return (
        _names_a_code(one, clues),
        code in clues.related,
        clues.answered and record.channel in ASKED_AND_ANSWERED,
        clues.acknowledged and record.title in CHANGES and code == 0,
        one.count(clues.orders),
        one.count(clues.values),
        bool(clues.operation) and clues.operation in record.title,
        record.channel is not Channel.PUBLIC,
        record.title != "wallet",
        record.seq,
    )


def _held(record: Record, clues: Clues) -> dict[str, str]:
    """The orders, values and codes of the clues that a message holds, figures by their amount."""
    wanted = (*clues.orders, *clues.values, *map(str, clues.codes))
    found = scalars(record)
    if found is None:  # cut, or no JSON: there is no telling one value from another
        return {one: one for one in wanted if one in record.text}
    written = {_amount(one): one for one in found}
    return {one: written[amount] for one in wanted if (amount := _amount(one)) in written}


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
