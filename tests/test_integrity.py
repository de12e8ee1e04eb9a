"""No flag, option, variable or plugin disables an assertion and leaves a green check."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from fixtures.harness.integrity import KNOWN, NEEDED
from tests.reports.small import ALL_PASS, HEAD, ROOT, Run, run

USAGE, INCOMPLETE, NOT_READY = 4, 2, 1
EVIL = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    try:
        yield
    except AssertionError:
        pass
"""
"""A plugin that swallows every assertion error."""
FAILING = ALL_PASS.replace(
    '    """It passes."""\n    look()\n', '    """It fails."""\n    look()\n    assert False\n'
)

# --pastebin and --debug must be refused before they act; should they act, nothing may leave this machine.
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9"}
"""A proxy on this machine that nobody listens on, so that pytest's own uploads go nowhere."""
HELD_WITHOUT_REWRITING = {
    "auth": """
from checks.operations._auth import expect_refused_authentication
from fixtures.clients.streams.auth import AuthAnswer
from fixtures.record.evidence import Channel
expect_refused_authentication({Channel.TRADE: AuthAnswer(True, 0, "")}, {10003}, "a wrong key")
""",
    "auth-code": """
from checks.operations._auth import expect_refused_authentication
from fixtures.clients.streams.auth import AuthAnswer
from fixtures.record.evidence import Channel
expect_refused_authentication({Channel.TRADE: AuthAnswer(False, 1, "")}, {10003}, "a wrong key")
""",
    "crossing": """
import asyncio, types
from checks.maker._post_only import expect_closed_without_fill
asyncio.run(expect_closed_without_fill(None, types.SimpleNamespace(order=None, ret_code=0)))
""",
}
"""Scripts in which a shared assertion must fail."""


def assert_refused(done: Run, line: str) -> None:
    """The run did not start: one line, the exit code of wrong usage, no folder."""
    assert done.exit_code == USAGE, done.output
    assert len([printed for printed in done.output.splitlines() if line in printed]) == 1, done.output
    assert "Traceback" not in done.output
    assert not (done.root / "reports").exists()


@pytest.mark.parametrize("level", ["1", "2"])
def test_optimised_python_is_refused(tmp_path: Path, level: str) -> None:
    """An interpreter that strips assertions starts no run."""
    done = run(tmp_path, FAILING, variables={"PYTHONOPTIMIZE": level})

    assert_refused(done, "python -O and PYTHONOPTIMIZE remove assertions")


@pytest.mark.parametrize("script", HELD_WITHOUT_REWRITING.values(), ids=list(HELD_WITHOUT_REWRITING))
def test_shared_assertion_holds_in_any_python(script: str) -> None:
    """A shared assertion fails as well where pytest does not rewrite it and Python strips ``assert``."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-O", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "\nfixtures.expect.failure.CheckFailed: " in done.stderr


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("--assert=plain", "--assert=plain keeps a failure from showing"),
        ("--pdb", "--pdb and --trace let a person change"),
        ("--trace", "--pdb and --trace let a person change"),
        ("--debug", "--debug and PYTEST_DEBUG write pytest's state to a file"),
        ("--pastebin=all", "--pastebin sends the run's output to a public page"),
        ("--override-ini=python_functions=check_*", "-o python_functions changes how"),
        ("--override-ini=asyncio_mode=strict", "-o asyncio_mode changes how"),
        ("--override-ini=addopts=", "-o addopts changes how"),
        ("--override-ini=filterwarnings=ignore", "-o filterwarnings changes how"),
        ("--override-ini=usefixtures=evil", "-o usefixtures changes how"),
        ("--disable-plugin-autoload", "asyncio"),
        ("--reruns=3", "unrecognized arguments: --reruns=3"),
        ("--rootdir=checks", "run the suite as its own pyproject.toml says, without -c and --rootdir"),
    ],
)
def test_option_that_weakens_a_check_is_refused(tmp_path: Path, option: str, line: str) -> None:
    """An option that could weaken a check ends the run with one line, before it takes effect."""
    assert_refused(run(tmp_path, FAILING, option, variables=NOWHERE), line)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("PYTEST_DEBUG", "1", "--debug and PYTEST_DEBUG write pytest's state"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1", "asyncio"),
        ("PYTEST_PLUGINS", "evil", "evil could change the checks' verdicts: disable it with -p no:evil"),
        ("PYTEST_ADDOPTS", "--assert=plain", "--assert=plain keeps a failure from showing"),
        ("PYTEST_ADDOPTS", "-p evil", "evil could change the checks' verdicts: disable it with -p no:evil"),
    ],
)
def test_variable_that_weakens_a_check_is_refused(tmp_path: Path, name: str, value: str, line: str) -> None:
    """An environment variable is refused like the option it stands for."""
    (tmp_path / "evil.py").write_text(EVIL, encoding="utf-8")

    done = run(tmp_path, FAILING, variables={name: value})

    assert done.exit_code == USAGE, done.output
    assert line in done.output


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in NEEDED if name != "asyncio"),
        *("reports.plugin", "checklist-recorder", "checklist-catalogue", "checklist-redaction"),
        *("checklist-only-known", "checklist-session"),
    ],
)
def test_run_without_a_needed_plugin_is_refused(tmp_path: Path, name: str) -> None:
    """Without the plugin a check would not run as written, be N/A where it must, or get a verdict."""
    done = run(tmp_path, FAILING, "-p", f"no:{name}")

    assert_refused(done, f"the plugin {name} is disabled")


@pytest.mark.parametrize(
    "options", [["-p", "no:asyncio"], ["-p", "no:fixtures.plugin"], ["-p", "no:fixtures.harness.startup"]]
)
def test_no_check_runs_without_the_plugins_that_run_them(tmp_path: Path, options: list[str]) -> None:
    """Without the plugin that would refuse the run nothing is collected either."""
    done = run(tmp_path, FAILING, *options)

    assert done.exit_code in {USAGE, INCOMPLETE}
    assert "passed" not in done.output
    assert not (done.root / "reports").exists()


@pytest.mark.parametrize("option", ["--noconftest", "--confcutdir=checks"])
def test_no_check_runs_without_the_conftest(tmp_path: Path, option: str) -> None:
    """Without the suite's plugins no module of checks can be collected."""
    done = run(tmp_path, ALL_PASS, option)

    assert done.exit_code in {USAGE, INCOMPLETE}
    assert "passed" not in done.output
    assert not (done.root / "reports").exists()


@pytest.mark.parametrize(
    "name", ["pytest.ini", "other.ini", "elsewhere/other.ini", "elsewhere/pyproject.toml"]
)
def test_other_configuration_is_refused(tmp_path: Path, name: str) -> None:
    """Another configuration file, named or found, could change which functions are checks."""
    root, file = tmp_path / "suite", tmp_path / name
    root.mkdir()
    file = root / name if name == "pytest.ini" else file
    file.parent.mkdir(exist_ok=True)
    file.write_text("[tool.pytest.ini_options]" if "toml" in name else "[pytest]", encoding="utf-8")
    options = [] if name == "pytest.ini" else [f"--config-file={file}", "checks"]

    done = run(root, FAILING, *options)

    assert_refused(done, f"pytest follows {file}")


def test_nothing_passes_under_a_configuration_that_hides_the_conftest(tmp_path: Path) -> None:
    """A configuration file in a subfolder hides the suite's plugins, and with them every check's fixtures."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.ini").touch()

    done = run(tmp_path, ALL_PASS, "--config-file=docs/other.ini", "checks")

    assert done.exit_code != 0
    assert "passed" not in done.output
    assert not (done.root / "reports").exists()


@pytest.mark.parametrize("folder", ["checks", "checks/maker"])
def test_conftest_beside_the_checks_is_refused(tmp_path: Path, folder: str) -> None:
    """A conftest of the user's is refused, in an item's folder too: it can do whatever a plugin can."""
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "conftest.py").write_text(EVIL, encoding="utf-8")

    done = run(tmp_path, FAILING)

    assert_refused(done, f"{folder}/conftest.py could change the checks' verdicts: remove it")


@pytest.mark.parametrize("installed", [False, True], ids=["named", "installed"])
def test_foreign_plugin_is_refused(tmp_path: Path, installed: bool) -> None:  # noqa: FBT001 - a parameter
    """An unknown plugin is refused by name, since one that swallows failures cannot be recognised."""
    site = tmp_path / "site"
    info = site / "evil-1.dist-info"
    info.mkdir(parents=True)
    (site / "evil.py").write_text(EVIL, encoding="utf-8")
    if installed:
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text("[pytest11]\nrerun = evil\n", encoding="utf-8")
    options, name = ([], "rerun") if installed else (["-p", "evil"], "evil")

    variables = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(site)])}
    done = run(tmp_path, FAILING, *options, variables=variables)

    assert_refused(done, f"{name} could change the checks' verdicts: disable it with -p no:{name}")


def test_plugin_that_comes_later_is_refused(tmp_path: Path) -> None:
    """A plugin that a check registers during the run is refused as well."""
    brings = """
class Evil:
    pass

@check("VIS-02")
def test_brings(pytestconfig, look):
    \"\"\"It brings a plugin.\"\"\"
    look()
    pytestconfig.pluginmanager.register(Evil(), "evil")
"""
    done = run(tmp_path, ALL_PASS + brings)

    assert done.exit_code != 0
    assert done.verdicts["VIS-02"][0] == "ERROR"


@pytest.mark.parametrize(
    "options",
    [
        ["-k", "not vis"],
        ["-m", "maker"],
        ["--deselect=checks/test_small.py::test_vis"],
        ["--ignore=checks/test_small.py"],
        ["checks/test_small.py"],
        ["--lf"],
        ["--sw"],
        ["--setup-only"],
        ["--setup-plan"],
        ["--profile=smoke", "-k", "MKR-01"],
    ],
    ids=" ".join,
)
def test_partial_run_is_incomplete(tmp_path: Path, options: list[str]) -> None:
    """A run that omits a check is INCOMPLETE, although every check that ran passed."""
    cache = tmp_path / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps({"checks/test_small.py::test_vis": True}), encoding="utf-8")
    (cache / "stepwise").write_text(
        json.dumps(
            {"last_failed": "checks/test_small.py::test_mkr", "last_test_count": 4, "last_cache_date_str": ""}
        ),
        encoding="utf-8",
    )

    done = run(tmp_path, ALL_PASS, *options)

    assert (done.exit_code, done.signoff["verdict"]) == (INCOMPLETE, "INCOMPLETE"), done.output


@pytest.mark.parametrize(
    "options", [["--maxfail=1"], ["--runxfail", "-W", "ignore", "--tb=no"]], ids=" ".join
)
def test_failure_stays_a_failure(tmp_path: Path, options: list[str]) -> None:
    """An option about how a failure is shown, or when the run stops, does not change its verdict."""
    done = run(tmp_path, FAILING, *options)

    assert (done.exit_code, done.signoff["verdict"]) == (NOT_READY, "NOT READY")


def test_expected_failure_is_a_failure(tmp_path: Path) -> None:
    """A check that pytest reports as an expected failure is a FAIL in the sign-off."""
    done = run(tmp_path, FAILING.replace('@check("VIS-01")', '@pytest.mark.xfail\n@check("VIS-01")'))

    assert done.verdicts["VIS-01"][0] == "FAIL"
    assert done.exit_code == NOT_READY


def test_skip_is_no_pass(tmp_path: Path) -> None:
    """A check that is skipped without a declaration is BLOCKED."""
    done = run(tmp_path, ALL_PASS.replace('@check("VIS-01")', '@pytest.mark.skip\n@check("VIS-01")'))

    assert done.verdicts["VIS-01"][0] == "BLOCKED"
    assert done.exit_code == INCOMPLETE


def test_what_a_thread_raises_stays_an_error(tmp_path: Path) -> None:
    """A check whose thread raised is an ERROR, even with warnings ignored."""
    stray = """
import threading

@check("VIS-02")
def test_stray(look):
    \"\"\"A thread breaks.\"\"\"
    look()
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""
    done = run(tmp_path, ALL_PASS + stray, "-W", "ignore")

    assert done.verdicts["VIS-02"][0] == "ERROR"
    assert done.exit_code == INCOMPLETE


def test_collecting_is_no_run(tmp_path: Path) -> None:
    """Listing the checks prints and writes nothing that could be taken for a verdict."""
    done = run(tmp_path, FAILING, "--collect-only")

    assert "READY" not in done.output
    assert not (done.root / "reports").exists()


def test_plugins_of_the_lock_are_known() -> None:
    """Every plugin of the pinned libraries is in KNOWN; otherwise every run would be refused."""
    assert {plugin.value.partition(".")[0] for plugin in entry_points(group="pytest11")} <= KNOWN


def test_every_check_of_the_failing_checklist_fails() -> None:
    """FAILING is ALL_PASS with an ``assert False`` in each of its checks."""
    assert FAILING.removeprefix(HEAD).count("assert False") == ALL_PASS.removeprefix(HEAD).count("@check(")
