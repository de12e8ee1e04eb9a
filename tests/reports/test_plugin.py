"""What a run writes and prints, whatever the verdicts of its checks."""

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fixtures.venue.demo_accounts import MAKER
from reports.allure_report.render import CLI
from tests.reports.small import (
    ALL_PASS,
    CLOCK_OFF,
    DEVIATING,
    FULL_DISK,
    HIDDEN,
    INTERRUPTED,
    LEAKING,
    LEFT_BEHIND,
    MIXED,
    PASSES,
    VENUE_THROUGH_LIBRARY,
    Run,
    run,
)

SENT = "the qty that yaml 6 sent: expected 0.00001, got 1e-05"


def files_of(done: Run) -> list[Path]:
    """Every file of a run's folder."""
    return [path for path in done.folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which everything happens."""
    return run(tmp_path_factory.mktemp("mixed"), MIXED, "--profile=regression")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that somebody interrupts."""
    return run(tmp_path_factory.mktemp("interrupted"), INTERRUPTED)


def test_conforming_run_is_ready_for_the_venue_side(tmp_path: Path) -> None:
    """Every file is there; without an order client the exit code is 5, and the last line says what to do."""
    done = run(tmp_path, ALL_PASS, renderer=True)

    assert (done.exit_code, done.signoff["verdict"]) == (5, "VENUE READY")
    sentence = "READY for the venue side; the order client was not tested. 4 of 4 checks passed."
    assert f"VENUE READY: {sentence}" in done.output
    assert "next: test the order client too" in done.output
    assert done.signoff["client"] is None
    names = {path.name for path in done.folder.iterdir()}
    assert {"signoff.html", "signoff.json", "junit.xml", "evidence.jsonl", "allure-results"} <= names
    assert ("allure-report.html" in names) is CLI.exists()


def test_verdict_follows_from_how_the_case_ended(mixed: Run) -> None:
    """Each way in which a case can end has its verdict and its sentence."""
    masked = "•" * (len(MAKER.uid) - 2) + MAKER.uid[-2:]

    assert mixed.verdicts == {
        "VIS-01": ("FAIL", f"executed 20 @ 0.2501 for ••• of {masked}"),
        "VIS-02": ("BLOCKED", "no key of another UID"),
        "PRM-01": ("ERROR", "OSError: unreachable"),
        "PRM-02": ("ERROR", "teardown: OSError: not closed"),
        "MKR-01": ("BLOCKED", mixed.verdicts["MKR-01"][1]),
        "MKR-02": ("N/A", "Not on this venue."),
        "RTY-01": ("BLOCKED", "skipped: not today"),
        "SDK-01": ("PASS", ""),
        "SDK-02": ("PASS", ""),
    }
    assert mixed.verdicts["MKR-01"][1].startswith("received 1 message from the venue, expected at least 3")


def test_failure_makes_the_run_not_ready(mixed: Run) -> None:
    """The exit code is 1, and the last words name requirement, proof and where to look."""
    assert (mixed.exit_code, mixed.signoff["verdict"]) == (1, "NOT READY")
    assert "NOT READY: VIS-01 failed: executed 20 @ 0.2501" in mixed.output
    assert "next: open the evidence of VIS-01 [Sell]: records " in mixed.output


def test_allure_shows_the_same(mixed: Run) -> None:
    """Allure's status follows from the verdict, not from pytest's outcome."""
    assert mixed.allure == {
        "VIS-01": "failed",
        "VIS-02": "broken",
        "PRM-01": "broken",
        "PRM-02": "broken",
        "MKR-01": "broken",
        "MKR-02": "skipped",
        "RTY-01": "broken",
        "SDK-01": "passed",
        "SDK-02": "passed",
    }


def test_only_the_call_counts_messages(mixed: Run) -> None:
    """A message that a fixture received is evidence, but does not count for the check."""
    (deviating,) = mixed.checks["SDK-01"]["cases"]
    first, end = deviating["records"]

    assert (mixed.checks["SDK-01"]["observations"], end - first) == (1, 3)


def test_check_is_one_requirement(mixed: Run) -> None:
    """The sign-off shows the requirement of a check and its severity, once."""
    shown = mixed.checks["SDK-02"]

    assert (shown["requirement"]["title"], shown["severity"]) == ("It is minor.", "minor")


def test_part_of_a_former_id_names_it(mixed: Run) -> None:
    """A check that stood under another id says so, so that an earlier sign-off can be compared."""
    assert (mixed.checks["RTY-01"]["formerly"], mixed.checks["VIS-01"]["formerly"]) == ("RTY-09", None)


def test_two_functions_of_one_id_are_a_usage_error(tmp_path: Path) -> None:
    """An id is one requirement: the error names the id and both functions, and nothing is run."""
    done = run(tmp_path, ALL_PASS + PASSES.format(id="VIS-01", name="twin"))

    assert done.exit_code == pytest.ExitCode.USAGE_ERROR
    named = "VIS-01 is the id of checks/test_small.py::test_vis and of checks/test_small.py::test_twin"
    assert f"ERROR: {named}: give each its own" in done.output
    assert not list(done.root.rglob("signoff.*"))


def test_secret_in_words_reaches_no_file(mixed: Run) -> None:
    """A secret in an assertion and on standard output is taken out of the terminal and of every file."""
    secret = MAKER.credentials.secret.encode()

    assert secret.decode() not in mixed.output
    assert [path for path in mixed.folder.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_expected_uid_reaches_no_file(mixed: Run) -> None:
    """The UID in an assertion, on standard output and in a progress line is masked everywhere."""
    uid = MAKER.uid

    assert "… asking for •" in mixed.output
    assert uid not in mixed.output
    texts = {path: path.read_bytes() for path in mixed.folder.rglob("*") if path.is_file()}
    assert [path for path, text in texts.items() if uid.encode() in text] == []


def test_blocked_check_prints_only_its_sentence(mixed: Run) -> None:
    """A missing prerequisite is no bug of the check: its traceback helps nobody, an ERROR keeps its own."""
    assert "no key of another UID" in mixed.output
    assert "raise Blocked" not in mixed.output
    assert 'raise OSError("unreachable")' in mixed.output


def test_junit_carries_check_and_verdict(mixed: Run) -> None:
    """Each test case has the id of its check and its verdict as properties."""
    cases = ET.parse(mixed.folder / "junit.xml").getroot().iter("testcase")  # noqa: S314 - pytest's own file
    properties = [
        {entry.attrib["name"]: entry.attrib["value"] for entry in case.iter("property")} for case in cases
    ]

    assert {"check": "VIS-01", "verdict": "FAIL"} in properties
    assert {"check": "MKR-02", "verdict": "N/A"} in properties


def test_missing_renderer_costs_only_its_report(mixed: Run) -> None:
    """Without the Allure CLI one line says so, and the sign-off stands."""
    (line,) = [line for line in mixed.output.splitlines() if "not rendered" in line]

    assert line.startswith("allure-report.html not rendered: the Allure CLI is not installed")
    assert (mixed.folder / "signoff.html").exists()


def test_interruption_is_incomplete(interrupted: Run) -> None:
    """Ctrl-C makes the run INCOMPLETE with exit code 2; what was not run is NOT RUN."""
    assert (interrupted.exit_code, interrupted.signoff["verdict"]) == (2, "INCOMPLETE")
    assert "during VIS-02" in interrupted.signoff["sentence"]
    assert interrupted.verdicts["VIS-02"] == ("NOT RUN", "the check did not finish")
    assert interrupted.verdicts["PRM-02"] == ("NOT RUN", "the check did not run")


def test_interrupted_check_is_not_green_in_allure(interrupted: Run) -> None:
    """What was cut short is shown broken."""
    assert interrupted.allure["VIS-01"] == "passed"
    assert interrupted.allure["VIS-02"] == "broken"


def test_teardown_that_breaks_after_an_interruption_is_reported(tmp_path: Path) -> None:
    """Orders that stay open after Ctrl-C end in a sign-off that says so, not in a traceback."""
    done = run(tmp_path, LEFT_BEHIND)

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert "; teardown: open orders of run 261130-120000-abcd" in done.signoff["sentence"]
    assert done.signoff["sentence"].endswith(": expected none, got 1: 261130-120000-abcd-1.")
    assert "during VIS-02" in done.signoff["sentence"]
    assert "Traceback" not in done.output
    assert "INTERNALERROR" not in done.output
    assert (done.folder / "junit.xml").exists()


@pytest.mark.parametrize("without", ["", "allure_pytest"])
def test_full_disk_is_reported_in_few_words(tmp_path: Path, without: str) -> None:
    """Whatever plugin cannot write its file: the fixtures are torn down, and a line says why."""
    done = run(tmp_path, FULL_DISK, *(["-p", f"no:{without}"] if without else []))

    assert done.exit_code == 2
    assert (done.folder / "left-the-venue").exists()
    assert "Traceback" not in done.output
    assert "INTERNALERROR" not in done.output
    assert done.output.count("INCOMPLETE: the reports cannot be written to ") == 1
    assert "no order of this run is open: the embedded venue ended with it" in done.output
    assert not (done.folder / "signoff.json").exists()


def test_every_run_says_whether_orders_are_open(mixed: Run, interrupted: Run) -> None:
    """NOT READY and an interruption end with the line as well."""
    for done in (mixed, interrupted):
        assert done.output.count("no order of this run is open") == 1


def test_sign_off_has_its_digest_beside_it(mixed: Run) -> None:
    """What ``sha256sum --check`` reads is right for both forms of the sign-off."""
    lines = (mixed.folder / "signoff.sha256").read_text(encoding="utf-8").splitlines()

    assert [line.split() for line in lines] == [
        [hashlib.sha256((mixed.folder / name).read_bytes()).hexdigest(), name]
        for name in ("signoff.json", "signoff.html")
    ]


def test_leaking_file_is_deleted(tmp_path: Path) -> None:
    """A file that holds a secret is deleted, named in the last lines, and the exit code is 2."""
    done = run(tmp_path, LEAKING)

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert "notes.txt held a secret and was deleted" in done.output
    assert not (done.folder / "notes.txt").exists()


def test_what_the_venue_does_to_a_library_is_the_venues(tmp_path: Path) -> None:
    """A check of a library that finds the venue at fault fails as one of the venue does."""
    done = run(tmp_path, VENUE_THROUGH_LIBRARY, "--profile=regression")

    assert (done.exit_code, done.signoff["verdict"]) == (1, "NOT READY")
    (finding,) = done.signoff["findings"]
    assert (finding["owner"], finding["sentence"]) == ("venue", "The venue lets PostOnly orders take.")
    assert done.signoff["libraries"] == []
    assert not done.checks["SDK-01"]["deviates"]
    assert "1 failed" in done.output


def test_blocked_check_names_the_check_that_says_more(tmp_path: Path) -> None:
    """What lacks a prerequisite is one finding with the check that looks for it, and points at it."""
    done = run(tmp_path, HIDDEN, "--profile=regression")

    assert done.verdicts["MKR-01"] == ("BLOCKED", "NEWUSDT is not visible to this key: see VIS-01")
    (finding,) = done.signoff["findings"]
    assert [check["id"] for check in finding["checks"]] == ["VIS-01", "MKR-01"]
    assert done.checks["VIS-01"]["cause"] is None


def test_traceback_of_a_broken_suite_is_redacted(tmp_path: Path) -> None:
    """What pytest writes beside its reports holds no secret either, with the local variables shown."""
    breaks = """
@check("VIS-02")
def test_breaks(look):
    \"\"\"Something of the suite breaks after it.\"\"\"
    from reports.session.progress import LiveLine

    def clear(line):
        LiveLine.clear = original
        secret = MAKER.credentials.secret
        raise RuntimeError(f"{secret} of {MAKER.uid}")

    look()
    original, LiveLine.clear = LiveLine.clear, clear
"""

    done = run(tmp_path, ALL_PASS + breaks, "--showlocals", "--full-trace")

    assert "INTERNALERROR> E" in done.output
    assert "internal" in (done.folder / "junit.xml").read_text(encoding="utf-8")
    for text in (done.output, *(path.read_text("utf-8", "replace") for path in files_of(done))):
        assert MAKER.credentials.secret not in text
        assert MAKER.uid not in text


def test_library_that_met_a_root_cause_is_blocked_by_it(tmp_path: Path) -> None:
    """A library's failure by a wrong clock is BLOCKED by that finding; its own failure deviates."""
    done = run(tmp_path, CLOCK_OFF, "--profile=regression")

    verdicts = {check_id: verdict for check_id, (verdict, _) in done.verdicts.items()}
    assert verdicts["SDK-01"] == verdicts["SDK-02"] == "BLOCKED"
    assert re.search(r"FAIL +RTY-05 SDK-01 SDK-02  The clocks of this machine and of the venue", done.output)
    assert [deviation["check"] for deviation in done.signoff["libraries"]] == ["SDK-03"]
    assert re.search(r"3 failed, \d passed, (\d skipped, )?1 deviate in ", done.output)


def test_library_that_no_listing_trades_through_deviates(tmp_path: Path) -> None:
    """Its failure stands in a section of its own and does not count."""
    done = run(tmp_path, DEVIATING, "--profile=regression")

    assert (done.exit_code, done.signoff["verdict"]) == (5, "VENUE READY")
    (deviation,) = done.signoff["libraries"]
    assert (deviation["check"], deviation["sentence"]) == ("SDK-01", SENT)
    assert deviation["frame"]["title"] == "GET /v5/market/time"
    assert done.verdicts["SDK-01"][0] == "FAIL"
    assert done.signoff["findings"] == []
    assert "deviates SDK-01  yaml" in done.output
    assert "assert False" not in done.output
    assert re.search(r"\d passed, (\d skipped, )?1 deviate in ", done.output)
    assert " failed" not in done.output
    assert ET.parse(done.folder / "junit.xml").find(".//failure") is not None  # noqa: S314 - our own file


def test_failure_names_its_owner_and_its_proof(mixed: Run) -> None:
    """In the sign-off, on the terminal and as tags in Allure."""
    first = mixed.signoff["findings"][0]
    tags = {
        (label["value"])
        for path in mixed.folder.rglob("*-result.json")
        for label in json.loads(path.read_text(encoding="utf-8"))["labels"]
        if label["name"] == "tag"
    }

    assert (first["owner"], [check["id"] for check in first["checks"]]) == ("venue", ["VIS-01"])
    assert first["frame"]["title"] == "GET /v5/market/time"
    assert "owner: venue; proof: record #" in mixed.output
    assert {"venue", "suite"} <= tags


@pytest.mark.parametrize("plugin", ["junitxml", "allure_pytest"])
def test_sign_off_needs_neither_junit_nor_allure(tmp_path: Path, plugin: str) -> None:
    """Whoever leaves a plugin of pytest out loses its file, and nothing else."""
    done = run(tmp_path, ALL_PASS, "-p", f"no:{plugin}", renderer=True)

    assert (done.exit_code, done.signoff["verdict"]) == (5, "VENUE READY")
    assert (done.folder / "junit.xml").exists() is (plugin != "junitxml")
    assert (done.folder / "allure-results").exists() is (plugin != "allure_pytest")


def test_unusable_environment_writes_nothing(tmp_path: Path) -> None:
    """Where nobody answers, the exit code is 3, and no folder and no verdict is left behind."""
    keys = {"DMM_STANDALONE_KEY": "key-of-nobody", "DMM_STANDALONE_SECRET": "secret-of-nobody"}
    keys["DMM_STANDALONE_UID"] = "10000012"

    done = run(tmp_path, ALL_PASS, "--env", "standalone", variables=keys)

    assert done.exit_code == 3
    assert "standalone cannot be tested" in done.output
    assert not any((tmp_path / "reports").rglob("*-*"))
