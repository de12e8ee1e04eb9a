"""The pytest plugin that records outcomes; it does nothing unless a run of the checklist is under way."""

import os
import time
from collections.abc import Generator
from typing import Any

import pytest

from fixtures.catalogue import library_of, trades_through
from fixtures.desk import Blocked
from fixtures.options import CHECKS, RUN, file_of
from fixtures.redaction import redactor
from fixtures.run import Run
from reports import requirements, waivers
from reports.attribution import is_about
from reports.items import line_of
from reports.live import LiveLine
from reports.outcome import sentence_of
from reports.profile import Profile, required_by, select
from reports.provenance import provenance
from reports.recorder import Recorder
from reports.redaction import redact_report, redact_repr, redact_terminal

_REQUIRED = pytest.StashKey[requirements.Requirements]()
"""What a run of the chosen profile must contain; absent for the suite's own tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says how much of the checklist is made."""
    parser.getgroup("checklist").addoption(
        "--profile",
        choices=[str(profile) for profile in Profile],
        default=str(Profile.SIGNOFF),
        help="smoke: a short look, no sign-off; signoff (default): what is required; regression: everything",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Send the reports of this run into its folder, before the plugins that write them are asked where to."""
    if not config.stash.get(CHECKS, False):
        return
    waivers_file = config.rootpath / "waivers.yaml"
    try:
        complete = requirements.read(requirements.newest(config.rootpath / "checks"))
        waived = waivers.read(waivers_file)
    except (requirements.RequirementsError, waivers.WaiverError) as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_REQUIRED] = required = required_by(Profile(config.option.profile), complete)
    run = config.stash.get(RUN, None)
    if run is None:
        return
    config.option.allure_report_dir = str(run.folder / "allure-results")
    # An option is missing when its plugin was left out with `-p no:…`.
    config.option.xmlpath = config.getoption("xmlpath", None) or str(run.folder / "junit.xml")
    live = LiveLine(os.dup(1), terminal=os.isatty(1), now_s=time.monotonic)
    config.add_cleanup(live.close)
    redact = redactor(run)
    run.announce = lambda text: live.show(redact(text))
    made_by = provenance(config.rootpath, (file_of(config), waivers_file))
    config.pluginmanager.register(
        Recorder(config, run, required, waived, made_by, live), "checklist-recorder"
    )
    config.pluginmanager.register(Redaction(run), "checklist-redaction")
    config.pluginmanager.register(Deviations(run), "checklist-deviations")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is beyond the profile."""
    required = config.stash.get(_REQUIRED, None)
    if required is not None and config.option.profile != Profile.REGRESSION:
        select(config, items, required)


@pytest.hookimpl(wrapper=True)
def pytest_collection_finish(session: pytest.Session) -> Generator[None, object, object]:
    """Let ``--collect-only -q`` read as the checklist."""
    config, items = session.config, session.items
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    quiet = config.option.collectonly and config.option.verbose == -1
    if reporter is None or not quiet or _REQUIRED not in config.stash:
        return (yield)
    # pytest itself would list the node ids of what it finds here.
    session.items = []
    try:
        done = yield
    finally:
        session.items = items
    for item in items:
        reporter.write_line(line_of(item, config.option.symbol or ()))
    return done


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no empty folder behind when the environment could not be tested."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    for folder in (run.folder / "allure-results", run.folder):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


class Redaction:
    """Redacts each report of pytest before anybody else reads it, and shortens it where a sentence is enough.

    That is so of a BLOCKED check, and of a library's failure that breaks no listing under test. What pytest
    writes beside its reports, such as where it was interrupted, is redacted on its way to the terminal.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._redact = redactor(run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Take the terminal's pen."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            redact_terminal(reporter, self._redact)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:  # noqa: ANN401 - pytest has no public name for it
        """Be the first to hear that the suite broke."""
        redact_repr(excrepr, self._redact)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Be the innermost wrapper: what the others see has no secret."""
        report = yield
        raised = call.excinfo
        if raised is not None and raised.errisinstance(Blocked) and call.when != "teardown":
            report.longrepr = raised.getrepr(style="value", chain=False)
        elif raised is not None and _is_spectator(item, raised.value, self._run):
            said = AssertionError(sentence_of(raised.value)).with_traceback(raised.tb)
            report.longrepr = pytest.ExceptionInfo.from_exception(said).getrepr(style="value", chain=False)
        redact_report(report, self._redact)
        return report


class Deviations:
    """Tells a library's failure that breaks no listing under test from a failure, where pytest counts."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._found: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what deviates."""
        if call.when == "call" and call.excinfo and _is_spectator(item, call.excinfo.value, self._run):
            self._found.add(item.nodeid)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Its word on the terminal; the report itself stays a failed one."""
        deviates = report.when == "call" and report.failed and report.nodeid in self._found
        return ("deviate", "d", ("DEVIATES", {"yellow": True})) if deviates else None


def _is_spectator(item: pytest.Item, raised: BaseException, run: Run) -> bool:
    """True for a failed assertion about a library that no listing under test trades through."""
    library = library_of(item)
    if not library or trades_through(library, run.environment, run.symbols):
        return False
    return isinstance(raised, AssertionError) and is_about(library, raised, sentence_of(raised))
