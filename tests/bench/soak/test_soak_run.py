"""The soak itself, for seconds instead of an hour."""

from collections import Counter
from dataclasses import replace

from bench.soak.laws import Law
from bench.soak.soak_page import page
from bench.soak.soak_run import CREW, Outcome, soak

KINDS = len({name for name, _ in CREW})


async def test_a_few_seconds_break_no_law() -> None:
    """One client of each kind is served, the venue tells its audit, and the page lists every law.

    How much is seen in a few seconds depends on the machine; what was not seen counts as broken.
    """
    outcome = await soak(seconds=8, clients=KINDS, seed=3)

    findings = outcome.findings()
    assert [finding for finding in findings if finding[2]] == []
    assert all(row["seen"] for row in outcome.invariants["laws"].values())
    assert outcome.ledger.seen[Law.ANSWERED] >= KINDS
    assert outcome.holds == all(seen for _, seen, _ in findings)
    assert outcome.memory.growth is None
    _is_told(outcome)


def _is_told(outcome: Outcome) -> None:
    """A law that was broken, one that nobody saw and a venue that fell are each told and each count."""
    seen = replace(outcome.ledger, seen=Counter({law.value: 1 for law in Law}))
    whole = replace(outcome, ledger=seen)
    assert whole.holds
    assert page(whole).count("| kept |") == len(whole.findings())

    unseen = replace(whole, ledger=replace(seen, seen=seen.seen - Counter({Law.DELTAS.value: 1})))
    broken = replace(whole, ledger=replace(seen, broken={Law.CROSSED.value: "1 against 2"}))
    fallen = replace(whole, ended=(1, "Traceback"))
    for other, words in (
        (unseen, "| 0 | **not seen** |"),
        (broken, "**broken**: 1 against 2"),
        (fallen, "**broken**: exit code 1: 'Traceback'"),
    ):
        assert not other.holds
        assert words in page(other)
