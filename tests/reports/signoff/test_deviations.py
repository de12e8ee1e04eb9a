"""What did not pass, gathered by reason."""

from reports.signoff.deviations import deviations
from reports.signoff.document import as_json
from reports.verdict.results import Verdict
from tests.reports.made_up import outcomes, signed_off


def test_only_the_named_verdicts_share_a_deviation() -> None:
    """Checks share a deviation by verdict and reason; of other verdicts each stands alone."""
    content = as_json(
        signed_off(outcomes(VIS=Verdict.BLOCKED, PRM=Verdict.FAIL, MKR=Verdict.BLOCKED, RTY=Verdict.FAIL))
    )

    found = deviations(content, alike=(Verdict.BLOCKED,))

    assert [(deviation.verdict, deviation.sentence, deviation.ids) for deviation in found] == [
        ("BLOCKED", "it was seen", ("VIS-01", "MKR-01")),
        ("FAIL", "it was seen", ("PRM-01",)),
        ("FAIL", "it was seen", ("RTY-01",)),
    ]


def test_whole_pass_has_no_deviation() -> None:
    """What passed is in no deviation."""
    assert deviations(as_json(signed_off()), alike=tuple(Verdict)) == ()
