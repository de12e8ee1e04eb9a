"""The pytest plugin that records outcomes; it does nothing outside a run of the checklist."""

import os
import time
from collections.abc import Generator
from typing import Any

import pytest

from fixtures.harness.collection import in_scope
from fixtures.harness.options import CHECKS, RUN, SCOPE, file_of
from fixtures.record.redaction import redactor
from fixtures.record.run import Run
from reports.evidence.report_redaction import redact_repr, redact_terminal
from reports.session.items import line_of
from reports.session.progress import LiveLine
from reports.session.recorder import Recorder
from reports.session.selection import select_profile
from reports.signoff.provenance import provenance
from reports.verdict import requirements, waivers
from reports.verdict.profile import Profile, required_by

_REQUIRED = pytest.StashKey[requirements.Requirements]()
"""What a run of the chosen profile must contain; absent in the suite's own tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says how much of the checklist is run."""
    parser.getgroup("checklist").addoption(
        "--profile",
        choices=[str(profile) for profile in Profile],
        default=str(Profile.SIGNOFF),
        help="smoke: a few checks, no sign-off; signoff (default): the required checks; regression: all",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Direct the reports of this run into its folder, before the plugins that write them are configured."""
    if not config.stash.get(CHECKS, False):
        return
    run, waivers_file = config.stash.get(RUN, None), config.rootpath / "waivers.yaml"
    try:
        complete = requirements.read(requirements.newest(config.rootpath / "checks"))
        waived = waivers.read(waivers_file)
        complete.require_current((waiver.check for waiver in waived), waivers_file.name)
        if run is not None:
            where = f"{file_of(config).name}: not_applicable of {run.environment.name}"
            complete.require_current(run.environment.not_applicable, where)
    except (requirements.RequirementsError, waivers.WaiverError) as error:
        raise pytest.UsageError(str(error)) from None
    profiled, scope = required_by(Profile(config.option.profile), complete), config.stash[SCOPE]
    config.stash[_REQUIRED] = required = profiled.only(lambda check_id: in_scope(check_id, scope))
    if run is None:
        return
    config.option.allure_report_dir = str(run.folder / "allure-results")
    # An option is missing when its plugin was disabled with `-p no:…`.
    config.option.xmlpath = config.getoption("xmlpath", None) or str(run.folder / "junit.xml")
    live = LiveLine(os.dup(1), terminal=os.isatty(1), now_s=time.monotonic)
    config.add_cleanup(live.close)
    redact = redactor(run)
    run.announce = lambda text: live.show(redact(text))
    suite = provenance(config.rootpath, (file_of(config), waivers_file))
    config.pluginmanager.register(Recorder(config, run, required, waived, suite, live), "checklist-recorder")
    config.pluginmanager.register(Redaction(run), "checklist-redaction")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the checks beyond the profile."""
    required = config.stash.get(_REQUIRED, None)
    if required is not None and config.option.profile != Profile.REGRESSION:
        select_profile(config, items, required)


@pytest.hookimpl(wrapper=True)
def pytest_collection_finish(session: pytest.Session) -> Generator[None, object, object]:
    """Let ``--collect-only -q`` print the checklist."""
    config, items = session.config, session.items
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    quiet = config.option.collectonly and config.option.verbose == -1
    if reporter is None or not quiet or _REQUIRED not in config.stash:
        return (yield)
    # pytest would print the node ids of the items that it finds here.
    session.items = []
    try:
        done = yield
    finally:
        session.items = items
    for item in items:
        reporter.write_line(line_of(item, config.option.symbol or ()))
    return done


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the empty folders of a run whose environment could not be tested."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    for folder in (run.folder / "allure-results", run.folder):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


class Redaction:
    """Redacts what pytest writes outside its reports: the terminal, and an internal error's traceback."""

    def __init__(self, run: Run) -> None:
        self._redact = redactor(run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Redact the terminal from here on."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            redact_terminal(reporter, self._redact)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:  # noqa: ANN401 - pytest has no public name for it
        """Redact the traceback before any other plugin reads it."""
        redact_repr(excrepr, self._redact)
