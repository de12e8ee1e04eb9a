"""What the oracle costs: one run judged beside the run itself, and a run of a million records."""

import re
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count

import msgspec

from fixtures.oracle import Oracle
from fixtures.oracle.evidence_file import in_parts
from fixtures.oracle.judge import Judgement, no_collections
from fixtures.oracle.views import Part
from fixtures.record.evidence import Record

RECORDS = 1_000_000
LAG_MS = 10_000
_DAY_MS = 86_400_000
_TIME = re.compile(r"\b1[78]\d{11}\b")
_ID = re.compile(r"\b(18|22)(\d{17})\b")
_NANOSECONDS = re.compile(r"\b17\d{17}\b")
_SECONDS = re.compile(r"\b1[78]\d{8}\b")
_NUMBER = re.compile(r'"(u|seq)":("?)(?![01]\b)(\d+)')
_CONNECTION = re.compile(r'"(conn_?[iI]d)":"')
_TRACE = re.compile(r"\b[0-9a-f]{12}(?=[0-9a-f]{20}\b)")
_RUN_ID = re.compile(r"\b(\d{6}-\d{6})-([2-9a-z]{4})-")


def oracle_cost(evidence: Sequence[str], wall_s: float) -> dict[str, float]:
    """Seconds for one run and for a million records, the share of the run's own time, contradictions.

    evidence: the lines of a conforming run's evidence.jsonl
    wall_s: how long that run took
    The million is the same run again and again: a day later each time, under ids and connections of its own;
    its parts are judged in processes of their own, and the slower one counts.
    """
    records = msgspec.json.decode(b"[" + ",".join(evidence).encode() + b"]", type=list[Record])
    began = time.perf_counter()
    oracle = Oracle(LAG_MS, LAG_MS)
    oracle.take(records)
    oracle.finish()
    once_s = time.perf_counter() - began
    parts = in_parts(partial(_million, records))
    return {
        "run_records": len(records),
        "run_s": round(once_s, 2),
        "share": round(once_s / wall_s, 4),
        "records": parts[0][0].records,
        "records_s": round(max(taken_s for _, taken_s in parts), 1),
        "contradictions": sum(len(judgement.contradictions) for judgement, _ in parts),
    }


def _million(records: Sequence[Record], part: Part) -> tuple[Judgement, float]:
    """Judge a part of a million records; return it with the time taken, s; building them is not in it."""
    oracle, taken_s = Oracle(LAG_MS, LAG_MS, part), 0.0
    with no_collections():
        for later in _again(records):
            began = time.perf_counter()
            oracle.take(later)
            taken_s += time.perf_counter() - began
        began = time.perf_counter()
        judgement = oracle.finish()
        return judgement, taken_s + time.perf_counter() - began


def _again(records: Sequence[Record]) -> Iterator[list[Record]]:
    size = len(records)
    for round_ in count():
        if round_ * size >= RECORDS:
            return
        yield [_later(record, round_, size) for record in records]


def _later(record: Record, round_: int, size: int) -> Record:
    later_ms = round_ * _DAY_MS

    def time_of(found: re.Match[str]) -> str:
        return str(int(found[0]) + later_ms)

    text = _ID.sub(lambda found: f"{found[1]}{round_:03}{found[2][3:]}", record.text)
    text = _RUN_ID.sub(lambda found: f"{found[1]}-{round_:04}-", text)
    text = _NANOSECONDS.sub(lambda found: str(int(found[0]) + later_ms * 1_000_000), text)
    text = _SECONDS.sub(lambda found: str(int(found[0]) + later_ms // 1000), text)
    text = _NUMBER.sub(lambda found: f'"{found[1]}":{found[2]}{int(found[3]) + round_ * 10**8}', text)
    text = _CONNECTION.sub(lambda found: f"{found[0]}{round_}-", text)
    text = _TRACE.sub(f"{round_:012x}", text)
    headers = {
        name: f"{round_:012x}{held[12:]}" if name == "traceid" else _TIME.sub(time_of, held)
        for name, held in record.headers.items()
    }
    return msgspec.structs.replace(
        record,
        seq=record.seq + round_ * size,
        at_ms=record.at_ms + later_ms,
        text=_TIME.sub(time_of, text),
        headers=headers,
        venue_ms=None if record.venue_ms is None else record.venue_ms + later_ms,
        answers=None if record.answers is None else record.answers + round_ * size,
        connection=record.connection + round_ * 1000 if record.connection else 0,
    )
