"""The pytest plugin that records outcomes; it does nothing unless a run of the checklist is under way."""

import os
import time
from collections.abc import Generator

import pytest

from fixtures.desk import Blocked
from fixtures.plugin import RUN
from fixtures.run import Run
from reports import requirements, waivers
from reports.live import LiveLine
from reports.recorder import Recorder
from reports.redaction import redact_report, redactor


def pytest_configure(config: pytest.Config) -> None:
    """Send the reports of this run into its folder, before the plugins that write them are asked where to."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    try:
        required = requirements.read(requirements.newest(config.rootpath / "checks"))
        waived = waivers.read(config.rootpath / "waivers.yaml")
    except (requirements.RequirementsError, waivers.WaiverError) as error:
        raise pytest.UsageError(str(error)) from None
    config.option.allure_report_dir = str(run.folder / "allure-results")
    # An option is missing when its plugin was left out with `-p no:…`.
    config.option.xmlpath = config.getoption("xmlpath", None) or str(run.folder / "junit.xml")
    live = LiveLine(os.dup(1), terminal=os.isatty(1), now_s=time.monotonic)
    config.add_cleanup(live.close)
    redact = redactor(run)
    run.announce = lambda text: live.show(redact(text))
    config.pluginmanager.register(Recorder(config, run, required, waived, live), "checklist-recorder")
    config.pluginmanager.register(Redaction(run), "checklist-redaction")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no empty folder behind when the environment could not be tested."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    for folder in (run.folder / "allure-results", run.folder):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


class Redaction:
    """Redacts each report of pytest before anybody else reads it; a BLOCKED check keeps only its sentence."""

    def __init__(self, run: Run) -> None:
        self._redact = redactor(run)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Be the innermost wrapper: what the others see has no secret."""
        report = yield
        raised = call.excinfo
        if raised is not None and raised.errisinstance(Blocked) and call.when != "teardown":
            report.longrepr = raised.getrepr(style="value", chain=False)
        redact_report(report, self._redact)
        return report
