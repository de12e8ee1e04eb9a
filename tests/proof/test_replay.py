"""Field mutants in the messages of a run."""

import json

from fixtures.record.evidence import Channel, Direction, Record
from proof.fields.changes import ChangeKind, FieldMutant
from proof.fields.field_places import HEADERS
from proof.replay import Replay

CREATE = "POST /v5/order/create"


def _record(seq: int, direction: Direction, content: object, **fields: object) -> Record:
    base = Record(seq, 1_790_000_000_000 + seq, Channel.REST, direction, CREATE, json.dumps(content))
    return Record(**{**{name: getattr(base, name) for name in base.__struct_fields__}, **fields})


BODY = {"category": "spot", "symbol": "NEWUSDT", "orderLinkId": "run-1", "side": "Buy", "qty": "1"}
ANSWER = {"retCode": 0, "retMsg": "OK", "result": {"orderId": "77", "orderLinkId": "run-1"}}
RECORDS = (
    _record(0, Direction.SENT, BODY, role="maker"),
    _record(1, Direction.RECEIVED, ANSWER, role="maker", answers=0, headers={"x-bapi-limit": "20"}),
)
REPLAY = Replay(RECORDS, {"x::a": range(2), "x::b": range(2, 2)})
LINK_ID = FieldMutant(CREATE, "result.orderLinkId", ChangeKind.UNIT)


def test_mutants_are_those_that_change_a_message() -> None:
    """Every field of a view is there, and so are the headers, but nothing of what was sent."""
    mutants = REPLAY.mutants()

    assert LINK_ID in mutants
    assert FieldMutant(HEADERS, "x-bapi-limit", ChangeKind.ZERO) in mutants
    assert FieldMutant(CREATE, "retMsg", ChangeKind.UNIT) not in mutants
    assert not any("qty" in mutant.path for mutant in mutants)


def test_the_oracle_reads_the_changed_messages() -> None:
    """An answer that names another order than its request contradicts a law."""
    assert "orderLinkId" in REPLAY.contradicted(LINK_ID)
    assert RECORDS[1].text == json.dumps(ANSWER)


def test_a_mutant_is_shown_to_the_cases_that_receive_it() -> None:
    """The cases that could notice are those with a changed message among theirs."""
    assert REPLAY.showing(LINK_ID) == {"x::a": 1}
