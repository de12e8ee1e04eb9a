"""What a collected item says about itself."""

import pytest

from reports.session.items import check_id_of, group, label, line_of, parameters, requirement


@pytest.mark.check(id="MKR-02", severity="blocker", min_messages=1)
@pytest.mark.parametrize("desk", ["rest"])
@pytest.mark.parametrize("change", [pytest.param(len, id="37 characters")])
def test_item_is_told_in_words(request: pytest.FixtureRequest, desk: str, change: object) -> None:
    """The id, the requirement, the group and the parameters come from the item itself.

    Source: docs/v5/enum.mdx
    """
    item = request.node

    assert (desk, change) == ("rest", len)
    assert check_id_of(item) == "MKR-02"
    assert requirement(item).source == "docs/v5/enum.mdx"
    assert group(item) == "MKR  What a collected item says about itself"
    assert parameters(item) == {"transport": "rest", "case": "37 characters"}
    assert line_of(item, ("XRPUSDT",)) == (
        "MKR-02  The id, the requirement, the group and the parameters come from the item itself. "
        "[rest, 37 characters]"
    )


def test_item_without_a_mark_is_no_check(request: pytest.FixtureRequest) -> None:
    """What carries no mark has no id and no parameters."""
    assert (check_id_of(request.node), parameters(request.node)) == ("", {})
    assert line_of(request.node, ()).endswith("has no id and no parameters.")


def test_symbol_is_told_only_where_there_are_several() -> None:
    """On one listing its name is noise."""
    params = {"symbol": "XRPUSDT", "transport": "rest"}

    assert label(params, ("XRPUSDT",)) == "rest"
    assert label(params, ("XRPUSDT", "BTCUSDT")) == "XRPUSDT · rest"
    assert label({}, ("XRPUSDT",)) == ""
    assert label({"price_ticks": "2", "side": "Buy"}, ()) == "price ticks 2 · Buy"
