"""Whole runs of small checklists, each in a process and a folder of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from fixtures.venue.demo import MAKER
from reports.renderer.render import CLI
from reports.signoff import validate

ROOT = Path(__file__).parents[2]
PROJECT = """
[project]
name = "small-checklist"
version = "0"
[tool.pytest.ini_options]
testpaths = ["checks"]
strict = true
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:randomly"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "session"
asyncio_default_test_loop_scope = "session"
markers = ["check(id, severity, observes, library): a check"]
"""
CONFTEST = 'pytest_plugins = ["fixtures.plugin", "reports.plugin"]\n'
WITHOUT_RENDERER = """
from pathlib import Path
from reports.renderer.render import render
render.__kwdefaults__["cli"] = Path("nowhere.js")
"""
HEAD = '''"""Small checks: made up for a test."""
import signal
import pytest
from fixtures.desk import Blocked
from fixtures.desk.flat import LeftBehind
from fixtures.evidence import Channel, Direction
from fixtures.venue.demo import MAKER

def check(check_id, severity="major", observes=1, library=None):
    return pytest.mark.check(id=check_id, severity=severity, observes=observes, library=library)

@pytest.fixture
def look(run):
    """Lets the venue be seen once."""
    return lambda: run.evidence.record(Channel.REST, Direction.RECEIVED, "GET /v5/market/time", "{}")

@pytest.fixture(scope="session", autouse=True)
def flat(run):
    """The venue shows at the end that nothing is left."""
    yield
    run.flat = True

@pytest.fixture
def greeted(look):
    """Lets the venue be seen before and after the check."""
    look()
    yield
    look()

@pytest.fixture
def untidy():
    """Break after the check."""
    yield
    raise OSError("not closed")

'''
PASSES = '''
@check("{id}")
def test_{name}(look):
    """It passes."""
    look()

'''
ALL_PASS = HEAD + "".join(
    PASSES.format(id=f"{prefix}-01", name=prefix.lower()) for prefix in ("VIS", "PRM", "MKR", "RTY")
)
MIXED = (
    HEAD
    + '''
@check("VIS-01")
@pytest.mark.parametrize("side", ["Buy", "Sell"])
def test_fails_once(look, side):
    """A PostOnly order never trades.

    Source: docs/v5/enum.mdx
    """
    look()
    assert side == "Buy", f"executed 20 @ 0.2501 for {MAKER.credentials.secret} of {MAKER.uid}"

@check("VIS-02")
def test_blocked():
    """It is blocked."""
    print(MAKER.credentials.secret, MAKER.uid)
    raise Blocked("no stranger key")

@check("PRM-01")
def test_error():
    """It breaks."""
    raise OSError("unreachable")

@check("PRM-02")
def test_untidy(untidy, look):
    """It passes, but leaves something behind."""
    look()

@check("MKR-01", observes=3)
def test_blind(look):
    """It passes on too few observations."""
    look()

@check("MKR-02")
def test_not_applicable():
    """It does not apply."""

@check("RTY-01")
def test_skipped():
    """It is skipped for a reason of its own."""
    pytest.skip("not today")

@check("SDK-01")
def test_beyond(run, greeted, look):
    """It is not required."""
    run.announce(f"asking for {MAKER.uid}")
    look()

@check("SDK-02", severity="minor")
def test_minor(look):
    """It is minor."""
    look()

@check("SDK-02", severity="blocker")
def test_blocker(look):
    """It is a blocker of the same id."""
    look()
'''
)
INTERRUPTED = (
    ALL_PASS
    + '''
@check("VIS-02")
def test_interrupted():
    """Somebody presses Ctrl-C."""
    signal.raise_signal(signal.SIGINT)

@check("PRM-02")
def test_after():
    """Nobody comes here."""
'''
)
LEFT_BEHIND = (
    INTERRUPTED
    + '''
@pytest.fixture(scope="session", autouse=True)
def connected(flat):
    """Cannot cancel what is open."""
    yield
    raise LeftBehind("1 order is open on NEWUSDT")
'''
)
DEVIATING = (
    ALL_PASS
    + '''
@check("SDK-01", library="yaml")
def test_deviates(look):
    """A library sends plain decimals."""
    look()
    assert False, "the wire shows 1e-05"
'''
)
LEAKING = (
    ALL_PASS
    + '''
@check("VIS-02")
def test_leaks(run, look):
    """A file of the run holds the maker's secret."""
    look()
    (run.folder / "notes.txt").write_text(MAKER.credentials.secret)
'''
)


@dataclass(frozen=True)
class Run:
    """What a small run left."""

    exit_code: int
    said: str
    root: Path

    @property
    def folder(self) -> Path:
        """The run's folder."""
        (folder,) = (self.root / "reports" / "out").iterdir()
        return folder

    @property
    def signoff(self) -> Any:  # noqa: ANN401 - JSON
        """The sign-off, valid by its schema."""
        content = json.loads((self.folder / "signoff.json").read_text(encoding="utf-8"))
        validate(content)
        return content

    @property
    def checks(self) -> dict[str, Any]:
        """The checks of the sign-off by id."""
        return {check["id"]: check for item in self.signoff["items"] for check in item["checks"]}

    @property
    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Verdict and sentence by check."""
        return {name: (check["verdict"], check["sentence"]) for name, check in self.checks.items()}

    @property
    def allure(self) -> dict[str, str]:
        """Allure's status by check; a check made twice shows its last."""
        results = [
            json.loads(path.read_text(encoding="utf-8")) for path in self.folder.rglob("*-result.json")
        ]
        results.sort(key=lambda one: (one["start"], one["stop"]))
        return {one["name"].split()[0]: one["status"] for one in results}


def run(
    root: Path,
    checks: str,
    *arguments: str,
    waivers: str = "",
    renderer: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run a small checklist in a process of its own."""
    files = {
        "pyproject.toml": PROJECT,
        "conftest.py": CONFTEST + ("" if renderer else WITHOUT_RENDERER),
        "checks/test_small.py": checks,
        "checks/requirements-2026-11-23.yaml": yaml.safe_dump(_requirements(checks)),
        "environments.yaml": yaml.safe_dump(_environments()),
        **({"waivers.yaml": waivers} if waivers else {}),
    }
    (root / "checks").mkdir()
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own checks
        [sys.executable, "-m", "pytest", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(variables or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr, root)


def _requirements(checks: str) -> dict[str, Any]:
    items = enumerate(("VIS", "PRM", "MKR", "RTY"), start=1)
    return {
        "version": "2026-11-23",
        "smoke": ["VIS-01", "MKR-01"],
        "items": [
            {
                "number": number,
                "title": prefix,
                "clause": "A clause.",
                "checks": [one for one in (f"{prefix}-01", f"{prefix}-02") if one in checks],
            }
            for number, prefix in items
        ],
    }


def _environments() -> Any:  # noqa: ANN401 - YAML
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    content["environments"]["standalone"]["rest"] = "http://127.0.0.1:9"
    content["environments"]["local"]["not_applicable"] = {"MKR-02": "Not on this venue."}
    return content


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which everything happens."""
    return run(tmp_path_factory.mktemp("mixed"), MIXED, "--profile=regression")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that somebody interrupts."""
    return run(tmp_path_factory.mktemp("interrupted"), INTERRUPTED)


def test_sound_run_is_ready(tmp_path: Path) -> None:
    """Every file is there, the exit code is 0, and a rehearsal says what to do next."""
    done = run(tmp_path, ALL_PASS, renderer=True)

    assert (done.exit_code, done.signoff["verdict"]) == (0, "READY")
    assert "READY: 4 of 4 checks passed." in done.said
    assert "this was a rehearsal" in done.said
    names = {path.name for path in done.folder.iterdir()}
    assert {"signoff.html", "signoff.json", "junit.xml", "evidence.jsonl", "allure-results"} <= names
    assert ("allure-report.html" in names) is CLI.exists()


def test_verdicts_follow_from_what_happened(mixed: Run) -> None:
    """Each kind of end has its verdict and its sentence."""
    masked = "•" * (len(MAKER.uid) - 2) + MAKER.uid[-2:]

    assert mixed.verdicts == {
        "VIS-01": ("FAIL", f"executed 20 @ 0.2501 for ••• of {masked}"),
        "VIS-02": ("BLOCKED", "no stranger key"),
        "PRM-01": ("ERROR", "OSError: unreachable"),
        "PRM-02": ("ERROR", "teardown: OSError: not closed"),
        "MKR-01": ("BLOCKED", mixed.verdicts["MKR-01"][1]),
        "MKR-02": ("N/A", "Not on this venue."),
        "RTY-01": ("BLOCKED", "skipped: not today"),
        "SDK-01": ("PASS", ""),
        "SDK-02": ("PASS", ""),
    }
    assert mixed.verdicts["MKR-01"][1].startswith("observed 1 ")


def test_failure_makes_the_run_not_ready(mixed: Run) -> None:
    """The exit code is 1, and the last words name requirement, proof and where to look."""
    assert (mixed.exit_code, mixed.signoff["verdict"]) == (1, "NOT READY")
    assert "NOT READY: VIS-01 “A PostOnly order never trades.” broke: executed 20 @ 0.2501" in mixed.said
    assert "next: open the evidence of VIS-01: records " in mixed.said


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


def test_only_the_call_observes(mixed: Run) -> None:
    """What the venue says to a fixture is evidence, but no observation of the check."""
    (making,) = mixed.checks["SDK-01"]["makings"]
    first, end = making["records"]

    assert (mixed.checks["SDK-01"]["observations"], end - first) == (1, 3)


def test_check_is_as_grave_as_its_gravest_function(mixed: Run) -> None:
    """A blocker that shares its id with a minor function stays a blocker, whichever comes first."""
    assert mixed.checks["SDK-02"]["severity"] == "blocker"


def test_secret_in_words_reaches_no_file(mixed: Run) -> None:
    """A secret in an assertion and on standard output is taken out of the terminal and of every file."""
    secret = MAKER.credentials.secret.encode()

    assert secret.decode() not in mixed.said
    assert [path for path in mixed.folder.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_expected_uid_reaches_no_file(mixed: Run) -> None:
    """The UID in an assertion, on standard output and in a progress line is masked everywhere."""
    uid = MAKER.uid

    assert "… asking for •" in mixed.said
    assert uid not in mixed.said
    texts = {path: path.read_bytes() for path in mixed.folder.rglob("*") if path.is_file()}
    assert [path for path, text in texts.items() if uid.encode() in text] == []


def test_blocked_check_prints_only_its_sentence(mixed: Run) -> None:
    """A missing prerequisite is no bug of the check: its traceback helps nobody, an ERROR keeps its own."""
    assert "no stranger key" in mixed.said
    assert "raise Blocked" not in mixed.said
    assert 'raise OSError("unreachable")' in mixed.said


def test_junit_carries_check_and_verdict(mixed: Run) -> None:
    """Each test case has the id of its check and its verdict as properties."""
    cases = ET.parse(mixed.folder / "junit.xml").getroot().iter("testcase")  # noqa: S314 - pytest's own file
    properties = [
        {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")} for case in cases
    ]

    assert {"check": "VIS-01", "verdict": "FAIL"} in properties
    assert {"check": "MKR-02", "verdict": "N/A"} in properties


def test_missing_renderer_costs_only_its_report(mixed: Run) -> None:
    """Without the Allure CLI one line says so, and the sign-off stands."""
    (line,) = [line for line in mixed.said.splitlines() if "not rendered" in line]

    assert line.startswith("allure-report.html not rendered: the Allure CLI is not installed")
    assert (mixed.folder / "signoff.html").exists()


def test_interruption_is_incomplete(interrupted: Run) -> None:
    """Ctrl-C makes the run INCOMPLETE with exit code 2; what was not made is NOT RUN."""
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
    assert done.signoff["sentence"].endswith("; teardown: 1 order is open on NEWUSDT.")
    assert "during VIS-02" in done.signoff["sentence"]
    assert "Traceback" not in done.said
    assert "INTERNALERROR" not in done.said
    assert (done.folder / "junit.xml").exists()


def test_leaking_file_is_deleted(tmp_path: Path) -> None:
    """A file that holds a secret is deleted, named in the last lines, and the exit code is 2."""
    done = run(tmp_path, LEAKING)

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert "notes.txt held a secret and was deleted" in done.said
    assert not (done.folder / "notes.txt").exists()


def test_selection_is_incomplete(tmp_path: Path) -> None:
    """A run of some checks is no sign-off, however well they passed."""
    done = run(tmp_path, ALL_PASS, "-k", "VIS-01")

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert done.verdicts["MKR-01"] == ("NOT RUN", "the check did not run")


def test_smoke_run_is_no_sign_off(tmp_path: Path) -> None:
    """The short profile makes its own list, says that it is no sign-off, and ends with 0 when all passed.

    A waiver of a check that it leaves out stays a waiver.
    """
    elsewhere = "- {check: PRM-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, ALL_PASS, "--profile=smoke", waivers=elsewhere)

    assert (done.exit_code, done.signoff["verdict"]) == (0, "INCOMPLETE")
    assert done.signoff["sentence"] == "Profile smoke: no sign-off. 2 of 2 checks passed."
    assert set(done.verdicts) == {"VIS-01", "MKR-01"}
    assert "next: this was the smoke profile" in done.said


def test_broken_smoke_run_is_not_ready(tmp_path: Path) -> None:
    """What breaks in the short profile broke."""
    breaks = 'def test_vis(look):\n    """It passes."""\n    look()\n'
    assert breaks in ALL_PASS

    done = run(tmp_path, ALL_PASS.replace(breaks, f"{breaks}    assert False\n"), "--profile=smoke")

    assert (done.exit_code, done.signoff["verdict"]) == (1, "NOT READY")


def test_library_that_nobody_trades_through_deviates(tmp_path: Path) -> None:
    """Its failure stands in a section of its own and breaks nothing."""
    done = run(tmp_path, DEVIATING, "--profile=regression")

    assert (done.exit_code, done.signoff["verdict"]) == (0, "READY")
    (deviation,) = done.signoff["libraries"]
    assert (deviation["check"], deviation["sentence"]) == ("SDK-01", "the wire shows 1e-05")
    assert deviation["frame"]["title"] == "GET /v5/market/time"
    assert done.verdicts["SDK-01"][0] == "FAIL"
    assert done.signoff["findings"] == []
    assert "deviates SDK-01  yaml" in done.said
    assert "assert False" not in done.said
    assert re.search(r"\d passed, (\d skipped, )?1 deviate in ", done.said)
    assert " failed" not in done.said
    assert ET.parse(done.folder / "junit.xml").find(".//failure") is not None  # noqa: S314 - our own file


def test_failure_says_whose_it_is_and_shows_the_proof(mixed: Run) -> None:
    """In the sign-off, on the terminal and as tags in Allure."""
    first = mixed.signoff["findings"][0]
    tags = {
        (label["value"])
        for path in mixed.folder.rglob("*-result.json")
        for label in json.loads(path.read_text(encoding="utf-8"))["labels"]
        if label["name"] == "tag"
    }

    assert (first["party"], [one["id"] for one in first["checks"]]) == ("venue", ["VIS-01"])
    assert first["frame"]["title"] == "GET /v5/market/time"
    assert "venue: #" in mixed.said
    assert {"venue", "suite"} <= tags


def test_collected_checks_read_as_the_checklist(tmp_path: Path) -> None:
    """Quietly collected, each line is an id, a requirement and its parameters, and nothing beyond the set."""
    done = run(tmp_path, MIXED, "--collect-only", "-q")

    lines = [line for line in done.said.splitlines() if "  " in line]
    assert lines[:2] == [
        "VIS-01  A PostOnly order never trades. [Buy]",
        "VIS-01  A PostOnly order never trades. [Sell]",
    ]
    assert "SDK-01" not in done.said
    assert "(3 deselected)" in done.said


def test_named_check_beyond_the_set_is_made(tmp_path: Path) -> None:
    """Whoever names an id with -k, or a node id, gets it whatever the profile."""
    done = run(tmp_path, MIXED, "--collect-only", "-q", "-k", "SDK-01 or VIS-02")

    assert "SDK-01  It is not required." in done.said
    assert "SDK-02" not in done.said


@pytest.mark.parametrize("selected", [["vis", "prm", "mkr", "rty"], [""]], ids=["by node id", "by file"])
def test_narrowed_run_is_incomplete(tmp_path: Path, selected: list[str]) -> None:
    """Even when every required check was made: what stood next to them was never collected."""
    module = "checks/test_small.py"

    done = run(tmp_path, ALL_PASS, *(f"{module}::test_{one}" if one else module for one in selected))

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert done.signoff["sentence"].startswith(f"The run was narrowed to {module}")
    assert {verdict for verdict, _ in done.verdicts.values()} == {"PASS"}


def test_whole_folder_is_not_narrowed(tmp_path: Path) -> None:
    """Naming the folder of the checks is the whole checklist."""
    assert run(tmp_path, ALL_PASS, "checks").signoff["verdict"] == "READY"


def test_waiver_of_a_blocker_is_a_usage_error(tmp_path: Path) -> None:
    """A blocker cannot be waived: nothing is run and the exit code is 4."""
    checks = ALL_PASS.replace('check("MKR-01")', 'check("MKR-01", severity="blocker")')
    entry = "- {check: MKR-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, checks, waivers=entry)

    assert done.exit_code == 4
    assert "MKR-01 is a blocker, and a blocker cannot be waived" in done.said
    assert not list(done.root.rglob("signoff.*"))


def test_void_waiver_is_to_be_removed(tmp_path: Path) -> None:
    """A waiver whose check passes makes the run NOT READY, and nothing is said to have broken."""
    entry = "- {check: MKR-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, ALL_PASS, waivers=entry)

    assert (done.exit_code, done.signoff["verdict"]) == (1, "NOT READY")
    assert done.verdicts["MKR-01"] == ("FAIL", "the waiver of MKR-01 is void: the check passed; remove it")
    assert "broke" not in done.said
    assert "next: remove the waiver of MKR-01 from waivers.yaml" in done.said


def test_broken_waivers_are_a_usage_error(tmp_path: Path) -> None:
    """A folder in the place of waivers.yaml is one line and exit code 4."""
    (tmp_path / "waivers.yaml").mkdir()

    done = run(tmp_path, ALL_PASS)

    assert done.exit_code == 4
    assert "waivers.yaml: cannot be read: Is a directory" in done.said
    assert "Traceback" not in done.said


@pytest.mark.parametrize("plugin", ["junitxml", "allure_pytest"])
def test_sign_off_needs_neither_junit_nor_allure(tmp_path: Path, plugin: str) -> None:
    """Whoever leaves a plugin of pytest out loses its file, and nothing else."""
    done = run(tmp_path, ALL_PASS, "-p", f"no:{plugin}", renderer=True)

    assert (done.exit_code, done.signoff["verdict"]) == (0, "READY")
    assert (done.folder / "junit.xml").exists() is (plugin != "junitxml")
    assert (done.folder / "allure-results").exists() is (plugin != "allure_pytest")


def test_unusable_environment_writes_nothing(tmp_path: Path) -> None:
    """Where nobody answers, the exit code is 3, and no folder and no verdict is left behind."""
    keys = {"DMM_STANDALONE_KEY": "key-of-nobody", "DMM_STANDALONE_SECRET": "secret-of-nobody"}

    done = run(tmp_path, ALL_PASS, "--env", "standalone", variables=keys)

    assert done.exit_code == 3
    assert "standalone cannot be tested" in done.said
    assert not any((tmp_path / "reports").rglob("*-*"))


def test_collecting_writes_nothing(tmp_path: Path) -> None:
    """Without a run under way the plugin does nothing at all."""
    done = run(tmp_path, ALL_PASS, "--collect-only")

    assert done.exit_code == 0
    assert not (tmp_path / "reports").exists()
