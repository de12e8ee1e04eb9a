"""Turns pytest's events into outcomes, and writes the reports when the session is over."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from fixtures.clients.clock import SystemClock
from fixtures.expect import Prerequisite
from fixtures.harness.collection import is_about_client, library_of, trades_through
from fixtures.harness.facts import facts_of
from fixtures.harness.run_judgement import judgement_of
from fixtures.oracle import Contradiction
from fixtures.record.evidence import Record
from fixtures.record.redaction import redactor
from fixtures.record.run import Run
from reports.allure_report import labels
from reports.evidence import evidence_text, order_messages, timeline
from reports.evidence.report_redaction import redact_report
from reports.session import terminal
from reports.session.case import RunningCase, show_sentence
from reports.session.items import check_id_of, group, label, parameters, requirement
from reports.session.phases import message_of
from reports.session.progress import LiveLine
from reports.session.selection import deselected, deselected_by, filtered
from reports.signoff.provenance import Provenance
from reports.signoff.writer import Finished, shown, write
from reports.verdict import waivers
from reports.verdict.attribution import Seen, attribute, failure_of, is_explained
from reports.verdict.cause import Attribution
from reports.verdict.decide import deviates, verdict_of_case
from reports.verdict.frames import frame_at
from reports.verdict.profile import Profile
from reports.verdict.requirements import Requirements
from reports.verdict.results import (
    ACTIONABLE,
    BEYOND,
    Check,
    Item,
    Library,
    Outcome,
    RunVerdict,
    Verdict,
)


class Recorder:
    """The hooks of one run."""

    def __init__(
        self,
        config: pytest.Config,
        run: Run,
        required: Requirements,
        waived: tuple[waivers.Waiver, ...],
        provenance: Provenance,
        live: LiveLine,
    ) -> None:
        self._config = config
        self._run = run
        self._required = required
        self._waived = waived
        self._provenance = provenance
        self._live = live
        self._redact = redactor(run)
        self._clock = SystemClock()
        self._started_ms = self._clock.now_ms()
        self._collected: dict[str, Check] = {}
        self._functions: set[tuple[str, str]] = set()
        self._plan: tuple[Check, ...] = ()
        self._chosen: Counter[str] = Counter()
        self._outcomes: list[Outcome] = []
        self._case: RunningCase | None = None
        self._deviating: set[str] = set()
        self._interrupted: str | None = None

    # Planning

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note a check before anything can be deselected."""
        self._functions.add((item.path.name, test_name(item)))
        marker = item.get_closest_marker("check")
        if marker is None:
            return
        check_id = marker.kwargs["id"]
        facts = facts_of(item)
        known = self._collected.get(check_id) or Check(
            check_id,
            requirement(item),
            str(marker.kwargs["severity"]),
            library=self._library(item),
            cause=facts.get("cause"),
            establishes=facts.get("establishes"),
            subject="client" if is_about_client(check_id) else facts.get("subject", "venue"),
        )
        self._collected[check_id] = replace(known, cases=known.cases + 1)

    def _library(self, item: pytest.Item) -> Library | None:
        name = library_of(item)
        if not name:
            return None
        traded = trades_through(name, self._run.environment, self._run.symbols)
        try:
            return Library(name, version(name), traded)
        except PackageNotFoundError:
            return Library(name, "", traded)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Fix the plan before it is shown: the required checks, and those selected beyond them."""
        self._chosen = Counter(map(check_id_of, session.items))
        wanted = {*self._required.check_ids, *self._chosen}
        self._plan = self._required.plan(
            {check_id: check for check_id, check in self._collected.items() if check_id in wanted}
        )
        try:
            # A waiver may name a check that a short profile omits.
            waivers.validate(self._waived, {check.id: check for check in self._plan} | self._collected)
        except waivers.WaiverError as error:
            raise pytest.UsageError(str(error)) from None

    def pytest_report_collectionfinish(self) -> list[str]:
        """Show the plan."""
        plan = terminal.RunPlan(self._required, self._plan, self._filtered(), self._chosen)
        return terminal.plan_lines(self._run, plan)

    def _filtered(self) -> str | None:
        """The arguments that select among the checks, None when all of them are run."""
        checks = self._config.rootpath / "checks"
        paths = filtered(self._config.args, self._config.invocation_params.dir, checks)
        short = any(self._chosen[check.id] < check.cases for check in self._plan)
        return " ".join(filter(None, (paths, deselected_by(self._config) if short else ""))) or None

    # Recording

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Record a case; an interrupted one is recorded here, while Allure's result is still open."""
        self._case = RunningCase(item, self._run.evidence.mark(), self._clock.now_ms())
        try:
            return (yield)
        finally:
            self._record()

    # No other plugin of the suite wraps this hook. It is the innermost wrapper (trylast), so that the report
    # shows our verdict, and no secret, by the time that JUnit, Allure and the terminal read it.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how a phase ended, and let its report show the verdict so far."""
        report = yield
        case = self._case
        if case is not None:
            case.end(call)
            if call.when == "teardown":
                case.outcome = self._outcome(case)
                report.user_properties.append(("verdict", str(case.outcome.verdict)))
            elif report.failed:
                self._shorten(report, call, self._outcome(case))
        redact_report(report, self._redact)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """The terminal's word for a deviation; to every other plugin the report stays a failed one."""
        is_deviation = report.when == "call" and report.failed and report.nodeid in self._deviating
        return ("deviate", "d", ("DEVIATES", {"yellow": True})) if is_deviation else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        """Clear the progress line before pytest writes."""
        self._live.clear()

    def pytest_runtest_logfinish(self) -> None:
        """Record the case: allure-pytest has written its own values, and closes its result next."""
        self._record()

    def _shorten(self, report: pytest.TestReport, call: pytest.CallInfo[None], outcome: Outcome) -> None:
        """Show a deviation, or a blocked case, by its sentence without a traceback."""
        check = self._collected.get(outcome.check_id)
        is_deviation = check is not None and deviates(outcome, check)
        if is_deviation:
            self._deviating.add(report.nodeid)
        if call.excinfo is not None and (is_deviation or outcome.verdict is Verdict.BLOCKED):
            show_sentence(report, call.excinfo)

    def _record(self) -> None:
        """Keep the outcome of the running case, once, and replace what allure-pytest wrote."""
        case, self._case = self._case, None
        if case is None or (check := self._collected.get(check_id_of(case.item))) is None:
            return
        outcome = case.outcome or self._outcome(case)
        self._outcomes.append(outcome)
        result = labels.under_way(self._config)
        if result is not None:
            place = labels.Place(self._run.environment.name, self._item_of(check), group(case.item))
            labels.finish(result, check, place, outcome)
            self._attach(outcome)

    def _outcome(self, case: RunningCase) -> Outcome:
        """The outcome of the case, as far as its phases have ended."""
        item, messages = case.item, case.messages
        records = self._run.evidence.since(case.mark)
        decision, attributed = verdict_of_case(case.facts), None
        sentence = decision.sentence + self._unresponsive(case, decision.verdict)
        if decision.verdict in ACTIONABLE:
            called = self._run.evidence.since(messages.start)[: messages.end - messages.start]
            seen = self._seen(item, case.raised[decision.phase], called or records)
            # The attribution needs a verdict, and a library that was refused as our client was is then
            # BLOCKED by that finding: so a case is decided twice.
            attributed = attribute(seen)
            sentence += self._pointer(attributed.missing)
            departed = self._departure(case.raised[decision.phase], case.mark)
            if departed is not None:
                sentence += f"; first departure in this check: {departed}"
            attributed = self._with_proof(attributed, case.raised[decision.phase], departed)
            decision = verdict_of_case(replace(case.facts, explained=is_explained(seen, attributed)))
        params = parameters(item)
        result = labels.under_way(self._config)
        return Outcome(
            check_id=check_id_of(item),
            verdict=decision.verdict,
            sentence=self._run.evidence.redact(sentence),
            parameters=params,
            label=label(params, self._run.symbols),
            observations=messages.received,
            evidence=(case.mark, case.mark + len(records)),
            orders=order_messages.orders(records, f"{self._run.run_id}-"),
            started_ms=case.started_ms,
            ended_ms=self._clock.now_ms(),
            allure_uuid=result.uuid if result else "",
            attribution=attributed,
            library=self._library(item),
        )

    def _departure(self, raised: BaseException, mark: int) -> Contradiction | None:
        """The first message of a failed case that contradicts another about the orders of its failure."""
        failure = failure_of(raised)
        if failure is None or not failure.orders or failure.record is not None:
            return None
        found = (
            contradiction
            for contradiction in judgement_of(self._config, self._run).contradictions
            if contradiction.record >= mark and set(contradiction.orders) & set(failure.orders)
        )
        return min(found, key=lambda contradiction: contradiction.record, default=None)

    def _with_proof(
        self, attributed: Attribution, raised: BaseException, departed: Contradiction | None
    ) -> Attribution:
        """The attribution with the message in which the venue first departed, where that is known."""
        failure = failure_of(raised)
        known = departed.record if departed is not None else failure.record if failure else None
        if known is None:
            return attributed
        return replace(attributed, frame=frame_at(self._run.evidence.since(known)[0]))

    def _unresponsive(self, case: RunningCase, verdict: Verdict) -> str:
        """For how long the venue did not respond in a case that did not pass, "" when it always did."""
        no_reply_ms = self._run.no_reply.get(case.mark) if verdict in ACTIONABLE else None
        return f"; the venue did not respond for {no_reply_ms / 1000:.1f} s" if no_reply_ms else ""

    def _pointer(self, missing: Prerequisite | None) -> str:
        """The check that establishes a missing prerequisite, "" when none does."""
        establishing = (
            check.id for check in self._collected.values() if missing and check.establishes is missing
        )
        return next((f": see {check_id}" for check_id in establishing), "")

    def _seen(self, item: pytest.Item, raised: BaseException, records: Sequence[Record]) -> Seen:
        before = [
            outcome.attribution
            for outcome in self._outcomes
            if outcome.attribution and outcome.library is None
        ]
        return Seen(
            facts=facts_of(item),
            library=library_of(item),
            raised=raised,
            records=records,
            one_machine=self._run.environment.embedded,
            is_about_client=is_about_client(check_id_of(item)),
            found={attribution.cause for attribution in before if attribution.cause is not None},
        )

    def _attach(self, outcome: Outcome) -> None:
        records = self._run.evidence.since(outcome.evidence[0])
        found = timeline.timelines(records, f"{self._run.run_id}-")
        pages = timeline.as_html(found) if found else ""
        labels.attach(labels.Attached(evidence=evidence_text.as_text(records), timelines=pages))

    def _item_of(self, check: Check) -> Item:
        return next((item for item in self._required.items if check.id in item.checks), BEYOND)

    # Ending

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note what ended the run early."""
        during = f" during {self._outcomes[-1].check_id}" if self._outcomes else ""
        reason = str(excinfo.value) or "interrupted"
        self._interrupted = f"{reason}{during}"

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note that the suite itself broke."""
        self._interrupted = f"the suite broke: {str(excrepr).strip().splitlines()[-1]}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Write the reports once every other plugin has written its own, and set the exit code."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            return (yield)
        done = None
        try:
            done = yield
        except BaseException as error:  # noqa: BLE001 - whatever a fixture raises here, the reports are written
            self._note_teardown(error)
        session.exitstatus = self._report()
        return done

    def _report(self) -> int:
        """Write the reports and show them; returns the exit code, 2 when they cannot be written."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        folder = shown(self._run.folder, self._config.invocation_params.dir)
        try:
            written = write(self._run, self._finished())
            written = replace(written, remarks=(*written.remarks, *self._unreported()))
        except Exception as error:  # noqa: BLE001 - whatever breaks here, open orders are reported
            if reporter is not None:
                for line in terminal.unwritten_lines(self._run, error, folder):
                    reporter.write_line(line, red=True)
            return RunVerdict.INCOMPLETE.exit_code
        if reporter is not None:
            terminal.show(reporter, written, folder, self._run)
        return written.exit_code

    def _unreported(self) -> Iterator[str]:
        """A line on the contradictions of which no check that ran speaks, where there are any."""
        # The checks of the order client change the venue on purpose: what shows then is no contradiction.
        found = Counter(
            contradiction.law.check_id
            for contradiction in judgement_of(self._config, self._run).contradictions
            if not is_about_client(contradiction.check)
        )
        ran = {outcome.check_id for outcome in self._outcomes}
        if unreported := sorted(found.keys() - ran):
            count = sum(found[check_id] for check_id in unreported)
            yield (
                f"messages of this run contradict each other, {count} times, and no check that ran reports "
                f"it: python -m fixtures.oracle judge evidence.jsonl, or run {', '.join(unreported)}"
            )

    def _note_teardown(self, error: BaseException) -> None:
        raised = ", ".join(map(message_of, leaves(error)))
        parts = [*([self._interrupted] if self._interrupted else []), f"teardown: {raised}"]
        self._interrupted = "; ".join(parts)

    def _finished(self) -> Finished:
        return Finished(
            requirements=self._required,
            waivers=self._waived,
            provenance=self._provenance,
            plan=self._plan or self._required.plan(self._collected),
            outcomes=tuple(self._outcomes),
            interrupted=self._interrupted,
            filtered=self._filtered(),
            selected=tuple(self._chosen),
            deselected=deselected(self._functions, self._config.rootpath / "checks"),
            profile=Profile(self._config.option.profile),
            cleanup=self._run.cleanup,
            started_ms=self._started_ms,
            ended_ms=self._clock.now_ms(),
            root=self._config.rootpath,
            allure_results=Path(self._config.option.allure_report_dir),
        )


def test_name(item: pytest.Item) -> str:
    """The name of an item's function, without its parameters."""
    return item.originalname if isinstance(item, pytest.Function) else item.name


def leaves(error: BaseException) -> list[BaseException]:
    """The exceptions of a group, or the exception itself."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for nested in error.exceptions for leaf in leaves(nested)]
    return [error]
