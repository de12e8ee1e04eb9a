"""Writes records as text, for the Allure report and as the run's evidence file."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import asdict

from fixtures.record.evidence import Record
from reports.evidence.report_redaction import redacted
from reports.evidence.timeline import clock

LONGEST_ATTACHMENT = 1_000_000
"""Characters; evidence.jsonl holds the rest."""


def as_text(records: Sequence[Record]) -> str:
    """The records one below the other, each with a head line and its body."""
    text = "\n\n".join(f"{_head(record)}\n{record.text}" for record in records)
    if len(text) <= LONGEST_ATTACHMENT:
        return text
    return f"{text[:LONGEST_ATTACHMENT]}\n… cut; evidence.jsonl holds all of it"


def write_evidence(records: Sequence[Record], path: Path, redact: Callable[[str], str]) -> str:
    """Write one JSON object per record; returns the file's sha256."""
    lines = [redacted(asdict(record), redact) for record in records]
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _head(record: Record) -> str:
    parts = [
        f"#{record.seq}",
        clock(record.at_ms),
        record.direction,
        record.channel,
        record.title,
        None if record.ret_code is None else f"retCode {record.ret_code}",
        None if record.elapsed_us is None else f"{record.elapsed_us} µs",
        None if record.venue_ms is None else f"venue {clock(record.venue_ms)}",
        f"trace {record.trace_id}" if record.trace_id else None,
    ]
    return "  ".join(part for part in parts if part)
