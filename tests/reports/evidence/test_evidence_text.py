"""Records as text."""

import hashlib
import json
from pathlib import Path

from fixtures.record.evidence import Channel
from reports.evidence.evidence_text import LONGEST_ATTACHMENT, as_text, write_evidence
from tests.reports.made_up import ONE_ORDER, received


def test_record_is_shown_with_head_and_body() -> None:
    """The head names position, time, direction, operation, code and duration; the body is as sent."""
    text = as_text(ONE_ORDER[:2])

    assert (
        "#1  02:13:20.010  received  REST  POST /v5/order/create  retCode 0  8412 µs  venue 02:13:20.007"
        in text
    )
    assert ONE_ORDER[0].text in text


def test_long_evidence_is_cut_with_a_word() -> None:
    """A cut text ends with where all of it can be found."""
    text = as_text([received(0, Channel.REST, "GET /", "x" * (LONGEST_ATTACHMENT + 1))])

    assert text.endswith("… cut; evidence.jsonl holds all of it")


def test_evidence_file_is_redacted_and_digested(tmp_path: Path) -> None:
    """One line per record, each word redacted, the digest of the bytes returned."""
    path = tmp_path / "evidence.jsonl"

    records = (*ONE_ORDER, received(9, Channel.REST, "GET /PostOnly", "{}"))

    digest = write_evidence(records, path, lambda text: text.replace("PostOnly", "•••"))

    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["seq"] for line in lines] == [record.seq for record in records]
    assert "PostOnly" not in path.read_text(encoding="utf-8")
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
