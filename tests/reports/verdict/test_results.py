"""What is known of the checks of a run."""

from reports.verdict.results import WORST_FIRST, Verdict
from reports.verdict.sentences import result_of
from tests.reports.made_up import check, outcome


def test_every_verdict_has_a_rank() -> None:
    """The order from worst to best names each verdict once."""
    assert sorted(WORST_FIRST) == sorted(Verdict)


def test_result_gathers_orders_and_times_of_its_cases() -> None:
    """Orders are listed once, the duration is the sum, the start is the first."""
    pair = [outcome("MKR-01"), outcome("MKR-01", orders={"other": ""}, started_ms=5, ended_ms=9)]

    result = result_of(check("MKR-01", cases=2), 3, pair)

    assert list(result.orders) == ["261123-013532-k7qm-0001", "261123-013532-k7qm-0002", "other"]
    assert (result.started_ms, result.duration_ms, result.observations) == (5, 44, 8)
