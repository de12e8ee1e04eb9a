"""The soak itself, for seconds instead of an hour."""

from collections import Counter
from dataclasses import replace

from bench.soak.laws import ClientLaw
from bench.soak.soak_page import page
from bench.soak.soak_run import CREW, SoakResult, soak

KINDS = len({name for name, _ in CREW})


async def test_a_few_seconds_break_no_law() -> None:
    """One client of each kind is served, the venue reports its invariants, and the page lists every law.

    What is observed in a few seconds depends on the machine; a law that was not observed counts as broken.
    """
    result = await soak(seconds=8, clients=KINDS, seed=3)

    findings = result.findings()
    assert [finding for finding in findings if finding[2]] == []
    assert all(row["seen"] for row in result.invariants["laws"].values())
    assert result.ledger.seen[ClientLaw.ANSWERED] >= KINDS
    assert result.holds == all(seen for _, seen, _ in findings)
    assert result.memory.growth is None
    _expect_shown(result)


def _expect_shown(result: SoakResult) -> None:
    """A broken law, one that was not observed and a venue that crashed are each shown and each count."""
    seen = replace(result.ledger, seen=Counter({law.value: 1 for law in ClientLaw}))
    whole = replace(result, ledger=seen)
    assert whole.holds
    assert page(whole).count("| kept |") == len(whole.findings())

    unseen = replace(whole, ledger=replace(seen, seen=seen.seen - Counter({ClientLaw.DELTAS.value: 1})))
    broken = replace(whole, ledger=replace(seen, broken={ClientLaw.CROSSED.value: "1 against 2"}))
    fallen = replace(whole, ended=(1, "Traceback"))
    for other, text in (
        (unseen, "| 0 | **not seen** |"),
        (broken, "**broken**: 1 against 2"),
        (fallen, "**broken**: exit code 1: 'Traceback'"),
    ):
        assert not other.holds
        assert text in page(other)
