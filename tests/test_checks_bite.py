"""Every defect makes the checks that are named for it FAIL, by their own assertion.

A check that cannot fail proves nothing. Each defect changes one behaviour of a sound venue or policy;
the checks named beside it must notice, and with an AssertionError: a check that is merely blocked, or
that ends in an error of the suite, did not notice.

``make prove`` says more of the same: what the other checks say, and of every mutant of the rule tables.
"""

import re
from pathlib import Path

import pytest

from proof.expected_kills import EXPECTED_KILLS, TIMED_OUT, UNPROVEN
from proof.trial import KILLS, SYMBOLS, CaseKind, Job, run
from reports.verdict.requirements import newest, read

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("defect", list(EXPECTED_KILLS))
def test_defect_is_caught_by_assertion(defect: str) -> None:
    """The checks named for a defect fail on it, each by an assertion that says what it saw.

    A check may wait in vain only where the defect leaves nothing to be seen.
    """
    told = run(Job(defect, defect=defect, checks=frozenset(EXPECTED_KILLS[defect]), symbols=SYMBOLS[:1]))

    kills = KILLS if defect in TIMED_OUT else {CaseKind.ASSERTION}
    caught = {outcome.check for outcome in told.outcomes if outcome.kind in kills}
    assert caught == set(EXPECTED_KILLS[defect]), told.red


def test_sound_venue_fails_nothing() -> None:
    """On the sound venue no check of a sign-off fails but what is found about the client libraries."""
    required = frozenset(read(newest(ROOT / "checks")).check_ids)

    assert run(Job("sound", checks=required, symbols=SYMBOLS[:1])).red == []


def test_every_check_has_its_defect() -> None:
    """Each check there is fails on a defect, or has the reason why none can make it fail."""
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "checks").rglob("test_*.py"))

    score = {check_id for checks in EXPECTED_KILLS.values() for check_id in checks}
    assert {*score, *UNPROVEN} == set(
        re.findall(r'(?:check|each_library)\("([A-Z]{3}-\d\d(?:\.\d\d)?)"', written)
    )
    assert score.isdisjoint(UNPROVEN)


def test_every_defect_names_its_checks() -> None:
    """Each defect of the venue, a library or the policy has its checks."""
    assert [name for name, checks in EXPECTED_KILLS.items() if not checks] == []
