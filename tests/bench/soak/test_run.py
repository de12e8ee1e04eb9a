"""The soak itself, for seconds instead of an hour."""

from dataclasses import replace

from bench.soak.page import page
from bench.soak.run import CREW, Outcome, soak

KINDS = len({name for name, _ in CREW})


async def test_a_few_seconds_look_at_every_law() -> None:
    """One client of each kind is enough to see each law kept, and the page says so."""
    outcome = await soak(seconds=8, clients=KINDS, seed=3)

    assert [finding for finding in outcome.findings() if finding[2] or not finding[1]] == []
    assert outcome.holds
    assert len(outcome.samples) >= 3
    assert outcome.memory.growth is None
    _is_told(outcome)


def _is_told(outcome: Outcome) -> None:
    """The page names each law; a run that is not as it should be is told as such."""
    text = page(outcome)
    assert text.count("| kept |") == len(outcome.findings())

    fallen = replace(outcome, ended=(1, "Traceback"))
    assert not fallen.holds
    assert "**broken**: exit code 1: 'Traceback'" in page(fallen)
