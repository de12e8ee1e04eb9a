"""The seven ways in which a field is changed, and the changes that the documents allow.

A change that leaves the value what it was, or that a venue may make, is no mutation:

- the same number, written with more or fewer zeros;
- nothing in place of a figure that is zero, and zero in place of nothing (docs/v5/guide.mdx; order pages);
- another text for human readers (retMsg and its like);
- another name of a connection, a push or a request, which only the venue's support reads;
- a time of a message that is less than ``CLOCKS_APART_MS`` away: a message may be late.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from proof.fields.field_places import FieldPlace, places

CLOCKS_APART_MS = 10_000
_MINUTE_MS = 60_000
_FIGURE = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_MOMENT = re.compile(r"1\d{12}", re.ASCII)
_TEXTS = {"retMsg", "ret_msg", "msg"}
_OPAQUE = {"connId", "conn_id", "traceid", "Traceid", "id"}
_MESSAGE_TIMES = {"time", "ts", "cts", "creationTime", "Timenow", "timeNow", "server_timestamp"}


class ChangeKind(StrEnum):
    """How a field is changed, in every row."""

    STALE = "stale"
    """The value that the row before showed of the same order, execution, coin or symbol."""
    ZERO = "zero"
    SIGN = "sign"
    """The other sign; of a flag the other value."""
    NEIGHBOUR = "neighbour"
    """The value of the row before, which is about another order, execution, coin or symbol."""
    UNIT = "one unit off"
    """A figure by one in its last place, a time by a minute, a text by its last character."""
    EMPTY = "empty"
    MISSING = "missing"


MISSING = object()
"""Stands for a field that is not there."""


@dataclass(frozen=True, slots=True)
class FieldMutant:
    """One field of one view, changed in one way."""

    view: str
    path: str
    change: ChangeKind

    @property
    def name(self) -> str:
        """Like this: "GET /v5/order/realtime result.list[].price: zero"."""
        return f"{self.view} {self.path}: {self.change}"


@dataclass(slots=True)
class SeenValues:
    """What a field showed in the messages so far, for the changes that repeat it."""

    _last: dict[str, Any] = field(default_factory=dict)
    _other: tuple[str, Any] | None = None

    def new(self, place: FieldPlace, change: ChangeKind) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The value of a field after a change, None where the change is none."""
        value = place.value
        match change:
            case ChangeKind.MISSING:
                return MISSING
            case ChangeKind.STALE:
                new = self._last.get(place.subject)
            case ChangeKind.NEIGHBOUR:
                new = self._other[1] if self._other and self._other[0] != place.subject else None
            case ChangeKind.EMPTY:
                new = type(value)() if isinstance(value, str | list | dict) else None
            case _:
                new = _COMPUTED[change](str(place.key), value)
        return None if new is None or is_allowed(str(place.key), value, new) else new

    def keep(self, place: FieldPlace) -> None:
        """Remember what a field shows."""
        self._last[place.subject] = place.value
        self._other = (place.subject, place.value)


@dataclass(slots=True)
class Mutator:
    """Changes the field of one mutant in the messages that it is given, in their order."""

    mutant: FieldMutant
    _memory: SeenValues = field(default_factory=SeenValues)

    def change(self, view: str, content: dict[str, Any], subject: str = "") -> bool:
        """Change a message in place; False when nothing of it changes. subject: what the message is about."""
        if view != self.mutant.view:
            return False
        found = [place for place in places(content, subject=subject) if place.path == self.mutant.path]
        news = []
        for place in found:
            news.append(self._memory.new(place, self.mutant.change))
            self._memory.keep(place)
        # Only now: a changed id would be another subject, and a removed one none.
        for place, new in zip(found, news, strict=True):
            if new is MISSING:
                del place.holder[place.key]
            elif new is not None:
                place.holder[place.key] = new
        return any(new is not None for new in news)


@dataclass(slots=True)
class Census:
    """Which mutants change at least one message of a view, found in one pass."""

    view: str
    mutants: dict[FieldMutant, None] = field(default_factory=dict)
    _memories: dict[str, SeenValues] = field(default_factory=dict)

    def take(self, content: dict[str, Any], subject: str = "") -> None:
        """Look at a further message."""
        for place in places(content, subject=subject):
            memory = self._memories.setdefault(place.path, SeenValues())
            for change in ChangeKind:
                mutant = FieldMutant(self.view, place.path, change)
                if mutant not in self.mutants and memory.new(place, change) is not None:
                    self.mutants[mutant] = None
            memory.keep(place)


def _zero(_: str, value: object) -> object:
    if isinstance(value, bool):
        return None
    return ("0" if isinstance(value, str) else 0) if _is_figure(value) else None


def _negative(_: str, value: object) -> object:
    if isinstance(value, bool):
        return not value
    if not _is_figure(value):
        return None
    return _like(value, -Decimal(str(value)))


def _off(key: str, value: object) -> object:
    if isinstance(value, bool):
        return None
    if not _is_figure(value) or key.endswith(("Id", "ID")):
        if not isinstance(value, str) or not value:
            return None
        return value[:-1] + ("0" if value[-1] == "1" else "1" if value[-1].isdigit() else "_")
    if _MOMENT.fullmatch(str(value)):
        return _like(value, Decimal(str(value)) + _MINUTE_MS)
    number = Decimal(str(value))
    return _like(value, number + Decimal((0, (1,), int(number.as_tuple().exponent))))


_COMPUTED: dict[ChangeKind, Callable[[str, object], object]] = {
    ChangeKind.ZERO: _zero,
    ChangeKind.SIGN: _negative,
    ChangeKind.UNIT: _off,
}


def _is_figure(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and bool(_FIGURE.fullmatch(value))
    )


def _like(value: object, number: Decimal) -> object:
    return int(number) if isinstance(value, int) else f"{number:f}"


def is_allowed(key: str, value: object, new: object) -> bool:
    """True for a change that leaves a value as it was, or that a venue may make."""
    if new == value or key in _TEXTS:
        return True
    if {value, new} <= {"", "0"} if isinstance(value, str) and isinstance(new, str) else False:
        return True
    if _is_figure(value) and new == "":
        return not Decimal(str(value))
    if _is_figure(value) and _is_figure(new):
        apart = abs(Decimal(str(value)) - Decimal(str(new)))
        return not apart or (key in _MESSAGE_TIMES and apart < CLOCKS_APART_MS)
    return key in _OPAQUE and bool(new)
