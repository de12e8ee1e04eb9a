"""How long the venue took, measured from the records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixtures.record.evidence import Channel, Direction, Record
from reports.evidence.order_messages import OPERATIONS, requests, rows

ACKNOWLEDGED = ("create", "amend", "cancel")
BETWEEN_LOOKS_US = 50_000
"""The polling interval of a view, microseconds."""


@dataclass(frozen=True, slots=True)
class MeasuredLatency:
    """The samples of one kind of latency.

    values_us: microseconds, in ascending order, never empty; negative when a push arrived before
        the acknowledgement
    exact_us: the resolution of the samples, microseconds
    """

    name: str
    values_us: tuple[int, ...]
    exact_us: int

    def percentile(self, percent: int) -> int:
        """The nearest-rank percentile, microseconds.

        >>> MeasuredLatency("ack", (10, 20, 30), 1).percentile(50)
        20
        """
        rank = -(-len(self.values_us) * percent // 100)
        return self.values_us[max(rank, 1) - 1]

    @property
    def max_us(self) -> int:
        """The longest, microseconds."""
        return self.values_us[-1]


def latencies(records: Sequence[Record], lags: Mapping[str, Sequence[int]]) -> tuple[MeasuredLatency, ...]:
    """The latencies that the records show, and the lag of each view.

    lags: view -> how long it was polled until it showed what had been written, microseconds
    """
    behind = ((f"looked for → shown, {view}", lag_us) for view, found in lags.items() for lag_us in found)
    return (
        *_gathered(_acknowledgements(records), 1),
        *_gathered(_pushes(records), 1000),
        *_gathered(behind, BETWEEN_LOOKS_US),
    )


def _gathered(samples: Iterable[tuple[str, int]], exact_us: int) -> list[MeasuredLatency]:
    values: dict[str, list[int]] = {}
    for name, value_us in samples:
        values.setdefault(name, []).append(value_us)
    return [MeasuredLatency(name, tuple(sorted(values[name])), exact_us) for name in sorted(values)]


def _acknowledgements(records: Sequence[Record]) -> Iterator[tuple[str, int]]:
    """The REST and trade-stream acknowledgements."""
    for record in records:
        operation = OPERATIONS.get(record.title)
        if record.ret_code == 0 and record.elapsed_us is not None and operation in ACKNOWLEDGED:
            yield f"{operation} acknowledged, {record.channel}", record.elapsed_us


def _pushes(records: Sequence[Record]) -> Iterator[tuple[str, int]]:
    """From the acknowledgement to New, from the cancel to Cancelled."""
    acknowledged, cancelled = _acknowledged_at(records), _cancel_sent_at(records)
    for record in records:
        if record.channel is not Channel.PRIVATE or not record.title.startswith("order"):
            continue
        for row in rows(record):
            order_id, status = str(row.get("orderId")), row.get("orderStatus")
            if status == "New" and order_id in acknowledged:
                # The create reply and the push come on two connections, so the push may be the earlier one.
                yield "acknowledged → New", (record.at_ms - acknowledged.pop(order_id)) * 1000
            elif status == "Cancelled" and order_id in cancelled:
                yield "cancel sent → Cancelled", (record.at_ms - cancelled.pop(order_id)) * 1000


def _acknowledged_at(records: Sequence[Record]) -> dict[str, int]:
    """order_id -> when its create was acknowledged, Unix ms, client clock."""
    return {
        str(row["orderId"]): record.at_ms
        for record in records
        if record.ret_code == 0
        and OPERATIONS.get(record.title) == "create"
        and record.direction is Direction.RECEIVED
        for row in rows(record)
        if row.get("orderId")
    }


def _cancel_sent_at(records: Sequence[Record]) -> dict[str, int]:
    """order_id -> when an acknowledged cancel was sent, Unix ms, client clock."""
    sent: dict[str, int] = {}
    asked = requests(records)
    for record in records:
        if record.ret_code != 0 or OPERATIONS.get(record.title) != "cancel" or record.seq not in asked:
            continue
        for row in rows(record):
            sent[str(row.get("orderId"))] = asked[record.seq].at_ms
    return sent
