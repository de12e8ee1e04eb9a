"""How a field is changed, and which changes are none."""

from typing import Any

import pytest

from proof.fields.changes import Census, ChangeKind, FieldMutant, Mutator
from proof.fields.field_places import places

VIEW = "GET /v5/order/realtime"


def order(order_id: str, **fields: object) -> dict[str, Any]:
    """An answer with one order."""
    return {"retMsg": "OK", "result": {"list": [{"orderId": order_id, **fields}]}, "time": 1_790_000_000_000}


def changed(change: ChangeKind, *messages: dict[str, Any], name: str = "qty") -> list[object]:
    """The field of each message after a change."""
    mutator = Mutator(FieldMutant(VIEW, f"result.list[].{name}", change))
    for message in messages:
        mutator.change(VIEW, message)
    return [message["result"]["list"][0].get(name) for message in messages]


def test_a_path_names_rows_and_columns() -> None:
    """Rows have no number in a path, the columns of a row that is a list have."""
    paths = [place.path for place in places({"b": [["1", "2"], ["3", "4"]], "rows": [{"x": 1}]})]

    assert paths == ["b", "b[][0]", "b[][1]", "b[][0]", "b[][1]", "rows", "rows[].x"]


@pytest.mark.parametrize(
    ("change", "value", "after"),
    [
        (ChangeKind.ZERO, "0.250", "0"),
        (ChangeKind.SIGN, "0.250", "-0.250"),
        (ChangeKind.SIGN, True, False),
        (ChangeKind.UNIT, "0.250", "0.251"),
        (ChangeKind.UNIT, 7, 8),
        (ChangeKind.UNIT, "1790000000000", "1790000060000"),
        (ChangeKind.UNIT, "Buy", "Bu_"),
        (ChangeKind.EMPTY, "0.250", ""),
        (ChangeKind.MISSING, "0.250", None),
    ],
)
def test_a_value_is_changed(change: ChangeKind, value: object, after: object) -> None:
    """Each change has its value, of the type that the field had."""
    assert changed(change, order("a", qty=value)) == [after]


def test_what_is_stale_is_of_the_same_order() -> None:
    """A stale row shows what the row before showed of its order, a neighbour's what another order had."""
    rows = [order("a", qty="1"), order("b", qty="2"), order("a", qty="3")]

    assert changed(ChangeKind.STALE, *rows) == ["1", "2", "1"]


def test_a_neighbour_is_another_order() -> None:
    """The value comes from the row before, where that is of another order."""
    rows = [order("a", qty="1"), order("b", qty="2"), order("b", qty="3")]

    assert changed(ChangeKind.NEIGHBOUR, *rows) == ["1", "1", "3"]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (ChangeKind.EMPTY, "0.00"),
        (ChangeKind.ZERO, ""),
        (ChangeKind.ZERO, "0.0"),
        (ChangeKind.SIGN, "0"),
        (ChangeKind.EMPTY, ""),
    ],
)
def test_what_the_documents_allow_is_no_change(change: ChangeKind, value: str) -> None:
    """Padding, and nothing in place of a zero, leave a message as it was."""
    assert changed(change, order("a", qty=value)) == [value]


def test_a_census_finds_what_changes_something() -> None:
    """A mutant that changes no message is none, and a text for human readers has only its absence."""
    census = Census(VIEW)
    census.take(order("a", qty="0"))
    names = {(mutant.path.rpartition(".")[2], mutant.change) for mutant in census.mutants}

    assert ("qty", ChangeKind.UNIT) in names
    assert ("qty", ChangeKind.ZERO) not in names
    assert [change for path, change in names if path == "retMsg"] == [ChangeKind.MISSING]
