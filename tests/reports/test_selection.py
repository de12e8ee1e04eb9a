"""What the command line selects."""

from pathlib import Path

import pytest

from reports.selection import narrowed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["checks"], None),
        (["."], None),
        (["checks", "tests/test_runs.py::test_x"], None),
        (["checks/"], None),
        (["other/../checks"], None),
        (["checks/test_maker.py"], "checks/test_maker.py"),
        (["checks/test_maker.py::test_a[1/2]"], "checks/test_maker.py::test_a[1/2]"),
        (["checks::test_a"], "checks::test_a"),
        (["checks", "checks/part"], "checks/part"),
        ([f"checks/{name}.py" for name in "abcde"], "checks/a.py, checks/b.py, checks/c.py and 2 more"),
    ],
)
def test_only_the_whole_folder_is_whole(tmp_path: Path, arguments: list[str], said: str | None) -> None:
    """The folder itself, or what holds it, narrows nothing; a path or a node id below it does."""
    assert narrowed(arguments, tmp_path, tmp_path / "checks") == said


def test_arguments_are_read_from_the_working_directory(tmp_path: Path) -> None:
    """From inside the folder, a bare file name selects inside it, and a dot is the folder."""
    checks = tmp_path / "checks"

    assert narrowed(["test_maker.py"], checks, checks) == "test_maker.py"
    assert narrowed(["."], checks, checks) is None
