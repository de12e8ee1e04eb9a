"""The measure of the field mutants."""

from fnmatch import fnmatchcase

import pytest

from proof.equivalent_fields import EQUIVALENT, reason
from proof.field_measure import FieldFate, FieldMeasure, FieldResult
from proof.fields.changes import ChangeKind, FieldMutant

OPTIONS = FieldMutant("GET /v5/user/query-api", "result.permissions.Options", ChangeKind.MISSING)
PRICE = FieldMutant("GET /v5/order/realtime", "result.list[].price", ChangeKind.ZERO)


def test_equivalent_mutants_do_not_count() -> None:
    """The share is of the mutants that a check may notice; errors are no kills."""
    fates = (FieldFate.ORACLE, FieldFate.KILLED, FieldFate.ERRORS, FieldFate.SURVIVED, FieldFate.EQUIVALENT)
    measure = FieldMeasure(9, 1, [FieldResult(PRICE, fate) for fate in fates])

    assert (measure.share.part, measure.share.whole) == (2, 4)
    assert "5 drawn of 9, with seed 1" in measure.sentence()


def test_a_reason_is_found_by_a_pattern() -> None:
    """The brackets of a path stand for themselves."""
    assert reason(OPTIONS.name)
    assert reason("GET /v5/asset/coin/query-info result.rows[].chains[].chain: neighbour")
    assert not reason(PRICE.name)


@pytest.mark.parametrize("pattern", EQUIVALENT)
def test_no_reason_is_about_orders(pattern: str) -> None:
    """What a market maker trades by has no exempt field."""
    assert not fnmatchcase(PRICE.name, pattern.replace("[", "[[]"))
