"""Reads records for orders: which orders they name, and which reply answers which request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from fixtures.record.evidence import Channel, Direction, Record, Title
from fixtures.v5 import paths

OPERATIONS = {
    f"POST {paths.ORDER_CREATE}": "create",
    f"POST {paths.ORDER_AMEND}": "amend",
    f"POST {paths.ORDER_CANCEL}": "cancel",
    f"POST {paths.ORDER_CANCEL_ALL}": "cancel-all",
    f"GET {paths.ORDER_REALTIME}": "realtime",
    f"GET {paths.ORDER_HISTORY}": "history",
    f"GET {paths.EXECUTION_LIST}": "execution list",
    "order.create": "create",
    "order.amend": "amend",
    "order.cancel": "cancel",
}
"""What a request about orders does, by the title of its record."""

ASKED_AND_ANSWERED = (Channel.REST, Channel.TRADE)

Row = Mapping[str, Any]


def rows(record: Record) -> tuple[Row, ...]:
    """Every JSON object or query in the record that names an order; none for market data."""
    if record.channel is Channel.PUBLIC:
        return ()
    return tuple(
        row
        for text in (record.text.splitlines() if Title.of(record.title).gateway else [record.text])
        for row in _objects(_content(text))
        if row.get("orderLinkId") or row.get("orderId")
    )


def scalars(record: Record) -> list[str] | None:
    """Every text, figure and flag in the message, as it is written; None when it is not JSON."""
    try:
        left = [json.loads(record.text, parse_float=str, parse_int=str)]
    except (ValueError, RecursionError):
        return None
    found = []
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif value is not None:
            found.append(str(value).lower() if isinstance(value, bool) else str(value))
    return found


def links(records: Sequence[Record]) -> dict[str, str]:
    """order_id -> order_link_id, from every row that names both."""
    return {
        str(row["orderId"]): str(row["orderLinkId"])
        for record in records
        for row in rows(record)
        if row.get("orderId") and row.get("orderLinkId")
    }


def orders(records: Sequence[Record], prefix: str) -> dict[str, str]:
    """The order_link_ids of a run that the records name, each with its order_id or ""."""
    named = (str(row.get("orderLinkId") or "") for record in records for row in rows(record))
    id_of = {link_id: order_id for order_id, link_id in links(records).items()}
    return {link_id: id_of.get(link_id, "") for link_id in named if link_id.startswith(prefix)}


def requests(records: Sequence[Record]) -> dict[int, Record]:
    """Seq of a reply -> the request that it answers.

    By reqId where both carry one, else the oldest unanswered request of the same title on the same
    channel. A note of the gateway is about the request that it names.
    """
    waiting: list[Record] = []
    by_seq = {record.seq: record for record in records}
    answered: dict[int, Record] = {}
    for record in records:
        if record.channel not in ASKED_AND_ANSWERED:
            continue
        if record.direction is Direction.SENT:
            waiting.append(record)
            continue
        if Title.of(record.title).gateway:
            if record.answers is not None and record.answers in by_seq:
                answered[record.seq] = by_seq[record.answers]
            continue
        request = _request_of(record, waiting)
        if request is not None:
            waiting.remove(request)
            answered[record.seq] = request
    return answered


def _request_of(reply: Record, waiting: Sequence[Record]) -> Record | None:
    candidates = [
        request for request in waiting if (request.channel, request.title) == (reply.channel, reply.title)
    ]
    req_id = _req_id(reply)
    by_id = (request for request in candidates if req_id and _req_id(request) == req_id)
    return next(by_id, next(iter(candidates), None))


def _req_id(record: Record) -> str:
    content = _content(record.text)
    return str(content.get("reqId") or "") if isinstance(content, Mapping) else ""


def _content(text: str) -> object:
    try:
        return json.loads(text, parse_float=str)
    except ValueError:
        return dict(parse_qsl(text.partition("?")[2] or text))


def _objects(content: object) -> Iterator[Row]:
    if isinstance(content, Mapping):
        yield content
        content = list(content.values())
    if isinstance(content, list):
        for member in content:
            yield from _objects(member)
