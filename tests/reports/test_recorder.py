"""What the end of a run is told with; whole runs stand in test_plugin."""

from pathlib import Path

from reports.recorder import cleanup_command, leaves, shown


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
