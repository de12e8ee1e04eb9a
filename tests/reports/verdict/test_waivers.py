"""Waivers: accepted failures with an end."""

from datetime import date
from pathlib import Path

import pytest

from reports.verdict.decide import Waived
from reports.verdict.waivers import WaiverError, read, standing_on, validate
from tests.reports.made_up import TODAY, check, waiver

ENTRY = "- {check: MKR-01, owner: J. Tan, reason: Known., link: DESK-1, expires: 2026-12-31}\n"


@pytest.mark.parametrize(
    ("expires", "holds"), [("2026-12-31", True), ("2026-11-23", True), ("2026-11-22", False)]
)
def test_waiver_holds_until_the_end_of_its_last_day(expires: str, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    """What stands of a waiver on the day of the run."""
    assert standing_on(TODAY, [waiver(expires=expires)]) == {"MKR-01": Waived(expires, holds)}


def test_blocker_cannot_be_waived() -> None:
    """A waiver of a blocker is refused and says why."""
    with pytest.raises(WaiverError, match="MKR-01 is a blocker, and a blocker cannot be waived"):
        validate([waiver("MKR-01")], {"MKR-01": check("MKR-01", "blocker")})


def test_unknown_check_cannot_be_waived() -> None:
    """A waiver of a check that does not exist is refused."""
    with pytest.raises(WaiverError, match="MKR-01 is not a check"):
        validate([waiver("MKR-01")], {})


def test_file_is_read(tmp_path: Path) -> None:
    """Each entry becomes a waiver; no file, no waivers."""
    path = tmp_path / "waivers.yaml"
    assert read(path) == ()

    path.write_text(ENTRY, encoding="utf-8")

    assert [(entry.check, entry.expires) for entry in read(path)] == [("MKR-01", date(2026, 12, 31))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {check: MKR-01}", "waivers.yaml: MKR-01: owner is missing"),
        (ENTRY.replace("2026-12-31", "soon"), "waivers.yaml: MKR-01: expires is 'soon', expected: a day "),
        (ENTRY.replace("J. Tan", "''"), "waivers.yaml: MKR-01: owner is '.*', expected: a text "),
        (ENTRY.replace("J. Tan", "' '"), "waivers.yaml: MKR-01: owner is '.*', expected: a text "),
        (ENTRY.replace("Known.", "'  '"), "waivers.yaml: MKR-01: reason is '  ', expected: a text "),
        (ENTRY.replace("DESK-1", "' '"), "waivers.yaml: MKR-01: link is ' ', expected: a text "),
        (ENTRY + "- {owner: J. Tan}", "waivers.yaml: waiver 2: check is missing"),
        (ENTRY + "- word", "waivers.yaml: waiver 2 is 'word', expected: a section"),
        ("word", "waivers.yaml: the file is 'word', expected: a list"),
        (ENTRY.replace("2026-12-31", "2026-13-31"), "waivers.yaml: not YAML: month must be in "),
        ("- [", "waivers.yaml: line 1: not YAML: "),
        ("- {check: MKR-01, check: MKR-02}", "waivers.yaml: line 1: not YAML: the key 'check' stands twice"),
        (ENTRY * 2, "waivers.yaml: MKR-01 is waived more than once"),
    ],
)
def test_broken_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    """The error is one line with the key that is wrong."""
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(WaiverError, match=f"^{message}[^\n]*$"):
        read(path)


def test_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    """A folder, or bytes that are not UTF-8, are refused by the file's name."""
    folder, bytes_of_latin_1 = tmp_path / "folder.yaml", tmp_path / "waivers.yaml"
    folder.mkdir()
    bytes_of_latin_1.write_bytes(b"- {check: MKR-01, owner: J\xf6rg}")

    with pytest.raises(WaiverError, match=r"folder.yaml: Is a directory$"):
        read(folder)
    with pytest.raises(WaiverError, match=r"^waivers.yaml: not UTF-8 text$"):
        read(bytes_of_latin_1)
