"""Builds the timeline of an order from all messages about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import msgspec

from fixtures.record.evidence import Channel, Direction, Record, Title
from reports.evidence.order_messages import ASKED_AND_ANSWERED, OPERATIONS, Row, links, requests, rows

NO_ERROR = ("", "EC_NoError")


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of an order.

    at_ms: Unix ms, client clock
    venue_ms: Unix ms, venue clock; None when the message carries none
    seq: the record that shows it
    what: the event in words
    """

    at_ms: int
    venue_ms: int | None
    seq: int
    channel: Channel
    what: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One order's moments, in the order of their arrival.

    order_id: "" when the venue never gave one
    """

    order_link_id: str
    order_id: str
    moments: tuple[Moment, ...]


def timelines(records: Sequence[Record], prefix: str) -> tuple[Timeline, ...]:
    """The timeline of every order whose order_link_id starts with the prefix, or that another client sent."""
    link_of = links(records)
    asked = requests(records)
    of_client = {
        str(row.get("orderLinkId"))
        for record in records
        if record.direction is Direction.SENT and _is_create_of_client(record)
        for row in rows(record)
    }
    moments: dict[str, list[Moment]] = {}
    for record in records:
        for link_id, what in _events(record, asked.get(record.seq), link_of):
            if link_id.startswith(prefix) or link_id in of_client:
                moment = Moment(record.at_ms, record.venue_ms, record.seq, record.channel, what)
                moments.setdefault(link_id, []).append(moment)
    id_of = {link_id: order_id for order_id, link_id in link_of.items()}
    wallet = [record for record in records if record.channel is Channel.PRIVATE and record.title == "wallet"]
    return tuple(
        Timeline(link_id, id_of.get(link_id, ""), _with_wallet(own, wallet))
        for link_id, own in moments.items()
    )


def as_html(found: Sequence[Timeline]) -> str:
    """The timelines as one self-contained page."""
    tables = "".join(
        f"<h2>{escape(own.order_link_id)} <small>{escape(own.order_id)}</small></h2>{_table(own)}"
        for own in found
    )
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{tables}"


def clock(unix_ms: int | None) -> str:
    """The time of day in UTC to the millisecond, a dash for None."""
    if unix_ms is None:
        return "-"
    seconds, ms = divmod(unix_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}.{ms:03d}"


def _events(record: Record, request: Record | None, link_of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The order_link_id of each order that the record is about, and the event.

    Of a client that is not the suite's own, the event begins with its name; what the gateway between it and
    the venue did is one, too.
    """
    client, operation, gateway = Title.of(record.title)
    if gateway:
        for row in rows(request or record):
            yield _link_id(row, link_of), f"gateway: {gateway} for {client}, {operation}"
    elif client:
        own = _retitled(record, operation)
        asked = request and _retitled(request, operation)
        yield from ((link_id, f"{client}: {what}") for link_id, what in _events(own, asked, link_of))
    elif record.channel in ASKED_AND_ANSWERED:
        yield from _asked_or_answered(record, request, link_of)
    elif record.direction is Direction.RECEIVED:
        for row in rows(record):
            yield _link_id(row, link_of), _state_or_execution(row)


def _is_create_of_client(record: Record) -> bool:
    client, operation, _ = Title.of(record.title)
    return bool(client) and OPERATIONS.get(operation) == "create"


def _retitled(record: Record, title: str) -> Record:
    return msgspec.structs.replace(record, title=title)


def _asked_or_answered(
    record: Record, request: Record | None, link_of: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    operation = OPERATIONS.get(record.title)
    if operation is None:
        return
    if record.direction is Direction.SENT:
        for row in rows(record):
            yield _link_id(row, link_of), f"{operation} sent{_terms(row)}"
        return
    shown = [(_link_id(row, link_of), row) for row in rows(record)]
    shown_in = {link_id for link_id, row in shown if "orderStatus" in row or "execId" in row}
    for link_id, row in shown:
        if link_id in shown_in:
            yield link_id, f"{operation} shows {_state_or_execution(row)}"
    concerned = (
        [_link_id(row, link_of) for row in rows(request)] if request else [link_id for link_id, _ in shown]
    )
    for link_id in dict.fromkeys(concerned):
        if link_id not in shown_in:
            yield link_id, f"{operation} {_answer(record)}"


def _answer(record: Record) -> str:
    if record.direction is Direction.NOTE:
        return f"unanswered {record.text}"
    if record.ret_code is None:
        return "answered"
    if record.ret_code != 0:
        return f"refused: {record.ret_code}"
    return "shows nothing" if record.title.startswith("GET") else "acknowledged"


def _state_or_execution(row: Row) -> str:
    if "execId" in row:
        liquidity = "maker" if row.get("isMaker") else "taker"
        return (
            f"executed {row.get('execQty')} @ {row.get('execPrice')} as {liquidity} (execId {row['execId']})"
        )
    reason = row.get("rejectReason") or ""
    shown = "" if reason in NO_ERROR else f" {reason}"
    filled, qty, price = (row.get(name, "?") for name in ("cumExecQty", "qty", "price"))
    return f"{row.get('orderStatus', 'named')}{shown} {filled}/{qty} @ {price}"


def _terms(row: Row) -> str:
    terms = (
        row.get("side"),
        row.get("qty"),
        f"@ {row['price']}" if row.get("price") else None,
        row.get("timeInForce"),
    )
    shown = " ".join(str(term) for term in terms if term)
    return f": {shown}" if shown else ""


def _link_id(row: Row, link_of: Mapping[str, str]) -> str:
    return str(row.get("orderLinkId") or link_of.get(str(row.get("orderId")), ""))


def _with_wallet(own: Sequence[Moment], wallet: Sequence[Record]) -> tuple[Moment, ...]:
    first, last = own[0].seq, own[-1].seq
    pushed = [
        Moment(record.at_ms, record.venue_ms, record.seq, record.channel, "wallet pushed")
        for record in wallet
        if first < record.seq < last
    ]
    return tuple(sorted([*own, *pushed], key=lambda moment: moment.seq))


def _table(timeline: Timeline) -> str:
    start = timeline.moments[0].at_ms
    lines = "".join(
        f"<tr><td>{clock(moment.at_ms)}<td>{clock(moment.venue_ms)}<td class=n>+{moment.at_ms - start} ms"
        f"<td>{moment.channel}<td>{escape(moment.what)}<td class=n>#{moment.seq}"
        for moment in timeline.moments
    )
    return f"<table><tr><th>client<th>venue<th>since first<th>seen on<th>what<th>record{lines}</table>"


_STYLE = (
    "body{font:13px/1.5 system-ui,sans-serif;color:#101828;margin:12px}h2{font-size:14px;margin:16px 0 6px}"
    "small{color:#667085;font-weight:400}table{border-collapse:collapse}"
    "th{text-align:left;color:#667085;font-weight:500}"
    "td,th{padding:2px 14px 2px 0;border-bottom:1px solid #eaecf0}"
    ".n{text-align:right;color:#667085}"
)
