"""What is looked at from outside while the clients run."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Law(StrEnum):
    """What a client of a sound venue can rely on."""

    ADDS_UP = "cumExecQty + leavesQty is the qty of every open order that is pushed"
    EXECUTIONS = "cumExecQty is what the execution stream adds up to"
    ENDS_ONCE = "every acknowledged order is pushed to exactly one end"
    MAKER_ONLY = "no PostOnly order has an execution as a taker"
    REBUILDS = "the order stream alone rebuilds order/realtime"
    DELTAS = "snapshots and deltas alone rebuild the book that REST shows under the same u"
    CROSSED = "no book is crossed after any frame"
    REFUSALS = "every refusal carries a code that is documented for the request"
    LIMITS = "a flood is let through up to the documented rate, and the rest is refused with 10006"
    ANSWERED = "every request is answered and no connection is lost that was not broken on purpose"
    GARBAGE = "garbage is answered or cut off, and the next request is served"
    PROTECTED = "the orders of a maker that is gone end after its window"


@dataclass(slots=True)
class Ledger:
    """How often each law was looked at, how it was broken first, and what else was counted."""

    seen: Counter[str] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def see(self, law: Law, *, kept: bool, what: str) -> None:
        """Look at a law once. what: says what was seen, for the case that it is broken."""
        self.seen[law.value] += 1
        if not kept:
            self.broken.setdefault(law.value, what)
