"""How much of the checklist a run covers."""

from pathlib import Path

import pytest

from reports.verdict.profile import Profile, required_by
from reports.verdict.requirements import Requirements, read

TEXT = """
version: "2026-11-25"
smoke: [VIS-01]
items:
  - {number: 1, title: Visibility, clause: It is there., checks: [VIS-01, VIS-02]}
  - {number: 2, title: Permissions, clause: It may., checks: [PRM-01]}
"""


@pytest.fixture
def complete(tmp_path: Path) -> Requirements:
    """A requirement set of three checks, one of them in the short profile."""
    path = tmp_path / "requirements-2026-11-25.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read(path)


def test_smoke_requires_its_own_list(complete: Requirements) -> None:
    """The other profiles require the whole set; an item without a check of the list is omitted."""
    assert required_by(Profile.SMOKE, complete).check_ids == ("VIS-01",)
    assert [item.number for item in required_by(Profile.SMOKE, complete).items] == [1]
    assert required_by(Profile.SIGNOFF, complete) is complete
    assert required_by(Profile.REGRESSION, complete) is complete
