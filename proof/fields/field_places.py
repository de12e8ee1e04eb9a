"""The views of the venue, and the fields of their messages, as paths.

A view is what a client reads in one place: the answer of a path, the answer to an operation of a stream, or
the messages of a topic. A path names a field in it: ``result.list[].price``, ``data[].b[][0]``.
"""

import json
from collections.abc import Iterator, MutableMapping, MutableSequence
from dataclasses import dataclass
from typing import Any

from fixtures.record.evidence import Channel, Direction, Record

HEADERS = "headers of an answer"
"""The view of the headers that every REST answer has, by lower-case name."""
_SUBJECTS = ("execId", "orderId", "orderLinkId", "coin", "symbol", "i")
"""The fields that say what a row is about, the most exact first."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """One field of one message.

    path: names the field for every row of the view
    holder, key: where its value stands
    subject: what its row is about, "" for the message itself
    """

    path: str
    holder: Any
    key: str | int
    subject: str

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The value of the field."""
        return self.holder[self.key]


def places(content: object, path: str = "", subject: str = "") -> Iterator[FieldPlace]:
    """Every field of a message: those that hold others before those."""
    if isinstance(content, MutableMapping):
        known = next((str(content[name]) for name in _SUBJECTS if content.get(name)), subject)
        for key in list(content):
            yield FieldPlace(f"{path}.{key}".lstrip("."), content, key, known)
            yield from places(content.get(key), f"{path}.{key}".lstrip("."), known)
    elif isinstance(content, MutableSequence):
        # A row that is itself a list has its columns by number.
        is_row = path.endswith("[]")
        for at, item in enumerate(content):
            inner = f"{path}[{at}]" if is_row else f"{path}[]"
            if is_row or not isinstance(item, MutableMapping | MutableSequence):
                yield FieldPlace(inner, content, at, subject)
            yield from places(item, inner, subject)


def view_of_answer(method: str, path: str) -> str:
    """The view of a REST answer."""
    return f"{method} {path}"


def view_of_frame(channel: Channel, frame: MutableMapping[str, Any]) -> str:
    """The view of a stream's message: its topic without the symbol, or the operation that it answers."""
    topic = str(frame.get("topic") or "").partition(".")[0]
    return f"{channel}: {topic or frame.get('op') or 'answer'}"


def message_of(record: Record) -> tuple[str, dict[str, Any]] | None:
    """The view and the content of a message that the venue sent to the suite's own client, else None."""
    if record.direction is not Direction.RECEIVED:
        return None
    try:
        content = json.loads(record.text)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    if record.channel is not Channel.REST:
        return view_of_frame(record.channel, content), content
    method, _, path = record.title.partition(" ")
    return (view_of_answer(method, path), content) if path.startswith("/v5/") else None
