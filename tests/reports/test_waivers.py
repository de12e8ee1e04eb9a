"""Waivers: agreed failures with an end."""

from datetime import date
from pathlib import Path

import pytest

from reports.model import Verdict, result_of
from reports.waivers import WaiverError, apply, read, validate
from tests.reports.made_up import check, outcome, waiver

TODAY = date(2026, 11, 23)
ENTRY = "- {check: MKR-01, owner: J. Tan, reason: Known., link: DESK-1, expires: 2026-12-31}\n"

CASES = [
    (Verdict.FAIL, "2026-12-31", Verdict.WAIVED, "it was seen"),
    (Verdict.FAIL, "2026-11-23", Verdict.WAIVED, "it was seen"),
    (Verdict.FAIL, "2026-11-22", Verdict.FAIL, "it was seen (its waiver expired on 2026-11-22)"),
    (
        Verdict.PASS,
        "2026-12-31",
        Verdict.FAIL,
        "the waiver of MKR-01 is void: the check passed; remove it",
    ),
    (Verdict.BLOCKED, "2026-12-31", Verdict.BLOCKED, "it was seen"),
    (Verdict.ERROR, "2026-12-31", Verdict.ERROR, "it was seen"),
    (Verdict.NOT_APPLICABLE, "2026-12-31", Verdict.NOT_APPLICABLE, "it was seen"),
]


@pytest.mark.parametrize(("seen", "expires", "verdict", "sentence"), CASES)
def test_waiver_spares_only_a_failure_in_time(
    seen: Verdict, expires: str, verdict: Verdict, sentence: str
) -> None:
    """A failure is waived until the last day; a pass under a waiver is red; nothing else changes."""
    result = result_of(check("MKR-01"), 3, [outcome("MKR-01", seen, "it was seen")])

    (after,) = apply([result], [waiver(expires=expires)], TODAY)

    assert (after.verdict, after.sentence) == (verdict, sentence)


def test_other_checks_are_left_alone() -> None:
    """A waiver is about its own check."""
    result = result_of(check("MKR-02"), 3, [outcome("MKR-02", Verdict.FAIL, "it was seen")])

    assert apply([result], [waiver("MKR-01")], TODAY) == (result,)


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

    assert [(one.check, one.expires) for one in read(path)] == [("MKR-01", date(2026, 12, 31))]


@pytest.mark.parametrize(
    ("text", "said"),
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
def test_broken_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong is told in one line with its key."""
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(WaiverError, match=f"^{said}[^\n]*$"):
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
