"""The expected kills: every defect makes the checks that are named for it fail, by their own assertion.

A check that cannot fail proves nothing. Each defect changes one behaviour of a conforming venue, a library or
the retry policy; the checks named beside it must notice, and with an AssertionError: a check that is merely
blocked, or that ends in an error of the suite, did not notice.

``make prove`` shows more of the same: how the other checks end, and every mutant of the rule tables.
"""

import re

import pytest

from fixtures.harness.options import REFERENCE
from proof.expected_kills import CLIENT_DEFECTS, EXPECTED_KILLS, TIMED_OUT, UNPROVEN
from proof.trial import CHECKS, KILLS, SYMBOLS, CaseKind, Job, required, run
from reports.verdict.requirements import newest, read

IDS = re.compile(r'(?:check|each_library|certifies)\(\s*"([A-Z]{3}-\d\d(?:\.\d\d)?)"')

QUICK_MUTANTS = ("acknowledged_is_live", "cancels_foreign_orders", "resends_blindly", "writes_floats")


def one_defect_per_check() -> list[str]:
    """Few defects that name each check between them; ``make prove`` runs the checks on all defects.

    A mutant of a client takes seconds, so that only a few of them are run here.
    """
    left = {check_id for name in _tried() for check_id in EXPECTED_KILLS[name]}
    chosen: list[str] = []
    while left:
        best = max(_tried(), key=lambda name: len(left.intersection(EXPECTED_KILLS[name])))
        chosen.append(best)
        left.difference_update(EXPECTED_KILLS[best])
    return sorted(chosen)


def _tried() -> list[str]:
    return [name for name in EXPECTED_KILLS if name not in CLIENT_DEFECTS or name in QUICK_MUTANTS]


@pytest.mark.parametrize("defect", one_defect_per_check())
def test_defect_is_killed_by_assertion(defect: str) -> None:
    """The checks named for a defect fail on it, each by an assertion that shows what it saw.

    A check may time out only where the defect leaves nothing to be seen. In a job that looks back, the checks
    that make the messages may notice as well.
    """
    checks = frozenset(EXPECTED_KILLS[defect])
    kills = frozenset(KILLS if defect in TIMED_OUT else {CaseKind.ASSERTION})

    job = Job(
        defect,
        defect=defect,
        checks=checks,
        symbols=SYMBOLS[:1],
        client=REFERENCE if defect in CLIENT_DEFECTS else "none",
        decisive=kills,
        is_brief=True,
    )
    trial = run(job)

    killed_by = {outcome.check for outcome in trial.outcomes if outcome.kind in kills}
    assert (killed_by & checks if job.looks_back else killed_by) == checks, trial.red


def test_conforming_venue_fails_nothing() -> None:
    """A trial itself fails no check: on the conforming venue those of the short profile pass.

    That all others pass there too, but for the known findings, is shown by a whole run that ends READY.
    """
    short = required().intersection(read(newest(CHECKS)).smoke)

    trial = run(Job("conforming", checks=short, symbols=SYMBOLS[:1]))

    assert trial.red == []
    assert {outcome.check for outcome in trial.outcomes} == short != set()


def test_every_check_has_its_defect() -> None:
    """Each check there is fails on a defect, or has the reason why none can make it fail."""
    written = "".join(path.read_text(encoding="utf-8") for path in CHECKS.rglob("test_*.py"))

    killing = {check_id for checks in EXPECTED_KILLS.values() for check_id in checks}
    assert {*killing, *UNPROVEN} == set(IDS.findall(written))
    assert killing.isdisjoint(UNPROVEN)


def test_every_defect_names_its_checks() -> None:
    """Each defect of the venue, a library or the policy has its checks."""
    assert [name for name, checks in EXPECTED_KILLS.items() if not checks] == []


def test_job_collects_only_what_it_runs() -> None:
    """A job for some checks or cases collects their modules, one for all or for an unknown id the folder."""
    operations = CHECKS / "operations"

    assert Job("checks", checks=frozenset({"ERR-01.16", "ERR-01.17"})).modules() == [
        operations / "test_amend_validation.py",
        operations / "test_request_validation.py",
    ]
    node = "checks/operations/test_amend_validation.py::test_amend_off_tick_is_refused[NEWUSDT-rest]"
    assert Job("nodes", nodes=frozenset({node})).modules() == [operations / "test_amend_validation.py"]
    assert Job("all").modules() == Job("unknown", checks=frozenset({"XYZ-01"})).modules() == [CHECKS]
