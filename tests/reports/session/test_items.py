"""What is read from a collected item."""

import pytest

from reports.session.items import check_id_of, group, label, line_of, parameters, requirement, requirement_of
from reports.verdict.results import Requirement


@pytest.mark.check(id="MKR-02", severity="blocker", min_messages=1)
@pytest.mark.parametrize("desk", ["rest"])
@pytest.mark.parametrize("change", [pytest.param(len, id="37 characters")])
def test_item_is_described_in_words(request: pytest.FixtureRequest, desk: str, change: object) -> None:
    """The id, the requirement, the group and the parameters come from the item itself.

    Source: docs/v5/enum.mdx
    """
    item = request.node

    assert (desk, change) == ("rest", len)
    assert check_id_of(item) == "MKR-02"
    assert requirement(item).source == "docs/v5/enum.mdx"
    assert group(item) == "MKR  What is read from a collected item"
    assert parameters(item) == {"transport": "rest", "case": "37 characters"}
    assert line_of(item, ("XRPUSDT",)) == (
        "MKR-02  The id, the requirement, the group and the parameters come from the item itself. "
        "[rest, 37 characters]"
    )


def test_item_without_a_mark_is_no_check(request: pytest.FixtureRequest) -> None:
    """What carries no mark has no id and no parameters."""
    assert (check_id_of(request.node), parameters(request.node)) == ("", {})
    assert line_of(request.node, ()).endswith("has no id and no parameters.")


def test_symbol_is_shown_only_where_there_are_several() -> None:
    """With one listing under test its name is noise."""
    params = {"symbol": "XRPUSDT", "transport": "rest"}

    assert label(params, ("XRPUSDT",)) == "rest"
    assert label(params, ("XRPUSDT", "BTCUSDT")) == "XRPUSDT · rest"
    assert label({}, ("XRPUSDT",)) == ""
    assert label({"price_ticks": "2", "side": "Buy"}, ()) == "price ticks 2 · Buy"


def test_docstring_becomes_a_requirement() -> None:
    """The first line is the requirement, a paragraph may follow, the last block holds the labelled lines."""
    docstring = (
        "It rests\nuntil cancelled.\n\nThe ack comes first.\n\n"
        "Sequence: create, New,\n    cancel.\nPasses: Price: sent and seen are equal.\n"
        "Remediation: Pin it.\nSource: docs/v5/a.mdx,\nsection b\n"
    )

    assert requirement_of(docstring) == Requirement(
        "It rests until cancelled.",
        "The ack comes first.",
        "docs/v5/a.mdx, section b",
        "create, New, cancel.",
        "Price: sent and seen are equal.",
        "Pin it.",
    )
    assert requirement_of("It rests.\n\nSource: docs/v5/a.mdx") == Requirement(
        "It rests.", "", "docs/v5/a.mdx"
    )
    assert requirement_of(None) == Requirement("", "", "")
