"""Rendering, without node and against stand-ins for the CLI."""

import json
from pathlib import Path

import pytest

from reports.allure_report.render import CLI, HERE, NotRendered, render, without_analytics

SNIPPET = """
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-X"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        gtag('config', 'G-X', {});
    </script>"""


def cli(folder: Path, script: str) -> Path:
    """A stand-in for the Allure CLI: a script for node."""
    path = folder / "cli.cjs"
    path.write_text(script, encoding="utf-8")
    return path


def attempt(folder: Path, script: str, limit_s: float = 30) -> Path:
    """Render with a stand-in; returns where the report would be."""
    report = folder / "allure-report.html"
    render(folder, report, "title", cli=cli(folder, script), limit_s=limit_s)
    return report


def test_analytics_are_taken_out() -> None:
    """The snippet goes, everything around it stays."""
    assert without_analytics(f"<head>{SNIPPET}</head>") == "<head></head>"


def test_page_that_keeps_a_trace_is_refused() -> None:
    """A snippet in another form is not handed over."""
    with pytest.raises(NotRendered, match="googletagmanager"):
        without_analytics('<script src="//www.googletagmanager.com/x"></script>')


def test_missing_cli_is_one_line(tmp_path: Path) -> None:
    """Without the CLI the reason names the command that installs it."""
    with pytest.raises(
        NotRendered, match=r"^the Allure CLI is not installed, run: python -m reports\.allure_report setup$"
    ):
        render(tmp_path, tmp_path / "a.html", "title", cli=tmp_path / "nowhere.js")


def test_slow_cli_is_ended(tmp_path: Path) -> None:
    """A CLI that does not come to an end is stopped at the limit."""
    with pytest.raises(NotRendered, match=r"took longer than 0\.3 s"):
        attempt(tmp_path, "setInterval(() => {}, 1000)", limit_s=0.3)


def test_failing_cli_is_quoted(tmp_path: Path) -> None:
    """The reason is the last line that the failed CLI wrote."""
    with pytest.raises(NotRendered, match="ended with 7: no such thing"):
        attempt(tmp_path, "console.error('no such thing'); process.exit(7)")


def test_cli_without_output_or_page_is_reported(tmp_path: Path) -> None:
    """A CLI that says nothing and writes nothing has not rendered."""
    with pytest.raises(NotRendered, match="wrote no page"):
        attempt(tmp_path, "")


def test_page_is_kept_and_keys_are_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page arrives, and the CLI sees none of the variables that hold keys."""
    monkeypatch.setenv("BYBIT_TESTNET_SECRET", "s3cr3t")
    script = """
        const page = process.argv[process.argv.indexOf("--output") + 1] + "/index.html";
        const names = Object.keys(process.env).filter((name) => name.includes("BYBIT"));
        require("fs").writeFileSync(page, JSON.stringify([process.env.DMM_REPORT_TITLE, names]));
    """

    assert json.loads(attempt(tmp_path, script).read_text(encoding="utf-8")) == ["title", []]


@pytest.mark.skipif(not CLI.exists(), reason="the Allure CLI is not installed")
def test_real_report_has_no_analytics(tmp_path: Path) -> None:
    """The installed CLI renders a result, and nothing of the analytics is left in the page."""
    result = {"uuid": "u", "name": "MKR-01 It rests.", "status": "passed", "start": 1, "stop": 2}
    results = tmp_path / "allure-results"
    results.mkdir()
    (results / "u-result.json").write_text(json.dumps(result), encoding="utf-8")

    render(results, tmp_path / "allure-report.html", "title")

    page = (tmp_path / "allure-report.html").read_text(encoding="utf-8")
    assert len(page) > 1_000_000
    assert "googletagmanager" not in page
    assert "dataLayer" not in page


def test_lock_file_names_no_registry() -> None:
    """The lock pins versions and digests and leaves the registry to npm's own setting."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert packages["node_modules/allure"]["version"] == "3.18.0"
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
