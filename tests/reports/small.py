"""Whole runs of small checklists, each in a process and a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reports.signoff.document import validate

ROOT = Path(__file__).parents[2]
PROJECT = """
[project]
name = "small-checklist"
version = "0"
[tool.pytest.ini_options]
testpaths = ["checks"]
strict = true
addopts = ["--import-mode=importlib", "-p", "no:randomly"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "session"
asyncio_default_test_loop_scope = "session"
"""
CONFTEST = 'pytest_plugins = ["fixtures.plugin", "reports.plugin"]\n'
WITHOUT_RENDERER = """
from pathlib import Path
from reports.allure_report.render import render
render.__kwdefaults__["cli"] = Path("nowhere.js")
"""
HEAD = '''"""Small checks, invented for a test."""
import signal
import pytest
from fixtures.desk import Blocked, LeftBehind
from fixtures.record.evidence import Channel, Direction
from fixtures.expect import Cause, Owner, Prerequisite, expect, nothing
from fixtures.venue.demo_accounts import MAKER

def check(check_id, severity="major", min_messages=1, library=None, **facts):
    marked = {"severity": severity, "min_messages": min_messages, "library": library, "facts": facts}
    return pytest.mark.check(id=check_id, max_fills=0, creates=0, worth=0, largest=0, **marked)

@pytest.fixture
def look(run):
    """Records one message of the venue."""
    return lambda: run.evidence.record(Channel.REST, Direction.RECEIVED, "GET /v5/market/time", "{}")

@pytest.fixture(scope="session", autouse=True)
def no_open_orders(run):
    """The venue shows at the end that no order is open."""
    yield
    run.no_open_orders = True

@pytest.fixture
def greeted(look):
    """Records a message of the venue before and after the check."""
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
    raise Blocked("no key of another UID")

@check("PRM-01")
def test_error():
    """It breaks."""
    raise OSError("unreachable")

@check("PRM-02")
def test_untidy(untidy, look):
    """It passes, but leaves something behind."""
    look()

@check("MKR-01", min_messages=3)
def test_blind(look):
    """It passes on too few messages."""
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
'''
)
INTERRUPTED = (
    ALL_PASS
    + '''
@check("VIS-02")
def test_interrupted():
    """Somebody presses Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
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
def connected(no_open_orders):
    """Cannot cancel what is open."""
    yield
    raise LeftBehind("261130-120000-abcd", ["261130-120000-abcd-1"])
'''
)
FULL_DISK = (
    ALL_PASS
    + '''
import resource

@pytest.fixture(scope="session", autouse=True)
def connected(no_open_orders, run):
    """Leaves the venue at the end."""
    yield
    (run.folder / "left-the-venue").touch()

@check("VIS-02")
def test_fills_the_disk(look):
    """From here on no file can grow."""
    look()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

@check("PRM-02")
def test_after(look):
    """Nobody comes here."""
    look()
'''
)
DEVIATING = (
    ALL_PASS
    + '''
@check("SDK-01", library="yaml")
def test_deviates(look):
    """A library sends plain decimals."""
    look()
    expect("the qty that yaml 6 sent", "1e-05", "0.00001", owner=Owner.LIBRARY)

'''
)
VENUE_THROUGH_LIBRARY = (
    ALL_PASS
    + '''
@check("SDK-01", library="yaml")
def test_venue_through_library(look):
    """A PostOnly order sent through a library never takes."""
    look()
    expect("its executions as a taker", ["20 @ 0.2501"], nothing, cause=Cause.TAKES)
'''
)
CLOCK_OFF = (
    ALL_PASS
    + '''
@pytest.fixture
def stamped(run):
    """A library's request is refused for its timestamp."""
    title = "yaml: GET /v5/account/info"
    run.evidence.record(Channel.REST, Direction.RECEIVED, title, "{}", ret_code=10002)

@check("RTY-05", cause=Cause.CLOCK)
def test_clock(look):
    """The clocks agree."""
    look()
    expect("the venue's clock minus this machine's", "-3000 ms", "below 500 ms")

@check("SDK-01", library="yaml")
def test_fails(stamped):
    """A library sends an order."""
    expect("the outcome in yaml", "InvalidNonce", "acknowledged", owner=Owner.LIBRARY)

@check("SDK-02", library="yaml")
def test_breaks(stamped):
    """A library loads the markets."""
    raise OSError("InvalidNonce")

@check("SDK-03", library="yaml")
def test_deviates(look):
    """A library sends plain decimals."""
    look()
    expect("the qty that yaml 6 sent", "1e-05", "0.00001", owner=Owner.LIBRARY)
'''
)
HIDDEN = (
    HEAD
    + '''
@check("VIS-01", establishes=Prerequisite.SYMBOL)
def test_symbol_is_listed(look):
    """It is listed."""
    look()
    expect("the rows of NEWUSDT", (), ["NEWUSDT"], cause=Cause.HIDDEN)

@check("MKR-01")
def test_needs_the_symbol():
    """It trades."""
    raise Blocked("NEWUSDT is not visible to this key", missing=Prerequisite.SYMBOL)
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
    """What a small run left behind."""

    exit_code: int
    output: str
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
        """Allure's status by check; a check with two cases shows the last."""
        results = [
            json.loads(path.read_text(encoding="utf-8")) for path in self.folder.rglob("*-result.json")
        ]
        results.sort(key=lambda result: (result["start"], result["stop"]))
        return {result["name"].split()[0]: result["status"] for result in results}


def run(
    root: Path,
    checks: str,
    *arguments: str,
    waivers: str = "",
    not_applicable: str = "MKR-02",
    renderer: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run a small checklist in a process of its own."""
    files = {
        "pyproject.toml": PROJECT,
        "conftest.py": CONFTEST + ("" if renderer else WITHOUT_RENDERER),
        "checks/test_small.py": checks,
        "checks/requirements-2026-11-23.yaml": yaml.safe_dump(_requirements(checks)),
        "environments.yaml": yaml.safe_dump(_environments(not_applicable)),
        **({"waivers.yaml": waivers} if waivers else {}),
    }
    (root / "checks").mkdir(exist_ok=True)
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


SPLIT = {"RTY-09": ["RTY-01"], "MKR-09": ["MKR-09.01", "MKR-09.02"]}
"""Former ids -> their parts, where a small checklist has them."""


def _requirements(checks: str) -> dict[str, Any]:
    items = [*enumerate(("VIS", "PRM", "MKR", "RTY"), start=1), (7, "CRT")]
    return {
        "version": "2026-11-23",
        "smoke": ["VIS-01", "MKR-01"],
        "split": {former: parts for former, parts in SPLIT.items() if all(part in checks for part in parts)},
        "items": [
            {
                "number": number,
                "title": prefix,
                "clause": "A clause.",
                "checks": [
                    check_id
                    for check_id in (f"{prefix}-01", f"{prefix}-02", f"{prefix}-09.01", f"{prefix}-09.02")
                    if check_id in checks
                ],
            }
            for number, prefix in items
        ],
    }


def _environments(not_applicable: str) -> Any:  # noqa: ANN401 - YAML
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    content["environments"]["standalone"]["rest"] = "http://127.0.0.1:9"
    content["environments"]["local"]["not_applicable"] = {not_applicable: "Not on this venue."}
    return content
