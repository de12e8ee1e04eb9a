"""What is told of one making; whole runs stand in test_plugin."""

from pathlib import Path

import pytest

from reports.recorder import (
    check_id_of,
    cleanup_command,
    group,
    label,
    leaves,
    parameters,
    requirement,
    shown,
)


@pytest.mark.check(id="MKR-02", severity="blocker", observes=1)
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
    assert group(item) == "MKR  What is told of one making; whole runs stand in test_plugin"
    assert parameters(item) == {"transport": "rest", "case": "37 characters"}


def test_item_without_a_mark_is_no_check(request: pytest.FixtureRequest) -> None:
    """What carries no mark has no id and no parameters."""
    assert (check_id_of(request.node), parameters(request.node)) == ("", {})


def test_symbol_is_told_only_where_there_are_several() -> None:
    """On one listing its name is noise."""
    made_with = {"symbol": "XRPUSDT", "transport": "rest"}

    assert label(made_with, ("XRPUSDT",)) == "rest"
    assert label(made_with, ("XRPUSDT", "BTCUSDT")) == "XRPUSDT · rest"
    assert label({}, ("XRPUSDT",)) == ""


def test_folder_is_shown_as_it_can_be_typed() -> None:
    """Below the working directory the path is relative."""
    assert shown(Path("/a/b/c"), Path("/a")) == Path("b/c")
    assert shown(Path("/a/b/c"), Path("/d")) == Path("/a/b/c")


def test_cleanup_repeats_the_options_of_the_run() -> None:
    """The command can be typed as it stands, whatever folders were given."""
    assert cleanup_command("r-1", None, None) == "pytest --cleanup r-1"
    assert cleanup_command("r-1", "my env.yaml", "runs") == (
        "pytest --cleanup r-1 '--environments=my env.yaml' --out=runs"
    )


def test_every_exception_of_a_group_is_told() -> None:
    """Several fixtures that break at the end are each named, however pytest nests them."""
    one, other = OSError("one"), ValueError("other")

    assert leaves(BaseExceptionGroup("errors", [one, BaseExceptionGroup("more", [other])])) == [one, other]
    assert leaves(one) == [one]
