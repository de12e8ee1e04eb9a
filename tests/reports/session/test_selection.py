"""What the command line selects."""

from pathlib import Path

import pytest

from reports.session.selection import deselected, filtered


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["checks"], None),
        (["."], None),
        (["checks", "tests/test_runs.py::test_x"], None),
        (["checks/"], None),
        (["other/../checks"], None),
        (["checks/maker/test_post_only.py"], "checks/maker/test_post_only.py"),
        (["checks/maker/test_post_only.py::test_a[1/2]"], "checks/maker/test_post_only.py::test_a[1/2]"),
        (["checks::test_a"], "checks::test_a"),
        (["checks", "checks/part"], "checks/part"),
        ([f"checks/{name}.py" for name in "abcde"], "checks/a.py, checks/b.py, checks/c.py and 2 more"),
    ],
)
def test_only_the_whole_folder_is_whole(tmp_path: Path, arguments: list[str], expected: str | None) -> None:
    """The folder itself, or one above it, selects nothing; a path or a node id below it does."""
    assert filtered(arguments, tmp_path, tmp_path / "checks") == expected


def test_arguments_are_read_from_the_working_directory(tmp_path: Path) -> None:
    """From inside the folder, a bare file name selects inside it, and a dot is the folder."""
    checks = tmp_path / "checks"

    assert filtered(["test_maker.py"], checks, checks) == "test_maker.py"
    assert filtered(["."], checks, checks) is None


def test_functions_that_pytest_never_collected_are_listed(tmp_path: Path) -> None:
    """Every test function of the folder's files must have been collected under its file and name."""
    (tmp_path / "test_a.py").write_text("async def test_one(): ...\ndef test_two(): ...\ndef helper(): ...\n")
    (tmp_path / "test_b.py").write_text("def test_one(): ...\n")
    (tmp_path / "other.py").write_text("def test_three(): ...\n")
    everything = {("test_a.py", "test_one"), ("test_a.py", "test_two"), ("test_b.py", "test_one")}

    assert deselected(everything, tmp_path) is None
    assert deselected(everything - {("test_b.py", "test_one")}, tmp_path) == "test_b.py::test_one"
    assert deselected(set(), tmp_path) == "test_a.py::test_one, test_a.py::test_two, test_b.py::test_one"
