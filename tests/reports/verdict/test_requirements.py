"""The requirement set."""

import hashlib
from pathlib import Path

import pytest

from reports.verdict.decide import may_be_not_applicable
from reports.verdict.requirements import RequirementsError, newest, read
from tests.reports.made_up import check

TEXT = """
version: "2026-11-23"
items:
  - {number: 1, title: Visibility, clause: It is there., checks: [VIS-01, VIS-02]}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A requirement set of two checks."""
    path = tmp_path / "requirements-2026-11-23.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_set_is_read_with_its_digest(path: Path) -> None:
    """Version, items and the digest of the bytes."""
    required = read(path)

    assert required.version == "2026-11-23"
    assert required.check_ids == ("VIS-01", "VIS-02")
    assert required.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_plan_is_required_and_collected(path: Path) -> None:
    """A required check that was not collected is planned; so is a collected one that is not required."""
    plan = read(path).plan({"SDK-01": check("SDK-01"), "VIS-02": check("VIS-02")})

    assert [planned.id for planned in plan] == ["VIS-01", "VIS-02", "SDK-01"]
    assert [planned.cases for planned in plan] == [0, 1, 1]


def test_latest_set_is_used(path: Path) -> None:
    """Of several sets the one with the latest date counts."""
    later = path.with_name("requirements-2027-01-01.yaml")
    later.write_text(TEXT, encoding="utf-8")

    assert newest(path.parent) == later


def test_section_without_checks_is_omitted(path: Path) -> None:
    """A section can be named before its first check stands; it demands nothing."""
    path.write_text(
        f"{TEXT}  - {{number: 5, title: Libraries, clause: Tips., checks: []}}\n", encoding="utf-8"
    )

    assert [item.number for item in read(path).items] == [1]


def test_short_profile_is_a_part_of_the_set(path: Path) -> None:
    """An id that no item requires is refused; a check outside the list is not required."""
    path.write_text(f"smoke: [VIS-02]{TEXT}", encoding="utf-8")
    assert read(path).only_smoke().check_ids == ("VIS-02",)

    path.write_text(f"smoke: [VIS-99]{TEXT}", encoding="utf-8")
    with pytest.raises(RequirementsError, match="smoke names VIS-99, which no item requires"):
        read(path)


def test_set_says_which_blockers_are_exempt(path: Path) -> None:
    """A required blocker that is not exempt must be run, even when it was not collected."""
    path.write_text(f"exempt: [VIS-02]{TEXT}", encoding="utf-8")
    collected = {check_id: check(check_id) for check_id in ("VIS-01", "VIS-02", "MKR-28")}
    assert [planned.id for planned in read(path).plan(collected) if not may_be_not_applicable(planned)] == [
        "VIS-01"
    ]

    path.write_text(f"exempt: [VIS-99]{TEXT}", encoding="utf-8")
    with pytest.raises(RequirementsError, match="exempt names VIS-99, which no item requires"):
        read(path)


def test_former_id_is_known_by_its_parts(path: Path) -> None:
    """A planned check names the id that it was part of; an id that was split is refused with its parts."""
    path.write_text(f"split: {{VIS-09: [VIS-02]}}{TEXT}", encoding="utf-8")
    required = read(path)

    assert [planned.formerly for planned in required.plan({})] == ["", "VIS-09"]
    required.require_current(["VIS-01", "VIS-02", "taker"], "waivers.yaml")
    with pytest.raises(RequirementsError, match=r"^waivers.yaml names VIS-09, which is now VIS-02: name "):
        required.require_current(["VIS-01", "VIS-09"], "waivers.yaml")


@pytest.mark.parametrize(
    ("split", "wrong"),
    [
        ("VIS-09: [VIS-99]", "names VIS-99, which no item requires"),
        ("VIS-01: [VIS-02]", "names VIS-01, which an item still requires"),
        ("VIS-08: [VIS-02], VIS-09: [VIS-02]", "names VIS-02 more than once"),
    ],
)
def test_split_leads_to_required_ids(path: Path, split: str, wrong: str) -> None:
    """A former id leads to ids that are required, is required no more, and shares none of its parts."""
    path.write_text(f"split: {{{split}}}{TEXT}", encoding="utf-8")

    with pytest.raises(RequirementsError, match=f"^{path.name}: split {wrong}$"):
        read(path)


@pytest.mark.parametrize("text", ["items: [", "version: 1", "[]"])
def test_unreadable_set_is_one_line(path: Path, text: str) -> None:
    """The error names the broken file, in one line."""
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RequirementsError, match=r"^requirements-2026-11-23\.yaml: [^\n]*$"):
        read(path)


def test_missing_set_is_refused(tmp_path: Path) -> None:
    """Without a requirement set there is no sign-off."""
    with pytest.raises(RequirementsError):
        newest(tmp_path)
